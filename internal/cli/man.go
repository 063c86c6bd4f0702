package cli

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

// manCommand is vncsec man.
func manCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:  "man",
		Usage: "print the manual page",
		Description: `The manual page is written in the man macros of troff. It describes exactly
the commands and options of this program.`,
		UsageText: `# read it
vncsec man | man -l -

# install it
vncsec man > /usr/local/share/man/man1/vncsec.1`,
		Action: func(*cli.Context) error { return env.print(manPage(rootCommand(env))) },
	}
}

// manPage writes the manual page of a tree of commands, see man(7).
func manPage(root *cli.Command) string {
	var b strings.Builder
	release, date := version()
	fmt.Fprintf(&b, ".TH %s 1 \"%s\" \"%s %s\" \"User Commands\"\n",
		strings.ToUpper(root.Name), roff(date), root.Name, roff(release))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", root.Name, roff(root.Usage))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n.I COMMAND\n[options] [arguments]\n", root.Name)
	fmt.Fprintf(&b, ".SH DESCRIPTION\n%s", manText(root.Description))
	fmt.Fprintf(&b, ".SH OPTIONS\n")
	manOptions(&b, optionRows(root))
	b.WriteString(".SH COMMANDS\n")
	manCommands(&b, []*cli.Command{root})
	b.WriteString(manEnd)
	fmt.Fprintf(&b, ".SH EXAMPLES\n")
	manExample(&b, root.UsageText)
	return b.String()
}

// manEnd are the sections that describe the program as a whole.
const manEnd = `.SH EXIT STATUS
.TP
0
Done. Of
.BR "vncsec check" :
nothing to complain about.
.TP
1
The command failed; standard error tells why and what to do about it. Of
.BR "vncsec check" :
warnings only.
.TP
2
Wrong options or arguments; nothing was done. Of
.BR "vncsec check" :
critical findings.
.TP
130
Interrupted by a signal before the command was done.
.SH ENVIRONMENT
.TP
.B VNCSEC_CA_DIR
The folder of the certificate authority where
.B \-\-ca\-dir
is not given.
.TP
.B NO_COLOR
Any value keeps colours out of questions.
`

// manCommands describes the commands below the last one of a path.
func manCommands(b *strings.Builder, path []*cli.Command) {
	for _, sub := range visible(path[len(path)-1]) {
		path := append(path[:len(path):len(path)], sub)
		if len(sub.Subcommands) > 0 {
			manCommands(b, path)
			continue
		}
		fmt.Fprintf(b, ".SS \"%s\"\n", roff(usageLine(path)))
		b.WriteString(manText(sentence(sub.Usage)))
		if sub.Description != "" {
			b.WriteString(".PP\n" + manText(sub.Description))
		}
		manOptions(b, flagRows(sub))
		if sub.UsageText != "" {
			b.WriteString(".PP\nExamples:\n")
			manExample(b, sub.UsageText)
		}
	}
}

// manOptions lists options.
func manOptions(b *strings.Builder, options []row) {
	for _, r := range options {
		fmt.Fprintf(b, ".TP\n.B %s\n%s", roff(strings.TrimSpace(r.term)), manText(sentence(r.meaning)))
	}
}

// manExample shows lines as they are typed.
func manExample(b *strings.Builder, text string) {
	b.WriteString(".PP\n.RS 4\n.EX\n")
	for line := range strings.Lines(text) {
		b.WriteString(roffLine(strings.TrimSuffix(line, "\n")) + "\n")
	}
	b.WriteString(".EE\n.RE\n")
}

// manText writes running text, a paragraph for every block of lines. Blocks of
// lines that are indented stay as they are.
func manText(text string) string {
	var b strings.Builder
	for i, block := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteString(".PP\n")
		}
		if strings.HasPrefix(block, " ") {
			b.WriteString(".nf\n")
		}
		for line := range strings.Lines(block) {
			b.WriteString(roffLine(strings.TrimSuffix(line, "\n")) + "\n")
		}
		if strings.HasPrefix(block, " ") {
			b.WriteString(".fi\n")
		}
	}
	return b.String()
}

// sentence makes a sentence of a usage text.
func sentence(text string) string {
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// roffLine writes one line of text; a line that begins with a dot or a quote
// would be a request.
func roffLine(line string) string {
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		return `\&` + roff(line)
	}
	return roff(line)
}

// roff writes text so that troff shows exactly it: typewriter quotes and dashes
// stay what they are when they are copied from the page.
var roff = strings.NewReplacer(
	`\`, `\e`, `-`, `\-`, `"`, `\(dq`, `'`, `\(aq`, "`", "\\(ga", `^`, `\(ha`, `~`, `\(ti`,
).Replace
