package e2e_test

import (
	"io"
	"net"
	"testing"
	"time"

	"vncsec/internal/peertest"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// TestShare lets viewers come to a console, one after the other, that want to share it or
// not, and shows who has it in the end, by --share.
func TestShare(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		options []string
		// stay tells who of three viewers stays, of whom the second wants the console
		// for itself.
		stay [3]bool
	}{
		{"by default", nil, [3]bool{false, true, false}},
		{"allow-exclusive", []string{"--share", "allow-exclusive"}, [3]bool{false, true, false}},
		{"force-shared", []string{"--share", "force-shared"}, [3]bool{true, false, true}},
		{"ignore", []string{"--share", "ignore"}, [3]bool{true, true, true}},
		{"one who may only look takes nothing", []string{"--view-only", "all"}, [3]bool{true, true, true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := socketPath(t)
			options := append([]string{"--listen", "unix:" + path}, tt.options...)
			serve(t, append(options, "--", "sleep", "1000")...)
			var viewers [3]*rfb.Conn
			for i, shared := range []bool{true, false, true} {
				viewers[i] = come(t, path, shared)
				_ = isLetIn(viewers[i]) // the server has decided then
			}
			for i, c := range viewers {
				if tt.stay[i] && !answers(c) {
					t.Errorf("viewer %d has to go", i+1)
				}
				if !tt.stay[i] {
					peertest.Eventually(t, "a viewer has to go", func() bool { return !answers(c) })
				}
			}
		})
	}
}

// come logs in up to ClientInit.
func come(t *testing.T, path string, shared bool) *rfb.Conn {
	t.Helper()
	socket, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	c := rfb.NewConn(socket)
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(peertest.Patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := security.Login(c, security.Credentials{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write(rfb.ClientInit{Shared: shared}.AppendWire(nil)); err != nil {
		t.Fatal(err)
	}
	return c
}

// isLetIn tells whether a viewer got ServerInit.
func isLetIn(c *rfb.Conn) bool {
	_, err := rfb.ReadServerInit(c)
	return err == nil
}

// answers tells whether the server answers a request for one pixel.
func answers(c *rfb.Conn) bool {
	request := rfb.FramebufferUpdateRequest{Width: 1, Height: 1}.AppendWire(nil)
	if _, err := c.Write(request); err != nil {
		return false
	}
	pixel := make([]byte, 4+rfb.RectHeaderLen+4)
	_, err := io.ReadFull(c, pixel)
	return err == nil
}
