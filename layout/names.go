package layout

import (
	"fmt"
	"os"
	"path/filepath"
)

// File names in a folder of QEMU's tls-creds-x509 object.
const (
	CACertFile     = "ca-cert.pem"
	CACRLFile      = "ca-crl.pem"
	ServerCertFile = "server-cert.pem"
	ServerKeyFile  = "server-key.pem"
	ClientCertFile = "client-cert.pem"
	ClientKeyFile  = "client-key.pem"
	DHParamsFile   = "dh-params.pem"
)

// CAKeyFile is the authority's own key. It has no place in a folder that servers
// read; Check says so.
const CAKeyFile = "ca-key.pem"

// SystemDir is where QEMU's documents put the files for all users of a machine.
const SystemDir = "/etc/pki/qemu"

// indexedIdentities is how many further identities QEMU 10.2 reads: server-cert-0.pem
// to server-cert-3.pem with their keys.
const indexedIdentities = 4

// Role is the side of a connection that a certificate is for.
type Role string

// The two roles.
const (
	Server Role = "server"
	Client Role = "client"
)

// ParseRoles reads "server", "client" or "both".
func ParseRoles(name string) ([]Role, error) {
	switch name {
	case string(Server), string(Client):
		return []Role{Role(name)}, nil
	case "both":
		return []Role{Server, Client}, nil
	}
	return nil, fmt.Errorf("layout: unknown role %q: it is server, client or both", name)
}

func (r Role) check() error {
	if r != Server && r != Client {
		return fmt.Errorf("layout: unknown role %q: it is server or client", string(r))
	}
	return nil
}

// pair names the two files of an identity.
type pair struct{ cert, key string }

// pairs lists the identities of a role in the order in which QEMU reads them: the
// plain names, then those with an index.
func (r Role) pairs() []pair {
	list := []pair{{fmt.Sprintf("%s-cert.pem", r), fmt.Sprintf("%s-key.pem", r)}}
	for i := range indexedIdentities {
		list = append(list, pair{fmt.Sprintf("%s-cert-%d.pem", r, i), fmt.Sprintf("%s-key-%d.pem", r, i)})
	}
	return list
}

// authorityFiles are those beside the identities that QEMU reads in this role.
func (r Role) authorityFiles() []string {
	if r == Server {
		return []string{CACertFile, CACRLFile, DHParamsFile}
	}
	return []string{CACertFile}
}

// fileNames are all files that QEMU may read in this role.
func (r Role) fileNames() []string {
	names := r.authorityFiles()
	for _, p := range r.pairs() {
		names = append(names, p.cert, p.key)
	}
	return names
}

// DefaultDir is /etc/pki/qemu for root and .pki/qemu below the home folder for
// everybody else.
func DefaultDir() (string, error) {
	if os.Geteuid() == 0 {
		return SystemDir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("layout: no default folder: %w", err)
	}
	return filepath.Join(home, ".pki", "qemu"), nil
}

// absolute resolves the folder that the caller named, or the default one.
func absolute(dir string) (string, error) {
	if dir == "" {
		return DefaultDir()
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("layout: folder %s: %w", dir, err)
	}
	return abs, nil
}
