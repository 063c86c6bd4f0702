package saslconf

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"vncsec/vncserve/reason"
)

// Options say which service file is meant and what a server will do with it.
type Options struct {
	// File is the service file; if empty, the one that libsasl2 finds.
	File string
	// Account is the name or number of the user who will run the server; if empty,
	// the user of this process.
	Account string
	// Hostname is what the server calls itself, the realm of its users and the name of
	// its Kerberos key; if empty, the name of this host as libsasl2 takes it.
	Hostname string
	// Transport is how viewers will connect; if empty it is not known, and no
	// mechanism is wrong for needing TLS.
	Transport Transport
	// Users lists the users of a database; if nil nobody looks into databases.
	Users func(ctx context.Context, path string) ([]User, error)
	// Getenv looks up the environment of the server; nil: that of this process.
	Getenv func(string) (string, bool)
}

// User is somebody in a database of users.
type User struct {
	Name, Realm string
	// Plaintext tells that the password itself is stored, which fits all mechanisms.
	Plaintext bool
	// Keys are the mechanisms that a salted key is stored for.
	Keys []string
}

// Report is what Check found.
type Report struct {
	File      string    `json:"file"` // empty if there is none
	Why       string    `json:"why"`  // this file
	Account   string    `json:"account"`
	Hostname  string    `json:"hostname"`
	Transport Transport `json:"transport,omitempty"`
	// Offered are the mechanisms that vncsec serve offers on each transport.
	Offered  map[Transport][]string `json:"offered"`
	Findings []Finding              `json:"findings"` // critical ones first
}

// Count returns how many findings have the severity.
func (r *Report) Count(s Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Check finds out what is wrong with a service file and with everything that it
// leads to. The error tells that no check was possible.
func Check(ctx context.Context, o Options) (*Report, error) {
	x, err := examine(ctx, o)
	if err != nil {
		return nil, err
	}
	report := &Report{
		File: x.search.Path, Why: x.search.Why, Account: x.account.Name, Hostname: x.host, Transport: o.Transport,
		Offered: map[Transport][]string{}, Findings: append([]Finding{}, x.findings...), // not nil: an empty list in JSON
	}
	for _, on := range []Transport{TCP, TLS, UNIX} {
		report.Offered[on] = []string{}
		if x.config != nil {
			report.Offered[on] = append(report.Offered[on], x.config.Offered(on, x.plugins)...)
		}
	}
	slices.SortStableFunc(report.Findings, func(a, b Finding) int { return rank(a) - rank(b) })
	return report, nil
}

func rank(f Finding) int {
	if f.Severity == Critical {
		return 0
	}
	return 1
}

// examination is one check under way.
type examination struct {
	Options
	account  *Account
	host     string
	plugins  Plugins
	search   *Search
	config   *Config // nil if there is none that can be used
	findings []Finding
}

func examine(ctx context.Context, o Options) (*examination, error) {
	if o.Getenv == nil {
		o.Getenv = os.LookupEnv
	}
	account, err := LookupAccount(o.Account)
	if err != nil {
		return nil, err
	}
	x := &examination{Options: o, account: account, host: o.Hostname, plugins: PluginDirs(o.Getenv)}
	if x.host == "" {
		if x.host, err = Hostname(ctx); err != nil {
			return nil, err
		}
	}
	x.locate()
	if x.search.Path == "" || !x.load() {
		return x, nil
	}
	x.checkSafety()
	x.checkSettings()
	x.checkMechanisms()
	x.checkUsers(ctx)
	x.checkKerberos()
	x.checkSaslauthd(ctx)
	return x, nil
}

// Hostname is the name that libsasl2 takes for this host's, and so for the realm of
// users that are named without one: what the system calls it and, if that has no dot
// in it, the canonical name that the resolver knows; in lower case.
func Hostname(ctx context.Context) (string, error) {
	name, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("this host's name: %w", err)
	}
	if !strings.Contains(name, ".") {
		full, err := net.DefaultResolver.LookupCNAME(ctx, name)
		if full = strings.TrimSuffix(full, "."); err == nil && strings.Contains(full, ".") {
			name = full
		}
	}
	return strings.ToLower(name), nil
}

// add notes a finding about the service file, or about one of its lines.
func (x *examination) add(severity Severity, code reason.Code, line int, message, cure string) {
	x.addAbout(x.config.Path, severity, code, line, message, cure)
}

// addAbout notes a finding about any file.
func (x *examination) addAbout(path string, severity Severity, code reason.Code, line int, message, cure string) {
	x.findings = append(x.findings, Finding{Severity: severity, Code: code, File: path, Line: line, Message: message, Cure: cure})
}

// listed are the mechanisms of the list that exist.
func (x *examination) listed() []Mechanism {
	var known []Mechanism
	list, _ := x.config.Mechanisms()
	for _, name := range list {
		if m, ok := LookupMechanism(name); ok {
			known = append(known, m)
		}
	}
	return known
}

// needs tells whether a mechanism with the property is listed.
func (x *examination) needs(property func(Mechanism) bool) bool {
	return slices.ContainsFunc(x.listed(), property)
}
