package cli

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"vncsec/internal/atomicfile"
	"vncsec/templates"
)

// templateFormat is what vncsec template fmt was asked for.
type templateFormat struct {
	write, check bool
}

// templateFormatCommand is vncsec template fmt.
func templateFormatCommand(env Env) *cli.Command {
	var o templateFormat
	return &cli.Command{
		Name:      "fmt",
		Usage:     "write templates in their canonical form",
		ArgsUsage: "FILE...",
		Description: `One option a line, "name = value", quotes only where they are needed, comments on
lines of their own. Their order, the comments and the meaning, which is compared
before anything is written, stay as they are.

A template that certtool reads differently from what it looks like is refused:
lint tells how to mend it.`,
		UsageText: `vncsec template fmt server.info
vncsec template fmt -w *.info
vncsec template fmt --check *.info`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "write", Aliases: []string{"w"}, Usage: "write the files instead of printing them", Destination: &o.write},
			&cli.BoolFlag{Name: "check", Usage: "only name the files that are not formatted; exit code 1 if there are any", Destination: &o.check},
		},
		Action: func(c *cli.Context) error {
			if o.write && o.check {
				return usagef("--write and --check exclude each other")
			}
			return env.templateFormat(c.Args().Slice(), o)
		},
	}
}

func (env Env) templateFormat(files []string, o templateFormat) error {
	var failed []error
	unformatted := false
	for _, file := range files {
		changed, err := env.formatOne(file, o)
		if err != nil {
			failed = append(failed, err)
		}
		unformatted = unformatted || changed
	}
	switch {
	case len(failed) > 0:
		return errors.Join(failed...)
	case o.check && unformatted:
		return &exitError{code: ExitFailure}
	}
	return nil
}

// formatOne formats one file and tells whether that changes it.
func (env Env) formatOne(file string, o templateFormat) (changed bool, err error) {
	data, err := env.readTemplate(file)
	if err != nil {
		return false, err
	}
	formatted, err := templates.Format(file, data)
	if err != nil {
		return false, err
	}
	changed = !bytes.Equal(data, formatted)
	switch {
	case o.check && changed:
		return true, env.print(printable(file) + "\n")
	case o.check, o.write && !changed:
		return changed, nil
	case !o.write:
		return changed, env.print(string(formatted))
	case file == stdinName:
		return changed, usagef("--write needs the name of a file")
	}
	if err := atomicfile.Overwrite(file, formatted, atomicfile.Overwriting{}); err != nil {
		return changed, fmt.Errorf("template: %w", err)
	}
	return changed, env.print(fmt.Sprintf("formatted %s\n", printable(file)))
}
