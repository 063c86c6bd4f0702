package certtool

import (
	"fmt"
	"strings"
)

// helpText lists the options.
func (t *tool) helpText() string {
	var b strings.Builder
	fmt.Fprintf(&b, "certtool - keys, certificates, requests and revocation lists, by vncsec\n")
	fmt.Fprintf(&b, "Usage:  %s [ -<flag> [<val>] | --<name>[{=| }<val>] ]...\n\n", t.env.Program)
	for _, row := range t.opts.table {
		if row.section != "" {
			fmt.Fprintf(&b, "\n%s:\n\n", row.section)
		}
		if row.help != "" {
			b.WriteString(helpLine(&row))
		}
	}
	b.WriteString(`
The command lines, templates, inputs and outputs are those of GnuTLS's certtool
3.7.9. Without --template the contents of certificates are asked for. Private keys
are only ever written to files that nobody else can read.
`)
	var missing []string
	for _, row := range t.opts.table {
		if row.unsupported {
			missing = append(missing, "--"+row.name)
		}
	}
	fmt.Fprintf(&b, "\nNot supported by vncsec:\n   %s\n", wrap(strings.Join(missing, " "), 74, "   "))
	return b.String()
}

// helpLine describes one option.
func helpLine(row *option) string {
	short := "    "
	if row.short != 0 {
		short = fmt.Sprintf("-%c, ", row.short)
	}
	name := "--" + row.name
	switch {
	case row.optional:
		name += "[=" + row.argument + "]"
	case row.argument != "":
		name += "=" + row.argument
	}
	return fmt.Sprintf("   %s%-22s %s\n", short, name, row.help)
}

// wrap breaks a text into lines of at most width characters where it has blanks.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case column == 0:
		case column+1+len(word) > width:
			b.WriteString("\n" + indent)
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}

// versionText is what --version prints. The first line is certtool's, which scripts look
// at: it is the release whose behaviour this is.
func (t *tool) versionText() (string, error) {
	line := "certtool " + imitated + "\n"
	mode := t.opts.version.value
	if mode == "" {
		mode = "c"
	}
	switch mode[0] {
	case 'v', 'V':
		return line, nil
	case 'c', 'C', 'n', 'N':
		return line + "This is certtool's command line with vncsec " + t.env.Version() + " behind it, and no part of GnuTLS.\n", nil
	}
	return "", refused("version option argument '%c' invalid.  Use:\n\t'v' - version only\n\t'c' - version and what this is\n\t'n' - the same", mode[0])
}

// imitated is the release of GnuTLS whose certtool this is.
const imitated = "3.7.9"
