// Package shell writes command lines that people paste into a POSIX shell: the
// cures and next steps that messages offer.
package shell

import "strings"

// plain are the characters besides letters and digits that mean nothing to a
// shell anywhere in a word.
const plain = "%+,-./:=@_"

// Quote writes a word so that a shell reads it as exactly that word. Control
// characters, which could steer the terminal it is shown on, become question
// marks.
func Quote(word string) string {
	if word != "" && strings.IndexFunc(word, isSpecial) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(strings.Map(visible, word), "'", `'\''`) + "'"
}

// Line writes a command with its arguments.
func Line(words ...string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = Quote(word)
	}
	return strings.Join(quoted, " ")
}

// isSpecial tells whether a shell may take a character for something else.
func isSpecial(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	return !letter && !strings.ContainsRune(plain, r)
}

// visible replaces control characters.
func visible(r rune) rune {
	if r < ' ' || r >= 0x7f && r < 0xa0 {
		return '?'
	}
	return r
}
