// Package nearest finds what a person most likely meant by a mistyped word, for
// the "did you mean" of error messages.
package nearest

import "strings"

// Word returns the candidate that is nearest to a mistyped word, and false when
// none is near enough to be worth suggesting. Near means few typing mistakes (a
// letter missing, added, changed, or swapped with its neighbour: about one in
// four letters), or that the word is the beginning or, with three letters or
// more, another part of the candidate. Case does not count. Of equally near candidates the first one wins.
func Word(word string, candidates []string) (string, bool) {
	word = strings.ToLower(word)
	best, limit := "", 1+len(word)/4
	for _, candidate := range candidates {
		d := distance(word, strings.ToLower(candidate))
		if at := strings.Index(strings.ToLower(candidate), word); at == 0 && len(word) > 1 || at > 0 && len(word) > 2 {
			d = min(d, 1)
		}
		// Where every letter would have to change, nothing is alike.
		if d <= limit && d < max(len(word), len(candidate)) {
			best, limit = candidate, d-1
		}
	}
	return best, best != ""
}

// distance counts the edits between two words: insertions, deletions and
// substitutions of a byte and swaps of two neighbours (the restricted
// Damerau-Levenshtein distance).
func distance(a, b string) int {
	// Three rows of the table suffice: the current one and the two above.
	above, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			substitution := row[j-1]
			if a[i-1] != b[j-1] {
				substitution++
			}
			next[j] = min(substitution, row[j]+1, next[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], above[j-2]+1)
			}
		}
		above, row, next = row, next, above
	}
	return row[len(b)]
}
