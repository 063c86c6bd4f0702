package cli

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// completeWord is the command by which the shells ask for completions:
//
//	vncsec __complete WORD...
//
// The words are those behind the program's name up to the one under the cursor,
// which may be empty. The answer's first line says what completes that word:
// "words" (the lines that follow), "files" or "dirs".
const completeWord = "__complete"

// completionCommand is vncsec completion.
func completionCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print the script that makes a shell complete commands and options",
		ArgsUsage: "bash|zsh|fish",
		UsageText: `# bash, for the running shell or for all of a user's
eval "$(vncsec completion bash)"
vncsec completion bash > ~/.local/share/bash-completion/completions/vncsec

# zsh, in a folder of $fpath
vncsec completion zsh > /usr/local/share/zsh/site-functions/_vncsec

# fish
vncsec completion fish > ~/.config/fish/completions/vncsec.fish`,
		Action: func(c *cli.Context) error { return env.print(completionScripts[c.Args().First()]) },
	}
}

// completions answers a shell that asks what the last of words may become.
func completions(root *cli.Command, words []string) string {
	if len(words) == 0 {
		return "words\n"
	}
	kind, candidates := complete(root, words[:len(words)-1], words[len(words)-1])
	lines := append([]string{kind}, candidates...)
	return strings.Join(lines, "\n") + "\n"
}

// complete finds what the current word may become after the words before it.
func complete(root *cli.Command, before []string, current string) (kind string, candidates []string) {
	command, arguments, dashes := root, 0, false
	var pending cli.DocGenerationFlag // the option that waits for its value
	for _, word := range before {
		switch {
		case pending != nil:
			pending = nil
		case word == "--":
			dashes = true
		case !dashes && isOption(word):
			name, _, hasValue := cutOption(word)
			if flag := subtreeFlags(command)[name]; flag != nil && takesValue(flag) && !hasValue {
				pending = flag
			}
		case !dashes && command.Command(word) != nil:
			command = command.Command(word)
		default:
			arguments++
		}
	}
	switch {
	case pending != nil:
		return completeValue(pending, "", current)
	case dashes:
		return "files", nil
	case strings.HasPrefix(current, "-"):
		return completeOption(command, current)
	case len(command.Subcommands) > 0:
		return "words", beginning(current, append(subcommandNames(command), "help"))
	case arguments == 0:
		return "words", beginning(current, argumentRule(command.ArgsUsage).words())
	}
	return "words", nil
}

// completeOption completes the name of an option, or its value behind "=".
func completeOption(command *cli.Command, current string) (kind string, candidates []string) {
	flags := commandFlags(command)
	if name, value, hasValue := cutOption(current); hasValue {
		if flag := flags[name]; flag != nil && takesValue(flag) {
			return completeValue(flag, strings.TrimSuffix(current, value), value)
		}
		return "words", nil
	}
	names := []string{"--help"}
	for name, flag := range flags {
		if name == flag.Names()[0] {
			names = append(names, "--"+name)
		}
	}
	slices.Sort(names)
	return "words", beginning(current, names)
}

// completeValue completes the value of an option. The prefix is the part of the
// shell's word before the value.
func completeValue(flag cli.DocGenerationFlag, prefix, value string) (kind string, candidates []string) {
	switch placeholder(flag) {
	case "DIR":
		return "dirs", nil
	case "FILE":
		return "files", nil
	}
	if generic, ok := flag.(*cli.GenericFlag); ok {
		if c, ok := generic.Value.(*choice); ok {
			for _, word := range beginning(value, c.words) {
				candidates = append(candidates, prefix+word)
			}
		}
	}
	return "words", candidates
}

// beginning returns the words with a given beginning.
func beginning(prefix string, words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool { return !strings.HasPrefix(word, prefix) })
}
