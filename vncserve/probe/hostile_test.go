package probe

import (
	"bufio"
	"bytes"
	"context"
	"image"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"vncsec/vncserve/listen"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
	"vncsec/vncserve/security"
)

// patience is for servers that hold the line; what it bounds would never end.
const patience = time.Second

// hostile listens on a UNIX socket, sends the same bytes to everybody, without a look at
// what comes, and then holds the line or hangs up.
func hostile(t *testing.T, hold bool, words string) listen.Address {
	t.Helper()
	a := listen.Address{Path: t.TempDir() + "/s"}
	listener, err := net.Listen("unix", a.Path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				if _, err := io.WriteString(c, words); err == nil && hold {
					_, _ = io.Copy(io.Discard, c)
				}
			}()
		}
	}()
	return a
}

// TestInspectHostile has servers that break every rule: the report comes in time and says
// what is wrong.
func TestInspectHostile(t *testing.T) {
	const v38 = "RFB 003.008\n"
	const startTLS = "\x01\x13\x00\x02\x00\x01\x00\x00\x01\x05\x01"
	huge := "\xff\xff\xff\xff"
	desktop := string(rfb.ServerInit{Width: 4, Height: 4, Format: rfb.Canonical, Name: "x"}.AppendWire(nil))
	none := v38 + "\x01\x01" + "\x00\x00\x00\x00"
	upper, lower := image.Rect(0, 0, 4, 2), image.Rect(0, 2, 4, 4)
	half := rectangle(upper, rfb.EncodingRaw, strings.Repeat("abc\x00", 8))
	nothing := rectangle(upper, rfb.EncodingCopyRect, "\x00\x00\x00\x02") + rectangle(lower, rfb.EncodingCopyRect, "\x00\x00\x00\x00")
	colours := string(rfb.SetColourMapEntries{Colours: make([]rfb.Colour, 0xffff)}.AppendWire(nil))
	clipboard := string(rfb.ServerCutText{Text: make([]byte, 1<<16)}.AppendWire(nil))
	resize := rectangle(image.Rect(0, 0, 90, 90), rfb.EncodingDesktopSize, "") + rectangle(image.Rect(0, 0, 80, 95), rfb.EncodingDesktopSize, "")
	for _, tt := range []struct {
		name, words string
		hold        bool
		want        Code
		message     string
	}{
		{"web server", "HTTP/1.1 400 Bad Request\r\n\r\n", false, NotRFB, `HTTP/1.1 400`},
		{"RFB 4", "RFB 004.001\n", false, NotRFB, "004.001"},
		{"nothing", "", false, Silent, "EOF"},
		{"silence", "", true, Silent, "i/o timeout"},
		{"half a version", "RFB 003", true, Silent, "i/o timeout"},
		{"refusal", v38 + "\x00\x00\x00\x00\x03too", false, ServerRefuses, "too"},
		{"refusal without end", v38 + "\x00" + huge, true, Silent, "4294967295 bytes"},
		{"255 types, of which one comes", v38 + "\xff\x01", true, Silent, "security types"},
		{"3.3 and type 4294967295", "RFB 003.003\n" + huge, true, Silent, "4294967295"},
		{"VeNCrypt 0.1", v38 + "\x01\x13\x00\x01", true, TLSFailed, "0.1"},
		{"VeNCrypt without TLS", v38 + startTLS + "no TLS here, sorry", true, TLSFailed, "TLS"},
		{"TLS that does not begin", v38 + startTLS, true, TLSFailed, "i/o timeout"},
		{"TLS that stalls in a record", v38 + startTLS + "\x16\x03\x03\x00\x7a\x02\x00\x00\x76", true, TLSFailed, "i/o timeout"},
		{"VeNCrypt refuses its own", v38 + "\x01\x13\x00\x02\x00\x01\x00\x00\x01\x05\x00", true, TLSFailed, "not accepted"},
		{"mechanisms without end", v38 + "\x01\x14" + huge, true, TLSFailed, "4294967295 bytes"},
		{"mechanisms that do not come", v38 + "\x01\x14\x00\x00\x0f\xff", true, TLSFailed, ""},
		{"mechanisms without end beside VeNCrypt", v38 + "\x02\x13\x14\x00\x02\x00\x00", true, TLSFailed, "131072 bytes"},
		{"log-in refused", v38 + "\x01\x01\x00\x00\x00\x01\x00\x00\x00\x02no", true, LoginFailed, `refused: "no"`},
		{"no desktop", none, true, LoginFailed, "ServerInit"},
		{"huge desktop", none + "\xff\xff\xff\xff" + desktop[4:], true, LoginFailed, "too large"},
		{"long name", none + desktop[:20] + huge, true, LoginFailed, "4294967295 bytes"},
		{"desktop without pixels", none + string(rfb.ServerInit{Format: rfb.Canonical}.AppendWire(nil)) + "\x00\x00\x00\x00", true, PictureFailed, "no width"},
		{"no picture", none + desktop, true, PictureFailed, "i/o timeout"},
		{"bells without end", none + desktop + strings.Repeat("\x02", 1<<20), true, PictureFailed, ""},
		{"colours and nothing else", none + desktop + strings.Repeat(colours, 4), true, PictureFailed, ""},
		{"clipboards and nothing else", none + desktop + strings.Repeat(clipboard, 16), true, PictureFailed, ""},
		{"sizes and nothing else", none + desktop + strings.Repeat(resize, 1<<10), true, PictureFailed, "pixels"},
		{"updates without pixels", none + desktop + strings.Repeat("\x00\x00\x00\x00", 1<<18), true, PictureFailed, "16 pixels"},
		{"half of the picture twice", none + desktop + strings.Repeat(half, 2), true, PictureFailed, "8 pixels"},
		{"copies of nothing", none + desktop + nothing + nothing, true, PictureFailed, "16 pixels"},
		{"beyond the desktop", none + desktop + "\x00\x00\x00\x01\x00\x01\x00\x00\x00\x04\x00\x04\x00\x00\x00\x00", true, PictureFailed, "beyond"},
		{"unknown message", none + desktop + "\x63", true, PictureFailed, "unknown type 99"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			report := Inspect(context.Background(), Target{
				Address: hostile(t, tt.hold, tt.words), Timeout: patience, Expect: Expectations{Login: true},
			})
			for _, f := range report.Findings {
				if f.Code == tt.want && strings.Contains(f.Message, tt.message) {
					return
				}
			}
			t.Errorf("findings %+v, want %s with %q", report.Findings, tt.want, tt.message)
		})
	}
}

// TestInspectStays goes on with the address that the first look reached, not with a name that
// may lead elsewhere the next time.
func TestInspectStays(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	go func() {
		if c, err := listener.Accept(); err == nil {
			_, _ = io.WriteString(c, "RFB 003.008\n\x01\x01")
		}
	}()
	at := listen.Address{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port}
	i := &inspection{target: Target{Address: listen.Address{Host: "localhost", Port: at.Port}}, report: &Report{}}
	if err := i.firstLook(t.Context()); err != nil || i.target.Address != at {
		t.Errorf("the next look is at %v: %v", i.target.Address, err)
	}
}

// TestInspectUnreachable finds nobody.
func TestInspectUnreachable(t *testing.T) {
	report := Inspect(context.Background(), Target{Address: listen.Address{Path: t.TempDir() + "/none"}})
	if len(report.Findings) != 1 || report.Findings[0].Code != Unreachable || report.Findings[0].Severity != Unknown {
		t.Errorf("findings %+v", report.Findings)
	}
}

// deaf is a socket whose peer has said all it will say.
type deaf struct {
	net.Conn // nil: nothing else is called
	in       io.Reader
}

func (d deaf) Read(p []byte) (int, error)     { return d.in.Read(p) }
func (deaf) Write(p []byte) (int, error)      { return len(p), nil }
func (deaf) SetReadDeadline(time.Time) error  { return nil }
func (deaf) SetWriteDeadline(time.Time) error { return nil }
func (deaf) RemoteAddr() net.Addr             { return &net.UnixAddr{} }
func (deaf) LocalAddr() net.Addr              { return &net.UnixAddr{} }
func (deaf) Close() error                     { return nil }

// FuzzReceive feeds what a server sends after its log-in: the client comes to an end, and
// its counts fit what was there.
func FuzzReceive(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x01\x00\x00\x00\x00\x00\x01\x00\x01\x00\x00\x00\x00abcd\x02"))
	f.Add([]byte("\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\x20"))
	f.Add(rfb.ServerCutText{Text: []byte("\xe9")}.AppendWire(nil))
	f.Add(rfb.ServerClipboard{Clipboard: rfb.Clipboard{Actions: rfb.ClipboardNotify, HasText: true}}.AppendWire(nil))
	f.Add(rfb.Fence{Flags: rfb.FenceRequest, Payload: []byte("x")}.AppendWire(nil))
	f.Add(encoding.AppendDesktopName(rfb.FramebufferUpdate{Rectangles: 1}.AppendWire(nil), "name"))
	f.Fuzz(func(t *testing.T, wire []byte) {
		c := &Client{conn: rfb.NewConn(deaf{in: bytes.NewReader(wire)}), timeout: time.Minute}
		c.in = countingReader{from: bufio.NewReader(c.conn)}
		var err error
		if c.decoder, err = encoding.NewDecoder(rfb.Canonical, 8, 8); err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = c.Receive()
		}
		var sum int64
		for _, count := range c.Traffic.ByEncoding {
			sum += count.Bytes
		}
		if c.in.read > int64(len(wire)) || c.Traffic.Bytes > c.in.read || sum > c.in.read {
			t.Errorf("%d bytes came, counted are %d, %+v", len(wire), c.in.read, c.Traffic)
		}
	})
}

// FuzzHandshake feeds what a server sends before and in its log-in, to a viewer that has a
// password.
func FuzzHandshake(f *testing.F) {
	f.Add([]byte("RFB 003.008\n\x02\x01\x02aaaaaaaaaaaaaaaa\x00\x00\x00\x00"))
	f.Add([]byte("RFB 003.003\n\x00\x00\x00\x02aaaaaaaaaaaaaaaa\x00\x00\x00\x01"))
	f.Add([]byte("RFB 003.008\n\x01\x13\x00\x02\x00\x02\x00\x00\x01\x05\x00\x00\x01\x04\x01"))
	f.Add([]byte("RFB 003.008\n\x01\x14\x00\x00\x00\x05PLAIN"))
	f.Fuzz(func(t *testing.T, wire []byte) {
		conn := func() *rfb.Conn { return rfb.NewConn(deaf{in: bytes.NewReader(wire)}) }
		_, _ = security.Login(conn(), security.Credentials{Password: []byte("secret")})
		i := &inspection{now: noon, report: &Report{}}
		c := conn()
		if offer, err := security.ReadOffer(c); err == nil {
			_ = i.lookAtVeNCrypt(c, offer)
		}
		c = conn()
		if offer, err := security.ReadOffer(c); err == nil {
			_ = i.lookAtSASL(c, offer)
		}
		i.report.Login = &LoginFacts{}
		i.judge()
	})
}
