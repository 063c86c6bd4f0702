package certtool_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vncsec/issue/certtool"
)

// ours runs a command line in this process and returns its exit code and messages.
func ours(t *testing.T, stdin string, stdout io.Writer, args ...string) (int, string) {
	t.Helper()
	var stderr bytes.Buffer
	status := certtool.Run(t.Context(), args, certtool.Env{
		Stdin: strings.NewReader(stdin), Stdout: stdout, Stderr: &stderr,
		Now: func() time.Time { return time.Now().UTC() },
	})
	return status, stderr.String()
}

// mustRun runs a command line that must succeed.
func mustRun(t *testing.T, args ...string) {
	t.Helper()
	if status, messages := ours(t, "", io.Discard, args...); status != 0 {
		t.Fatalf("%q: %s", args, messages)
	}
}

// write makes a file in a folder and returns its path.
func write(t *testing.T, dir, name, content string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask is
		t.Fatal(err)
	}
	return path
}

// site is a folder with an authority, another key and a leaf.
type site struct{ dir string }

func newSite(t *testing.T) site {
	t.Helper()
	s := site{t.TempDir()}
	write(t, s.dir, "ca.info", "cn = CA\nca\ncert_signing_key\nexpiration_days = 3650\n", 0o600)
	write(t, s.dir, "leaf.info", "cn = leaf\ndns_name = leaf.example\n", 0o600)
	for _, name := range []string{"ca", "key", "other"} {
		mustRun(t, "--generate-privkey", "--key-type", "ecdsa", "--outfile", s.path(name+".key"))
	}
	mustRun(t, "--generate-self-signed", "--load-privkey", s.path("ca.key"), "--template", s.path("ca.info"), "--outfile", s.path("ca.pem"))
	mustRun(t, s.issue("leaf.info", "ca.key", "leaf.pem")...)
	return s
}

func (s site) path(name string) string { return filepath.Join(s.dir, name) }

// issue is the command line for a certificate.
func (s site) issue(template, authorityKey, out string) []string {
	return []string{"--generate-certificate", "--load-ca-certificate", s.path("ca.pem"),
		"--load-ca-privkey", s.path(authorityKey), "--load-privkey", s.path("key.key"),
		"--template", s.path(template), "--outfile", s.path(out)}
}

// secretOutputs are the actions that write private keys, without --outfile.
func (s site) secretOutputs() map[string][]string {
	return map[string][]string{
		"generate-privkey":  {"--generate-privkey", "--key-type", "ecdsa"},
		"encrypted privkey": {"--generate-privkey", "--key-type", "ecdsa", "--password", "x"},
		"DER privkey":       {"--generate-privkey", "--key-type", "ecdsa", "--outder"},
		"request with key":  {"--generate-request", "--key-type", "ecdsa", "--template", s.path("leaf.info")},
		"to-p8":             {"--to-p8", "--load-privkey", s.path("key.key"), "--password="},
		"to-p12": {"--to-p12", "--load-privkey", s.path("key.key"), "--load-certificate", s.path("leaf.pem"),
			"--password", "x", "--p12-name", "x"},
		"key-info": {"--key-info", "--infile", s.path("key.key")},
	}
}

// TestKeysAreClosed writes private keys over files that are open to others, and to
// standard output that is such a file.
func TestKeysAreClosed(t *testing.T) {
	s := newSite(t)
	for name, args := range s.secretOutputs() {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			check := func(path string) {
				t.Helper()
				info, err := os.Stat(path)
				if err != nil {
					t.Fatal(err)
				}
				if info.Mode().Perm() != 0o600 || info.Size() == 0 {
					t.Errorf("%s has mode %v and %d bytes", filepath.Base(path), info.Mode(), info.Size())
				}
			}
			old := write(t, dir, "old", "anything", 0o644)
			mustRun(t, append(args, "--outfile", old)...)
			check(old)

			fresh := filepath.Join(dir, "fresh")
			mustRun(t, append(args, "--outfile", fresh)...)
			check(fresh)

			redirected := write(t, dir, "redirected", "", 0o644)
			stdout, err := os.OpenFile(redirected, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = stdout.Close() }()
			if status, messages := ours(t, "", stdout, args...); status != 0 {
				t.Fatal(messages)
			}
			check(redirected)
		})
	}
}

// TestCertificatesAreOpen leaves the modes of files alone that hold no key.
func TestCertificatesAreOpen(t *testing.T) {
	s := newSite(t)
	for _, mode := range []os.FileMode{0o644, 0o664, 0o640} {
		out := write(t, s.dir, "out.pem", "old", mode)
		mustRun(t, s.issue("leaf.info", "ca.key", "out.pem")...)
		info, err := os.Stat(out)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != mode {
			t.Errorf("mode %v became %v", mode, info.Mode().Perm())
		}
	}
}

// refusals are templates that certtool refuses in the middle of its work, or takes
// although it should not.
var refusals = map[string]string{
	"value":           "cn =\n",
	"address":         "ip_address = x\n",
	"purpose":         "key_purpose_oid = x\n",
	"date":            "expiration_date = garbage\n",
	"constraint":      "ca\nnc_permit_ip = 10.0.0.0\n",
	"empty unique id": "subject_unique_id =\n",
	"empty issuer id": "issuer_unique_id = \"\"\n",
	"empty extension": "add_extension = \"1.2.3.4 0x\"\n",
	"empty critical":  "add_critical_extension = 1.2.3.4 0x\n",
}

// TestNothingAfterErrors keeps what was there before a run that fails, and leaves
// nothing where nothing was.
func TestNothingAfterErrors(t *testing.T) {
	s := newSite(t)
	for name, template := range refusals {
		t.Run(name, func(t *testing.T) {
			write(t, s.dir, "bad.info", template, 0o600)
			for _, out := range []string{"absent.pem", "present.pem"} {
				present := write(t, s.dir, "present.pem", "as it was", 0o644)
				var stdout bytes.Buffer
				status, messages := ours(t, "", &stdout, s.issue("bad.info", "ca.key", out)...)
				if status != 1 || messages == "" || stdout.Len() != 0 {
					t.Errorf("%s: status %d, messages %q, output %q", out, status, messages, &stdout)
				}
				if _, err := os.Stat(s.path("absent.pem")); !os.IsNotExist(err) {
					t.Errorf("a file was left: %v", err)
				}
				if data, err := os.ReadFile(present); err != nil || string(data) != "as it was" {
					t.Errorf("the old file holds %q: %v", data, err)
				}
			}
			files, err := filepath.Glob(s.path(".*"))
			if err != nil || len(files) > 0 {
				t.Errorf("left behind: %q, %v", files, err)
			}
		})
	}
}

// TestAuthorityKeyMustFit refuses what nobody could verify.
func TestAuthorityKeyMustFit(t *testing.T) {
	s := newSite(t)
	for name, args := range map[string][]string{
		"certificate": s.issue("leaf.info", "other.key", "out.pem"),
		"list": {"--generate-crl", "--load-ca-certificate", s.path("ca.pem"), "--load-ca-privkey", s.path("other.key"),
			"--template", s.path("leaf.info"), "--outfile", s.path("out.pem")},
		"update": {"--update-certificate", "--load-certificate", s.path("leaf.pem"), "--load-ca-certificate", s.path("ca.pem"),
			"--load-ca-privkey", s.path("other.key"), "--template", s.path("leaf.info"), "--outfile", s.path("out.pem")},
		"proxy": {"--generate-proxy", "--load-certificate", s.path("leaf.pem"), "--load-ca-privkey", s.path("other.key"),
			"--load-privkey", s.path("key.key"), "--template", s.path("leaf.info"), "--outfile", s.path("out.pem")},
	} {
		status, messages := ours(t, "", io.Discard, args...)
		if status != 1 || !strings.Contains(messages, "key") {
			t.Errorf("%s: status %d, messages %q", name, status, messages)
		}
		if _, err := os.Stat(s.path("out.pem")); !os.IsNotExist(err) {
			t.Errorf("%s: a file was left: %v", name, err)
		}
	}
}

// TestEndOfInput ends standard input at every question. certtool asks some of them
// without end then.
func TestEndOfInput(t *testing.T) {
	s := newSite(t)
	ca := []string{"--load-ca-certificate", s.path("ca.pem"), "--load-ca-privkey", s.path("ca.key")}
	actions := map[string][]string{
		"self-signed": {"--generate-self-signed", "--load-privkey", s.path("key.key")},
		"certificate": append([]string{"--generate-certificate", "--load-privkey", s.path("key.key")}, ca...),
		"request":     {"--generate-request", "--load-privkey", s.path("key.key")},
		"list":        append([]string{"--generate-crl"}, ca...),
		"update":      append([]string{"--update-certificate", "--load-certificate", s.path("leaf.pem")}, ca...),
		"proxy":       {"--generate-proxy", "--load-certificate", s.path("leaf.pem"), "--load-ca-privkey", s.path("key.key"), "--load-privkey", s.path("other.key")},
	}
	for name, args := range actions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "out.pem")
			for _, answer := range []string{"", "\n", "y\n", "x\n", "0\n", "12\n"} {
				for count := range 45 {
					stdin := strings.Repeat(answer, count)
					ends(t, stdin, append(args, "--outfile", out))
					if answer == "" {
						break
					}
				}
			}
		})
	}
}

// ends fails the test if a run does not end, or ends without a certificate and a
// message.
func ends(t *testing.T, stdin string, args []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	type answer struct {
		status   int
		messages string
	}
	done := make(chan answer, 1)
	go func() {
		status, messages := ours(t, stdin, io.Discard, args...)
		done <- answer{status, messages}
	}()
	select {
	case got := <-done:
		if got.status != 0 && got.messages == "" {
			t.Errorf("%q: status %d without a message", stdin, got.status)
		}
	case <-ctx.Done():
		t.Fatalf("%q: asks without end", stdin)
	}
}
