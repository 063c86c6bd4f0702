package layout

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"vncsec/internal/atomicfile"
	"vncsec/internal/gnutls"
	"vncsec/internal/shell"
)

// Modes of installed files.
const (
	certMode fs.FileMode = 0o644
	keyMode  fs.FileMode = 0o600
)

// InstallOptions say which files go where.
type InstallOptions struct {
	Roles []Role
	From  string // folder with files under QEMU's names, as vncsec issue writes them
	Dir   string // target; empty is DefaultDir

	// Force replaces files that are there; the old ones are kept beside them.
	Force bool

	// Now is the time at which the certificates must be good; zero is now.
	Now time.Time
}

// State tells what Install did with a file.
type State string

// The states of installed files.
const (
	StateInstalled State = "installed"
	StateReplaced  State = "replaced"
	StateUnchanged State = "unchanged" // the same content was there
	StateMode      State = "mode corrected"
)

// Installed is one file after Install.
type Installed struct {
	Path  string `json:"path"`
	State State  `json:"state"`
	Kept  string `json:"kept,omitempty"` // where the replaced file is now
}

// Install copies the files of roles from one folder to another, all or none, with
// the modes that secrets need. Files with the same content are left alone. It
// refuses, with a *RefusedError, what QEMU or vncsec would not load, a certificate
// of the other role, and a target that somebody else could change; without Force
// also any file that would have to be replaced (*atomicfile.ExistsError).
func Install(ctx context.Context, opts InstallOptions) ([]Installed, error) {
	i, err := newInstallation(ctx, opts)
	if err != nil {
		return nil, err
	}
	defer i.source.forgetKeys()
	defer i.target.forgetKeys()
	for _, step := range []func() error{i.checkSource, i.checkTarget, i.checkAuthority, i.checkResult} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("layout: install: %w", err)
	}
	return i.write()
}

// installation is one run of Install. Both folders were read once; what is written
// is what was checked.
type installation struct {
	InstallOptions
	source *folder
	target *folder
	names  []string // the files to install
}

func newInstallation(ctx context.Context, opts InstallOptions) (*installation, error) {
	if len(opts.Roles) == 0 {
		return nil, errors.New("layout: install: no role given: server, client or both")
	}
	if opts.From == "" {
		return nil, errors.New("layout: install: no folder to install from")
	}
	from, err := absolute(opts.From)
	if err != nil {
		return nil, err
	}
	dir, err := absolute(opts.Dir)
	if err != nil {
		return nil, err
	}
	i := &installation{InstallOptions: opts}
	var names []string
	for _, role := range opts.Roles {
		if err := role.check(); err != nil {
			return nil, err
		}
		names = append(names, role.fileNames()...)
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == DHParamsFile })
	if i.source, err = readFolder(ctx, from, names); err != nil {
		return nil, fmt.Errorf("layout: install: %w", err)
	}
	if i.target, err = readFolder(ctx, dir, append(Server.fileNames(), Client.fileNames()...)); err != nil {
		return nil, fmt.Errorf("layout: install: %w", err)
	}
	for _, name := range names {
		if i.source.get(name).present() && !slices.Contains(i.names, name) {
			i.names = append(i.names, name)
		}
	}
	return i, nil
}

// checkSource refuses what the newest QEMU and vncsec would refuse to load.
func (i *installation) checkSource() error {
	what := fmt.Sprintf("nothing was installed from %s", i.source.dir)
	for _, role := range i.Roles {
		if !i.hasIdentity(role) {
			p := role.pairs()[0]
			return &RefusedError{What: what, Findings: []Finding{{
				Severity: Critical, Code: FileMissing, File: i.source.get(p.cert).path, Cure: fmt.Sprintf("vncsec issue %s NAME --out %s", role, shell.Quote(i.source.dir)),
				Message: fmt.Sprintf("%s has no %s and %s", i.source.dir, p.cert, p.key),
			}}}
		}
		findings := merge(checkContent(i.source, CheckOptions{Role: role, Now: i.Now}))
		if err := refuseIf(what, findings, refusedSource); err != nil {
			return err
		}
	}
	return nil
}

// refusedSource is stricter than Check: QEMU may load a certificate of the other
// role, but nobody means to install one.
func refusedSource(f Finding) bool { return f.Severity == Critical || f.Code == EKUWrongRole }

func (i *installation) hasIdentity(role Role) bool {
	return slices.ContainsFunc(role.pairs(), func(p pair) bool {
		return i.source.get(p.cert).present() || i.source.get(p.key).present()
	})
}

// checkTarget refuses a folder or files that others could change or that lead
// elsewhere.
func (i *installation) checkTarget() error {
	what := fmt.Sprintf("nothing was installed in %s", i.target.dir)
	if info, err := os.Lstat(i.target.dir); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return &RefusedError{What: what, Findings: []Finding{{
			Severity: Critical, Code: FileSymlink, File: i.target.dir, Cure: fmt.Sprintf("readlink -f %s", shell.Quote(i.target.dir)),
			Message: i.target.dir + " is a symbolic link: name the folder that it leads to",
		}}}
	}
	owner := os.Geteuid()
	findings := checkFolder(i.target.dir, owner)
	for _, name := range i.names {
		for _, f := range checkFile(i.target.get(name), false, owner) {
			if f.Code == FileSymlink || f.Code == FileOwner {
				findings = append(findings, f)
			}
		}
	}
	return refuseIf(what, findings, func(Finding) bool { return true })
}

// checkAuthority refuses to mix the authorities of two organizations unnoticed.
func (i *installation) checkAuthority() error {
	ours, theirs := i.source.get(CACertFile), i.target.get(CACertFile)
	if i.Force || !theirs.present() || sameCertificates(ours.data, theirs.data) {
		return nil
	}
	return &RefusedError{What: fmt.Sprintf("nothing was installed in %s", i.target.dir), Findings: []Finding{{
		Severity: Critical, Code: CADiffers, File: theirs.path,
		Cure: fmt.Sprintf("vncsec install %s --from %s --dir %s --force", i.roleWord(), shell.Quote(i.source.dir), shell.Quote(i.target.dir)),
		Message: fmt.Sprintf("%s is another authority than %s: who trusts the old one will no longer be accepted; --force replaces it and keeps the old file",
			theirs.path, ours.path),
	}}}
}

func (i *installation) roleWord() string {
	if len(i.Roles) > 1 {
		return "both"
	}
	return string(i.Roles[0])
}

func sameCertificates(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	first, errA := gnutls.Certificates(a)
	second, errB := gnutls.Certificates(b)
	return errA == nil && errB == nil && slices.EqualFunc(first, second, (*gnutls.Certificate).Equal)
}

// checkResult checks the folder as it will be: old files that stay must go with the
// new ones, or QEMU would not load the folder any more.
func (i *installation) checkResult() error {
	result := i.target.overlay(i.source, i.names)
	for _, role := range i.Roles {
		findings := merge(checkContent(result, CheckOptions{Role: role, Now: i.Now}))
		what := fmt.Sprintf("nothing was installed: with the new files %s could not be used as a %s", i.target.dir, role)
		if err := refuseIf(what, findings, isCritical); err != nil {
			return err
		}
	}
	return nil
}

// write puts the files in place. Those that are there already keep their content.
func (i *installation) write() ([]Installed, error) {
	if err := atomicfile.MakeDir(i.target.dir, modeOf(i.target.dir)); err != nil {
		return nil, fmt.Errorf("layout: install: %w", err)
	}
	set := atomicfile.NewSet(i.target.dir)
	var result []Installed
	changed := false
	for _, name := range i.names {
		data, old := i.source.get(name).data, i.target.get(name)
		if old.present() && bytes.Equal(old.data, data) {
			result = append(result, Installed{Path: old.path, State: StateUnchanged})
			continue
		}
		set.Add(name, data, atomicfile.Options{Mode: modeOfFile(name), Force: i.Force, UID: -1, GID: -1})
		changed = true
	}
	if changed {
		written, err := set.Commit()
		if err != nil {
			return nil, fmt.Errorf("layout: install: %w", err)
		}
		for _, w := range written {
			state := StateInstalled
			if w.Kept != "" {
				state = StateReplaced
			}
			result = append(result, Installed{Path: w.Path, State: state, Kept: w.Kept})
		}
	}
	return result, i.narrow(result)
}

// narrow takes from unchanged files the rights that they should not give.
func (i *installation) narrow(result []Installed) error {
	for n, file := range result {
		name := filepath.Base(file.Path)
		old := i.target.get(name)
		if file.State != StateUnchanged || old.target.Mode().Perm()&^modeOfFile(name) == 0 {
			continue
		}
		if err := chmod(i.target.dir, name, modeOfFile(name)); err != nil {
			return fmt.Errorf("layout: install: mode of %s: %w", file.Path, bare(err))
		}
		result[n].State = StateMode
	}
	return nil
}

// chmod sets a mode without following a link out of the folder.
func chmod(dir, name string, mode fs.FileMode) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return root.Chmod(name, mode)
}

func modeOfFile(name string) fs.FileMode {
	for _, role := range []Role{Server, Client} {
		if slices.ContainsFunc(role.pairs(), func(p pair) bool { return p.key == name }) {
			return keyMode
		}
	}
	return certMode
}
