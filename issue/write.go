package issue

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"vncsec/ca"
	"vncsec/internal/atomicfile"
	"vncsec/layout"
)

const (
	folderMode = 0o700
	keyMode    = 0o600
	certMode   = 0o644
)

// Written is one file that Write wrote.
type Written struct {
	Path string
	Kept string // where the file that was replaced is now, "" if there was none
}

// Write puts the key, the certificate and that of the authority into a folder
// under QEMU's names, all of them or none. The folder is made with mode 0700 if it
// does not exist. Files that exist are replaced, and kept as NAME.old, only if
// force is set; otherwise the error is an *atomicfile.ExistsError. A ca-cert.pem
// that holds the authority already is left as it is.
func (i *Issued) Write(dir string, force bool) ([]Written, error) {
	keyPEM, err := ca.MarshalKey(i.key, nil)
	if err != nil {
		return nil, fmt.Errorf("issue: %w", err)
	}
	defer clear(keyPEM)
	if err := atomicfile.MakeDir(dir, folderMode); err != nil {
		return nil, fmt.Errorf("issue: %w", err)
	}
	hasAuthority, err := i.authorityIn(filepath.Join(dir, layout.CACertFile), force)
	if err != nil {
		return nil, err
	}
	keyFile, certFile := i.fileNames()
	set := atomicfile.NewSet(dir)
	set.Add(keyFile, keyPEM, atomicfile.Options{Mode: keyMode, Force: force})
	set.Add(certFile, ca.MarshalCertificate(i.Certificate), atomicfile.Options{Mode: certMode, Force: force})
	if !hasAuthority {
		set.Add(layout.CACertFile, ca.MarshalCertificate(i.Authority), atomicfile.Options{Mode: certMode, Force: force})
	}
	files, err := set.Commit()
	if err != nil {
		return nil, fmt.Errorf("issue: %w", err)
	}
	written := make([]Written, len(files))
	for n, file := range files {
		written[n] = Written(file)
	}
	return written, nil
}

func (i *Issued) fileNames() (key, cert string) {
	if i.Role == Client {
		return layout.ClientKeyFile, layout.ClientCertFile
	}
	return layout.ServerKeyFile, layout.ServerCertFile
}

// authorityIn tells whether a CA file holds the authority. Without force it may
// hold nothing else instead: the other identity of the folder would break.
func (i *Issued) authorityIn(path string, force bool) (bool, error) {
	data, err := ca.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("issue: %w", err)
	}
	if certs, err := ca.ParseCertificates(data); err == nil {
		for _, cert := range certs {
			if bytes.Equal(cert.Raw, i.Authority.Raw) {
				return true, nil
			}
		}
	}
	if force {
		return false, nil
	}
	return false, fmt.Errorf("issue: another authority issued what is in the folder: %w", &atomicfile.ExistsError{Path: path})
}
