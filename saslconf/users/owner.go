package users

import (
	"io/fs"
	"syscall"
)

// ownerOf gives a file's user and group, -1 where there are none.
func ownerOf(info fs.FileInfo) (uid, gid int) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid), int(stat.Gid)
	}
	return -1, -1
}
