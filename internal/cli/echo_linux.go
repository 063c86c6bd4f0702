package cli

import "golang.org/x/sys/unix"

// The requests for the modes of a terminal, see ioctl_tty(2).
const (
	ioctlGetTermios = unix.TCGETS
	ioctlSetTermios = unix.TCSETS
)
