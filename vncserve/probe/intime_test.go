package probe

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"image"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"vncsec/internal/peertest"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// TestInspectBlank waits for something on a blank display up to the end of its time, which
// is no fault of the server.
func TestInspectBlank(t *testing.T) {
	none := "RFB 003.008\n\x01\x01" + "\x00\x00\x00\x00"
	desktop := string(rfb.ServerInit{Width: 1, Height: 1, Format: rfb.Canonical, Name: "x"}.AppendWire(nil))
	pixel := "\x00\x00\x00\x01" + "\x00\x00\x00\x00\x00\x01\x00\x01" + "\x00\x00\x00\x00" + "abc\x00"
	for n := range 4 {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			report := Inspect(context.Background(), Target{
				Address: hostile(t, true, none+desktop+pixel), Timeout: patience, Settle: true,
			})
			if len(report.Findings) > 0 || report.Picture == nil {
				t.Errorf("findings %+v, picture %v", report.Findings, report.Picture)
			}
		})
	}
}

// TestReceiveEndsInTime has little data that take long to paint, all of them in the client's
// buffer already.
func TestReceiveEndsInTime(t *testing.T) {
	const size, count = 2048, 20_000
	wire := rfb.FramebufferUpdate{Rectangles: 1}.AppendWire(nil)
	wire = rfb.NewRectHeader(image.Rect(0, 0, size, size), rfb.EncodingRRE).AppendWire(wire)
	wire = append(wire, 0, 0, count>>8, count&0xff, 0, 0, 0, 0)
	for range count {
		wire = append(wire, 0, 0, 0, 0, 0, 0, 0, 0, size>>8, 0, size>>8, 0)
	}
	receive := func(prepare func(*Client)) error {
		c := &Client{conn: rfb.NewConn(deaf{in: bytes.NewReader(wire)}), socket: deaf{}, timeout: time.Minute}
		c.in.from = bufio.NewReader(c.conn)
		var err error
		if c.decoder, err = encoding.NewDecoder(rfb.Canonical, size, size); err != nil {
			t.Fatal(err)
		}
		prepare(c)
		_, err = c.Receive()
		return err
	}
	if err := receive(func(c *Client) { c.timeout = 50 * time.Millisecond }); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after the timeout: %v", err)
	}
	if err := receive(func(c *Client) { c.end = time.Now().Add(50 * time.Millisecond) }); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after the end: %v", err)
	}
	if err := receive(func(c *Client) { time.AfterFunc(50*time.Millisecond, c.Interrupt) }); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after an interrupt: %v", err)
	}
}

// TestUpdateEndsInTime has a server that rings without end: each bell comes in time, and they
// do not prolong the wait for an update.
func TestUpdateEndsInTime(t *testing.T) {
	c := &Client{conn: rfb.NewConn(deaf{in: ringing{}}), socket: deaf{}, timeout: 50 * time.Millisecond}
	c.in.from = bufio.NewReader(c.conn)
	var err error
	if c.decoder, err = encoding.NewDecoder(rfb.Canonical, 1, 1); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(peertest.Patience, c.Interrupt).Stop()
	if err := c.Full(); !errors.Is(err, os.ErrDeadlineExceeded) || c.Bells == 0 {
		t.Errorf("after %d bells: %v", c.Bells, err)
	}
}

// ringing is an endless stream of bells.
type ringing struct{}

func (ringing) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 2
	}
	return len(p), nil
}

// TestHangUpEndsInTime closes a connection whose server does not read the end of TLS.
func TestHangUpEndsInTime(t *testing.T) {
	dir := t.TempDir()
	peertest.NewAuthority(t, "hanging up").Issue(t, dir, "server", peertest.Server)
	pair, err := tls.LoadX509KeyPair(dir+"/server-cert.pem", dir+"/server-key.pem")
	if err != nil {
		t.Fatal(err)
	}
	socket, server := net.Pipe()
	defer func() { _ = server.Close() }()
	shaken := make(chan error, 1)
	go func() {
		shaken <- tls.Server(server, &tls.Config{Certificates: []tls.Certificate{pair}, SessionTicketsDisabled: true}).Handshake()
	}()
	c := rfb.NewConn(socket)
	if err := errors.Join(c.StartTLSClient(&tls.Config{InsecureSkipVerify: true}), <-shaken); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := hangUp(ctx, socket, c); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the end was waited for: %v", err)
	}
}
