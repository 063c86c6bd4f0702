package peertest

import (
	"encoding/base64"
	"encoding/json"
	"image"
	"net/url"
	"strings"
	"testing"
	"unicode"
)

// NoVNCOptions says what noVNC connects to, and how.
type NoVNCOptions struct {
	// Address is HOST:PORT, or unix:PATH, of a VNC server without TLS: the browser reaches
	// it through a bridge on this machine.
	Address string
	// Password and Username are what it answers when it is asked.
	Password, Username string
	// Encodings are the numbers of those to offer in place of its own list, the best first;
	// the pseudo-encodings stay.
	Encodings []int32
	// Quality (0 to 9) of JPEG and Compression (0 to 9) to ask for; nil for its own.
	Quality, Compression *int
	// ResizeSession lets it ask for a desktop of the size of its window.
	ResizeSession bool
	// Browser is the one to open the viewer in, nil for one of its own.
	Browser *Browser
}

// NoVNC is the viewer for browsers, in a headless Chromium.
type NoVNC struct {
	*page
	t testing.TB
}

// NoVNCState is how far noVNC has come. What was reached stays true.
type NoVNCState struct {
	Connected    bool     // the session has begun
	Disconnected bool     // it is over, or there was none
	Clean        bool     // and that was in order
	Asked        []string // credentials that it wanted and did not have
	Errors       []string // why the server refused
	Name         string   // of the desktop
	Clipboard    string   // what the server sent last
	Bells        int
}

// StartNoVNC starts the viewer and returns while it connects.
func StartNoVNC(t testing.TB, opts NoVNCOptions) *NoVNC {
	t.Helper()
	Need(t, "novnc", "chromium")
	settings := map[string]any{"resizeSession": opts.ResizeSession, "encodings": opts.Encodings, "quality": opts.Quality, "compression": opts.Compression}
	credentials := map[string]string{}
	for name, value := range map[string]string{"username": opts.Username, "password": opts.Password} {
		if value != "" {
			credentials[name] = value
		}
	}
	settings["credentials"] = credentials
	data, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	v := &NoVNC{t: t}
	if opts.Browser == nil {
		opts.Browser = StartBrowser(t)
	}
	v.page = opts.Browser.open(t, startWebBridge(t, opts.Address)+"#"+url.PathEscape(string(data)))
	Eventually(t, "noVNC is loaded", func() bool {
		var ready bool
		v.evaluate(t, "window.ready === true", &ready)
		return ready
	})
	return v
}

// State is how far the viewer has come now.
func (v *NoVNC) State() NoVNCState {
	v.t.Helper()
	var state NoVNCState
	v.evaluate(v.t, "state", &state)
	return state
}

// WaitConnected waits until the viewer is let in, and fails the test when it is not.
func (v *NoVNC) WaitConnected() NoVNCState {
	v.t.Helper()
	Eventually(v.t, "noVNC is let in", func() bool {
		state := v.State()
		if state.Disconnected && !state.Connected {
			v.t.Fatalf("noVNC was not let in: %+v\n%s", state, v.Log())
		}
		return state.Connected
	})
	return v.State()
}

// Refused waits until the viewer is turned away and returns what it told its user. When it
// is let in, the test fails.
func (v *NoVNC) Refused() string {
	v.t.Helper()
	Eventually(v.t, "noVNC's session ends", func() bool { return v.State().Disconnected })
	state := v.State()
	if state.Connected {
		v.t.Fatal("noVNC was let in")
	}
	return strings.Join(state.Errors, "; ")
}

// Picture is what the viewer shows of the server's screen, pixel by pixel; nil when there
// is no session. The pointer is not part of it.
func (v *NoVNC) Picture() *image.RGBA {
	v.t.Helper()
	var text *string
	v.evaluate(v.t, "picture()", &text)
	if text == nil {
		return nil
	}
	data, err := base64.StdEncoding.DecodeString(*text)
	if err != nil {
		v.t.Fatal(err)
	}
	img, err := decodePNG(data)
	if err != nil {
		v.t.Fatal(err)
	}
	return img
}

// SetClipboard puts a text into the browser's clipboard, which noVNC sends to the server.
func (v *NoVNC) SetClipboard(text string) {
	v.t.Helper()
	data, err := json.Marshal(text)
	if err != nil {
		v.t.Fatal(err)
	}
	v.evaluate(v.t, "rfb.clipboardPasteFrom("+string(data)+")", nil)
}

// Press strikes keys one after the other, by the names that browsers give them (the key
// values of UI Events: "Enter", "F1", "ArrowUp", "a", "é"), with modifiers before them
// ("Control+c").
func (v *NoVNC) Press(keys ...string) {
	v.t.Helper()
	v.WaitConnected()
	for _, key := range keys {
		parts := strings.Split(key, "+")
		if strings.HasSuffix(key, "+") { // the key itself
			parts = append(strings.Split(strings.TrimSuffix(key, "+"), "+")[:strings.Count(key, "+")-1], "+")
		}
		held := parts[:len(parts)-1]
		for _, modifier := range held {
			v.key("keyDown", modifier)
		}
		v.key("keyDown", parts[len(parts)-1])
		v.key("keyUp", parts[len(parts)-1])
		for i := range held {
			v.key("keyUp", held[len(held)-1-i])
		}
	}
}

// Type strikes the keys that give the text, on an American keyboard; characters that it
// does not have come from a key without a place.
func (v *NoVNC) Type(text string) {
	v.t.Helper()
	for _, r := range text {
		switch {
		case r == '\n':
			v.Press("Enter")
		case shifted(r):
			v.Press("Shift+" + string(r))
		default:
			v.Press(string(r))
		}
	}
}

// key is one event of the keyboard.
func (v *NoVNC) key(event, key string) {
	v.t.Helper()
	v.call(v.t, "Input.dispatchKeyEvent", map[string]any{"type": event, "key": key, "code": keyPlace(key)}, nil)
}

// The characters of an American keyboard's keys, with and without Shift, and where they
// are.
const (
	plainKeys   = "`1234567890-=[]\\;',./ "
	shiftedKeys = "~!@#$%^&*()_+{}|:\"<>?"
)

var keyPlaces = strings.Fields(`Backquote Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal
	BracketLeft BracketRight Backslash Semicolon Quote Comma Period Slash Space`)

// shifted tells whether a character needs the Shift key.
func shifted(r rune) bool {
	return r <= unicode.MaxASCII && (unicode.IsUpper(r) || strings.ContainsRune(shiftedKeys, r))
}

// keyPlace is where a key is (the code values of UI Events), empty if it is nowhere.
func keyPlace(key string) string {
	if len(key) > 1 {
		switch key {
		case "Shift", "Control", "Alt", "Meta":
			return key + "Left"
		}
		if key[0] > unicode.MaxASCII {
			return ""
		}
		return key // named keys have the name of their place
	}
	if r := unicode.ToUpper(rune(key[0])); r >= 'A' && r <= 'Z' {
		return "Key" + string(r)
	}
	for _, row := range []string{plainKeys, shiftedKeys} {
		if i := strings.Index(row, key); i >= 0 {
			return keyPlaces[i]
		}
	}
	return ""
}
