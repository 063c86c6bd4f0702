package cli

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// hideTyping makes a terminal show nothing of what is typed, and returns how to
// undo that.
func hideTyping(fd int) (show func() error, err error) {
	before, err := unix.IoctlGetTermios(fd, ioctlGetTermios)
	if err != nil {
		return nil, fmt.Errorf("terminal: %w", err)
	}
	hidden := *before
	hidden.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(fd, ioctlSetTermios, &hidden); err != nil {
		return nil, fmt.Errorf("terminal: %w", err)
	}
	return func() error { return unix.IoctlSetTermios(fd, ioctlSetTermios, before) }, nil
}
