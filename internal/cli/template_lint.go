package cli

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"vncsec/ca"
	"vncsec/templates"
)

// The exit codes of vncsec template lint besides ExitOK.
const (
	exitAdvice = 1
	exitFaults = 2
)

// templateLint is what vncsec template lint was asked for.
type templateLint struct {
	role   choice
	caCert string
	asJSON bool
}

// templateLintCommand is vncsec template lint.
func templateLintCommand(env Env) *cli.Command {
	o := templateLint{role: choice{words: roleWords()}}
	return &cli.Command{
		Name:      "lint",
		Usage:     "find what certtool reads differently from what it looks like",
		ArgsUsage: "FILE...",
		Description: `Every finding has its line and column, a stable code and the correction. Errors
are what vncsec refuses: options and values that nobody knows, and those that
certtool silently takes for something else, such as a flag that is given
"false", a comment behind a value, a backslash that eats a comma, or days that
become 365. Warnings are what a second look should be taken at, such as a
server without dns_name, or an end behind that of the authority.

Exit code: 0 nothing, 1 warnings only, 2 errors or no check at all.`,
		UsageText: `# the template of a server, to be signed by the CA of this user
vncsec template lint --for server server.info

# all of them, for a script
vncsec template lint --json *.info`,
		Flags: []cli.Flag{
			&cli.GenericFlag{Name: "for", Usage: "`ROLE` of the certificate: " + o.role.list(), Value: &o.role},
			&cli.PathFlag{Name: "ca-cert", Usage: "`FILE` with the certificate that will sign", Destination: &o.caCert, DefaultText: "with --for that of the CA of this user, if there is one"},
			jsonFlag(&o.asJSON),
		},
		Action: func(c *cli.Context) error { return env.templateLint(c.Args().Slice(), o) },
	}
}

// lintResult is one finding.
type lintResult struct {
	Severity templates.Severity `json:"severity"`
	Code     templates.Code     `json:"code"`
	File     string             `json:"file"`
	Line     int                `json:"line"`
	Column   int                `json:"column"`
	Option   string             `json:"option,omitempty"`
	Message  string             `json:"message"`
	Hint     string             `json:"correction,omitempty"`
}

// templateLint prints what is wrong with templates; the exit code is the verdict.
func (env Env) templateLint(files []string, o templateLint) error {
	options := templates.LintOptions{For: templates.Role(o.role.value), Now: env.Now()}
	authority, err := o.authority()
	if err != nil {
		return &exitError{code: exitFaults, err: err}
	}
	options.Authority = authority
	results, faults, read := []lintResult{}, 0, 0
	var unreadable error // the other files are looked at all the same
	for _, file := range files {
		data, err := env.readTemplate(file)
		if err != nil {
			unreadable = errors.Join(unreadable, err)
			continue
		}
		read++
		for _, finding := range templates.Lint(file, data, options) {
			if finding.Severity == templates.Fault {
				faults++
			}
			results = append(results, lintResult{
				finding.Severity, finding.Code, finding.File, finding.At.Line, finding.At.Column, finding.Option, finding.Reason, finding.Hint,
			})
		}
	}
	text := ""
	switch {
	case o.asJSON:
		text = jsonText(map[string]any{"findings": results, "errors": faults, "warnings": len(results) - faults})
	case read > 0:
		text = lintText(read, results, faults)
	}
	if err := env.print(text); err != nil {
		return &exitError{code: exitFaults, err: err}
	}
	switch {
	case faults > 0 || unreadable != nil:
		return &exitError{code: exitFaults, err: unreadable}
	case len(results) > 0:
		return &exitError{code: exitAdvice}
	}
	return nil
}

// authority is the certificate that will sign: the one that was named, or where
// the role says that one will, the user's own.
func (o templateLint) authority() (*x509.Certificate, error) {
	file := o.caCert
	if file == "" {
		dir := ca.DefaultDir()
		if dir == "" || o.role.value == "" {
			return nil, nil
		}
		file = filepath.Join(dir, ca.CertFile)
	}
	data, err := os.ReadFile(file)
	switch {
	case o.caCert == "" && errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("the authority's certificate: %w", err)
	}
	certs, err := ca.ParseCertificates(data)
	if err != nil {
		return nil, fmt.Errorf("the authority's certificate %s: %w", file, err)
	}
	return certs[0], nil
}

// lintText writes findings for people, in so many templates.
func lintText(read int, results []lintResult, faults int) string {
	var b strings.Builder
	for _, r := range results {
		message := r.Message
		if r.Option != "" {
			message = r.Option + ": " + message
		}
		place := r.File
		if r.Line > 0 {
			place = fmt.Sprintf("%s:%d:%d", r.File, r.Line, r.Column)
		}
		fmt.Fprintf(&b, "%s: %s: %s [%s]\n", printable(place), r.Severity, printable(message), r.Code)
		if r.Hint != "" {
			fmt.Fprintf(&b, "    correction: %s\n", printable(r.Hint))
		}
	}
	verdict := "good"
	if len(results) > 0 {
		verdict = count(faults, "error") + ", " + count(len(results)-faults, "warning")
	}
	fmt.Fprintf(&b, "%s: %s\n", count(read, "template"), verdict)
	return b.String()
}
