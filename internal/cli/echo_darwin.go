package cli

import "golang.org/x/sys/unix"

// The requests for the modes of a terminal, see tty(4).
const (
	ioctlGetTermios = unix.TIOCGETA
	ioctlSetTermios = unix.TIOCSETA
)
