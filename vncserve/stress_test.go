package vncserve

import (
	"context"
	"io"
	"os"
	"runtime"
	"testing"
	"time"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// TestNothingStaysOfThousands has thousands of viewers leave at all points of a
// log-in, in many at a time: no goroutine (see startServer) and no file stays.
func TestNothingStaysOfThousands(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no /proc/self/fd")
	}
	serverTLS, viewerTLS := testTLS(t)
	s := startServer(t, Config{Security: security.X509None(source(serverTLS)), MaxPending: 4096})
	before := openFiles(t)
	const crowd, each = 8, 250
	whole := "RFB 003.008\n\x13\x00\x02\x00\x00\x01\x04\x16\x03\x01"
	errs := make(chan error, crowd)
	for range crowd {
		go func() {
			errs <- func() error {
				for i := range each {
					if i%10 == 0 {
						if err := logInRepeatedly(s.addr, viewerTLS, 1); err != nil {
							return err
						}
					}
					c, err := dialDeadline(s.addr)
					if err != nil {
						return err
					}
					_, _ = io.WriteString(c, whole[:i%(len(whole)+1)])
					_ = c.Close()
				}
				return nil
			}()
		}()
	}
	for range crowd {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	deadline := time.Now().Add(20 * time.Second)
	for openFiles(t) > before && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	if now := openFiles(t); now > before {
		t.Errorf("%d files are open, before it were %d", now, before)
	}
	if n := len(s.Clients()); n != 0 {
		t.Errorf("%d viewers are left", n)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// TestStalledViewersDoNotBlockTheEnd stops a server whose viewers take nothing.
func TestStalledViewersDoNotBlockTheEnd(t *testing.T) {
	serverTLS, viewerTLS := testTLS(t)
	s := startServer(t, Config{Security: security.X509None(source(serverTLS))})
	for range 3 {
		c := rfb.NewConn(s.dial(t))
		if _, err := security.Login(c, security.Credentials{TLS: viewerTLS}); err != nil {
			t.Fatal(err)
		}
		finish(t, c)
		_ = c.SetWriteDeadline(time.Now().Add(time.Second))
		for chunk := make([]byte, 64<<10); ; { // the echo is not read, so at last nothing can be sent
			if _, err := c.Write(chunk); err != nil {
				break
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.Shutdown(ctx)
	}()
	select {
	case <-ended:
	case <-time.After(60 * time.Second):
		t.Fatal("the server does not end")
	}
}
