package flock

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestFolderWaits(t *testing.T) {
	dir := t.TempDir()
	unlock, err := Folder(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan error)
	go func() {
		unlock, err := Folder(t.Context(), dir)
		if err == nil {
			unlock()
		}
		second <- err
	}()
	select {
	case <-second:
		t.Fatal("two have the lock")
	case <-time.After(5 * pause):
	}
	unlock()
	if err := <-second; err != nil {
		t.Error(err)
	}
}

// TestNobodyWaitsForEver has another process keep the lock.
func TestNobodyWaitsForEver(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		unlock, err := Folder(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		defer unlock()
		if _, err := Folder(t.Context(), dir); !errors.Is(err, ErrBusy) {
			t.Errorf("error %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := Folder(ctx, dir); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
}
