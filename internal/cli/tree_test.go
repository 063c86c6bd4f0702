package cli

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// walk visits every command of a tree with the path that leads to it.
func walk(path []*cli.Command, visit func(path []*cli.Command)) {
	visit(path)
	for _, sub := range path[len(path)-1].Subcommands {
		walk(append(path[:len(path):len(path)], sub), visit)
	}
}

// tree is the real tree of commands, with nobody to ask.
func tree() []*cli.Command {
	return []*cli.Command{rootCommand(Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard})}
}

// TestTree holds all commands to the rules that help texts, completion and
// arrange rely on.
func TestTree(t *testing.T) {
	kinds := make(map[string]bool) // by option name: does it take a value?
	walk(tree(), func(path []*cli.Command) {
		command, name := path[len(path)-1], pathName(path)
		if command.Usage == "" || strings.HasSuffix(command.Usage, ".") {
			t.Errorf("%s: its usage is %q; a phrase without a full stop is wanted", name, command.Usage)
		}
		if command.UsageText == "" {
			t.Errorf("%s has no examples", name)
		}
		if isGroup := len(command.Subcommands) > 0; isGroup == (command.Action != nil) && len(path) > 1 {
			t.Errorf("%s must have either commands below it or an action", name)
		}
		if command.Name == "help" {
			t.Errorf("%s takes the place of the word that asks for help", name)
		}
		taken := map[string]bool{"help": true, "h": true}
		for _, flag := range command.Flags {
			documented := flag.(cli.DocGenerationFlag)
			if usage := documented.GetUsage(); usage == "" || strings.HasSuffix(usage, ".") {
				t.Errorf("%s --%s: its usage is %q; a phrase without a full stop is wanted", name, flag.Names()[0], usage)
			}
			if takesValue(documented) && placeholder(documented) == "VALUE" {
				t.Errorf("%s --%s: its usage names no placeholder for the value", name, flag.Names()[0])
			}
			for i, flagName := range flag.Names() {
				if taken[flagName] {
					t.Errorf("%s: two options are called %q", name, flagName)
				}
				taken[flagName] = true
				if isShort := len(flagName) == 1; isShort != (i > 0) || i > 1 {
					t.Errorf("%s: the names of an option must be a long one and perhaps a short one: %q", name, flag.Names())
				}
				if kind, known := kinds[flagName]; known && kind != takesValue(documented) {
					t.Errorf("%s: the option %q takes a value here or elsewhere, but not in both places", name, flagName)
				}
				kinds[flagName] = takesValue(documented)
			}
		}
	})
}

// TestExamples arranges every example of the help texts: each has to be a
// command line without a mistake.
func TestExamples(t *testing.T) {
	quotes := regexp.MustCompile(`["']([^"']*)["']`)
	root := tree()[0]
	examples := 0
	walk([]*cli.Command{root}, func(path []*cli.Command) {
		for line := range strings.Lines(path[len(path)-1].UsageText) {
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, program+" ") || strings.HasPrefix(line, program+" "+certtoolName+" ") {
				continue // what stands behind vncsec certtool is not read here
			}
			examples++
			line = quotes.ReplaceAllStringFunc(line, func(quoted string) string {
				return strings.ReplaceAll(quoted[1:len(quoted)-1], " ", "_")
			})
			line, _, _ = strings.Cut(line, " | ")
			line, _, _ = strings.Cut(line, " > ")
			if _, err := arrange(root, strings.Fields(line)[1:]); err != nil {
				t.Errorf("example of %s: %s\n%v", pathName(path), line, err)
			}
		}
	})
	if examples == 0 {
		t.Error("no examples were found")
	}
}

// TestHelp asks for help on every command.
func TestHelp(t *testing.T) {
	walk(tree(), func(path []*cli.Command) {
		text := helpText(path)
		for _, want := range []string{"USAGE\n  " + pathName(path), "\nOPTIONS\n", "--help", "\nEXAMPLES\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: its help lacks %q:\n%s", pathName(path), want, text)
			}
		}
		for _, line := range strings.Split(text, "\n") {
			if len(line) > helpWidth+20 || strings.TrimRight(line, " ") != line {
				t.Errorf("%s: its help has a line that is too long or ends in blanks: %q", pathName(path), line)
			}
		}
	})
}
