//go:build !linux

package listen

import "net"

func unixPeer(*net.UnixConn) string { return "unix" }
