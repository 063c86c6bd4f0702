package listen

import (
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// unixPeer asks the kernel for the peer's user and process (SO_PEERCRED, unix(7)).
func unixPeer(c *net.UnixConn) string {
	raw, err := c.SyscallConn()
	if err != nil {
		return "unix"
	}
	var cred *unix.Ucred
	if controlErr := raw.Control(func(fd uintptr) {
		cred, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); controlErr != nil || err != nil {
		return "unix"
	}
	return fmt.Sprintf("unix(uid=%d,pid=%d)", cred.Uid, cred.Pid)
}
