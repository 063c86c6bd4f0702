package e2e_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/display"
	"vncsec/vncserve/rfb"
)

// keyboard is a viewer that keys can be struck in.
type keyboard interface {
	Type(text string)
	Press(keys ...string)
}

// keyboards are the viewers that are started by their names.
var keyboards = map[string]func(t *testing.T, address string) keyboard{
	"TigerVNC": func(t *testing.T, address string) keyboard {
		return peertest.StartTigerVNC(t, peertest.TigerVNCOptions{Address: address})
	},
	"gtk-vnc": func(t *testing.T, address string) keyboard {
		return peertest.StartGTKVNC(t, peertest.GTKVNCOptions{Address: address})
	},
}

// TestKeyboard strikes keys in real viewers and looks at what arrives: which
// keysyms are pressed, in which order, and that all are let go.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	for name, start := range keyboards {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			typist := &typist{scene: newScene()}
			viewer := start(t, serveDisplay(t, typist))

			viewer.Type("az09 /~")
			typist.wait(t, 'a', 'z', '0', '9', ' ', '/', '~')
			viewer.Press("Return", "Escape", "Tab", "BackSpace", "Up", "F1", "F12", "Delete", "Next")
			typist.wait(t, rfb.KeyReturn, rfb.KeyEscape, rfb.KeyTab, rfb.KeyBackSpace, rfb.KeyUp,
				rfb.KeyF1, rfb.KeyF1+11, rfb.KeyDelete, rfb.KeyPageDown)
			viewer.Press("ctrl+c")
			typist.wait(t, 'c')
			viewer.Type("é€λ")
			typist.wait(t, 'é', unicode+'€', unicode+'λ')
		})
	}
}

// unicode is added to the code points of characters that Latin-1 does not have.
const unicode rfb.Keysym = 0x01000000

// typist is a scene that notes which keys its viewers strike.
type typist struct {
	*scene
	mu     sync.Mutex
	struck []rfb.Keysym // keys pressed and not waited for yet, but for modifiers
	held   map[rfb.Keysym]bool
}

// Open implements display.Source.
func (k *typist) Open(_ context.Context, v display.Viewer) (display.Session, error) {
	return display.NewSession(k.Framebuffer, v, func(display.Peer) display.Input { return keys{k} }), nil
}

// keys is the input of one viewer.
type keys struct{ *typist }

func (k keys) Pointer(rfb.PointerEvent)         {}
func (k keys) CutText(string)                   {}
func (k keys) Resize(int, int) rfb.ResizeStatus { return rfb.ResizeProhibited }
func (k keys) Close()                           {}
func (k keys) Key(e rfb.KeyEvent) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held == nil {
		k.held = map[rfb.Keysym]bool{}
	}
	k.held[e.Key] = e.Down
	isModifier := e.Key >= rfb.KeyShiftLeft && e.Key <= rfb.KeyAltRight
	if e.Down && !isModifier {
		k.struck = append(k.struck, e.Key)
	}
}

// wait waits until the keys were struck, and nothing is held any more.
func (k *typist) wait(t *testing.T, want ...rfb.Keysym) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("struck %#x, held %v; want %#x", k.struck, k.held, want)
		}
	}()
	peertest.Eventually(t, "the keys arrive", func() bool {
		k.mu.Lock()
		defer k.mu.Unlock()
		for _, down := range k.held {
			if down {
				return false
			}
		}
		return slices.Equal(k.struck, want)
	})
	k.mu.Lock()
	k.struck = nil
	k.mu.Unlock()
}
