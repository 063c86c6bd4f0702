package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"vncsec/ca"
	"vncsec/internal/explain"
	"vncsec/internal/nearest"
	"vncsec/layout"
	"vncsec/templates"
	"vncsec/vncserve/probe"
	"vncsec/vncserve/reason"
)

// explainCommand is vncsec explain.
func explainCommand(env Env) *cli.Command {
	var asJSON bool
	return &cli.Command{
		Name:      "explain",
		Usage:     "say what a code of a log line or finding means, and what helps",
		ArgsUsage: "[CODE]",
		Description: `Codes are the stable words after reason= in the log of vncsec serve, and in
square brackets in error messages and in the reports of vncsec check, vncsec
probe, vncsec sasl check, vncsec sasl test and vncsec template lint. Without a
code all are listed.`,
		UsageText: `vncsec explain sasl-user-unknown
vncsec explain --json`,
		Flags:  []cli.Flag{jsonFlag(&asJSON)},
		Action: func(c *cli.Context) error { return env.explain(c.Args().First(), asJSON) },
	}
}

// explanation is what there is to know about a code.
type explanation struct {
	Code    string   `json:"code"`
	Where   string   `json:"where"` // it occurs
	Meaning string   `json:"meaning"`
	Causes  []string `json:"causes"`
	Cure    []string `json:"cure"`
}

// Where codes occur.
const (
	inLog   = "vncsec serve and vncsec sasl"
	inCheck = "vncsec check"
	inProbe = "vncsec probe"
	inLint  = "vncsec template lint"
)

// explanations joins the tables of all packages that have codes.
func explanations() []explanation {
	return slices.Concat(
		ofTable(inLog, reason.All()),
		ofTable(inCheck, layout.Explanations()),
		ofTable(inProbe, probe.Explanations()),
		ofTable(inLint, templates.Explanations()))
}

// ofTable are the explanations of one package.
func ofTable[Code ~string](where string, table []explain.Entry[Code]) []explanation {
	all := make([]explanation, len(table))
	for i, e := range table {
		all[i] = explanation{string(e.Code), where, e.Meaning, e.Causes, e.Cure}
	}
	return all
}

// certificatePrefix comes before the codes of ca.VerifyError in logs.
const certificatePrefix = "cert-"

// explain explains one code, which may occur in two places, or lists all.
func (env Env) explain(code string, asJSON bool) error {
	all := explanations()
	if code == "" {
		return env.listCodes(all, asJSON)
	}
	code = strings.ToLower(strings.Trim(strings.TrimPrefix(code, "reason="), "[]"))
	if code == string(ca.CodeNoCertificate) {
		code = string(reason.CertMissing)
	}
	found := explained(all, code)
	if len(found) == 0 {
		found = explained(all, certificatePrefix+code)
	}
	if len(found) == 0 {
		return unknownCode(all, code)
	}
	if asJSON {
		return env.print(jsonText(found))
	}
	texts := make([]string, len(found))
	for i, e := range found {
		texts[i] = e.text()
	}
	return env.print(strings.Join(texts, "\n"))
}

// explained are the explanations of a code.
func explained(all []explanation, code string) []explanation {
	return slices.DeleteFunc(slices.Clone(all), func(e explanation) bool { return e.Code != code })
}

// unknownCode is the error about a word that is no code.
func unknownCode(all []explanation, code string) error {
	codes := make([]string, len(all))
	for i, e := range all {
		codes[i] = e.Code
	}
	if match, ok := nearest.Word(code, codes); ok {
		return usagef("unknown code %q (did you mean %s?)", code, match)
	}
	return usagef("unknown code %q", code).hint("%s explain lists all", program)
}

// text writes an explanation for people.
func (e explanation) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  (%s)\n%s\n", e.Code, e.Where, e.Meaning)
	for _, part := range []struct {
		title string
		lines []string
	}{{"likely causes:", e.Causes}, {"what helps:", e.Cure}} {
		b.WriteString(part.title + "\n")
		for _, line := range part.lines {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	return b.String()
}

// listCodes lists all codes with their meaning.
func (env Env) listCodes(all []explanation, asJSON bool) error {
	if asJSON {
		return env.print(jsonText(all))
	}
	var b strings.Builder
	where := ""
	for _, e := range all {
		if e.Where != where {
			if where != "" {
				b.WriteByte('\n')
			}
			where = e.Where
			fmt.Fprintf(&b, "%s:\n", where)
		}
		fmt.Fprintf(&b, "    %-26s %s\n", e.Code, e.Meaning)
	}
	return env.print(b.String())
}
