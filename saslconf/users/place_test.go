package users

import (
	"crypto/rand"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vncsec/internal/flock"
	"vncsec/internal/peertest"
	"vncsec/saslconf/cyrus"
)

func TestModeAndOwner(t *testing.T) {
	d, ctx := newDatabase(t), t.Context()
	mode := func() fs.FileMode {
		info, err := os.Stat(d.Path)
		check(t, err)
		return info.Mode().Perm()
	}
	check(t, d.Add(ctx, alice, []byte("secret"), Storage{}))
	if mode() != 0o600 {
		t.Errorf("a new file has mode %04o", mode())
	}
	check(t, os.Chmod(d.Path, 0o640))
	check(t, d.Add(ctx, bob, []byte("secret"), Storage{}))
	if mode() != 0o640 {
		t.Errorf("the mode became %04o", mode())
	}
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	d.UID, d.GID, d.Mode = 65534, 65534, 0o600
	check(t, d.SetPassword(ctx, bob, []byte("secret"), Storage{}))
	d.UID, d.GID, d.Mode = -1, -1, 0
	check(t, d.SetPassword(ctx, bob, []byte("secret2"), Storage{}))
	info, err := os.Stat(d.Path)
	check(t, err)
	if uid, gid := ownerOf(info); uid != 65534 || gid != 65534 || mode() != 0o600 {
		t.Errorf("the file belongs to %d:%d with mode %04o", uid, gid, mode())
	}
}

func TestSymbolicLink(t *testing.T) {
	t.Parallel()
	d, ctx := newDatabase(t), t.Context()
	link := Database{Path: filepath.Join(t.TempDir(), "link"), UID: -1, GID: -1}
	check(t, d.Add(ctx, alice, []byte("secret"), Storage{}))
	check(t, os.Symlink(d.Path, link.Path))
	check(t, link.Add(ctx, bob, []byte("secret"), Storage{}))
	if n := len(list(t, d)); n != 2 {
		t.Errorf("%d users are in the file", n)
	}
	if info, err := os.Lstat(link.Path); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("the link is gone: %v", err)
	}
}

// TestForeignFolder works in a folder of another account, which can put anything there: no
// link of his leads root to another file.
func TestForeignFolder(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root has what others want")
	}
	const stranger = 65534
	d, ctx := newDatabase(t), t.Context()
	precious := filepath.Join(t.TempDir(), "precious")
	check(t, os.Chown(filepath.Dir(d.Path), stranger, stranger))
	for _, there := range []bool{true, false} {
		if there {
			check(t, os.WriteFile(precious, []byte("x"), 0o400))
		} else {
			check(t, os.Remove(precious))
		}
		check(t, os.Symlink(precious, d.Path))
		check(t, os.Lchown(d.Path, stranger, stranger))
		if err := d.Add(ctx, alice, []byte("secret"), Storage{}); err == nil {
			t.Error("a stranger's link was followed")
		}
		check(t, os.Remove(d.Path))
	}
	if _, err := os.Stat(precious); err == nil {
		t.Error("a file was made where the link led")
	}
	d.UID, d.GID = stranger, stranger
	check(t, d.Add(ctx, alice, []byte("secret"), Storage{}))
	if n := len(list(t, d)); n != 1 {
		t.Errorf("%d users are there", n)
	}
}

// TestLinkPutThere has a link take the file's place between looking and opening.
func TestLinkPutThere(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	other := filepath.Join(filepath.Dir(d.Path), "other")
	check(t, os.WriteFile(other, []byte("x"), 0o400))
	p, err := d.open(t.Context())
	check(t, err)
	defer p.close()
	check(t, os.Symlink(other, d.Path))
	if _, err := p.copyTo(filepath.Join(t.TempDir(), "copy")); err == nil {
		t.Error("the link was followed")
	}
}

// TestChangedMeanwhile: nothing that another program does while a command is at work gets
// lost.
func TestChangedMeanwhile(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "saslpasswd2")
	d, ctx := newDatabase(t), t.Context()
	others := []func() error{
		func() error {
			cmd := exec.Command("/usr/sbin/saslpasswd2", "-p", "-c", "-f", d.Path, "-u", "realm", "carol")
			cmd.Stdin = strings.NewReader("secret")
			return cmd.Run()
		},
		func() error { return os.Chtimes(d.Path, time.Time{}, time.Unix(1, 0)) },
		func() error { return os.Remove(d.Path) },
	}
	for _, other := range others {
		err := d.change(ctx, func(db content) error {
			check(t, replace(db, Name{"eve", "realm"}, nil, map[string][]byte{cyrus.PlainPassword: []byte("x")}))
			return other()
		})
		if err == nil || !strings.Contains(err.Error(), "run the command again") {
			t.Errorf("error %v", err)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(d.Path))
	check(t, err)
	if len(entries) != 0 {
		t.Errorf("the folder has %v", entries)
	}
}

// TestLockHeld: who holds the folder's lock, which every user who can read it can, keeps
// nobody from taking a user out.
func TestLockHeld(t *testing.T) {
	t.Parallel()
	d, ctx := newDatabase(t), t.Context()
	check(t, d.Add(ctx, alice, []byte("secret"), Storage{}))
	unlock, err := flock.Folder(ctx, filepath.Dir(d.Path))
	check(t, err)
	defer unlock()
	check(t, d.Delete(ctx, alice))
}

// TestKilledWriter finds what a writer left behind that was killed, with the keys of somebody
// in it, and nothing else.
func TestKilledWriter(t *testing.T) {
	t.Parallel()
	d, ctx := newDatabase(t), t.Context()
	name := filepath.Base(d.Path)
	left := []string{"." + name + ".tmp-" + rand.Text(), "." + name + ".tmp-" + rand.Text()}
	others := []string{"." + name + ".tmp-x", name + ".tmp-" + rand.Text(), ".other.tmp-" + rand.Text()}
	for _, file := range slices.Concat(left, others) {
		check(t, os.WriteFile(filepath.Join(filepath.Dir(d.Path), file), []byte("SCRAM-SHA-256$"), 0o600))
	}
	check(t, d.Add(ctx, alice, []byte("secret"), Storage{}))
	for _, file := range left {
		if _, err := os.Stat(filepath.Join(filepath.Dir(d.Path), file)); err == nil {
			t.Errorf("%s is still there", file)
		}
	}
	for _, file := range others {
		if _, err := os.Stat(filepath.Join(filepath.Dir(d.Path), file)); err != nil {
			t.Errorf("somebody else's file is gone: %v", err)
		}
	}
}
