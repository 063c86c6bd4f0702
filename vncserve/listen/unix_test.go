package listen

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"vncsec/internal/flock"
)

// socketPath is a path that is short enough for a socket.
func socketPath(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "vs")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return filepath.Join(folder, "s")
}

func mustListen(t *testing.T, path string) net.Listener {
	t.Helper()
	l, err := Listen(context.Background(), Address{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func TestSocketModeAndRemoval(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	path := socketPath(t)
	l := mustListen(t, path)
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != fs.ModeSocket|SocketMode {
		t.Errorf("mode %v", info.Mode())
	}
	if now := syscall.Umask(0); now != 0 {
		t.Errorf("the umask is left at %#o", now)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket file is still there: %v", err)
	}
}

func TestStaleSocketIsReplaced(t *testing.T) {
	path := socketPath(t)
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	_ = dead.Close()
	l := mustListen(t, path)
	go func() {
		if c, err := l.Accept(); err == nil {
			_ = c.Close()
		}
	}()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
}

func TestLiveSocketStays(t *testing.T) {
	path := socketPath(t)
	mustListen(t, path)
	_, err := Listen(context.Background(), Address{Path: path})
	var inUse *InUseError
	if !errors.As(err, &inUse) {
		t.Fatalf("error %v", err)
	}
	if _, err := net.Dial("unix", path); err != nil {
		t.Errorf("the first server is gone: %v", err)
	}
}

func TestOtherFilesStay(t *testing.T) {
	for name, make := range map[string]func(path string) error{
		"file":    func(p string) error { return os.WriteFile(p, []byte("precious"), 0o600) },
		"folder":  func(p string) error { return os.Mkdir(p, 0o700) },
		"symlink": func(p string) error { return os.Symlink("/nowhere", p) },
	} {
		t.Run(name, func(t *testing.T) {
			path := socketPath(t)
			if err := make(path); err != nil {
				t.Fatal(err)
			}
			_, err := Listen(context.Background(), Address{Path: path})
			if err == nil || !strings.Contains(err.Error(), "no socket") {
				t.Fatalf("error %v", err)
			}
			if _, err := os.Lstat(path); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestMissingFolder(t *testing.T) {
	_, err := Listen(context.Background(), Address{Path: filepath.Join(t.TempDir(), "no", "s")})
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "/no") {
		t.Fatalf("error %v", err)
	}
}

func TestAnothersSocketStays(t *testing.T) {
	path := socketPath(t)
	l := mustListen(t, path)
	if err := os.Rename(path, path+".moved"); err != nil {
		t.Fatal(err)
	}
	mustListen(t, path)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("closing the first removed the second's file: %v", err)
	}
}

// TestRacingServers starts several at once on one stale socket: one wins.
func TestRacingServers(t *testing.T) {
	for range 20 {
		path := socketPath(t)
		dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		dead.SetUnlinkOnClose(false)
		_ = dead.Close()
		var group sync.WaitGroup
		winners := make(chan net.Listener, 8)
		for range cap(winners) {
			group.Go(func() {
				if l, err := Listen(context.Background(), Address{Path: path}); err == nil {
					winners <- l
				}
			})
		}
		group.Wait()
		close(winners)
		if len(winners) != 1 {
			t.Errorf("%d servers think that they have the socket", len(winners))
		}
		for l := range winners {
			_ = l.Close()
		}
	}
}

// TestFolderLockedByAnother has somebody, who need only be able to read the folder,
// hold its lock: starting can be given up.
func TestFolderLockedByAnother(t *testing.T) {
	path := socketPath(t)
	unlock, err := flock.Folder(t.Context(), filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Listen(ctx, Address{Path: path}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestPeer(t *testing.T) {
	path := socketPath(t)
	l := mustListen(t, path)
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = accepted.Close() }()
	if got := Peer(accepted); !strings.HasPrefix(got, "unix") {
		t.Errorf("peer %q", got)
	}
}
