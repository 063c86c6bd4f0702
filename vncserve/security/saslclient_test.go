package security

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"vncsec/vncserve/rfb"
)

// fakeClient says "data" in each step, and is done after so many of them.
type fakeClient struct {
	SASLClient // nil: nothing else is called
	steps, ssf int
	closed     bool
}

func (f *fakeClient) Start(mechanisms []string) (string, SASLStep, error) {
	step, err := f.Step(nil)
	return mechanisms[0], step, err
}

func (f *fakeClient) Step([]byte) (SASLStep, error) {
	f.steps--
	return SASLStep{Data: []byte("data"), Done: f.steps <= 0}, nil
}

func (f *fakeClient) SSF() int { return f.ssf }

func (f *fakeClient) Close() error {
	f.closed = true
	return nil
}

// told is a socket on which a server has said all that it will say.
type told struct {
	net.Conn // nil: nothing else is called
	in       io.Reader
	remote   net.Addr
	sent     *bytes.Buffer
}

func (s told) Read(p []byte) (int, error)       { return s.in.Read(p) }
func (s told) Write(p []byte) (int, error)      { return s.sent.Write(p) }
func (s told) RemoteAddr() net.Addr             { return s.remote }
func (s told) LocalAddr() net.Addr              { return s.remote }
func (s told) SetWriteDeadline(time.Time) error { return nil }
func (s told) Close() error                     { return nil }

// TestSASLClient has servers that end too early, never, or without what is needed.
func TestSASLClient(t *testing.T) {
	const list = "\x00\x00\x00\x05PLAIN"
	const goOn, complete = "\x00\x00\x00\x02x\x00\x00", "\x00\x00\x00\x00\x01"
	local, open := &net.UnixAddr{}, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}
	for _, tt := range []struct {
		name   string
		words  string
		steps  int
		ssf    int
		remote net.Addr
		want   error
		text   string
	}{
		{"one step", list + complete, 1, 0, local, nil, ""},
		{"three steps", list + goOn + goOn + complete, 3, 0, local, nil, ""},
		{"with encryption", list + complete, 1, 56, open, nil, ""},
		{"without encryption", list + complete, 1, 0, open, ErrNotEncrypted, ""},
		{"complete before the proof", list + complete, 3, 0, local, ErrServerUnknown, ""},
		{"no mechanism", "\x00\x00\x00\x00", 1, 0, local, ErrNoMechanism, ""},
		{"no end", list + strings.Repeat(goOn, 100), 200, 0, local, nil, "no end"},
		{"a long list", "\x00\x01\x00\x00", 1, 0, local, nil, "65536 bytes"},
		{"long data", list + "\x00\x10\x00\x01", 1, 0, local, nil, "1048577 bytes"},
		{"hung up", list + goOn[:5], 1, 0, local, io.ErrUnexpectedEOF, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sent := &bytes.Buffer{}
			c := rfb.NewConn(told{in: strings.NewReader(tt.words), remote: tt.remote, sent: sent})
			client := &fakeClient{steps: tt.steps, ssf: tt.ssf}
			mechanism, err := Credentials{SASL: func(SASLParams) (SASLClient, error) { return client, nil }}.converse(c)
			switch {
			case tt.want != nil && !errors.Is(err, tt.want), tt.text != "" && (err == nil || !strings.Contains(err.Error(), tt.text)):
				t.Errorf("error %v, want %v %q", err, tt.want, tt.text)
			case tt.want == nil && tt.text == "" && (err != nil || mechanism != "PLAIN"):
				t.Errorf("mechanism %q, error %v", mechanism, err)
			case tt.want == nil && tt.text == "" && !strings.HasPrefix(sent.String(), list+"\x00\x00\x00\x05data\x00"):
				t.Errorf("sent %q", sent)
			}
			if began := client.steps < tt.steps; began && client.closed != (err != nil || tt.ssf == 0) {
				t.Errorf("closed: %v, error %v", client.closed, err)
			}
		})
	}
}

// TestPlainNeedsTLS sends no password without TLS, even if a server wants it.
func TestPlainNeedsTLS(t *testing.T) {
	sent := &bytes.Buffer{}
	c := rfb.NewConn(told{in: strings.NewReader(""), remote: &net.UnixAddr{}, sent: sent})
	err := Credentials{User: "alice", Password: []byte("secret")}.sendPlain(c)
	if !errors.Is(err, ErrNoTLS) || sent.Len() > 0 {
		t.Errorf("error %v, sent %q", err, sent)
	}
}
