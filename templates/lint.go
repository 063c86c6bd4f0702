package templates

import (
	"crypto/x509"
	"fmt"
	"time"
)

// Severity tells how bad a finding is.
type Severity string

// The severities. Parse refuses what is a Fault; Advice is what a second look
// should be taken at.
const (
	Fault  Severity = "error"
	Advice Severity = "warning"
)

// Finding is one result of Lint.
type Finding struct {
	Severity Severity
	*Error
}

// LintOptions say what is known of the use of a template.
type LintOptions struct {
	// For is what the certificate is for. Empty: the template may as well be one for
	// a request, a revocation list or another thing that certtool makes.
	For Role

	// Authority is the certificate that will sign; nil: unknown.
	Authority *x509.Certificate

	Now time.Time // zero: the present
}

// Lint lists all faults and traps of a template, in the order of their places.
func Lint(name string, data []byte, options LintOptions) []Finding {
	purposes := everything
	if options.For != "" {
		purposes = keyed
	}
	if options.Now.IsZero() {
		options.Now = time.Now()
	}
	t, faults := parse(name, data, purposes)
	advice := append(t.advice(), t.roleAdvice(options)...)
	isAdvice := make(map[*Error]bool, len(advice))
	for _, fault := range advice {
		isAdvice[fault] = true
	}
	findings := []Finding{}
	for _, fault := range inOrder(append(faults, advice...)) {
		severity := Fault
		if isAdvice[fault] {
			severity = Advice
		}
		findings = append(findings, Finding{severity, fault})
	}
	return findings
}

// advice finds what is no fault but hardly meant.
func (t *Template) advice() (all Errors) {
	has := func(name string) (Entry, bool) {
		entries := t.taken()[name]
		if len(entries) == 0 {
			return Entry{}, false
		}
		return entries[0], true
	}
	add := func(entry Entry, code Code, reason, hint string) {
		all = append(all, t.fault(entry, code, reason, hint))
	}
	_, dns := has("dns_name")
	_, ip := has("ip_address")
	server, isServer := has("tls_www_server")
	ca, isCA := has("ca")
	if isServer && !isCA && !dns && !ip {
		add(server, MissingSAN, "certtool does not take the host name from cn: viewers that look at subjectAltName only, as those in Go and browsers, refuse the server", "add dns_name or ip_address")
	}
	for _, entry := range t.entries {
		if option, known := lookup(entry.Name); known && option.Kind == Date {
			if f := ambiguous(entry.Value); f != nil {
				add(entry, f.code, f.reason, f.hint)
			}
		}
	}
	if mail, hasMail := has("email"); hasMail && isServer {
		add(mail, NoEffect, "certtool leaves email out of the certificates of servers", "leave it or tls_www_server out")
	}
	if _, signs := has("cert_signing_key"); isCA && !signs && isSwitchedOn(ca.Value) {
		add(ca, MissingUsage, "certtool makes an authority that may sign no certificates", "add cert_signing_key")
	}
	for _, name := range []string{"encryption_key", "signing_key", "key_agreement"} {
		if _, used := has(name); used {
			isServer = false
		}
	}
	if isServer && !isCA {
		add(server, MissingUsage, "the certificate says nothing of what its key may do, for which QEMU warns", "add signing_key and encryption_key")
	}
	return all
}

// roleAdvice looks at what the certificate is for and who will sign it.
func (t *Template) roleAdvice(options LintOptions) (all Errors) {
	start := Entry{At: Position{1, 1}}
	taken := t.taken()
	add := func(name string, code Code, reason, hint string) {
		entry := start
		if entries := taken[name]; len(entries) > 0 {
			entry = entries[0]
		}
		all = append(all, t.fault(entry, code, reason, hint))
	}
	needed := map[Role]string{CA: "ca", Server: "tls_www_server", Client: "tls_www_client"}[options.For]
	if needed != "" && len(taken[needed]) == 0 && len(taken["key_purpose_oid"]) == 0 {
		add("", MissingUsage, fmt.Sprintf("the certificate of a %s needs %s", options.For, needed), "add "+needed)
	}
	if options.For != CA && options.For != "" && len(taken["ca"]) > 0 {
		add("ca", BadValue, fmt.Sprintf("a %s must not be an authority: whoever has its key could sign certificates", options.For), "leave ca out")
	}
	profile, err := t.Certtool(Signed, options.Now)
	if err != nil {
		return all
	}
	end, byDays := start, len(taken["expiration_date"]) == 0
	for _, name := range []string{"expiration_days", "expiration_date"} {
		if entries := taken[name]; len(entries) > 0 {
			end = entries[0]
		}
	}
	if byDays && !profile.NoEnd && !profile.NotAfter.After(profile.NotBefore) {
		all = append(all, t.tooEarly(end, profile.NotBefore, profile.NotAfter))
	}
	if options.Authority == nil || options.For == CA || options.For == "" && profile.CA {
		return all
	}
	if last := options.Authority.NotAfter; profile.NoEnd || profile.NotAfter.After(last) {
		day := last.UTC().Format(time.DateOnly)
		all = append(all, t.fault(end, BeyondCA, "the certificate would outlive its authority, which expires "+day, "write expiration_date = "+day+", or sooner"))
	}
	return all
}
