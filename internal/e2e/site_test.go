package e2e_test

import (
	"path/filepath"
	"testing"

	"vncsec/internal/peertest"
)

// site is what an organization has once its administrator has set up the
// authority and installed a server and a client.
type site struct {
	authority string // folder of the certificate authority
	server    string // folder that servers use
	client    string // folder that viewers use
}

// organization is the name of a site's authority.
const organization = "Name of your organization"

// newSite sets up a site with vncsec's own commands, all keys of one type.
func newSite(t *testing.T, keyType string) site {
	t.Helper()
	root := t.TempDir()
	s := site{
		authority: filepath.Join(root, "ca"),
		server:    filepath.Join(root, "server"),
		client:    filepath.Join(root, "client"),
	}
	vncsec(t, "ca", "init", "--ca-dir", s.authority, "--cn", organization,
		"--key-type", keyType, "--no-passphrase")
	s.issue(t, "server", "localhost", s.server, "--dns", "localhost", "--ip", "127.0.0.1", "--key-type", keyType)
	s.issue(t, "client", "admin", s.client, "--key-type", keyType)
	return s
}

// issue makes the files of a role for a name and installs them in a folder.
func (s site) issue(t *testing.T, role, name, dir string, options ...string) {
	t.Helper()
	from := filepath.Join(t.TempDir(), role)
	vncsec(t, append([]string{"issue", role, name, "--ca-dir", s.authority, "--out", from}, options...)...)
	vncsec(t, "install", role, "--from", from, "--dir", dir)
}

// caFile is what the site's viewers trust.
func (s site) caFile() string { return filepath.Join(s.client, "ca-cert.pem") }

// admin is the identity of the site's viewer.
func (s site) admin() peertest.Identity { return peertest.ClientIdentity(s.client) }

// anonymous is the identity of a viewer that knows the authority and has no
// certificate.
func (s site) anonymous() peertest.Identity { return s.admin().Anonymous() }
