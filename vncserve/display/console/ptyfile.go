package console

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// pollable gives the descriptor of f, a terminal's master side, to a file that can be
// closed while it is read or written. Package pty leaves its files in blocking mode,
// where a write to a command that does not read could not be ended. It closes f.
func pollable(f *os.File) (*os.File, error) {
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("duplicating the terminal's descriptor: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("making the terminal non-blocking: %w", err)
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// setSize sets the size of a terminal without making it blocking again.
func setSize(f *os.File, size *unix.Winsize) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		failed = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, size)
	})
	if err != nil {
		return err
	}
	return failed
}
