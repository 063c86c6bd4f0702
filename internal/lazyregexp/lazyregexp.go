// Package lazyregexp makes regular expressions when they are first needed: every start of
// the program would wait for them otherwise.
package lazyregexp

import (
	"regexp"
	"sync"
)

// New gives what compiles an expression once, and panics then if it is wrong.
func New(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
