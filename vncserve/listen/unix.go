package listen

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"vncsec/internal/flock"
)

// maxUnixPath is the room in sockaddr_un on macOS, the smaller one, without the NUL.
const maxUnixPath = 103

// SocketMode is the mode of a UNIX socket: who owns it may connect.
const SocketMode fs.FileMode = 0o600

// InUseError tells that a server answers on the socket already.
type InUseError struct{ Path string }

// Error says so and what to do.
func (e *InUseError) Error() string {
	return fmt.Sprintf("another server is listening on %s: stop it or choose another path", e.Path)
}

// listenUnix binds path with mode SocketMode. A socket that nobody listens on is
// replaced; a live one, or a file of another kind, is not.
func listenUnix(ctx context.Context, path string) (net.Listener, error) {
	// Two servers that start at once must not take each other's fresh socket for a
	// stale one.
	unlock, err := flock.Folder(ctx, filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("listening on unix:%s: %w", path, err)
	}
	defer unlock()
	if err := removeStale(ctx, path); err != nil {
		return nil, err
	}
	l, err := bindPrivate(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("listening on unix:%s: %w", path, err)
	}
	return l, nil
}

func removeStale(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("listening on unix:%s: %w", path, err)
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("listening on unix:%s: there is a file that is no socket (%s): move it away or choose another path", path, info.Mode().Type())
	}
	live, err := answers(ctx, path)
	if err != nil {
		return fmt.Errorf("listening on unix:%s: cannot tell whether the socket there is in use: %w", path, err)
	}
	if live {
		return &InUseError{Path: path}
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("removing the stale socket: %w", err)
	}
	return nil
}

// answers tells whether somebody listens on the socket. Only "connection refused"
// proves that nobody does: a full backlog, for one, means that somebody does.
func answers(ctx context.Context, path string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var dialer net.Dialer
	c, err := dialer.DialContext(ctx, "unix", path)
	switch {
	case err == nil:
		return true, c.Close()
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, fs.ErrNotExist):
		return false, nil
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, context.DeadlineExceeded):
		return true, nil
	}
	return false, err
}

var umaskLock sync.Mutex

// bindPrivate creates the socket with its final mode from the first moment on. The
// umask is the process's: for that moment other files come out narrower, never wider.
func bindPrivate(ctx context.Context, path string) (net.Listener, error) {
	umaskLock.Lock()
	old := syscall.Umask(int(0o777 &^ SocketMode))
	var config net.ListenConfig
	l, err := config.Listen(ctx, "unix", path)
	syscall.Umask(old)
	umaskLock.Unlock()
	if err != nil {
		return nil, err
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	info, err := os.Lstat(path)
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	return &unixListener{Listener: l, path: path, file: info}, nil
}

// unixListener removes its socket file when it closes, unless the file has become
// another's.
type unixListener struct {
	net.Listener
	path string
	file fs.FileInfo
	once sync.Once
}

// Close removes the file first, so that nobody finds a socket without a server.
func (l *unixListener) Close() error {
	var removeErr error
	l.once.Do(func() {
		if now, err := os.Lstat(l.path); err == nil && os.SameFile(now, l.file) {
			removeErr = os.Remove(l.path)
		}
	})
	return errors.Join(l.Listener.Close(), removeErr)
}
