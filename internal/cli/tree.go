package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// pathName is the command line that leads to the last command of a path.
func pathName(path []*cli.Command) string {
	names := make([]string, len(path))
	for i, command := range path {
		names[i] = command.Name
	}
	return strings.Join(names, " ")
}

// visible returns the commands below one, in their order, without hidden ones.
func visible(c *cli.Command) []*cli.Command {
	return slices.DeleteFunc(slices.Clone(c.Subcommands), func(sub *cli.Command) bool { return sub.Hidden })
}

// subcommandNames names the commands below one.
func subcommandNames(c *cli.Command) []string {
	var names []string
	for _, sub := range visible(c) {
		names = append(names, sub.Name)
	}
	return names
}

// commandFlags returns a command's own options by all their names.
func commandFlags(c *cli.Command) map[string]cli.DocGenerationFlag {
	flags := make(map[string]cli.DocGenerationFlag)
	for _, flag := range c.Flags {
		for _, name := range flag.Names() {
			flags[name] = flag.(cli.DocGenerationFlag)
		}
	}
	return flags
}

// subtreeFlags returns the options of a command and of all commands below it.
// One name means the same kind of option in the whole tree.
func subtreeFlags(c *cli.Command) map[string]cli.DocGenerationFlag {
	flags := commandFlags(c)
	for _, sub := range c.Subcommands {
		maps.Copy(flags, subtreeFlags(sub))
	}
	return flags
}

// takesValue tells whether an option is followed by a value.
func takesValue(flag cli.DocGenerationFlag) bool { return flag.TakesValue() }

// placeholder is the word that stands for an option's value in help texts: the
// one in backquotes in its usage.
func placeholder(flag cli.DocGenerationFlag) string {
	_, rest, _ := strings.Cut(flag.GetUsage(), "`")
	name, _, found := strings.Cut(rest, "`")
	if !found {
		return "VALUE"
	}
	return name
}
