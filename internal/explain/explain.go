// Package explain has the form in which packages explain their stable codes, for
// vncsec explain.
package explain

// Entry is what there is to know about a code.
type Entry[Code ~string] struct {
	Code    Code
	Meaning string   // one sentence
	Causes  []string // the likely ones, the likeliest first
	Cure    []string // what to do, one step an entry
}
