package cli

import (
	"errors"
	"io/fs"
	"slices"

	"vncsec/ca"
	"vncsec/internal/atomicfile"
	"vncsec/internal/shell"
	"vncsec/layout"
	"vncsec/saslconf"
	"vncsec/saslconf/users"
	"vncsec/vncserve"
	"vncsec/vncserve/reason"
)

// hints returns what to do about an error.
func hints(err error) []string {
	advice := advise(err)
	if about := (*aboutError)(nil); errors.As(err, &about) {
		advice = slices.Clone(advice)
		for i, cure := range advice {
			advice[i] = about.complete(cure)
		}
	}
	return advice
}

// advise is the one place where the typed errors of the domain packages become advice.
func advise(err error) []string {
	var (
		usage   *usageError
		hinted  *hintedError
		refused *layout.RefusedError
		exists  *atomicfile.ExistsError
		path    *fs.PathError
		unsafe  *vncserve.UnsafeError
		sasl    *saslconf.RefusedError
	)
	switch {
	case errors.As(err, &usage):
		return usage.hints
	case errors.As(err, &hinted):
		return hinted.hints
	case errors.As(err, &refused):
		return cures(refused.Findings)
	case errors.As(err, &sasl):
		return saslCures(sasl.Findings)
	case errors.As(err, &unsafe):
		return []string{unsafe.Hint}
	case errors.As(err, &exists):
		return []string{"--force replaces it, and keeps the old file beside it"}
	case errors.Is(err, ca.ErrPassphraseWrong):
		return []string{"is it the passphrase of another CA? --ca-dir DIR names the folder of the CA"}
	case errors.Is(err, users.ErrExists):
		return []string{"vncsec sasl user passwd changes a password, and import --force those of many"}
	case errors.Is(err, users.ErrUnknown):
		return []string{"vncsec sasl user list shows the users; --realm REALM, or USER@REALM, names one of another realm"}
	case errors.As(err, &path) && errors.Is(err, fs.ErrPermission):
		return []string{"run it as a user who may do that (sudo), or name a folder of your own"}
	}
	if code, ok := reason.Of(err); ok {
		return codeCures(code)
	}
	return nil
}

// codeCures is what helps against a cause that has a code.
func codeCures(code reason.Code) []string {
	e, ok := reason.Explain(code)
	if !ok {
		return nil
	}
	return append(slices.Clone(e.Cure), shell.Line(program, "explain", string(code))+" tells more")
}

// cures turns findings into advice. The error has named the first one already.
func cures(findings []layout.Finding) []string {
	var advice []string
	for i, finding := range findings {
		if i > 0 {
			advice = append(advice, finding.Message)
		}
		if finding.Cure != "" && !slices.Contains(advice, finding.Cure) {
			advice = append(advice, finding.Cure)
		}
	}
	return advice
}

// saslCures turns findings about a service file into advice.
func saslCures(findings []saslconf.Finding) []string {
	var advice []string
	for _, finding := range findings {
		if !slices.Contains(advice, finding.Cure) {
			advice = append(advice, finding.Cure)
		}
	}
	return append(advice, shell.Line(program, "explain", string(findings[0].Code))+" tells more")
}
