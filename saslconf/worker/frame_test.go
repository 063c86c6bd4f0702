package worker

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vncsec/saslconf/cyrus"
	"vncsec/vncserve/reason"
)

func TestFrame(t *testing.T) {
	q := request{Op: opStart, Conn: cyrus.ConnOptions{Service: "vnc", Security: cyrus.Security{ExternalSSF: 256}}, Mechanism: "PLAIN"}
	for _, data := range [][]byte{nil, {}, []byte("\x00alice\x00secret"), make([]byte, maxData)} {
		var b bytes.Buffer
		if err := writeFrame(&b, q, data); err != nil {
			t.Fatal(err)
		}
		var got request
		back, err := readFrame(&b, &got)
		if err != nil || !bytes.Equal(back, data) || (back == nil) != (data == nil) || cmp.Diff(got, q) != "" {
			t.Errorf("%+v with %d bytes came back: %v", got, len(back), err)
		}
		if _, err := readFrame(&b, &got); err != io.EOF {
			t.Errorf("at the end: %v", err)
		}
	}
	if err := writeFrame(io.Discard, q, make([]byte, maxData+1)); !errors.Is(err, errFrame) {
		t.Errorf("too much data: %v", err)
	}
	for _, bad := range []string{
		"\x00\x01\x00\x01\x00\x00\x00\x00", "\x00\x00\x00\x02\xff\xff\xff\xff{}", "\x00\x00\x00\x02\x00\x00\x00\x00[]",
		"\x00\x00\x00\x02\x00\x00\x00\x05{}abc", "\x00\x00",
	} {
		if _, err := readFrame(strings.NewReader(bad), new(reply)); err == nil || errors.Is(err, io.EOF) && err == io.EOF {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// FuzzReply has a parent read what a worker under somebody else's control may send.
func FuzzReply(f *testing.F) {
	for _, a := range []reply{{Done: true, User: "alice", SSF: 56}, {Mechanisms: []string{"PLAIN"}}, {Failure: &failure{Code: "x", Text: "\x1b[2J"}}} {
		var b bytes.Buffer
		if err := writeFrame(&b, a, []byte("data")); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		var a reply
		data, err := readFrame(bytes.NewReader(frame), &a)
		if err != nil {
			return
		}
		if len(data) > maxData {
			t.Errorf("%d bytes of data", len(data))
		}
		if a.Failure == nil {
			return
		}
		refusal := a.Failure.err()
		if code, ok := reason.Of(refusal); !ok || strings.ContainsAny(refusal.Error(), "\x1b\n\x00") {
			t.Errorf("%q with code %q", refusal, code)
		}
	})
}

// FuzzRequest has a worker, that has set nothing up yet, read anything.
func FuzzRequest(f *testing.F) {
	for _, q := range []request{{Op: opStart, Mechanism: "PLAIN"}, {Op: opStep}, {Op: opEncode}, {Op: opReset}, {Op: "?"}} {
		var b bytes.Buffer
		if err := writeFrame(&b, q, []byte("data")); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		var s service
		input := bytes.NewReader(stream)
		for {
			var q request
			data, err := readFrame(input, &q)
			if err != nil {
				return
			}
			if q.Op == opSetUp {
				continue // loads libsasl2, which is not what this is about
			}
			if a, _ := s.handle(q, data); a.Failure == nil {
				t.Errorf("%q was done without a set-up", q.Op)
			}
		}
	})
}
