package vncserve

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"vncsec/vncserve/reason"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// shortTimeouts let a silent viewer's end come soon.
func shortTimeouts(types security.Type) Config {
	return Config{Security: types, HandshakeTimeout: 300 * time.Millisecond, LoginTimeout: 300 * time.Millisecond}
}

// failed is SecurityResult with a reason (3.8).
func failed(text string) string { return string(rfb.AppendReason([]byte{0, 0, 0, 1}, text)) }

// TestHostileViewers sends what no viewer should and expects an answer, the end of
// the connection and a stable reason in the log; then the server must still serve.
func TestHostileViewers(t *testing.T) {
	serverTLS, _ := testTLS(t)
	none, vnc := security.Type(security.None{}), security.Type(security.VNCAuth{Password: &security.Password{}})
	x509 := security.Type(security.X509None(source(serverTLS)))
	x509vnc := security.Type(security.X509VNC(source(serverTLS), security.VNCAuth{Password: &security.Password{}}))
	const v33, v37, v38 = "RFB 003.003\n", "RFB 003.007\n", "RFB 003.008\n"
	venCrypt := v38 + "\x13"

	for _, test := range []struct {
		name   string
		types  security.Type
		sends  string
		answer string // after the server's version
		code   reason.Code
	}{
		{"silence", none, "", "", reason.Timeout},
		{"half a version", none, "RFB 00", "", reason.Timeout},
		{"another protocol", none, "GET / HTTP/1.1\r\n\r\n", "", reason.ProtocolError},
		{"a TLS hello", x509, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00", "", reason.ProtocolError},
		{"a version without digits", none, "RFB -03.00x\n", "", reason.ProtocolError},
		{"version 4", none, "RFB 004.000\n", "", reason.ProtocolError},
		{"version 0", none, "RFB 000.000\n", "", reason.ProtocolError},

		{"3.3 cannot do VeNCrypt", x509, v33, "\x00\x00\x00\x00\x00\x00\x00\x3bthis server needs a viewer with RFB 3.7 or 3.8 and VeNCrypt", reason.ViewerTooOld},
		{"3.3 gets none dictated", none, v33, "\x00\x00\x00\x01" + greetingTimeout, ""},
		{"3.3 and no response", vnc, v33, "\x00\x00\x00\x02*", reason.Timeout},
		{"3.6 counts as 3.3", vnc, "RFB 003.006\n", "\x00\x00\x00\x02*", reason.Timeout},
		{"3.3 and half a response", vnc, v33 + "0123456", "\x00\x00\x00\x02*", reason.Timeout},
		{"3.3 and a wrong response", vnc, v33 + "0123456789abcdef", "\x00\x00\x00\x02*\x00\x00\x00\x01", reason.PasswordUnset},

		{"3.7 chooses none, not offered", vnc, v37 + "\x01", "\x01\x02\x00\x00\x00\x01", reason.TypeNotOffered},
		{"3.7 chooses none under VeNCrypt", x509, v37 + "\x01", "\x01\x13\x00\x00\x00\x01", reason.TypeNotOffered},
		{"3.7 chooses 0", none, v37 + "\x00", "\x01\x01\x00\x00\x00\x01", reason.TypeNotOffered},
		{"3.7 and a wrong response", vnc, v37 + "\x02" + "0123456789abcdef", "\x01\x02*\x00\x00\x00\x01", reason.PasswordUnset},

		{"3.8 chooses none, not offered", vnc, v38 + "\x01", "\x01\x02" + failed("security type 1 was not offered, only 2 (vnc) was"), reason.TypeNotOffered},
		{"3.8 chooses none under VeNCrypt", x509, v38 + "\x01\x01", "\x01\x13" + failed("security type 1 was not offered, only 19 (vencrypt) was"), reason.TypeNotOffered},
		{"3.8 chooses VNC under VeNCrypt", x509, v38 + "\x02", "\x01\x13" + failed("security type 2 was not offered, only 19 (vencrypt) was"), reason.TypeNotOffered},
		{"3.8 chooses SASL", none, v38 + "\x14", "\x01\x01" + failed("security type 20 was not offered, only 1 (none) was"), reason.TypeNotOffered},
		{"3.8 chooses 255", none, v38 + "\xff", "\x01\x01" + failed("security type 255 was not offered, only 1 (none) was"), reason.TypeNotOffered},
		{"3.8 chooses nothing", none, v38, "\x01\x01", reason.Timeout},
		{"3.8 and no response", vnc, v38 + "\x02", "\x01\x02*", reason.Timeout},
		{"3.8 and a wrong response", vnc, v38 + "\x02" + "0123456789abcdef", "\x01\x02*" + failed("Authentication failed"), reason.PasswordUnset},
		{"3.889 counts as 3.8", vnc, "RFB 003.889\n\x01", "\x01\x02" + failed("security type 1 was not offered, only 2 (vnc) was"), reason.TypeNotOffered},

		{"VeNCrypt and silence", x509, venCrypt, "\x01\x13\x00\x02", reason.Timeout},
		{"VeNCrypt 0.1", x509, venCrypt + "\x00\x01", "\x01\x13\x00\x02\x01", reason.VeNCryptVersion},
		{"VeNCrypt 255.255", x509, venCrypt + "\xff\xff", "\x01\x13\x00\x02\x01", reason.VeNCryptVersion},
		{"VeNCrypt and half a version", x509, venCrypt + "\x00", "\x01\x13\x00\x02", reason.Timeout},
		{"sub-type Plain", x509, venCrypt + "\x00\x02\x00\x00\x01\x00", "\x01\x13\x00\x02\x00\x01\x00\x00\x01\x04\x00", reason.TypeNotOffered},
		{"sub-type X509None where X509Vnc is offered", x509vnc, venCrypt + "\x00\x02\x00\x00\x01\x04", "\x01\x13\x00\x02\x00\x01\x00\x00\x01\x05\x00", reason.TypeNotOffered},
		{"sub-type TLSNone", x509, venCrypt + "\x00\x02\x00\x00\x01\x01", "\x01\x13\x00\x02\x00\x01\x00\x00\x01\x04\x00", reason.TypeNotOffered},
		{"sub-type 4294967295", x509, venCrypt + "\x00\x02\xff\xff\xff\xff", "\x01\x13\x00\x02\x00\x01\x00\x00\x01\x04\x00", reason.TypeNotOffered},
		{"TLS and silence", x509, venCrypt + "\x00\x02\x00\x00\x01\x04", "\x01\x13\x00\x02\x00\x01\x00\x00\x01\x04\x01", reason.Timeout},
		{"garbage for TLS", x509, venCrypt + "\x00\x02\x00\x00\x01\x04" + strings.Repeat("\xff", 64), "\x01\x13\x00\x02\x00\x01\x00\x00\x01\x04\x01*", reason.TLSFailed},
		{"a TLS record of the largest length", x509, venCrypt + "\x00\x02\x00\x00\x01\x04\x16\x03\x01\xff\xff", "\x01\x13\x00\x02\x00\x01\x00\x00\x01\x04\x01*", reason.TLSFailed},
		{"ClientInit instead of TLS", x509, venCrypt + "\x00\x02\x00\x00\x01\x04\x01", "\x01\x13\x00\x02\x00\x01\x00\x00\x01\x04\x01", reason.Timeout},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := startServer(t, shortTimeouts(test.types))
			c := s.dial(t)
			if _, err := io.WriteString(c, test.sends); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(c)
			if err != nil && !strings.Contains(err.Error(), "reset") {
				t.Fatalf("the connection did not end: %v", err)
			}
			checkAnswer(t, string(got), test.answer)
			if test.code != "" {
				s.awaitLog(t, "reason="+string(test.code))
			}
		})
	}
}

// greetingTimeout stands for a viewer that is let in and says nothing: the session
// ends at its own deadline, without a word.
const greetingTimeout = ""

// checkAnswer compares bytes; "*" in want stands for bytes that chance decides.
func checkAnswer(t *testing.T, got, want string) {
	t.Helper()
	rest, ok := strings.CutPrefix(got, "RFB 003.008\n")
	if !ok {
		t.Fatalf("the server began with %q", got)
	}
	before, after, random := strings.Cut(want, "*")
	if !random && rest != want {
		t.Errorf("answer %q, want %q", rest, want)
	}
	if random && (!strings.HasPrefix(rest, before) || !strings.HasSuffix(rest, after)) {
		t.Errorf("answer %q, want %q, anything, %q", rest, before, after)
	}
}

// TestSilentViewersDelayNobody opens many connections that stop at every phase, and
// logs in beside them.
func TestSilentViewersDelayNobody(t *testing.T) {
	serverTLS, viewerTLS := testTLS(t)
	s := startServer(t, Config{Security: security.X509None(source(serverTLS))})
	whole := "RFB 003.008\n\x13\x00\x02\x00\x00\x01\x04\x16\x03"
	for i := range 3 * len(whole) {
		if _, err := io.WriteString(s.dial(t), whole[:i%len(whole)]); err != nil {
			t.Fatal(err)
		}
	}
	for range 5 {
		c := rfb.NewConn(s.dial(t))
		if _, err := security.Login(c, security.Credentials{TLS: viewerTLS}); err != nil {
			t.Fatal(err)
		}
		finish(t, c)
	}
}

// TestEveryPrefix ends a good log-in after each of its bytes.
func TestEveryPrefix(t *testing.T) {
	s := startServer(t, shortTimeouts(security.VNCAuth{Password: &security.Password{}}))
	whole := "RFB 003.008\n\x02" + strings.Repeat("r", 16) + "\x01"
	for n := range len(whole) {
		c := s.dial(t)
		if _, err := io.WriteString(c, whole[:n]); err != nil {
			t.Fatal(err)
		}
		_ = c.Close()
	}
	if _, err := io.ReadFull(s.dial(t), make([]byte, 12)); err != nil {
		t.Fatal(err)
	}
}

// TestManyAtOnce is a burst of viewers: none may hang or fail.
func TestManyAtOnce(t *testing.T) {
	serverTLS, viewerTLS := testTLS(t)
	s := startServer(t, Config{Security: security.X509None(source(serverTLS))})
	errs := make(chan error)
	const viewers, rounds = 32, 8
	for range viewers {
		go func() { errs <- logInRepeatedly(s.addr, viewerTLS, rounds) }()
	}
	for range viewers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func logInRepeatedly(addr string, config *tls.Config, rounds int) error {
	for range rounds {
		err := func() error {
			socket, err := dialDeadline(addr)
			if err != nil {
				return err
			}
			c := rfb.NewConn(socket)
			defer func() { _ = c.Close() }()
			if _, err := security.Login(c, security.Credentials{TLS: config}); err != nil {
				return err
			}
			if _, err := c.Write([]byte{1}); err != nil {
				return err
			}
			got := make([]byte, len(greeting))
			if _, err := io.ReadFull(c, got); err != nil {
				return err
			}
			if string(got) != greeting {
				return fmt.Errorf("the display says %q", got)
			}
			return nil
		}()
		if err != nil {
			return err
		}
	}
	return nil
}

// FuzzHandshake throws bytes at a server and expects it to end the connection. What
// it answers is never more than a handshake's worth.
func FuzzHandshake(f *testing.F) {
	for _, seed := range []string{
		"", "RFB 003.003\n", "RFB 003.007\n\x02", "RFB 003.008\n\x02" + strings.Repeat("r", 16) + "\x01",
		"RFB 003.008\n\x13\x00\x02\x00\x00\x01\x05\x16\x03\x01\x00\x01\x01",
	} {
		f.Add([]byte(seed), byte(0))
		f.Add([]byte(seed), byte(1))
	}
	serverTLS, _ := testTLS(f)
	unset := security.VNCAuth{Password: &security.Password{}}
	types := []security.Type{unset, security.X509VNC(source(serverTLS), unset)}
	f.Fuzz(func(t *testing.T, sent []byte, which byte) {
		answer := &bytes.Buffer{}
		conn := rfb.NewConn(&scriptedConn{in: bytes.NewReader(sent), out: answer})
		h := handshake{conn: conn, security: types[int(which)%len(types)]}
		if err := h.login(context.Background()); err == nil {
			t.Fatal("a viewer without a password got in")
		}
		if answer.Len() > 16<<10 {
			t.Errorf("%d bytes of answer", answer.Len())
		}
	})
}

// TestRandomBytes is the fuzz target's idea through a real socket.
func TestRandomBytes(t *testing.T) {
	s := startServer(t, shortTimeouts(security.VNCAuth{Password: &security.Password{}}))
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		c := s.dial(t)
		b := make([]byte, random.IntN(200))
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		if _, err := c.Write(append([]byte("RFB 003.008\n"), b...)); err != nil {
			t.Fatal(err)
		}
		_ = c.Close()
	}
}
