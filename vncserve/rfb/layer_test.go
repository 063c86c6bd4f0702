package rfb

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
)

// caseLayer turns small letters into capitals on the way out and back on the way in, in
// packets that end with a dot.
type caseLayer struct {
	sizes  []int // of what was encoded
	rest   []byte
	closed int
}

func (l *caseLayer) Encode(data []byte) ([]byte, error) {
	l.sizes = append(l.sizes, len(data))
	return append(bytes.ToUpper(data), '.'), nil
}

func (l *caseLayer) Decode(data []byte) ([]byte, error) {
	l.rest = append(l.rest, data...)
	if bytes.ContainsAny(l.rest, "!") {
		return nil, errors.New("no such letter")
	}
	end := bytes.LastIndexByte(l.rest, '.')
	if end < 0 {
		return nil, nil
	}
	whole := bytes.ToLower(bytes.ReplaceAll(l.rest[:end], []byte("."), nil))
	l.rest = l.rest[end+1:]
	return whole, nil
}

func (l *caseLayer) Close() error {
	l.closed++
	return nil
}

// TestLayer sends plain bytes, then bytes inside a layer, both ways.
func TestLayer(t *testing.T) {
	near, far := net.Pipe()
	defer far.Close()
	layer := &caseLayer{}
	c := NewConn(near)
	if err := c.SetLayer(layer); err != nil {
		t.Fatal(err)
	}
	if err := c.SetLayer(layer); !errors.Is(err, ErrLayerTwice) {
		t.Errorf("a second layer: %v", err)
	}
	large := strings.Repeat("b", 2*layerWrite+1)
	go func() {
		_, _ = io.WriteString(c, "plain")
		c.StartLayer()
		_, _ = io.WriteString(c, "a"+large)
	}()
	got := make([]byte, len("plain")+len(large)+1+3)
	if _, err := io.ReadFull(far, got); err != nil {
		t.Fatal(err)
	}
	if want := "plainAB"; string(got[:len(want)]) != want {
		t.Errorf("sent were %q...", got[:len(want)])
	}
	for _, size := range layer.sizes {
		if size > layerWrite {
			t.Errorf("%d bytes are encoded at once", size)
		}
	}

	go func() {
		for _, part := range []string{"A", "", "B.C", "D.", "..!"} {
			_, _ = io.WriteString(far, part)
		}
	}()
	back := make([]byte, 4)
	if _, err := io.ReadFull(c, back); err != nil || string(back) != "abcd" {
		t.Errorf("got %q, %v", back, err)
	}
	if n, err := c.Read(nil); n != 0 || err != nil {
		t.Errorf("reading nothing: %d, %v", n, err)
	}
	if _, err := c.Read(back); err == nil || !strings.Contains(err.Error(), "no such letter") {
		t.Errorf("what cannot be decoded: %v", err)
	}
	if err := c.Close(); err != nil || layer.closed != 1 {
		t.Errorf("closing: %v, the layer %d times", err, layer.closed)
	}
}

// TestLayerEnds has the other side leave after a whole packet: it comes through first.
func TestLayerEnds(t *testing.T) {
	near, far := net.Pipe()
	c := NewConn(near)
	if err := c.SetLayer(&caseLayer{}); err != nil {
		t.Fatal(err)
	}
	c.StartLayer()
	go func() {
		_, _ = io.WriteString(far, "LAST.HALF")
		_ = far.Close()
	}()
	got, err := io.ReadAll(c)
	if err != nil || string(got) != "last" {
		t.Errorf("got %q, %v", got, err)
	}
}
