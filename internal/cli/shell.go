package cli

import "strings"

// shellSafe are the characters besides letters and digits that mean nothing to
// a shell anywhere in a word.
const shellSafe = "-_./:=@%+,"

// shellQuote writes a word so that a POSIX shell reads it as exactly that word.
func shellQuote(word string) string {
	if word != "" && strings.IndexFunc(word, isShellSpecial) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// isShellSpecial tells whether a shell may take a character for something else.
func isShellSpecial(r rune) bool {
	plain := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	return !plain && !strings.ContainsRune(shellSafe, r)
}

// commandLine writes a command so that it can be pasted into a shell.
func commandLine(words ...string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = shellQuote(word)
	}
	return strings.Join(quoted, " ")
}
