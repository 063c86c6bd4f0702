package ca

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"vncsec/internal/atomicfile"
	"vncsec/internal/peertest"
)

func create(t *testing.T, change func(*CreateOptions)) (*Authority, CreateOptions, error) {
	t.Helper()
	opts := CreateOptions{Dir: filepath.Join(t.TempDir(), "a", "ca"), Profile: profile(t, caInfo)}
	if change != nil {
		change(&opts)
	}
	authority, err := Create(context.Background(), opts)
	return authority, opts, err
}

func TestCreateAndOpen(t *testing.T) {
	for _, keyType := range KeyTypes() {
		t.Run(string(keyType), func(t *testing.T) {
			created, opts, err := create(t, func(o *CreateOptions) { o.KeyType = keyType })
			if err != nil {
				t.Fatal(err)
			}
			for name, mode := range map[string]fs.FileMode{"": 0o700 | fs.ModeDir, KeyFile: 0o600, CertFile: 0o644} {
				if info := must(os.Stat(filepath.Join(opts.Dir, name))); info.Mode() != mode {
					t.Errorf("%q has mode %v, want %v", name, info.Mode(), mode)
				}
			}
			opened, err := Open(opts.Dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !opened.Certificate().Equal(created.Certificate()) {
				t.Error("another authority was opened")
			}
			leaf := must(opened.Sign(profile(t, "cn = x\ntls_www_client"), testKey(t, ECDSAP256).Public()))
			if err := signed(leaf, created.cert); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSealedAuthority(t *testing.T) {
	peertest.Need(t, "openssl")
	_, opts, err := create(t, func(o *CreateOptions) { o.Passphrase = []byte("sesame") })
	if err != nil {
		t.Fatal(err)
	}
	run(t, "openssl", "pkey", "-noout", "-in", filepath.Join(opts.Dir, KeyFile), "-passin", "pass:sesame")

	given := []byte("sesame")
	if _, err := Open(opts.Dir, func() ([]byte, error) { return given, nil }); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(given, []byte("s")) {
		t.Error("the passphrase was not cleared")
	}
	if _, err := Open(opts.Dir, nil); !errors.Is(err, ErrPassphraseNeeded) {
		t.Errorf("no passphrase: %v", err)
	}
	if _, err := Open(opts.Dir, func() ([]byte, error) { return []byte("wrong"), nil }); !errors.Is(err, ErrPassphraseWrong) {
		t.Errorf("wrong passphrase: %v", err)
	}
	if _, err := Open(opts.Dir, func() ([]byte, error) { return nil, fs.ErrClosed }); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("no terminal: %v", err)
	}
}

func TestCreateDoesNotReplace(t *testing.T) {
	first, opts, err := create(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	var exists *atomicfile.ExistsError
	if _, err := Create(context.Background(), opts); !errors.As(err, &exists) || !strings.HasSuffix(exists.Path, KeyFile) {
		t.Fatalf("got %v, want an ExistsError", err)
	}
	opts.Force = true
	second, err := Create(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	if opened := must(Open(opts.Dir, nil)); !opened.cert.Equal(second.cert) {
		t.Error("the old authority is still there")
	}
	kept := must(ParseCertificates(must(os.ReadFile(filepath.Join(opts.Dir, CertFile+".old")))))[0]
	keptKey := must(ParseKey(must(os.ReadFile(filepath.Join(opts.Dir, KeyFile+".old"))), nil))
	if !kept.Equal(first.cert) || KeyFits(kept, keptKey) != nil {
		t.Error("the old authority was not kept")
	}
}

func TestCreateRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"cn = x\ntls_www_server":  "template option ca",
		"ca\ncert_signing_key":    "template option cn",
		"cn = x\nca\nsigning_key": "template option cert_signing_key",
	} {
		_, opts, err := create(t, func(o *CreateOptions) { o.Profile = profile(t, text) })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
		if _, err := os.Stat(opts.Dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q left the folder behind: %v", text, err)
		}
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Create(cancelled, CreateOptions{Dir: filepath.Join(t.TempDir(), "ca"), Profile: profile(t, caInfo)}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	other, otherOpts, err := create(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	leaf := must(other.Sign(profile(t, "cn = x"), testKey(t, ECDSAP256).Public()))
	for name, test := range map[string]struct {
		change func(dir string) error
		want   string
	}{
		"empty folder": {os.RemoveAll, "no such file"},
		"no key":       {func(dir string) error { return os.Remove(filepath.Join(dir, KeyFile)) }, KeyFile},
		"wide key":     {func(dir string) error { return os.Chmod(filepath.Join(dir, KeyFile), 0o640) }, "chmod 600"},
		"foreign key":  {func(dir string) error { return os.Chown(filepath.Join(dir, KeyFile), 12345, -1) }, "belongs to the user 12345"},
		"other key": {func(dir string) error {
			return os.Rename(filepath.Join(otherOpts.Dir, KeyFile), filepath.Join(dir, KeyFile))
		}, "not made for this private key"},
		"damaged key": {func(dir string) error { return os.WriteFile(filepath.Join(dir, KeyFile), []byte("x"), 0o600) }, "no private key"},
		"end certificate": {func(dir string) error {
			key := must(MarshalKey(testKey(t, ECDSAP256), nil))
			return errors.Join(os.WriteFile(filepath.Join(dir, KeyFile), key, 0o600), os.WriteFile(filepath.Join(dir, CertFile), MarshalCertificate(leaf), 0o600))
		}, "not that of a CA"},
		"linked key": {func(dir string) error {
			path := filepath.Join(dir, KeyFile)
			return errors.Join(os.Rename(path, path+"2"), os.Symlink(path+"2", path))
		}, "symbolic link"},
		"pipe": {func(dir string) error {
			path := filepath.Join(dir, CertFile)
			return errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o600))
		}, "not a regular file"},
		"folder": {func(dir string) error {
			path := filepath.Join(dir, KeyFile)
			return errors.Join(os.Remove(path), os.Mkdir(path, 0o700))
		}, "not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, opts, err := create(t, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := test.change(opts.Dir); errors.Is(err, fs.ErrPermission) {
				t.Skip("only root can do this")
			} else if err != nil {
				t.Fatal(err)
			}
			if _, err := Open(opts.Dir, nil); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// TestOpensCerttoolsAuthority signs with a CA that certtool made as the manual
// says, once its key is for its owner alone.
func TestOpensCerttoolsAuthority(t *testing.T) {
	peertest.Need(t, "certtool", "openssl")
	dir := t.TempDir()
	keyPath, certPath, info := filepath.Join(dir, KeyFile), filepath.Join(dir, CertFile), filepath.Join(dir, "ca.info")
	for path, data := range map[string][]byte{keyPath: run(t, "certtool", "--generate-privkey"), info: []byte(manual(t, "ca.info"))} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, "certtool", "--generate-self-signed", "--load-privkey", keyPath, "--template", info, "--outfile", certPath)
	a, err := Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	leaf := must(a.Sign(profile(t, manual(t, "server.info")), testKey(t, ECDSAP256).Public()))
	run(t, "openssl", "verify", "-purpose", "sslserver", "-CAfile", certPath, writeTemp(t, "leaf.pem", MarshalCertificate(leaf)))
}

func TestDefaultDir(t *testing.T) {
	t.Setenv(DirEnv, "/somewhere")
	if got := DefaultDir(); got != "/somewhere" {
		t.Errorf("got %q", got)
	}
	t.Setenv(DirEnv, "")
	if os.Geteuid() == 0 {
		if got := DefaultDir(); got != "/var/lib/vncsec/ca" {
			t.Errorf("got %q", got)
		}
		return
	}
	t.Setenv("HOME", "/home/u")
	t.Setenv("XDG_DATA_HOME", "relative")
	if got := DefaultDir(); got != "/home/u/.local/share/vncsec/ca" {
		t.Errorf("got %q", got)
	}
	t.Setenv("XDG_DATA_HOME", "/data")
	if got := DefaultDir(); got != "/data/vncsec/ca" {
		t.Errorf("got %q", got)
	}
}
