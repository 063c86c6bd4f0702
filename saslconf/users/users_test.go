package users

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vncsec/internal/peertest"
	"vncsec/saslconf/cyrus"
	"vncsec/vncserve/reason"
)

// newDatabase is one in a folder of its own, without a file yet.
func newDatabase(t testing.TB) Database {
	t.Helper()
	peertest.Need(t, "libsasl2")
	return Database{Path: filepath.Join(t.TempDir(), "passwd.db"), UID: -1, GID: -1}
}

var (
	alice = Name{"alice", "vnc.example.org"}
	bob   = Name{"bob", "vnc.example.org"}
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func list(t testing.TB, d Database) []User {
	t.Helper()
	users, err := d.List(t.Context())
	check(t, err)
	return users
}

// scramUser is what a list has of a user with new keys.
func scramUser(n Name, mechanism string) User {
	return User{Name: n, Keys: &Keys{Mechanism: mechanism, Iterations: Iterations}}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	d, ctx := newDatabase(t), t.Context()
	check(t, d.Add(ctx, alice, []byte("secret"), Storage{}))
	check(t, d.Add(ctx, bob, []byte("hush hush"), Storage{Plaintext: true}))
	check(t, d.Add(ctx, Name{"alice", "other"}, []byte("secret"), Storage{Mechanism: "SCRAM-SHA-512"}))
	want := []User{scramUser(Name{"alice", "other"}, "SCRAM-SHA-512"), scramUser(alice, "SCRAM-SHA-256"), {Name: bob, Plaintext: true}}
	if diff := cmp.Diff(want, list(t, d)); diff != "" {
		t.Error(diff)
	}

	if err := d.Add(ctx, alice, []byte("x"), Storage{}); !errors.Is(err, ErrExists) {
		t.Errorf("a second alice: %v", err)
	}
	err := d.SetPassword(ctx, Name{"bob", "other"}, []byte("x"), Storage{})
	if fault := (*NameError)(nil); !errors.Is(err, ErrUnknown) || !errors.As(err, &fault) || cmp.Diff(fault.Others, []string{bob.Realm}) != "" {
		t.Errorf("a bob of another realm: %v", err)
	}
	if err := d.Delete(ctx, Name{"mallory", "other"}); !errors.Is(err, ErrUnknown) {
		t.Errorf("deleting nobody: %v", err)
	}

	// Whoever goes from a readable password to keys must not leave it behind.
	check(t, d.SetPassword(ctx, bob, []byte("hush hush"), Storage{}))
	check(t, d.Delete(ctx, Name{"alice", "other"}))
	if diff := cmp.Diff([]User{scramUser(alice, "SCRAM-SHA-256"), scramUser(bob, "SCRAM-SHA-256")}, list(t, d)); diff != "" {
		t.Error(diff)
	}
	check(t, d.Delete(ctx, alice))
	check(t, d.Delete(ctx, bob))
	if got := list(t, d); len(got) != 0 {
		t.Errorf("there still is %v", got)
	}
}

// TestNoPasswordOnDisk looks for readable passwords in everything that is left on disk.
func TestNoPasswordOnDisk(t *testing.T) {
	t.Parallel()
	d, ctx := newDatabase(t), t.Context()
	check(t, d.Add(ctx, alice, []byte("opensesame1"), Storage{}))
	check(t, d.Add(ctx, bob, []byte("opensesame2"), Storage{Plaintext: true}))
	check(t, d.SetPassword(ctx, bob, []byte("opensesame3"), Storage{}))
	check(t, d.Add(ctx, Name{"carol", "realm"}, []byte("opensesame4"), Storage{Plaintext: true}))
	check(t, d.Delete(ctx, Name{"carol", "realm"}))
	entries, err := os.ReadDir(filepath.Dir(d.Path))
	check(t, err)
	if len(entries) != 1 {
		t.Errorf("the folder has %v", entries)
	}
	content, err := os.ReadFile(d.Path)
	check(t, err)
	if bytes.Contains(content, []byte("opensesame")) {
		t.Error("a password is in the file")
	}
	if !bytes.Contains(content, []byte("SCRAM-SHA-256$")) {
		t.Error("no keys are in the file")
	}
}

// TestParallel adds users from several processes' worth of goroutines: none gets lost.
func TestParallel(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	var wait sync.WaitGroup
	for i := range 12 {
		wait.Go(func() {
			if err := d.Add(t.Context(), Name{fmt.Sprintf("user%d", i), "realm"}, []byte("secret"), Storage{}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := len(list(t, d)); n != 12 {
		t.Errorf("%d users are there", n)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	d, ctx := newDatabase(t), t.Context()
	_, err := d.List(ctx)
	wantCode(t, "missing", err, reason.SASLDBMissing)
	wantCode(t, "missing", d.Delete(ctx, alice), reason.SASLDBMissing)
	check(t, os.WriteFile(d.Path, nil, 0o600))
	if got := list(t, d); len(got) != 0 {
		t.Errorf("an empty file has %v", got)
	}
	check(t, d.Add(ctx, alice, []byte("secret"), Storage{})) // as touch made it
	check(t, os.WriteFile(d.Path, []byte("this is text, and no database\n"), 0o600))
	_, err = d.List(ctx)
	wantCode(t, "text", err, reason.SASLDBInvalid)
	wantCode(t, "text", d.Add(ctx, bob, []byte("secret"), Storage{}), reason.SASLDBInvalid)
	if content, err := os.ReadFile(d.Path); err != nil || !bytes.HasPrefix(content, []byte("this is text")) {
		t.Error("the file was changed")
	}
	for _, password := range []string{"", "a\x00b", "two\nlines", "\xff", strings.Repeat("x", maxPassword+1), "ﬁsh", "soft\u00adhyphen"} {
		if err := d.Add(ctx, bob, []byte(password), Storage{}); err == nil || strings.Contains(err.Error(), "fish") {
			t.Errorf("the password %q: %v", password, err)
		}
	}
	if err := d.Add(ctx, bob, []byte("secret"), Storage{Mechanism: "DIGEST-MD5"}); err == nil {
		t.Error("keys for DIGEST-MD5 were made")
	}
	if err := (Database{Path: filepath.Join(d.Path, "x"), UID: -1, GID: -1}).Add(ctx, bob, []byte("secret"), Storage{}); err == nil {
		t.Error("a database was made in a file")
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if err := d.Add(cancelled, bob, []byte("secret"), Storage{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}

func wantCode(t *testing.T, what string, err error, want reason.Code) {
	t.Helper()
	if code, _ := reason.Of(err); code != want {
		t.Errorf("%s: got %q (%v), want %q", what, code, err, want)
	}
}

func TestParseName(t *testing.T) {
	for text, want := range map[string]Name{
		"alice": {"alice", "here"}, "alice@there": {"alice", "there"}, "Zoë": {"Zoë", "here"}, "a b": {"a b", "here"}, "a:b,c=d": {"a:b,c=d", "here"},
	} {
		if got, err := ParseName(text, "here"); err != nil || got != want {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "@here", "alice@", "a@b@c", " a", "a ", "a\nb", "a\x00b", "\xff", "ﬁsh", "ａ", strings.Repeat("a", 256)} {
		if got, err := ParseName(text, "here"); err == nil {
			t.Errorf("%q became %v", text, got)
		}
	}
}

// TestKeysOfTheStandard compares with the example of RFC 7677 section 3.
func TestKeysOfTheStandard(t *testing.T) {
	salt, err := base64.StdEncoding.DecodeString("W22ZaJ0SNY7soEsUEjb6gQ==")
	check(t, err)
	keys, err := deriveKeys("SCRAM-SHA-256", []byte("pencil"), salt, 4096)
	check(t, err)
	const want = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
	if string(keys) != want {
		t.Errorf("got %s", keys)
	}
	if got, ok := ParseKeys(keys); !ok || got != (Keys{"SCRAM-SHA-256", 4096}) {
		t.Errorf("parsed as %+v, %v", got, ok)
	}
	for _, bad := range []string{"", "SCRAM-SHA-256", "SCRAM-MD5$1:AA==$AA==:AA==", strings.Replace(want, "4096", "x", 1), strings.Replace(want, "=:", ":", 1), want[:100]} {
		if got, ok := ParseKeys([]byte(bad)); ok {
			t.Errorf("%q became %+v", bad, got)
		}
	}
}

// TestSaslpasswd2 shares a database with libsasl2's own programs.
func TestSaslpasswd2(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "saslpasswd2")
	d, ctx := newDatabase(t), t.Context()
	saslpasswd2 := func(args ...string) {
		cmd := exec.Command("/usr/sbin/saslpasswd2", append([]string{"-p", "-f", d.Path, "-u", alice.Realm}, args...)...)
		cmd.Stdin = strings.NewReader("from saslpasswd2")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", cmd, err, out)
		}
	}
	saslpasswd2("-c", "carol")
	check(t, d.Add(ctx, alice, []byte("secret"), Storage{}))
	check(t, d.Add(ctx, bob, []byte("secret"), Storage{Plaintext: true}))
	out, err := exec.Command("/usr/sbin/sasldblistusers2", "-f", d.Path).CombinedOutput()
	check(t, err)
	for _, want := range []string{"alice@vnc.example.org: " + cyrus.SCRAMKeys, "bob@vnc.example.org: " + cyrus.PlainPassword, "carol@vnc.example.org: " + cyrus.PlainPassword} {
		if !strings.Contains(string(out), want) {
			t.Errorf("sasldblistusers2 does not list %s:\n%s", want, out)
		}
	}
	carol := Name{"carol", alice.Realm}
	check(t, d.SetPassword(ctx, carol, []byte("secret"), Storage{}))
	saslpasswd2("-d", "bob")
	if diff := cmp.Diff([]User{scramUser(alice, "SCRAM-SHA-256"), scramUser(carol, "SCRAM-SHA-256")}, list(t, d)); diff != "" {
		t.Error(diff)
	}
}
