package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"vncsec/templates"
)

// templateCommand is vncsec template.
func templateCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:  "template",
		Usage: "write and check templates of certtool",
		Description: `Templates, certtool's .info files, say what a certificate is to hold. vncsec and
certtool read the same language; certtool takes much of it silently for
something else than it looks like, which lint finds.`,
		UsageText: `vncsec template print server > server.info
vncsec template lint --for server server.info`,
		Subcommands: []*cli.Command{
			templateLintCommand(env),
			templateFormatCommand(env),
			templatePrintCommand(env),
			templateOptionsCommand(env),
		},
	}
}

// templatePrintCommand is vncsec template print.
func templatePrintCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      "print",
		Usage:     "print a template to start from",
		ArgsUsage: rolesArgument(),
		Description: `It holds what vncsec itself uses where no template is named, and as comments the
names to fill in.`,
		UsageText: "vncsec template print server > server.info",
		Action: func(c *cli.Context) error {
			text, err := templates.Builtin(templates.Role(c.Args().First()))
			if err != nil {
				return err
			}
			return env.print(string(text))
		},
	}
}

func rolesArgument() string { return strings.Join(roleWords(), "|") }

func roleWords() []string {
	return []string{string(templates.CA), string(templates.Server), string(templates.Client)}
}

// templateOptionsCommand is vncsec template options.
func templateOptionsCommand(env Env) *cli.Command {
	var asJSON bool
	return &cli.Command{
		Name:  "options",
		Usage: "list the options of templates",
		Description: `Each with the kind of its value, whether it may be repeated, what it is for, and
what it means.`,
		UsageText: "vncsec template options",
		Flags:     []cli.Flag{jsonFlag(&asJSON)},
		Action: func(*cli.Context) error {
			if asJSON {
				return env.print(jsonText(map[string]any{"options": optionResults()}))
			}
			return env.print(optionTable(optionResults()))
		},
	}
}

// optionResult describes an option of templates.
type optionResult struct {
	Name     string `json:"name"`
	Alias    string `json:"alias,omitempty"`
	Kind     string `json:"kind"`
	Repeated bool   `json:"repeated"` // may it be?
	NeedsCA  bool   `json:"needs_ca"`
	For      string `json:"for"`
	Meaning  string `json:"meaning"`
}

func optionResults() []optionResult {
	var results []optionResult
	for _, option := range templates.Options() {
		results = append(results, optionResult{
			Name: option.Name, Alias: option.Alias, Kind: string(option.Kind), Repeated: option.Multi,
			NeedsCA: option.NeedsCA, For: option.Applies.String(), Meaning: option.Doc,
		})
	}
	return results
}

func optionTable(options []optionResult) string {
	var b strings.Builder
	for _, option := range options {
		name, notes := option.Name, option.Kind
		if option.Alias != "" {
			name += ", " + option.Alias
		}
		if option.Repeated {
			notes += ", repeatable"
		}
		if option.NeedsCA {
			notes += ", only with ca"
		}
		fmt.Fprintf(&b, "%s (%s)\n    %s\n    for %s\n", name, notes, option.Meaning, option.For)
	}
	return b.String()
}

// readTemplate reads the text of a template; - is the standard input.
func (env Env) readTemplate(file string) ([]byte, error) {
	source := env.Stdin
	if file != stdinName {
		opened, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("template: %w", err)
		}
		defer opened.Close()
		source = opened
	}
	// What is larger is refused later, and devices have no end.
	data, err := io.ReadAll(io.LimitReader(source, templates.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	return data, nil
}

// stdinName stands for the standard input.
const stdinName = "-"
