package vncserve

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"vncsec/vncserve/authz"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// frame is SASL data on the wire: nil is absent, everything else ends with a NUL.
func frame(data []byte) string {
	if data == nil {
		return "\x00\x00\x00\x00"
	}
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(data)+1))) + string(data) + "\x00"
}

// choice is a mechanism's name on the wire.
func choice(name string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(name)))) + name
}

// plainMessage is what mechanism PLAIN sends.
func plainMessage(user, password string) []byte { return []byte("\x00" + user + "\x00" + password) }

// The answers of the SASL exchange.
const (
	saslDone  = "\x00\x00\x00\x06proof\x00\x01" // the last step of the good
	saslOver  = "\x00\x00\x00\x00\x01"          // that of the refused
	saslNull  = "\x00\x00\x00\x00\x00"          // go on: no data
	saslEmpty = "\x00\x00\x00\x01\x00\x00"      // go on: empty data
)

// startSASL starts a server with a fake engine on TCP or, if it is said so, on a UNIX
// socket, and checks at the end that every exchange was closed.
func startSASL(t *testing.T, engine *fakeEngine, config security.SASLConfig, unix bool) *testServer {
	t.Helper()
	t.Cleanup(func() {
		if n := engine.open.Load(); n != 0 {
			t.Errorf("%d exchanges are left open", n)
		}
	})
	config.Engine = engine
	if config.StepTimeout == 0 {
		config.StepTimeout = 100 * time.Millisecond
	}
	server := Config{Security: security.NewSASL(config, nil)}
	if config.Penalty == 0 {
		server = shortTimeouts(server.Security)
	}
	if !unix {
		return startServer(t, server)
	}
	return startServerOn(t, server, listen.Address{Path: t.TempDir() + "/vnc"})
}

type nobody struct{}

func (nobody) Allows(string, ...string) bool { return false }

// TestHostileSASL sends what no viewer should, and what a viewer with the wrong secret
// does.
func TestHostileSASL(t *testing.T) {
	const v37, v38 = "RFB 003.007\n\x14", "RFB 003.008\n\x14"
	const list = "\x01\x14" + "\x00\x00\x00\x0dPLAIN,LAYERED"
	plain, good := choice("PLAIN"), frame(plainMessage("alice", "secret"))
	refused := saslOver + failed("Authentication failed")
	for _, test := range []struct {
		name   string
		users  security.Names
		sends  string
		answer string
		logs   string
	}{
		{"good", nil, v38 + plain + good, list + saslDone + "\x00\x00\x00\x00", `user=alice`},
		{"good in two steps", nil, v38 + plain + frame(nil) + good, list + saslNull + saslDone + "\x00\x00\x00\x00", ""},
		{"empty is not absent", nil, v38 + plain + frame([]byte{}) + good, list + saslEmpty + saslDone + "\x00\x00\x00\x00", ""},
		{"wrong password", nil, v38 + plain + frame(plainMessage("alice", "secreT")), list + refused, `reason=sasl-password-wrong error=sasl-password-wrong user=alice`},
		{"wrong password where a proof is waited for", nil, v38 + choice("LAYERED") + frame(plainMessage("alice", "secreT")), list, `reason=sasl-password-wrong error=sasl-password-wrong user=alice`},
		{"unknown user", nil, v38 + plain + frame(plainMessage("eve", "secret")), list + refused, `reason=sasl-user-unknown error=sasl-user-unknown user=eve`},
		{"3.7 has no reason", nil, v37 + plain + frame(plainMessage("eve", "secret")), list + saslOver + "\x00\x00\x00\x01", "reason=sasl-user-unknown"},
		{"3.3 has no SASL", nil, "RFB 003.003\n", "\x00\x00\x00\x00\x00\x00\x00\x37this server needs a viewer with RFB 3.7 or 3.8 and SASL", "reason=viewer-too-old"},
		{"not in the list of users", nobody{}, v38 + plain + good, list + saslDone + failed("you are not allowed to open this console"), "reason=authz-denied"},
		{"a step that breaks the rules", nil, v38 + plain + frame([]byte("abc")), list + refused, "reason=sasl-protocol"},
		{"an error without a code", nil, v38 + plain + frame([]byte("fail")), list + refused, "reason=sasl-failed"},
		{"a mechanism that hangs", nil, v38 + plain + frame([]byte("hang")), list + refused, "reason=sasl-timeout"},

		{"no mechanism", nil, v38 + "\x00\x00\x00\x00", list, "reason=sasl-protocol"},
		{"a name of 101 bytes", nil, v38 + choice(strings.Repeat("P", 101)), list, "reason=sasl-protocol"},
		{"a name of 4 GB", nil, v38 + "\xff\xff\xff\xff", list, "reason=sasl-protocol"},
		{"ANONYMOUS", nil, v38 + choice("ANONYMOUS") + frame([]byte("me")), list, "reason=sasl-mech-not-offered"},
		{"another case", nil, v38 + choice("plain") + good, list, "reason=sasl-mech-not-offered"},
		{"a part of a name", nil, v38 + choice("LAIN") + good, list, "reason=sasl-mech-not-offered"},
		{"two names", nil, v38 + choice("PLAIN,LAYERED") + good, list, "reason=sasl-mech-not-offered"},
		{"a name with a NUL", nil, v38 + choice("PLAIN\x00") + good, list, "reason=sasl-mech-not-offered"},
		{"half a name", nil, v38 + choice("PLAIN")[:6], list, "reason=timeout"},
		{"another mechanism in mid-exchange", nil, v38 + plain + frame(nil) + choice("LAYERED") + good, list + saslNull + refused, "reason=sasl-protocol"},

		{"no NUL at the end", nil, v38 + plain + strings.TrimSuffix(good, "\x00") + "!", list + saslDone + "\x00\x00\x00\x00", "user=alice"},
		{"1 MiB and a byte", nil, v38 + plain + "\x00\x10\x00\x01", list, "reason=sasl-protocol"},
		{"4 GB", nil, v38 + plain + "\xff\xff\xff\xff", list, "reason=sasl-protocol"},
		{"1 MiB", nil, v38 + plain + frame(bytes.Repeat([]byte("x"), 1<<20-1)), list + refused, "reason=sasl-protocol"},
		{"half the data", nil, v38 + plain + good[:9], list, "reason=timeout"},
		{"silence", nil, v38, list, "reason=timeout"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := startSASL(t, &fakeEngine{}, security.SASLConfig{Users: test.users}, true)
			c := s.dial(t)
			if _, err := io.WriteString(c, test.sends); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(c)
			if err != nil && !strings.Contains(err.Error(), "reset") {
				t.Fatalf("the connection did not end: %v", err)
			}
			_ = c.Close() // the server waits for it after a refusal
			checkAnswer(t, string(got), test.answer)
			if test.logs != "" {
				s.awaitLog(t, test.logs)
			}
		})
	}
}

// TestSASLWithoutTLS offers on TCP what encrypts, and no more: PLAIN would show the
// password to everybody on the way.
func TestSASLWithoutTLS(t *testing.T) {
	const list = "RFB 003.008\n\x01\x14\x00\x00\x00\x07LAYERED"
	begin := "RFB 003.008\n\x14" + choice("LAYERED") + frame(plainMessage("alice", "secret"))
	for _, test := range []struct {
		name   string
		ssf    int
		answer string
		logs   string
	}{
		{"strong enough", 56, saslDone + "\x00\x00\x00\x00", "user=alice"},
		{"too weak", 55, saslDone + failed("without TLS this server needs a SASL mechanism that encrypts"), "reason=sasl-ssf-too-low"},
		{"none", 0, saslDone + failed("without TLS this server needs a SASL mechanism that encrypts"), "reason=sasl-ssf-too-low"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := startSASL(t, &fakeEngine{ssf: test.ssf}, security.SASLConfig{}, false)
			c := s.dial(t)
			if _, err := io.WriteString(c, begin); err != nil {
				t.Fatal(err)
			}
			got := make([]byte, len(list)+len(test.answer))
			if _, err := io.ReadFull(c, got); err != nil || string(got) != list+test.answer {
				t.Fatalf("answer %q, %v", got, err)
			}
			if test.ssf < security.MinLayerSSF {
				_ = c.Close()
			}
			s.awaitLog(t, test.logs)
			if test.ssf < security.MinLayerSSF {
				return
			}
			// All that follows goes through the layer, and may come in any pieces.
			viewer := &fakeExchange{}
			shared, _ := viewer.Encode([]byte{1})
			for _, b := range shared {
				if _, err := c.Write([]byte{b}); err != nil {
					t.Fatal(err)
				}
			}
			encoded, _ := viewer.Encode([]byte(greeting))
			got = make([]byte, len(encoded))
			if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, encoded) {
				t.Fatalf("the display says %q, %v", got, err)
			}
			if _, err := c.Write([]byte{0, 'x'}); err != nil { // what the layer cannot decode
				t.Fatal(err)
			}
			s.awaitLog(t, "decoding what came through the security layer")
		})
	}
}

// TestSASLGuessing tries wrong passwords at once on many connections: few are heard, and
// meanwhile not even the right one is.
func TestSASLGuessing(t *testing.T) {
	s := startSASL(t, &fakeEngine{}, security.SASLConfig{Penalty: 3 * time.Second}, true)
	attempt := func(password string) string {
		c := s.dial(t)
		if _, err := io.WriteString(c, "RFB 003.008\n\x14"+choice("PLAIN")+frame(plainMessage("alice", password))); err != nil {
			t.Fatal(err)
		}
		if password != "secret" {
			return ""
		}
		var got []byte
		for b := make([]byte, 1); !bytes.Contains(got, []byte("proof")); got = append(got, b[0]) {
			if _, err := c.Read(b); err != nil {
				break
			}
		}
		return string(got)
	}
	for range 40 {
		attempt("guess")
	}
	s.awaitLog(t, "reason=too-many-guesses")
	if got := attempt("secret"); !strings.Contains(got, "too many wrong passwords") || strings.Contains(got, "proof") {
		t.Errorf("during the penalties: %q", got)
	}
	deadline := time.Now().Add(20 * time.Second)
	for !strings.Contains(attempt("secret"), "proof") {
		if time.Now().After(deadline) {
			t.Fatal("the right password is never taken again")
		}
		time.Sleep(50 * time.Millisecond)
	}
	heard := func() int { return strings.Count(s.log.String(), "reason=sasl-password-wrong") }
	for heard() < 4 && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	if n := heard(); n != 4 {
		t.Errorf("%d guesses were heard", n)
	}
}

// TestSASLAliases refuses a user whom the list denies by another name of his: with a realm,
// which libsasl2 and Kerberos add to names without one and take off their own, or in capitals.
func TestSASLAliases(t *testing.T) {
	const refused, admitted = "reason=authz-denied", "view-only=false"
	for _, test := range []struct{ denied, user, logs string }{
		{"alice@host.example", "alice", refused},
		{"alice@KRB.EXAMPLE", "alice", refused},
		{"Alice@krb.example", "alice", refused},
		{"alice@other.example", "alice", admitted}, // somebody else's realm
		{"alice", "alice@other.example", refused},  // PAM drops realms
		{"alice@host.example", "alice@other.example", refused},
		{"ALICE", "alice", refused},
		{"alice", "ALICE", refused},
		{"alice", "alice@x@y", refused}, // whatever part of libsasl2 says where the realm begins
		{"alice@x", "alice@x@y", refused},
		{"bob", "alice", admitted},
	} {
		list, err := authz.Parse(fmt.Appendf(nil, `{"policy": "allow", "rules": [{"match": %q, "policy": "deny"}]}`, test.denied))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(test.denied+" as "+test.user, func(t *testing.T) {
			engine := &fakeEngine{as: test.user}
			sasl := security.NewSASL(security.SASLConfig{Engine: engine, Users: list}, nil)
			sasl.SetRealms([]string{"KRB.EXAMPLE", "host.example"})
			s := startServerOn(t, shortTimeouts(sasl), listen.Address{Path: t.TempDir() + "/vnc"})
			c := s.dial(t)
			if _, err := io.WriteString(c, "RFB 003.008\n\x14"+choice("PLAIN")+frame(plainMessage("alice", "secret"))+"\x01"); err != nil {
				t.Fatal(err)
			}
			s.awaitLog(t, test.logs)
			_ = c.Close()
		})
	}
}

// TestX509 runs SASL and Plain inside TLS, both offered by one server.
func TestX509(t *testing.T) {
	serverTLS, viewerTLS := testTLS(t)
	password := func(user, password string) string {
		lengths := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(len(user))), uint32(len(password)))
		return string(lengths) + user + password
	}
	const list = "\x00\x00\x00\x0dPLAIN,LAYERED"
	for _, test := range []struct {
		name   string
		sub    rfb.SubType
		sends  string
		answer string
		logs   string
	}{
		{"SASL", 263, choice("PLAIN") + frame(plainMessage("alice", "secret")), list + saslDone + "\x00\x00\x00\x00", "user=alice"},
		{"SASL without a layer", 263, choice("LAYERED") + frame(plainMessage("alice", "secret")), list + saslDone + "\x00\x00\x00\x00", "user=alice"},
		{"SASL and a wrong password", 263, choice("PLAIN") + frame(plainMessage("alice", "x")), list + saslOver + failed("Authentication failed"), "reason=sasl-password-wrong"},
		{"Plain", 262, password("alice", "secret"), "\x00\x00\x00\x00", "user=alice"},
		{"Plain and a wrong password", 262, password("alice", "x"), failed("Authentication failed"), "reason=sasl-password-wrong"},
		{"Plain and an unknown user", 262, password("eve", "secret"), failed("Authentication failed"), "reason=sasl-user-unknown"},
		{"Plain and nobody", 262, password("", ""), failed("Authentication failed"), "reason=sasl-protocol"},
		{"Plain and a NUL", 262, password("alice\x00", "secret"), failed("Authentication failed"), "reason=sasl-protocol"},
		{"Plain and a name too long", 262, "\x00\x00\x04\x01\x00\x00\x00\x01", "", "reason=sasl-protocol"},
		{"Plain and a password of 4 GB", 262, "\x00\x00\x00\x01\xff\xff\xff\xff", "", "reason=sasl-protocol"},
		{"Plain and half of it", 262, password("alice", "secret")[:14], "", "reason=timeout"},
	} {
		t.Run(test.name, func(t *testing.T) {
			engine := &fakeEngine{ssf: 256}
			sasl := security.NewSASL(security.SASLConfig{Engine: engine, Patience: 300 * time.Millisecond}, nil)
			s := startServer(t, shortTimeouts(security.X509SASLOrPlain(source(serverTLS), sasl)))
			c := rfb.NewConn(s.dial(t))
			begin := binary.BigEndian.AppendUint32([]byte("RFB 003.008\n\x13\x00\x02"), uint32(test.sub))
			if _, err := c.Write(begin); err != nil {
				t.Fatal(err)
			}
			offer := "RFB 003.008\n\x01\x13\x00\x02\x00\x02\x00\x00\x01\x07\x00\x00\x01\x06\x01"
			got := make([]byte, len(offer))
			if _, err := io.ReadFull(c, got); err != nil || string(got) != offer {
				t.Fatalf("offer %q, %v", got, err)
			}
			if err := c.StartTLSClient(viewerTLS); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(c, test.sends); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(c)
			if err != nil && !strings.Contains(err.Error(), "reset") || string(answer) != test.answer {
				t.Fatalf("answer %q, %v, want %q", answer, err, test.answer)
			}
			_ = c.Close()
			s.awaitLog(t, test.logs)
			for deadline := time.Now().Add(10 * time.Second); engine.open.Load() != 0 && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
			if n := engine.open.Load(); n != 0 {
				t.Errorf("%d exchanges are left open", n)
			}
		})
	}
}

// FuzzSASL throws bytes at the exchange. Who does not know the password does not get in,
// and every exchange is closed.
func FuzzSASL(f *testing.F) {
	begin := "RFB 003.008\n\x14"
	for _, seed := range []string{
		"", choice("PLAIN"), choice("PLAIN") + frame(nil) + frame([]byte{}), choice("ANONYMOUS") + frame([]byte("x")),
		choice("LAYERED") + frame(plainMessage("alice", "guess")), choice("PLAIN") + "\x00\x10\x00\x00", "\xff\xff\xff\xff",
	} {
		f.Add([]byte(begin+seed), false)
		f.Add([]byte(begin+seed), true)
	}
	f.Fuzz(func(t *testing.T, sent []byte, unix bool) {
		engine := &fakeEngine{ssf: 128}
		answer := &bytes.Buffer{}
		var socket net.Conn = &scriptedConn{in: bytes.NewReader(sent), out: answer}
		if unix {
			socket = &scriptedUnixConn{socket.(*scriptedConn)}
		}
		conn := rfb.NewConn(socket)
		h := handshake{conn: conn, security: security.NewSASL(security.SASLConfig{Engine: engine, StepTimeout: time.Millisecond}, nil)}
		if err := h.login(context.Background()); err == nil && !bytes.Contains(sent, []byte("secret")) {
			t.Fatal("a viewer without a password got in")
		} else if err != nil && reasonOf(err) == reason.InternalFailure {
			t.Errorf("no code for %v", err)
		}
		_ = conn.Close()
		if n := engine.open.Load(); n != 0 {
			t.Errorf("%d exchanges are left open", n)
		}
		if answer.Len() > 16<<10 {
			t.Errorf("%d bytes of answer", answer.Len())
		}
	})
}

// scriptedUnixConn has no network addresses.
type scriptedUnixConn struct{ *scriptedConn }

func (scriptedUnixConn) LocalAddr() net.Addr  { return &net.UnixAddr{} }
func (scriptedUnixConn) RemoteAddr() net.Addr { return &net.UnixAddr{} }
