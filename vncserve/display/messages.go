package display

import (
	"fmt"
	"image"
	"io"
	"time"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// readMessages takes the viewer's messages until it leaves, which is no error.
func (s *framebufferSession) readMessages(r io.Reader) error {
	for {
		m, err := rfb.ReadClientMessage(r, s.agreed)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.take(m); err != nil {
			return err
		}
	}
}

// take acts on a message.
func (s *framebufferSession) take(m rfb.ClientMessage) error {
	switch m := m.(type) {
	case rfb.SetPixelFormat:
		translator, err := encoding.NewTranslator(m.Format)
		if err != nil {
			return fmt.Errorf("rfb: the viewer asks for an %w", err)
		}
		s.inOrder(func(w *wishes) { w.setTranslator(translator) })
	case rfb.SetEncodings:
		s.agreed |= rfb.ExtensionsOf(m.Encodings)
		s.inOrder(func(w *wishes) { w.setEncodings(m.Encodings) })
	case rfb.FramebufferUpdateRequest:
		s.takeRequest(m)
	case rfb.EnableContinuousUpdates:
		s.inOrder(func(w *wishes) { w.setContinuous(m) })
	case rfb.Fence:
		s.takeFence(m)
	default:
		s.answerHeldFence()
		s.takeInput(m)
	}
	return nil
}

// takeRequest has an update sent, at once if there is something to send. Else the
// sender is left asleep: whatever comes up wakes it.
func (s *framebufferSession) takeRequest(m rfb.FramebufferUpdateRequest) {
	if !m.Incremental || s.heldFence != nil {
		s.inOrder(func(w *wishes) { w.request(m) })
		return
	}
	s.mu.Lock()
	s.wishes.request(m)
	owes := s.wishes.once.any()
	s.mu.Unlock()
	if owes || s.view.pending.Load() || s.fb.pace.isStale() {
		s.view.wake()
	}
}

// inOrder is wish for a message that may follow a fence whose answer waits for it. All
// that the message has sent comes after that answer.
func (s *framebufferSession) inOrder(change func(*wishes)) {
	held := s.heldFence
	s.heldFence = nil
	s.wish(func(w *wishes) {
		if held != nil {
			w.addMessage(*held)
		}
		change(w)
	})
}

// answerHeldFence answers the fence that waits for a message, before that does anything.
func (s *framebufferSession) answerHeldFence() {
	if s.heldFence != nil {
		s.inOrder(func(*wishes) {})
	}
}

// takeInput passes on what the user of the viewer did, if he may do anything.
func (s *framebufferSession) takeInput(m rfb.ClientMessage) {
	if resize, ok := m.(rfb.SetDesktopSize); ok {
		status := rfb.ResizeProhibited
		if !s.viewer.ViewOnly {
			status = s.input.Resize(int(resize.Width), int(resize.Height))
		}
		s.wish(func(w *wishes) { w.once.resize, w.once.resizeStatus = true, status })
		return
	}
	if s.viewer.ViewOnly {
		return
	}
	switch m := m.(type) {
	case rfb.KeyEvent:
		s.key(m)
	case rfb.ExtendedKeyEvent:
		s.extendedKey(m)
	case rfb.PointerEvent:
		s.fb.pointerMoved(s.view, image.Pt(int(m.X), int(m.Y)))
		s.input.Pointer(m)
	case rfb.ClientCutText:
		s.input.CutText(fromLatin1(m.Text))
	case rfb.ClientClipboard:
		s.takeClipboard(m.Clipboard)
	}
}

// key passes on a key, and follows the keys that switch lights.
func (s *framebufferSession) key(e rfb.KeyEvent) {
	if e.Key == rfb.KeyShiftLeft || e.Key == rfb.KeyShiftRight {
		s.shifted = e.Down
	}
	if light := lightKeys[e.Key]; light != 0 && e.Down {
		s.fb.toggleLED(light)
	}
	s.input.Key(e)
}

// lightKeys are the keys that switch a light of the keyboard.
var lightKeys = map[rfb.Keysym]rfb.LEDs{
	rfb.KeyCapsLock: rfb.CapsLock, rfb.KeyNumLock: rfb.NumLock, rfb.KeyScrollLock: rfb.ScrollLock,
}

// extendedKey passes on a key by what the viewer's layout makes of it. Where the viewer
// does not know, the key counts as one of a US keyboard.
func (s *framebufferSession) extendedKey(e rfb.ExtendedKeyEvent) {
	key := e.Key
	if key == 0 {
		var ok bool
		if key, ok = rfb.ScancodeKeysym(e.Code, s.shifted); !ok {
			return
		}
	}
	s.key(rfb.KeyEvent{Down: e.Down, Key: key})
}

// takeFence answers a viewer's fence, or takes the answer to one of ours. What a viewer
// did before a fence is done when its answer is sent: messages are taken in their order.
// The answer to one with SyncNext waits for the message after it, for both to take
// effect between the same two updates. That message may be another fence. Of input only the
// order counts: what it brings about takes its own time.
func (s *framebufferSession) takeFence(m rfb.Fence) {
	if m.Flags&rfb.FenceRequest == 0 {
		if place, ok := fencePlace(m.Payload); ok {
			s.wish(func(w *wishes) { w.flow.answer(place, time.Now()) })
		}
		return
	}
	m.Flags &= rfb.FenceFlagsKnown &^ rfb.FenceRequest
	if m.Flags&rfb.FenceSyncNext == 0 {
		s.inOrder(func(w *wishes) { w.addMessage(m) })
		return
	}
	s.answerHeldFence()
	s.heldFence = &m
}
