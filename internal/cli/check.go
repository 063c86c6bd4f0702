package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"vncsec/layout"
)

// The exit codes of vncsec check besides ExitOK. A folder that could not be
// checked must not look like one with warnings only.
const (
	exitWarnings = 1
	exitCritical = 2
)

// checkCommand is vncsec check.
func checkCommand(env Env) *cli.Command {
	var (
		opts   layout.CheckOptions
		asJSON bool
	)
	return &cli.Command{
		Name:      "check",
		Usage:     "find what is wrong with the files of a VNC server or viewer",
		ArgsUsage: "server|client",
		Description: `The folder is checked as it is, whoever made it: modes and owners, chain,
dates, key and certificate, usages and names. Every finding says what is
wrong, in which file, who will refuse it, and which command cures it.

Exit code: 0 good, 1 warnings only, 2 critical findings or no check at all.
Critical is what makes the newest QEMU or vncsec serve refuse the folder, and
what lets others read or replace a key.`,
		UsageText: `# the files of this machine's VNC servers
vncsec check server --hostname vnc.example.org

# another folder, for a script
vncsec check client --dir ~/.pki/qemu --json`,
		Flags: []cli.Flag{
			dirFlag(&opts.Dir),
			&cli.StringFlag{Name: "hostname", Usage: "`NAME` or address that viewers connect to", Destination: &opts.Hostname},
			jsonFlag(&asJSON),
		},
		Action: func(c *cli.Context) error {
			opts.Role = layout.Role(c.Args().First())
			opts.Now = env.Now()
			if err := hostNames(&opts.Hostname); err != nil {
				return err
			}
			return env.check(c.Context, opts, asJSON)
		},
	}
}

// check prints the report on a folder; the exit code is its verdict.
func (env Env) check(ctx context.Context, opts layout.CheckOptions, asJSON bool) error {
	report, err := layout.Check(ctx, opts)
	if err != nil {
		return &exitError{code: exitCritical, err: err}
	}
	text := reportText(report)
	if asJSON {
		text = jsonText(report)
	}
	if err := env.print(text); err != nil {
		return &exitError{code: exitCritical, err: err}
	}
	switch {
	case report.Count(layout.Critical) > 0:
		return &exitError{code: exitCritical}
	case report.Count(layout.Warning) > 0:
		return &exitError{code: exitWarnings}
	}
	return nil
}

// reportText writes a report for people.
func reportText(report *layout.Report) string {
	var b strings.Builder
	for _, finding := range report.Findings {
		message := finding.Message
		if !strings.Contains(message, finding.File) {
			message = finding.File + ": " + message
		}
		fmt.Fprintf(&b, "%s: %s [%s]\n", finding.Severity, printable(message), finding.Code)
		if len(finding.Affects) > 0 {
			fmt.Fprintf(&b, "    affects: %s\n", strings.Join(finding.Affects, ", "))
		}
		if finding.Cure != "" {
			fmt.Fprintf(&b, "    cure:    %s\n", printable(finding.Cure))
		}
	}
	verdict := "good"
	if len(report.Findings) > 0 {
		verdict = fmt.Sprintf("%d critical, %s", report.Count(layout.Critical), count(report.Count(layout.Warning), "warning"))
	}
	fmt.Fprintf(&b, "%s files in %s: %s\n", report.Role, printable(report.Dir), verdict)
	return b.String()
}
