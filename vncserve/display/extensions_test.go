package display

import (
	"bytes"
	"errors"
	"image"
	"slices"
	"strings"
	"testing"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// message waits for a message of the server that is no update.
func (c *client) message() rfb.ServerMessage {
	c.t.Helper()
	m, err := rfb.ReadServerMessage(c.in)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, ok := m.(rfb.FramebufferUpdate); ok {
		c.t.Fatal("an update came where another message was expected")
	}
	return m
}

// flood draws all of a scene in one colour.
func (s *scene) flood(colour uint32) {
	s.draw(func(c *Canvas) {
		c.Picture().Fill(c.Picture().Bounds(), colour)
		c.Damage(c.Picture().Bounds())
	})
}

// TestOnceForAll counts how often a change is encoded for many viewers.
func TestOnceForAll(t *testing.T) {
	s := newScene(100, 100)
	var all []*client
	for range 20 {
		c := connect(t, s.fb, Viewer{})
		c.setEncodings(rfb.EncodingZRLE)
		c.request(false)
		c.update()
		c.request(true)
		all = append(all, c)
	}
	s.flood(0x123456)
	for _, c := range all {
		c.update()
		if !samePicture(c.decoder.Picture, s.fb.Snapshot()) {
			t.Fatal("a viewer has another picture")
		}
	}
	s.fb.pieces.mu.Lock()
	defer s.fb.pieces.mu.Unlock()
	if n := len(s.fb.pieces.kept); n != 1 {
		t.Errorf("%d pieces are kept, want the one that all were sent", n)
	}
}

// TestKeptPiecesAreBounded shows more than may be kept, in two forms.
func TestKeptPiecesAreBounded(t *testing.T) {
	s := newScene(3000, 2000)
	s.flood(0x102030)
	for _, e := range []rfb.Encoding{rfb.EncodingRaw, rfb.EncodingZRLE} {
		c := connect(t, s.fb, Viewer{})
		c.setEncodings(e)
		c.request(false)
		c.update()
	}
	p := s.fb.pieces
	p.mu.Lock()
	defer p.mu.Unlock()
	sum := 0
	for _, it := range p.kept {
		sum += it.encoded.Size()
	}
	if sum != p.bytes || sum > maxPieceBytes || len(p.order) > maxPieces {
		t.Errorf("%d bytes in %d pieces, counted as %d", sum, len(p.kept), p.bytes)
	}
}

// TestFaultyEncoderEndsTheSession lets an encoder fail: those who need the piece end,
// and the framebuffer goes on.
func TestFaultyEncoderEndsTheSession(t *testing.T) {
	var w workspace
	w.resize(4, 4)
	var it piece
	w.encode(&it, image.Point{}, encoding.Form{Encoding: rfb.EncodingZRLE}, nil)
	if it.err == nil || !strings.Contains(it.err.Error(), "fault while encoding ZRLE") {
		t.Errorf("error %v", it.err)
	}
	p := newPieces()
	key := pieceKey{area: image.Rect(0, 0, 1, 1)}
	broken, _ := p.begin(key)
	broken.err = it.err
	p.finish(key, broken)
	if _, err := broken.wait(); !errors.Is(err, it.err) {
		t.Errorf("waiting gave %v", err)
	}
	if p.find(key) != nil {
		t.Error("a broken piece is kept")
	}
}

func TestSharing(t *testing.T) {
	type arrival struct {
		exclusive, viewOnly bool
		refused             error // what it is told
		drops               error // what those before it end with
	}
	for _, tt := range []struct {
		name   string
		policy Sharing
		come   []arrival
	}{
		{"all share", AllowExclusive, []arrival{{}, {}, {}}},
		{"one takes over", AllowExclusive, []arrival{{}, {exclusive: true, drops: errTakenOver}, {refused: errOthersExclusive}}},
		{"another takes over", AllowExclusive, []arrival{{exclusive: true}, {exclusive: true, drops: errTakenOver}}},
		{"one who may only look does not", AllowExclusive, []arrival{{}, {exclusive: true, viewOnly: true}, {}}},
		{"nobody may", ForceShared, []arrival{{}, {exclusive: true, refused: errForceShared}, {}}},
		{"nobody cares", IgnoreExclusive, []arrival{{exclusive: true}, {}, {exclusive: true}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScene(20, 20)
			s.fb.SetSharing(tt.policy)
			var in []*client
			for _, a := range tt.come {
				c := connectAs(t, s.fb, Viewer{ViewOnly: a.viewOnly}, !a.exclusive)
				if a.refused != nil {
					if err := c.end(); !errors.Is(err, a.refused) {
						t.Errorf("refused with %v, want %v", err, a.refused)
					}
					continue
				}
				if a.drops != nil {
					for _, other := range in {
						if err := other.end(); !errors.Is(err, a.drops) {
							t.Errorf("the others ended with %v, want %v", err, a.drops)
						}
					}
					in = nil
				}
				in = append(in, c)
			}
			for _, c := range in {
				c.request(false)
				c.update()
			}
		})
	}
}

func TestFences(t *testing.T) {
	s := newScene(20, 20)
	c := connect(t, s.fb, Viewer{})
	c.setEncodings(rfb.EncodingFence)
	if f, ok := c.message().(rfb.Fence); !ok || f.Flags != rfb.FenceRequest {
		t.Fatalf("%+v, want the fence that tells of fences", f)
	}
	c.send(rfb.Fence{Flags: rfb.FenceRequest | rfb.FenceBlockBefore | 1<<17, Payload: []byte("mark")})
	if f, ok := c.message().(rfb.Fence); !ok || f.Flags != rfb.FenceBlockBefore || string(f.Payload) != "mark" {
		t.Errorf("answer %+v", f)
	}
	// Between the old pixel format and the new one stands the answer.
	s.flood(0xffffff)
	c.request(false)
	c.update()
	format := rfb.Canonical
	format.BitsPerPixel, format.Depth = 8, 8
	format.RedMax, format.GreenMax, format.BlueMax, format.RedShift, format.GreenShift = 7, 7, 3, 5, 2
	c.send(rfb.Fence{Flags: rfb.FenceRequest | rfb.FenceSyncNext})
	c.setFormat(format)
	c.request(false)
	if f, ok := c.message().(rfb.Fence); !ok || f.Flags != rfb.FenceSyncNext {
		t.Errorf("answer %+v", f)
	}
	c.update()
	if !samePicture(c.decoder.Picture, s.fb.Snapshot()) {
		t.Error("the picture in the new format differs")
	}
}

// TestFencesInARow sends fences one after the other, and messages that have something
// sent, behind fences that are to be answered just before these messages take effect. The
// answers come in the order of the fences, and before what the messages have sent.
func TestFencesInARow(t *testing.T) {
	s := newScene(20, 20)
	c := connect(t, s.fb, Viewer{})
	c.setEncodings(rfb.EncodingFence, rfb.EncodingContinuousUpdates, rfb.EncodingExtendedClipboard)
	for range 3 { // that the server knows them
		c.message()
	}
	fence := func(flags rfb.FenceFlags, name string) {
		c.send(rfb.Fence{Flags: rfb.FenceRequest | flags, Payload: []byte(name)})
	}
	wantFences := func(names ...string) {
		t.Helper()
		for _, name := range names {
			if f, ok := c.message().(rfb.Fence); !ok || string(f.Payload) != name {
				t.Fatalf("%+v, want the answer to fence %s", f, name)
			}
		}
	}
	const all = rfb.FenceSyncNext | rfb.FenceBlockBefore | rfb.FenceBlockAfter
	fence(all, "1")
	fence(all, "2")
	fence(rfb.FenceSyncNext, "3")
	wantFences("1", "2") // the third waits for its message
	fence(rfb.FenceBlockBefore, "4")
	wantFences("3", "4")

	c.send(rfb.EnableContinuousUpdates{Enable: true}) // of no pixels
	fence(rfb.FenceSyncNext, "5")
	c.send(rfb.EnableContinuousUpdates{})
	wantFences("5")
	if m, ok := c.message().(rfb.EndOfContinuousUpdates); !ok {
		t.Errorf("%+v, want the end of continuous updates", m)
	}
	fence(rfb.FenceSyncNext, "6")
	c.send(rfb.ClientClipboard{Clipboard: rfb.Clipboard{Actions: rfb.ClipboardPeek}})
	wantFences("6")
	if m, ok := c.message().(rfb.ServerClipboard); !ok {
		t.Errorf("%+v, want what the clipboard has", m)
	}
	format := rfb.PixelFormat{BitsPerPixel: 8, Depth: 8}
	fence(rfb.FenceSyncNext, "7")
	c.setFormat(format)
	wantFences("7")
	if m, ok := c.message().(rfb.SetColourMapEntries); !ok {
		t.Errorf("%+v, want the colours of the new format", m)
	}
	c.input.press = func() { c.peer.SetClipboard("selected") }
	fence(rfb.FenceSyncNext, "8")
	c.send(rfb.KeyEvent{Down: true, Key: 'c'})
	wantFences("8")
	if m, ok := c.message().(rfb.ServerClipboard); !ok {
		t.Errorf("%+v, want what the key copied", m)
	}
}

// TestContinuousUpdates lets updates flow, holds them up by not answering fences, and
// ends them.
func TestContinuousUpdates(t *testing.T) {
	s := newScene(400, 400)
	c := connect(t, s.fb, Viewer{})
	c.setEncodings(rfb.EncodingRaw, rfb.EncodingFence, rfb.EncodingContinuousUpdates)
	c.message() // the fence
	if _, ok := c.message().(rfb.EndOfContinuousUpdates); !ok {
		t.Fatal("the server does not tell that it knows continuous updates")
	}
	c.send(rfb.EnableContinuousUpdates{Enable: true, Width: 400, Height: 400})
	c.update()
	fence := c.message().(rfb.Fence)
	// 640,000 bytes are more than the first window: no more comes before the answer.
	s.flood(0x111111)
	c.send(rfb.Fence{Flags: rfb.FenceRequest})
	if f, ok := c.message().(rfb.Fence); !ok || len(f.Payload) > 0 {
		t.Fatalf("%+v came while the window was closed", f)
	}
	fence.Flags = 0
	c.send(fence)
	c.update()
	if !samePicture(c.decoder.Picture, s.fb.Snapshot()) {
		t.Error("the picture differs")
	}
	fence = c.message().(rfb.Fence)
	fence.Flags = 0
	c.send(fence)
	c.send(rfb.EnableContinuousUpdates{})
	if m, ok := c.message().(rfb.EndOfContinuousUpdates); !ok {
		t.Errorf("%+v, want the end of continuous updates", m)
	}
	s.flood(0x222222)
	c.send(rfb.Fence{Flags: rfb.FenceRequest})
	c.message()
	c.request(true)
	c.update()
	if !samePicture(c.decoder.Picture, s.fb.Snapshot()) {
		t.Error("the picture differs")
	}
}

// TestClipboard passes texts both ways, in both forms.
func TestClipboard(t *testing.T) {
	s := newScene(20, 20)
	plain := connect(t, s.fb, Viewer{})
	plain.send(rfb.ClientCutText{Text: []byte("caf\xe9\r\nx")})
	plain.setEncodings(rfb.EncodingRaw)
	plain.request(false)
	plain.update()
	if got := plain.input.cut(); got != "café\nx" {
		t.Errorf("the plain clipboard is %q", got)
	}
	if plain.peer.FetchClipboard() {
		t.Error("the plain clipboard is to be waited for")
	}
	plain.peer.SetClipboard("é日")
	if m, ok := plain.message().(rfb.ServerCutText); !ok || !bytes.Equal(m.Text, []byte("\xe9?")) {
		t.Errorf("the viewer was sent %+v", m)
	}

	c := connect(t, s.fb, Viewer{})
	c.setEncodings(rfb.EncodingExtendedClipboard)
	if m, ok := c.message().(rfb.ServerClipboard); !ok || m.Actions&rfb.ClipboardCaps == 0 || m.MaxText != 0 {
		t.Fatalf("%+v, want what the server understands", m)
	}
	clip := func(action rfb.ClipboardAction, text string) {
		c.send(rfb.ClientClipboard{Clipboard: rfb.Clipboard{Actions: action, HasText: true, Text: text}})
	}
	clip(rfb.ClipboardNotify, "")
	c.request(false)
	c.update() // the notification has been taken
	if !c.peer.FetchClipboard() {
		t.Fatal("the viewer's clipboard is not to be had")
	}
	if m := c.message().(rfb.ServerClipboard); m.Actions != rfb.ClipboardRequest || !m.HasText {
		t.Errorf("%+v, want a request", m)
	}
	clip(rfb.ClipboardProvide, "día 日\n")
	c.peer.SetClipboard("to the viewer 日")
	if m := c.message().(rfb.ServerClipboard); m.Actions != rfb.ClipboardNotify || !m.HasText {
		t.Errorf("%+v, want a notification", m)
	}
	clip(rfb.ClipboardRequest, "")
	if m := c.message().(rfb.ServerClipboard); m.Actions != rfb.ClipboardProvide || m.Text != "to the viewer 日" {
		t.Errorf("%+v, want the text", m)
	}
	if got := c.input.cut(); got != "día 日\n" {
		t.Errorf("the clipboard is %q", got)
	}
	if c.peer.FetchClipboard() {
		t.Error("a text that is here is to be fetched again")
	}
}

// TestExtendedInput sends the extensions' keys and buttons, and has lights and pointers
// shown to others.
func TestExtendedInput(t *testing.T) {
	s := newScene(50, 50)
	other := connect(t, s.fb, Viewer{})
	other.setEncodings(rfb.EncodingRaw, rfb.EncodingLEDState, rfb.EncodingPointerPosition)
	other.request(false)
	other.update()
	c := connect(t, s.fb, Viewer{})
	c.setEncodings(rfb.EncodingQEMUExtendedKey, rfb.EncodingExtendedMouseButtons, rfb.EncodingQEMUAudio)
	c.request(false)
	got := map[rfb.Encoding]bool{}
	for _, h := range c.update() {
		got[h.Encoding] = true
	}
	if !got[rfb.EncodingQEMUExtendedKey] || !got[rfb.EncodingExtendedMouseButtons] || got[rfb.EncodingQEMUAudio] {
		t.Errorf("the viewer was told of %v", got)
	}
	c.send(rfb.ExtendedKeyEvent{Down: true, Key: 'x', Code: 0x2d})
	c.send(rfb.ExtendedKeyEvent{Down: true, Key: rfb.KeyShiftLeft, Code: 0x2a})
	c.send(rfb.ExtendedKeyEvent{Down: true, Code: 0x1e})
	c.send(rfb.ExtendedKeyEvent{Down: true, Code: 0xffff}) // no key
	c.send(rfb.AudioControl{})
	c.send(rfb.KeyEvent{Down: true, Key: rfb.KeyCapsLock})
	c.send(rfb.PointerEvent{Buttons: 1 << 8, X: 7, Y: 60000})
	other.request(true)
	for other.decoder.LEDs != rfb.CapsLock || other.decoder.Pointer != image.Pt(7, 49) {
		other.update()
		other.request(true)
	}
	c.conn.Close()
	if err := c.end(); err != nil {
		t.Error(err)
	}
	var keys []rfb.Keysym
	for _, e := range c.input.keys {
		keys = append(keys, e.Key)
	}
	if want := []rfb.Keysym{'x', rfb.KeyShiftLeft, 'A', rfb.KeyCapsLock}; !slices.Equal(keys, want) {
		t.Errorf("keys %x, want %x", keys, want)
	}
	if m := c.input.moves; len(m) != 1 || m[0].Buttons != 1<<8 {
		t.Errorf("moves %+v", m)
	}
}
