package cli

import (
	"slices"
	"strings"

	"vncsec/internal/nearest"
)

// argumentRule is the arguments a command takes, as its usage line shows them:
//
//	""                        none
//	HOST                      exactly one
//	[CODE]                    one or none
//	FILE...                   one or more
//	server|client             exactly one of these words
//	[-- COMMAND [ARG]...]     any number, after two dashes
type argumentRule string

// words returns the words that the argument may be, nil if it is free.
func (r argumentRule) words() []string {
	if r.afterDashes() || !strings.Contains(string(r), "|") {
		return nil
	}
	return strings.Split(string(r), "|")
}

// afterDashes tells whether the arguments are those after two dashes.
func (r argumentRule) afterDashes() bool { return strings.HasPrefix(string(r), "[--") }

// optional tells whether there may be no argument.
func (r argumentRule) optional() bool { return strings.HasPrefix(string(r), "[") }

// many tells whether there may be more than one argument.
func (r argumentRule) many() bool { return strings.HasSuffix(string(r), "...") }

// check holds the arguments of a call against the rule.
func (r argumentRule) check(c *call) error {
	words := r.words()
	switch {
	case r.afterDashes():
		if len(c.arguments) > c.dashed {
			return unexpected(c, c.arguments[0])
		}
	case r == "":
		if len(c.arguments) > 0 {
			return unexpected(c, c.arguments[0])
		}
	case len(c.arguments) == 0 && r.optional():
	case len(c.arguments) == 0:
		return usagef("missing argument of %s: %s", c.name(), r).hint("usage: %s", usageLine(c.path))
	case len(c.arguments) > 1 && !r.many():
		return unexpected(c, c.arguments[1])
	case words != nil && !slices.Contains(words, c.arguments[0]):
		return usagef("unknown argument %q of %s%s", c.arguments[0], c.name(), didYouMean(c.arguments[0], words))
	}
	return nil
}

// unexpected is the error for an argument too many.
func unexpected(c *call, argument string) error {
	return usagef("unexpected argument %q of %s", argument, c.name()).hint("usage: %s", usageLine(c.path))
}

// didYouMean ends a message about an unknown word with the nearest known one,
// or else with all of them.
func didYouMean(word string, known []string) string {
	if match, ok := nearest.Word(word, known); ok {
		return " (did you mean " + match + "?)"
	}
	return ": one of " + strings.Join(known, ", ")
}
