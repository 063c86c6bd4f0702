package authz

import "unicode/utf8"

// matchGlob matches a whole name as GLib's g_pattern_match does, which QEMU uses: "*" is
// any number of characters, "?" is one, everything else, backslash and brackets
// included, is itself. Its time grows with the product of the lengths at most.
func matchGlob(pattern, name string) bool {
	// After the last "*" seen: the rest of the pattern, and where its match began.
	var afterStar, starName string
	starred := false
	for name != "" || pattern != "" {
		switch {
		case pattern != "" && pattern[0] == '*':
			afterStar, starName, starred = pattern[1:], name, true
			pattern = pattern[1:]
			continue
		case pattern != "" && name != "" && pattern[0] == '?':
			_, size := utf8.DecodeRuneInString(name)
			pattern, name = pattern[1:], name[size:]
			continue
		case pattern != "" && name != "" && pattern[0] == name[0]:
			pattern, name = pattern[1:], name[1:]
			continue
		}
		if !starred || starName == "" {
			return false
		}
		_, size := utf8.DecodeRuneInString(starName)
		starName = starName[size:]
		pattern, name = afterStar, starName
	}
	return true
}
