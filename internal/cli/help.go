package cli

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

// helpWidth is the number of columns that help texts keep to.
const helpWidth = 80

// helpText explains the last command of a path.
func helpText(path []*cli.Command) string {
	command := path[len(path)-1]
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\nUSAGE\n  %s\n", pathName(path), command.Usage, usageLine(path))
	if command.Description != "" {
		b.WriteString("\n" + indent(command.Description) + "\n")
	}
	if subs := visible(command); len(subs) > 0 {
		b.WriteString("\nCOMMANDS\n")
		rows := make([]row, len(subs))
		for i, sub := range subs {
			rows[i] = row{sub.Name, sub.Usage}
		}
		writeRows(&b, rows)
	}
	b.WriteString("\nOPTIONS\n")
	writeRows(&b, optionRows(command))
	if command.UsageText != "" {
		b.WriteString("\nEXAMPLES\n" + indent(command.UsageText) + "\n")
	}
	return b.String()
}

// usageLine is a command with the options and arguments it takes.
func usageLine(path []*cli.Command) string {
	command := path[len(path)-1]
	line := pathName(path)
	if len(command.Subcommands) > 0 {
		return line + " COMMAND"
	}
	if len(command.Flags) > 0 {
		line += " [options]"
	}
	if command.ArgsUsage != "" {
		line += " " + command.ArgsUsage
	}
	return line
}

// row is a term and what it means.
type row struct{ term, meaning string }

// optionRows lists the options of a command as help texts show them.
func optionRows(command *cli.Command) []row {
	return append(flagRows(command), row{"-h, --help", "show this help"})
}

// flagRows lists the options that only this command has.
func flagRows(command *cli.Command) []row {
	var rows []row
	for _, flag := range command.Flags {
		rows = append(rows, optionRow(flag.(cli.DocGenerationFlag)))
	}
	return rows
}

// optionRow describes one option: short name, long name, value; meaning, default.
func optionRow(flag cli.DocGenerationFlag) row {
	names := flag.Names()
	term := "    --" + names[0]
	if len(names) > 1 {
		term = "-" + names[1] + ", --" + names[0]
	}
	if takesValue(flag) {
		term += " " + placeholder(flag)
	}
	meaning := strings.ReplaceAll(flag.GetUsage(), "`", "")
	if preset := preset(flag); preset != "" {
		meaning += " (default: " + preset + ")"
	}
	return row{term, meaning}
}

// preset is the default of an option in words, empty if there is none.
func preset(flag cli.DocGenerationFlag) string {
	if !takesValue(flag) {
		return ""
	}
	return strings.Trim(flag.GetDefaultText(), `"`)
}

// writeRows writes rows in two columns and wraps the second one.
func writeRows(b *strings.Builder, rows []row) {
	column := 0
	for _, r := range rows {
		column = max(column, len(r.term))
	}
	for _, r := range rows {
		lines := wrap(r.meaning, helpWidth-column-4)
		fmt.Fprintf(b, "  %-*s  %s\n", column, r.term, lines[0])
		for _, line := range lines[1:] {
			fmt.Fprintf(b, "  %-*s  %s\n", column, "", line)
		}
	}
}

// wrap breaks a text into lines of at most width columns where words allow it.
func wrap(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case len(*last)+1+len(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}

// indent moves the lines of a text two columns to the right.
func indent(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = "  " + line
		}
	}
	return strings.Join(lines, "\n")
}
