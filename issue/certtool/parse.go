package certtool

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// usageError is a command line that certtool does not understand. Most of them come
// with its help.
type usageError struct {
	message string
	help    bool
}

func (e *usageError) Error() string { return e.message }

func misused(format string, args ...any) error {
	return &usageError{message: fmt.Sprintf(format, args...), help: true}
}

func refused(format string, args ...any) error {
	return &usageError{message: fmt.Sprintf(format, args...)}
}

// parse reads a command line as getopt_long of the GNU C library does: options and
// arguments in any order, "--name value", "--name=value", unique prefixes of long
// names, "-n value", "-nvalue", and short options in one word.
//
// The mistakes are found in certtool's order: those of words first, then options that
// need or exclude each other, then arguments, of which there are none.
func (o *options) parse(args []string) error {
	arguments := 0
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		var err error
		switch {
		case word == "--":
			arguments += len(args)
			args = nil
		case strings.HasPrefix(word, "--"):
			args, err = o.long(word[2:], args)
		case len(word) > 1 && word[0] == '-':
			args, err = o.shorts(word[1:], args)
		default:
			arguments++
		}
		if err != nil {
			return err
		}
	}
	if err := o.checkTogether(); err != nil {
		return err
	}
	if arguments > 0 {
		return refused("Command line arguments are not allowed.")
	}
	return nil
}

// long takes a long option, without its dashes, and its value from args if need be.
// It returns the rest of args.
func (o *options) long(word string, args []string) ([]string, error) {
	name, value, attached := strings.Cut(word, "=")
	form, err := o.find(name, word)
	if err != nil {
		return nil, err
	}
	switch {
	case attached && (form.negative || !form.row.takesValue()):
		return nil, misused("option '--%s' doesn't allow an argument", form.name())
	case form.negative:
		return args, o.deny(form.row)
	case attached || !form.row.takesValue() || form.row.optional:
		return args, o.accept(form.row, value)
	case len(args) == 0:
		return nil, misused("option '--%s' requires an argument", form.name())
	}
	return args[1:], o.accept(form.row, args[0])
}

// shorts takes a word of short options, without its dash.
func (o *options) shorts(word string, args []string) ([]string, error) {
	for i := 0; i < len(word); i++ {
		row := o.shortRow(word[i])
		if row == nil {
			return nil, misused("invalid option -- '%c'", word[i])
		}
		rest := word[i+1:]
		switch {
		case !row.takesValue():
			if err := o.accept(row, ""); err != nil {
				return nil, err
			}
			continue
		case rest != "":
			return args, o.accept(row, rest)
		case len(args) == 0:
			return nil, misused("option requires an argument -- '%c'", word[i])
		}
		return args[1:], o.accept(row, args[0])
	}
	return args, nil
}

func (o *options) shortRow(letter byte) *option {
	for i := range o.table {
		if o.table[i].short == letter {
			return &o.table[i]
		}
	}
	return nil
}

// form is a spelling of an option: its name, or no- and its name.
type form struct {
	row      *option
	negative bool
}

func (f form) name() string {
	if f.negative {
		return "no-" + f.row.name
	}
	return f.row.name
}

// find looks up a long option by its name or a prefix that only one has. Word is what
// messages quote.
func (o *options) find(name, word string) (form, error) {
	var candidates []form
	for i := range o.table {
		row := &o.table[i]
		for _, f := range []form{{row: row}, {row, true}} {
			switch {
			case f.negative && row.negated == nil:
			case f.name() == name:
				return f, nil
			case strings.HasPrefix(f.name(), name) && !row.extension:
				candidates = append(candidates, f)
			}
		}
	}
	switch len(candidates) {
	case 0:
		return form{}, misused("unrecognized option '--%s'", word)
	case 1:
		return candidates[0], nil
	}
	var names strings.Builder
	for _, f := range candidates {
		fmt.Fprintf(&names, " '--%s'", f.name())
	}
	return form{}, misused("option '--%s' is ambiguous; possibilities:%s", word, names.String())
}

// accept notes that an option is given. The last of several values counts.
func (o *options) accept(row *option, value string) error {
	if row.alias != "" {
		row = o.rows[row.alias]
	}
	o.given[row.name] = true
	switch {
	case row.flag != nil:
		*row.flag = true
	case row.text != nil:
		*row.text = textValue{value: value, given: true}
	case row.number != nil:
		n, err := parseNumber(row, value)
		if err != nil {
			return err
		}
		*row.number = numberValue{value: n, given: true}
	case row.negated != nil: // on unless denied
		*row.negated = false
	}
	return nil
}

// deny notes the --no- form of an option.
func (o *options) deny(row *option) error {
	o.given[row.name] = true
	*row.negated = true
	return nil
}

// parseNumber reads a number as strtol of the C library does: blanks may stand before
// it, 0x makes it hexadecimal and a leading 0 octal, and no text is 0.
func parseNumber(row *option, value string) (int, error) {
	digits := strings.TrimLeft(value, " \t\n\v\f\r")
	sign := ""
	if digits != "" && strings.Contains("+-", digits[:1]) {
		sign, digits = digits[:1], digits[1:]
	}
	base := 10
	switch lower := strings.ToLower(digits); {
	case value == "":
		return 0, nil
	case strings.HasPrefix(lower, "0x"):
		base, digits = 16, digits[2:]
	case strings.HasPrefix(lower, "0"):
		base = 8
	}
	if digits == "" || strings.Contains("+-", digits[:1]) {
		return 0, refused("'%s' is not a recognizable number.", value)
	}
	n, err := strconv.ParseInt(sign+digits, base, 64)
	switch {
	case err != nil || n < math.MinInt32 || n > math.MaxInt32:
		return 0, refused("'%s' is not a recognizable number.", value)
	case row.max > 0 && (n < 0 || n > int64(row.max)):
		return 0, refused("%s option value %d is out of range", row.name, n)
	}
	return int(n), nil
}

// checkTogether finds options that exclude each other, or that lack another one.
func (o *options) checkTogether() error {
	for _, row := range o.table {
		if row.conflicts != "" && o.given[row.name] && o.given[row.conflicts] {
			return refused("the '%s' and '%s' options conflict", row.name, underscored(row.conflicts))
		}
	}
	for _, row := range o.table {
		if row.requires != "" && o.given[row.name] && !o.given[row.requires] {
			return refused("%s option requires the %s options", row.name, underscored(row.requires))
		}
	}
	return nil
}

// underscored is how certtool's messages spell the other option.
func underscored(name string) string { return strings.ReplaceAll(name, "-", "_") }

// unsupported names the first option that is given and not supported.
func (o *options) unsupported() (name string, found bool) {
	i := slices.IndexFunc(o.table, func(row option) bool { return row.unsupported && o.given[row.name] })
	if i < 0 {
		return "", false
	}
	return o.table[i].name, true
}
