package display

import (
	"image"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// wishes is what a viewer asked for.
type wishes struct {
	translator *encoding.Translator
	// zrle is set when the viewer prefers ZRLE to Raw, which every viewer knows. The
	// others are set when it knows the encoding.
	zrle, copyRect                          bool
	desktopSize, extendedSize, cursor, name bool

	// asked is set while the viewer waits for an update, of the pixels of area.
	// Those of fresh it wants even if they have not changed.
	asked       bool
	area, fresh image.Rectangle

	// The things to be sent once: the colour map, the pointer, the name, the answer
	// to a SetDesktopSize or the first word on the desktop's size.
	sendColours, sendCursor, sendName, sendSize bool
	resize                                      bool
	sendCutText                                 bool
	cutText                                     []byte
	resizeStatus                                rfb.ResizeStatus
}

func newWishes() wishes {
	return wishes{translator: encoding.CanonicalTranslator()}
}

func (w *wishes) setTranslator(t *encoding.Translator) {
	w.translator = t
	w.sendColours = !t.Format().TrueColour
}

// setEncodings takes a viewer's list, the best first. What it names is all that it
// gets; what it does not know is never sent.
func (w *wishes) setEncodings(list []rfb.Encoding) {
	before := *w
	w.zrle, w.copyRect = false, false
	w.desktopSize, w.extendedSize, w.cursor, w.name = false, false, false, false
	chosen := false
	for _, e := range list {
		switch e {
		case rfb.EncodingRaw:
			chosen = true
		case rfb.EncodingZRLE:
			w.zrle = w.zrle || !chosen
			chosen = true
		case rfb.EncodingCopyRect:
			w.copyRect = true
		case rfb.EncodingDesktopSize:
			w.desktopSize = true
		case rfb.EncodingExtendedDesktopSize:
			w.extendedSize = true
		case rfb.EncodingCursor:
			w.cursor = true
		case rfb.EncodingDesktopName:
			w.name = true
		}
	}
	w.sendSize = w.sendSize || w.extendedSize && !before.extendedSize
	w.sendCursor = w.sendCursor || w.cursor && !before.cursor
	w.sendName = w.sendName || w.name && !before.name
}

// request takes a request for an update. Requests that come while one is waiting are
// answered together with it.
func (w *wishes) request(m rfb.FramebufferUpdateRequest) {
	w.asked = true
	w.area = w.area.Union(m.Bounds())
	if !m.Incremental {
		w.fresh = w.fresh.Union(m.Bounds())
	}
}

// unasked takes the wishes that wait for no request.
func (w *wishes) unasked() wishes {
	taken := *w
	w.sendColours, w.sendCutText, w.cutText = false, false, nil
	return taken
}

// once takes the wishes of the next update, those that are fulfilled by it.
func (w *wishes) once() wishes {
	taken := *w
	w.asked, w.area, w.fresh = false, image.Rectangle{}, image.Rectangle{}
	w.sendCursor, w.sendName, w.sendSize, w.resize = false, false, false, false
	return taken
}

// giveBack makes the request of taken wait again, when there was nothing to send.
func (w *wishes) giveBack(taken wishes) {
	w.asked = true
	w.area = w.area.Union(taken.area)
}
