package rfb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var rgb565 = PixelFormat{
	BitsPerPixel: 16, Depth: 16, TrueColour: true,
	RedMax: 31, GreenMax: 63, BlueMax: 31, RedShift: 11, GreenShift: 5,
}

// extensionMessages are those of a viewer that have to be agreed on.
var extensionMessages = []ClientMessage{
	PointerEvent{Buttons: 1<<8 | 1<<7 | 2, X: 1, Y: 2},
	ExtendedKeyEvent{Down: true, Key: 'a', Code: 0x1e},
	AudioControl{Operation: 1},
	AudioControl{Operation: 2, Format: 3, Channels: 2, Frequency: 44100},
	Fence{Flags: FenceRequest | FenceBlockBefore, Payload: []byte("mark")},
	Fence{Payload: []byte{}},
	EnableContinuousUpdates{Enable: true, X: 1, Y: 2, Width: 3, Height: 4},
	ClientClipboard{Clipboard{Actions: ClipboardCaps | ClipboardNotify | ClipboardProvide, HasText: true, MaxText: 1 << 20}},
	ClientClipboard{Clipboard{Actions: ClipboardRequest, HasText: true}},
	ClientClipboard{Clipboard{Actions: ClipboardNotify}},
	ClientClipboard{Clipboard{Actions: ClipboardProvide, HasText: true, Text: "día 日\nsecond\n"}},
}

// TestExtensionsHaveToBeAgreedOn sends the messages of extensions to a server that was
// not told of any.
func TestExtensionsHaveToBeAgreedOn(t *testing.T) {
	for _, m := range extensionMessages {
		wire := m.AppendWire(nil)
		got, err := ReadClientMessage(bytes.NewReader(wire), 0)
		if p, ok := got.(PointerEvent); ok && p.Buttons == 2 {
			continue // the old form, without the buttons that it does not have
		}
		if err == nil {
			t.Errorf("%+v was read as %+v", m, got)
		}
	}
	list := []Encoding{EncodingQEMUExtendedKey, EncodingExtendedMouseButtons, EncodingExtendedClipboard, EncodingFence, EncodingContinuousUpdates, EncodingQEMUAudio}
	if got := ExtensionsOf(list); got != AllExtensions {
		t.Errorf("the whole list opens %b", got)
	}
}

func TestClientMessagesRoundTrip(t *testing.T) {
	for _, m := range append([]ClientMessage{
		SetPixelFormat{rgb565},
		SetEncodings{[]Encoding{EncodingZRLE, EncodingCursor, -1, 1 << 30}},
		SetEncodings{[]Encoding{}},
		FramebufferUpdateRequest{Incremental: true, X: 1, Y: 2, Width: 3, Height: 65535},
		KeyEvent{Down: true, Key: KeyISOLeftTab},
		KeyEvent{Key: unicodeKeysym + 0x20ac},
		PointerEvent{Buttons: 5, X: 7, Y: 40000},
		ClientCutText{[]byte("caf\xe9")},
		SetDesktopSize{800, 600, []Screen{{ID: 9, Width: 800, Height: 600, Flags: 1}}},
	}, extensionMessages...) {
		wire := m.AppendWire(nil)
		got, err := ReadClientMessage(bytes.NewReader(wire), AllExtensions)
		if err != nil {
			t.Errorf("%#v: %v", m, err)
			continue
		}
		if diff := cmp.Diff(m, got); diff != "" {
			t.Errorf("(-sent +read)\n%s", diff)
		}
		for n := 1; n < len(wire); n++ {
			_, err := ReadClientMessage(bytes.NewReader(wire[:n]), AllExtensions)
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%T cut to %d bytes: %v, want an unexpected end", m, n, err)
			}
		}
	}
}

func TestServerMessagesRoundTrip(t *testing.T) {
	for _, m := range []ServerMessage{
		FramebufferUpdate{Rectangles: ManyRectangles},
		SetColourMapEntries{First: 3, Colours: []Colour{{1, 2, 3}, {0xffff, 0, 7}}},
		ColourMap332(),
		Bell{},
		ServerCutText{[]byte("text")},
		Fence{Flags: FenceRequest, Payload: []byte{1}},
		EndOfContinuousUpdates{},
		ServerClipboard{Clipboard{Actions: ClipboardProvide, HasText: true, Text: "x"}},
	} {
		wire := m.AppendWire(nil)
		got, err := ReadServerMessage(bytes.NewReader(wire))
		if err != nil {
			t.Errorf("%#v: %v", m, err)
			continue
		}
		if diff := cmp.Diff(m, got); diff != "" {
			t.Errorf("(-sent +read)\n%s", diff)
		}
		for n := 1; n < len(wire); n++ {
			_, err := ReadServerMessage(bytes.NewReader(wire[:n]))
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%T cut to %d bytes: %v, want an unexpected end", m, n, err)
			}
		}
	}
}

// clipboardBomb brings a text of 2 MiB, packed small.
func clipboardBomb() []byte {
	return ClientClipboard{Clipboard{Actions: ClipboardProvide, HasText: true, Text: strings.Repeat("a", 2<<20)}}.AppendWire(nil)
}

func TestServerInitRoundTrip(t *testing.T) {
	want := ServerInit{Width: 1024, Height: 768, Format: Canonical, Name: "root@host"}
	got, err := ReadServerInit(bytes.NewReader(want.AppendWire(nil)))
	if err != nil || got != want {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func TestReadBounds(t *testing.T) {
	cutText := func(n int32) []byte {
		return binary.BigEndian.AppendUint32([]byte{msgClientCutText, 0, 0, 0}, uint32(n))
	}
	for _, tt := range []struct {
		name   string
		agreed Extensions
		wire   []byte
		want   string
	}{
		{"unknown type", AllExtensions, []byte{7}, "unknown type 7"},
		{"cut text over the limit", 0, cutText(MaxCutText + 1), "more than 1048576"},
		{"extended clipboard", 0, cutText(-8), "extended clipboard"},
		{"smallest length", 0, cutText(-1 << 31), "extended clipboard of 2147483648 bytes"},
		{"smallest length, agreed on", ExtendedText, cutText(-1 << 31), "want 4 to 1048576"},
		{"clipboard without flags", ExtendedText, cutText(-3), "want 4 to"},
		{"clipboard of two actions", ExtendedText, append(cutText(-4), 6, 0, 0, 1), "several actions"},
		{"caps without a size", ExtendedText, append(cutText(-4), 1, 0, 0, 1), "without the size"},
		{"text that is no zlib", ExtendedText, append(cutText(-6), 0x10, 0, 0, 1, 1, 2), "clipboard"},
		{"text that is larger than it may be", ExtendedText, clipboardBomb(), "more than 1048576"},
		{"fence", Fences, []byte{msgFence, 0, 0, 0, 0, 0, 0, 0, 65}, "more than 64"},
		{"audio", QEMUAudio, []byte{msgQEMU, qemuAudio, 0, 3}, "audio operation 3"},
		{"key without agreement", QEMUAudio, []byte{msgQEMU, qemuExtendedKey, 0, 1}, "unknown QEMU message 0"},
	} {
		_, err := ReadClientMessage(bytes.NewReader(tt.wire), tt.agreed)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := ReadClientMessage(bytes.NewReader(nil), 0); err != io.EOF {
		t.Errorf("end between messages: %v, want io.EOF itself", err)
	}
	long := ServerInit{Format: Canonical}.AppendWire(nil)
	binary.BigEndian.PutUint32(long[20:], 1<<31)
	if _, err := ReadServerInit(bytes.NewReader(long)); err == nil {
		t.Error("a desktop name of 2 GiB was accepted")
	}
}

func TestPixelFormatValidate(t *testing.T) {
	change := func(f func(*PixelFormat)) PixelFormat {
		pf := rgb565
		f(&pf)
		return pf
	}
	for _, tt := range []struct {
		name string
		pf   PixelFormat
		want string // part of the error, "" for none
	}{
		{"canonical", Canonical, ""},
		{"565", rgb565, ""},
		{"colour map", PixelFormat{BitsPerPixel: 8, Depth: 8}, ""},
		{"ten bits a colour", PixelFormat{BitsPerPixel: 32, Depth: 30, TrueColour: true,
			RedMax: 1023, GreenMax: 1023, BlueMax: 1023, RedShift: 20, GreenShift: 10}, ""},
		{"zero", PixelFormat{}, "0 bits per pixel"},
		{"24 bits", change(func(f *PixelFormat) { f.BitsPerPixel = 24 }), "24 bits"},
		{"max not 2^n-1", change(func(f *PixelFormat) { f.RedMax = 30 }), "red maximum 30"},
		{"max 0", change(func(f *PixelFormat) { f.BlueMax = 0 }), "blue maximum 0"},
		{"shift too far", change(func(f *PixelFormat) { f.GreenShift = 11 }), "green maximum 63 with shift 11"},
		{"shift 255", change(func(f *PixelFormat) { f.GreenShift = 255 }), "shift 255"},
		{"overlap", change(func(f *PixelFormat) { f.BlueShift = 2 }), "shares bits"},
	} {
		err := tt.pf.Validate()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
		if err != nil && !errors.Is(err, ErrPixelFormat) {
			t.Errorf("%s: %v is no ErrPixelFormat", tt.name, err)
		}
	}
}

func TestCompactBytes(t *testing.T) {
	shifted := Canonical
	shifted.RedShift, shifted.GreenShift, shifted.BlueShift = 24, 16, 8
	wide := Canonical
	wide.RedShift = 24
	deep := Canonical
	deep.Depth = 32
	for _, tt := range []struct {
		name       string
		pf         PixelFormat
		size, skip int
	}{
		{"low three bytes", Canonical, 3, 0},
		{"high three bytes", shifted, 3, 8},
		{"all four bytes", wide, 4, 0},
		{"depth over 24", deep, 4, 0},
		{"16 bits", rgb565, 2, 0},
		{"colour map of 32 bits", PixelFormat{BitsPerPixel: 32, Depth: 8}.Mapped(), 4, 0},
	} {
		if size, skip := tt.pf.CompactBytes(); size != tt.size || skip != tt.skip {
			t.Errorf("%s: %d bytes, skip %d; want %d, %d", tt.name, size, skip, tt.size, tt.skip)
		}
	}
}

func TestKeysymRune(t *testing.T) {
	for _, tt := range []struct {
		key  Keysym
		want rune // 0 for no character
	}{
		{'a', 'a'}, {0xe9, 'é'}, {0x20ac, '€'}, {0x6c1, 'а'}, {0x7e1, 'α'}, {0x1a1, 'Ą'},
		{unicodeKeysym + 0x1f600, '😀'}, {KeyPad0 + 7, '7'}, {KeyPadMultiply, '*'},
		{KeyPadDivide, '/'}, {KeyPadEqual, '='},
		{KeyReturn, 0}, {KeyF1, 0}, {unicodeKeysym + 0x1b, 0}, {unicodeKeysym + 0x9b, 0},
		{unicodeKeysym + 0xd800, 0}, {unicodeKeysym + 0x110000, 0}, {0x7f, 0}, {0, 0}, {1 << 31, 0},
	} {
		r, ok := tt.key.Rune()
		if r != tt.want || ok != (tt.want != 0) {
			t.Errorf("keysym %#x: %q, %t; want %q", uint32(tt.key), r, ok, tt.want)
		}
	}
}

// FuzzReadClientMessage checks that whatever is accepted can be written again, and
// that writing and reading it once more changes nothing.
func FuzzReadClientMessage(f *testing.F) {
	f.Add(uint8(0), SetPixelFormat{Canonical}.AppendWire(nil))
	f.Add(uint8(0), SetEncodings{[]Encoding{0, 16, -308}}.AppendWire(nil))
	f.Add(uint8(0), ClientCutText{[]byte("x")}.AppendWire(nil))
	f.Add(uint8(0), SetDesktopSize{1, 2, make([]Screen, 2)}.AppendWire(nil))
	for _, m := range extensionMessages {
		f.Add(uint8(AllExtensions), m.AppendWire(nil))
	}
	f.Fuzz(func(t *testing.T, extensions uint8, wire []byte) {
		agreed := Extensions(extensions)
		m, err := ReadClientMessage(bytes.NewReader(wire), agreed)
		if err != nil {
			return
		}
		again, err := ReadClientMessage(bytes.NewReader(m.AppendWire(nil)), agreed)
		if err != nil || !cmp.Equal(m, again) {
			t.Fatalf("%+v became %+v, %v", m, again, err)
		}
		pf, ok := m.(SetPixelFormat)
		if !ok || pf.Format.Validate() != nil {
			return
		}
		if size, _ := pf.Format.Mapped().CompactBytes(); size < 1 || size > 4 {
			t.Fatalf("a pixel of %d bytes", size)
		}
	})
}

// FuzzReadServerMessage is FuzzReadClientMessage for the other side.
func FuzzReadServerMessage(f *testing.F) {
	f.Add(FramebufferUpdate{3}.AppendWire(nil))
	f.Add(SetColourMapEntries{Colours: make([]Colour, 2)}.AppendWire(nil))
	f.Add(ServerCutText{[]byte("x")}.AppendWire(nil))
	f.Fuzz(func(t *testing.T, wire []byte) {
		m, err := ReadServerMessage(bytes.NewReader(wire))
		if err != nil {
			return
		}
		again, err := ReadServerMessage(bytes.NewReader(m.AppendWire(nil)))
		if err != nil || !cmp.Equal(m, again) {
			t.Fatalf("%+v became %+v, %v", m, again, err)
		}
	})
}
