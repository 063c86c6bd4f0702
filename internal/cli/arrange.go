package cli

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"vncsec/internal/nearest"
)

// call is a command line taken apart: which command, its options, its arguments.
type call struct {
	path      []*cli.Command // from the root to the command that is meant
	options   []option
	arguments []string
	// dashed counts the arguments that stand after two dashes; they are the
	// last ones.
	dashed int
	help   bool // help was asked for, nothing shall be done
}

// option is an option as it was given.
type option struct {
	name string // without dashes, never an alias
	word string // --name or --name=value
}

// arrange takes a command line apart, so that options may stand before or after
// arguments and even before the command they belong to. urfave/cli stops at the
// first argument and would silently take all options behind it for arguments.
//
// What stands after two dashes is an argument whatever it looks like. The value
// of an option is the rest of its word after "=", or the next word; the next
// word may begin with a dash, unless it is itself an option of the command: then
// a forgotten value is more likely. Every mistake is a usage error with the
// nearest match.
func arrange(root *cli.Command, args []string) (call, error) {
	c := call{path: []*cli.Command{root}}
	for len(args) > 0 {
		word, rest := args[0], args[1:]
		var err error
		switch {
		case word == "--":
			c.arguments, c.dashed, rest = append(c.arguments, rest...), len(rest), nil
		case isOption(word):
			rest, err = c.takeOption(word, rest)
		case len(c.command().Subcommands) > 0:
			err = c.descend(word)
		default:
			c.arguments = append(c.arguments, word)
		}
		if err != nil {
			return call{}, err
		}
		args = rest
	}
	if c.help {
		return c, nil
	}
	return c, c.check()
}

// isOption tells an option from an argument; a single dash is an argument, by
// custom the standard input.
func isOption(word string) bool {
	return len(word) > 1 && word[0] == '-'
}

// command is the command that the words read so far lead to.
func (c *call) command() *cli.Command { return c.path[len(c.path)-1] }

// name is what the person types to reach the command.
func (c *call) name() string { return pathName(c.path) }

// words are the arguments that make urfave/cli run exactly this call: command,
// options, two dashes, arguments. Arranging them again gives the same words.
func (c *call) words() []string {
	var words []string
	for _, command := range c.path {
		words = append(words, command.Name)
	}
	for _, o := range c.options {
		words = append(words, o.word)
	}
	if len(c.arguments) > 0 {
		words = append(append(words, "--"), c.arguments...)
	}
	return words
}

// takeOption reads the option in word, and its value from rest if it takes one
// and has none yet. It returns what is left of rest.
func (c *call) takeOption(word string, rest []string) ([]string, error) {
	name, value, hasValue := cutOption(word)
	if name == "help" || name == "h" {
		c.help = true
		return rest, nil
	}
	scope := subtreeFlags(c.command())
	flag, known := scope[name]
	if !known {
		return nil, c.unknownOption(name, word, scope)
	}
	given := option{name: flag.Names()[0]}
	switch {
	case hasValue:
		given.word = "--" + given.name + "=" + value
	case !takesValue(flag):
		given.word = "--" + given.name
	case len(rest) == 0:
		return nil, usagef("option --%s needs a value: %s", given.name, placeholder(flag))
	case rest[0] == "--" || isOption(rest[0]) && isKnown(rest[0], scope):
		return nil, usagef("option --%s needs a value: %s, found %s", given.name, placeholder(flag), rest[0]).
			hint("if %s is the value, write --%s=%[1]s", rest[0], given.name)
	default:
		given.word = "--" + given.name + "=" + rest[0]
		rest = rest[1:]
	}
	// Often an unset variable of a script. Taken for an option that is not given, an
	// empty --x509verify would mean a server without TLS.
	if _, isPath := flag.(*cli.PathFlag); isPath && given.word == "--"+given.name+"=" {
		return nil, usagef("option --%s needs a value: %s, found an empty one", given.name, placeholder(flag))
	}
	c.options = append(c.options, given)
	return rest, nil
}

// cutOption takes the word of an option apart. One dash is as good as two.
func cutOption(word string) (name, value string, hasValue bool) {
	word = strings.TrimPrefix(strings.TrimPrefix(word, "-"), "-")
	return strings.Cut(word, "=")
}

// isKnown tells whether the word of an option names one of the flags.
func isKnown(word string, flags map[string]cli.DocGenerationFlag) bool {
	name, _, _ := cutOption(word)
	return flags[name] != nil || name == "help" || name == "h"
}

// descend takes the next word as a command below the one reached so far.
func (c *call) descend(word string) error {
	if word == "help" {
		c.help = true
		return nil
	}
	parent := c.command()
	if sub := parent.Command(word); sub != nil {
		c.path = append(c.path, sub)
		return nil
	}
	names := append(subcommandNames(parent), "help")
	return usagef("unknown command %q of %s%s", word, c.name(), didYouMean(word, names))
}

// check holds a complete call against the command it reached.
func (c *call) check() error {
	command := c.command()
	own := commandFlags(command)
	for _, o := range c.options {
		if own[o.name] == nil && command.Action != nil {
			return c.unknownOption(o.name, "--"+o.name, own)
		}
	}
	if command.Action == nil {
		return usagef("missing command after %s: %s", c.name(), strings.Join(subcommandNames(command), ", ")).
			hint("%s --help explains them", c.name())
	}
	return argumentRule(command.ArgsUsage).check(c)
}

// unknownOption is the error for an option that none of the flags is.
func (c *call) unknownOption(name, word string, flags map[string]cli.DocGenerationFlag) error {
	word, _, _ = strings.Cut(word, "=")
	var names []string
	for known := range flags {
		if len(known) > 1 {
			names = append(names, known)
		}
	}
	slices.Sort(names)
	if match, ok := nearest.Word(name, names); ok {
		return usagef("unknown option %s of %s (did you mean --%s?)", word, c.name(), match)
	}
	return usagef("unknown option %s of %s (see %[2]s --help)", word, c.name())
}
