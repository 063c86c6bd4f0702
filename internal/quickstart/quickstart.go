// Package quickstart makes all that a first secured console needs, in a private
// folder: an authority, a certificate for this host, one for this user, installed
// and checked. What is there and good is used again.
package quickstart

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"vncsec/ca"
	"vncsec/internal/flock"
	"vncsec/issue"
	"vncsec/layout"
	"vncsec/templates"
)

// Options say what to make.
type Options struct {
	// Dir is the private folder.
	Dir string
	// Host holds the names and addresses of this machine.
	Host Host
	// User names the client certificate.
	User string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Site is what a console and its viewers need.
type Site struct {
	// CADir is the authority's folder, PKIDir the one with the installed files of
	// server and client.
	CADir, PKIDir string
	// Steps tell what was done, in order.
	Steps []Step
	// Warnings are what the check of the installed files found.
	Warnings []layout.Finding
}

// Step is one thing done, or found done.
type Step struct {
	State State
	Name  string
	Path  string
}

// State is what became of a step.
type State string

// The states of a step.
const (
	Made    State = "made"
	Reused  State = "there"
	Checked State = "checked"
)

// renewBefore is how much life a certificate must have left to be used again.
const renewBefore = 14 * 24 * time.Hour

// Prepare makes the site, or completes it.
func Prepare(ctx context.Context, o Options) (*Site, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("quickstart: %w", err)
	}
	unlock, err := flock.Folder(ctx, o.Dir) // another quickstart may be at it
	if err != nil {
		return nil, fmt.Errorf("quickstart: %w", err)
	}
	defer unlock()
	site := &Site{CADir: filepath.Join(o.Dir, "ca"), PKIDir: filepath.Join(o.Dir, "pki")}
	authority, err := site.authority(ctx, o)
	if err != nil {
		return nil, err
	}
	server := issue.Request{Role: issue.Server, Name: o.Host.Name, DNS: o.Host.Names, IPs: o.Host.Addresses}
	client := issue.Request{Role: issue.Client, Name: o.User}
	for _, request := range []issue.Request{server, client} {
		if err := site.identity(ctx, o, authority, request); err != nil {
			return nil, err
		}
	}
	return site, site.check(ctx, o)
}

func (s *Site) did(state State, name, path string) {
	s.Steps = append(s.Steps, Step{state, name, path})
}

// authority opens the authority, or creates it. Its key is not sealed: a newcomer's
// trial must start again without questions, and the folder is private.
func (s *Site) authority(ctx context.Context, o Options) (*ca.Authority, error) {
	authority, err := ca.Open(s.CADir, noPassphrase)
	if err == nil {
		s.did(Reused, "certificate authority", s.CADir)
		return authority, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	profile, err := authorityProfile(o)
	if err != nil {
		return nil, err
	}
	authority, err = ca.Create(ctx, ca.CreateOptions{Dir: s.CADir, Profile: profile, Now: o.Now})
	if err != nil {
		return nil, err
	}
	s.did(Made, "certificate authority", s.CADir)
	return authority, nil
}

func noPassphrase() ([]byte, error) {
	return nil, errors.New("quickstart: its authority's key has been sealed with a passphrase: use the single commands instead")
}

// authorityProfile is the built-in template under a name of this host and user.
func authorityProfile(o Options) (*templates.Profile, error) {
	template, err := templates.Default(templates.CA)
	if err != nil {
		return nil, err
	}
	const longestName = 64 // RFC 5280 appendix A.1
	name := fmt.Sprintf("vncsec quickstart of %s on %s", o.User, o.Host.Name)
	template.Set("cn", strings.ToValidUTF8(name[:min(len(name), longestName)], ""))
	return template.Profile()
}

// identity installs a role's certificate and key unless good ones are there.
func (s *Site) identity(ctx context.Context, o Options, authority *ca.Authority, request issue.Request) error {
	name := string(request.Role) + " certificate"
	path := filepath.Join(s.PKIDir, string(request.Role)+"-cert.pem")
	if s.usable(o, authority, request, path) {
		s.did(Reused, name, path)
		return nil
	}
	issued, err := issue.Issue(ctx, authority, request)
	if err != nil {
		return err
	}
	staging, err := os.MkdirTemp(o.Dir, "issued-")
	if err != nil {
		return fmt.Errorf("quickstart: %w", err)
	}
	defer func() { _ = os.RemoveAll(staging) }()
	if _, err := issued.Write(staging, false); err != nil {
		return err
	}
	role := layout.Role(request.Role)
	_, err = layout.Install(ctx, layout.InstallOptions{Roles: []layout.Role{role}, From: staging, Dir: s.PKIDir, Force: true, Now: o.Now()})
	if err != nil {
		return err
	}
	s.did(Made, name, path)
	return nil
}

// usable tells whether the installed certificate is still good for all that is asked.
func (s *Site) usable(o Options, authority *ca.Authority, request issue.Request, path string) bool {
	content, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	chain, err := ca.ParseCertificates(content)
	if err != nil || chain[0].NotAfter.Before(o.Now().Add(renewBefore)) {
		return false
	}
	trust := authority.Trust()
	if request.Role == issue.Client {
		return ca.VerifyClient(chain, trust) == nil && chain[0].Subject.CommonName == request.Name
	}
	for _, host := range append(addressTexts(request.IPs), request.DNS...) {
		if ca.VerifyServer(chain, host, trust) != nil {
			return false
		}
	}
	return true
}

func addressTexts(ips []net.IP) []string {
	texts := make([]string, len(ips))
	for i, ip := range ips {
		texts[i] = ip.String()
	}
	return texts
}

// check runs the checks of both roles. Critical findings end the quickstart.
func (s *Site) check(ctx context.Context, o Options) error {
	for _, role := range []layout.Role{layout.Server, layout.Client} {
		report, err := layout.Check(ctx, layout.CheckOptions{Role: role, Dir: s.PKIDir, Now: o.Now()})
		if err != nil {
			return err
		}
		if report.Count(layout.Critical) > 0 {
			return &layout.RefusedError{What: "the installed files are not good", Findings: report.Findings}
		}
		s.Warnings = append(s.Warnings, report.Findings...)
	}
	s.did(Checked, "server and client", s.PKIDir)
	return nil
}
