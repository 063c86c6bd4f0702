package proxy_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"
	"time"

	"vncsec/vncserve"
	"vncsec/vncserve/display"
	"vncsec/vncserve/display/proxy"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// recorder is a backend that writes down what it gets after ClientInit.
type recorder struct{ got *io.PipeWriter }

func (r recorder) Open(context.Context, display.Viewer) (display.Session, error) { return r, nil }
func (r recorder) Close() error                                                  { return r.got.Close() }

func (r recorder) Serve(_ context.Context, s rfb.Stream) error {
	if _, err := rfb.ReadUint8(s); err != nil {
		return err
	}
	_ = s.SetReadDeadline(time.Time{})
	_, err := io.Copy(r.got, s)
	return err
}

// TestViewOnly lets a viewer do everything, and its backend sees only what is looking.
func TestViewOnly(t *testing.T) {
	request := rfb.FramebufferUpdateRequest{Incremental: true, Width: 640, Height: 480}
	format := rfb.SetPixelFormat{Format: rfb.Canonical}
	wishes := rfb.SetEncodings{Encodings: []rfb.Encoding{
		rfb.EncodingZRLE, rfb.EncodingQEMUExtendedKey, rfb.EncodingExtendedDesktopSize, rfb.EncodingExtendedClipboard,
		rfb.EncodingQEMUAudio, rfb.EncodingGII, rfb.EncodingXVP, rfb.EncodingFence, rfb.EncodingContinuousUpdates, rfb.EncodingRaw,
	}}
	granted := rfb.SetEncodings{Encodings: []rfb.Encoding{rfb.EncodingZRLE, rfb.EncodingExtendedDesktopSize, rfb.EncodingRaw}}
	const qemuMessage = 255
	for name, test := range map[string]struct {
		sends []rfb.ClientMessage
		last  []byte
		want  []rfb.ClientMessage
	}{
		"input": {
			sends: []rfb.ClientMessage{
				format, wishes, request, rfb.KeyEvent{Down: true, Key: 'a'}, rfb.PointerEvent{Buttons: 1, X: 2, Y: 3},
				rfb.ClientCutText{Text: []byte("rm -rf /")}, rfb.SetDesktopSize{Width: 1, Height: 1, Screens: []rfb.Screen{{}}}, request,
			},
			want: []rfb.ClientMessage{format, granted, request, request},
		},
		"a message that was not agreed on": {
			sends: []rfb.ClientMessage{request},
			last:  []byte{qemuMessage, 0, 0, 1, 0, 0, 0, 'a', 0, 0, 0, 0x1e, 3, 1},
			want:  []rfb.ClientMessage{request},
		},
	} {
		t.Run(name, func(t *testing.T) {
			backend := socket(t)
			got, record := io.Pipe()
			serve(t, backend, security.None{}, recorder{record})
			front := serveLooking(t, &proxy.Backend{Address: backend})
			c, err := connect(t, front)
			if err != nil {
				t.Fatal(err)
			}
			sent := []byte{1} // ClientInit
			for _, m := range test.sends {
				sent = m.AppendWire(sent)
			}
			if _, err := c.Write(append(sent, test.last...)); err != nil {
				t.Fatal(err)
			}
			if test.last == nil {
				_ = c.Close()
			}
			var want []byte
			for _, m := range test.want {
				want = m.AppendWire(want)
			}
			if all, err := io.ReadAll(got); err != nil || !bytes.Equal(all, want) {
				t.Errorf("the backend got %x, %v, want %x", all, err, want)
			}
		})
	}
}

// serveLooking runs a server whose viewers may all only look.
func serveLooking(t *testing.T, source display.Source) net.Addr {
	t.Helper()
	s, err := vncserve.New(vncserve.Config{
		Security: security.None{}, Display: source,
		ViewOnly: func(security.Identity) bool { return true },
	})
	if err != nil {
		t.Fatal(err)
	}
	l, err := listen.Listen(t.Context(), socket(t))
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = s.Shutdown(ctx)
	})
	return l.Addr()
}
