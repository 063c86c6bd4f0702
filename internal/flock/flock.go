// Package flock makes processes that work in the same folder wait for each other,
// with flock(2). A lock goes with the descriptor and leaves no file behind.
package flock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Patience is how long to wait for a lock. What is done under one takes milliseconds;
// but any user who can read a folder can hold its lock for ever.
const Patience = 10 * time.Second

// pause is the time from one try to the next.
const pause = 10 * time.Millisecond

// ErrBusy is returned when another process does not let go of a lock.
var ErrBusy = errors.New("another process holds its lock")

// File locks an open file or folder until it is closed.
func File(ctx context.Context, f *os.File) error {
	ctx, cancel := context.WithTimeoutCause(ctx, Patience, ErrBusy)
	defer cancel()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err != syscall.EWOULDBLOCK && err != syscall.EINTR {
			return os.NewSyscallError("flock", err)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

// Folder locks a folder until unlock is called.
func Folder(ctx context.Context, dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := File(ctx, f); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("locking the folder %s: %w", dir, err)
	}
	return func() { _ = f.Close() }, nil
}
