package display

import (
	"image"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// wishes is what a viewer asked for.
type wishes struct {
	translator *encoding.Translator
	// known are the pseudo-encodings that the viewer understands, form what it wants
	// its pixels like, without the format.
	known    capabilities
	copyRect bool
	form     encoding.Form
	// announced are the extensions that the viewer was told of.
	announced rfb.Extensions

	// asked is set while the viewer waits for an update, of the pixels of area.
	// Those of fresh it wants even if they have not changed.
	asked       bool
	area, fresh image.Rectangle
	// continuous is set while the viewer wants updates of flowing without asking.
	continuous bool
	flowing    image.Rectangle
	flow       flow

	// once is what is to be sent once: some with an update, some by itself.
	once onceWishes
}

// capabilities are the pseudo-encodings that bring a viewer more than pixels.
type capabilities struct {
	desktopSize, extendedSize bool
	cursor                    cursorKind
	pointer, leds, name       bool
	extensions                rfb.Extensions
}

// onceWishes are things to be sent once.
type onceWishes struct {
	// With an update: the pointer, the lights, the name, the answer to a
	// SetDesktopSize or the first word on the desktop's size, and the word that the
	// server knows about keys and buttons.
	cursor, leds, name, size bool
	resize                   bool
	resizeStatus             rfb.ResizeStatus
	keys, buttons            bool

	// By themselves: the colour map, and messages.
	colours  bool
	messages []rfb.ServerMessage
}

// any tells whether something is to be sent with an update.
func (o *onceWishes) any() bool {
	return o.cursor || o.leds || o.name || o.size || o.resize || o.keys || o.buttons
}

// cursorKind is a way to send the shape of the pointer.
type cursorKind uint8

const (
	noCursor cursorKind = iota
	xCursor
	richCursor
	alphaCursor
)

func newWishes() wishes {
	return wishes{translator: encoding.CanonicalTranslator(), form: encoding.Form{Quality: encoding.Lossless}, flow: newFlow()}
}

func (w *wishes) setTranslator(t *encoding.Translator) {
	w.translator = t
	w.once.colours = !t.Format().TrueColour
}

// setEncodings takes a viewer's list, the best first. What it names is all that it
// gets; what it does not know is never sent.
func (w *wishes) setEncodings(list []rfb.Encoding) {
	before := w.known
	w.copyRect, w.form = false, chooseForm(list)
	w.known = capabilities{extensions: rfb.ExtensionsOf(list)}
	for _, e := range list {
		if e == rfb.EncodingCopyRect {
			w.copyRect = true
		}
		w.known.add(e)
	}
	w.greet(before)
}

// add notes that the viewer knows a pseudo-encoding.
func (c *capabilities) add(e rfb.Encoding) {
	switch e {
	case rfb.EncodingDesktopSize:
		c.desktopSize = true
	case rfb.EncodingExtendedDesktopSize:
		c.extendedSize = true
	case rfb.EncodingXCursor:
		c.cursor = max(c.cursor, xCursor)
	case rfb.EncodingCursor:
		c.cursor = max(c.cursor, richCursor)
	case rfb.EncodingCursorWithAlpha:
		c.cursor = max(c.cursor, alphaCursor)
	case rfb.EncodingPointerPosition:
		c.pointer = true
	case rfb.EncodingLEDState:
		c.leds = true
	case rfb.EncodingDesktopName:
		c.name = true
	}
}

// chooseForm gives the way in which a viewer wants its pixels: by the first encoding of
// its list that is known here, Raw if there is none, and by its levels.
func chooseForm(list []rfb.Encoding) encoding.Form {
	f := encoding.Form{Encoding: rfb.EncodingRaw, Quality: encoding.Lossless}
	chosen, lastRect := false, false
	for _, e := range list {
		switch {
		case encoding.Supported(e) && !chosen:
			f.Encoding, chosen = e, true
		case e == rfb.EncodingLastRect:
			lastRect = true
		case e >= rfb.EncodingQualityLow && e <= rfb.EncodingQualityHigh:
			f.Quality = int8(e - rfb.EncodingQualityLow)
		case e >= rfb.EncodingCompressionLow && e <= rfb.EncodingCompressionMax:
			f.Effort = encoding.EffortOf(int(e - rfb.EncodingCompressionLow))
		}
	}
	return encoding.Relevant(f, lastRect)
}

// greet has the viewer told what it learned to understand.
func (w *wishes) greet(before capabilities) {
	is, o := &w.known, &w.once
	o.size = o.size || is.extendedSize && !before.extendedSize
	o.cursor = o.cursor || is.cursor != before.cursor
	o.leds = o.leds || is.leds && !before.leds
	o.name = o.name || is.name && !before.name
	w.announce()
}

// announce tells the viewer, once, that the server knows extensions that it listed.
func (w *wishes) announce() {
	listed := w.known.extensions
	if !listed.Has(rfb.Fences) {
		// Without fences nothing tells how far a viewer has come, so there is no flow.
		listed &^= rfb.ContinuousFlow
	}
	learned := listed &^ w.announced
	w.announced |= learned
	w.once.keys = w.once.keys || learned.Has(rfb.ExtendedKeys)
	w.once.buttons = w.once.buttons || learned.Has(rfb.ExtendedButtons)
	if learned.Has(rfb.Fences) {
		w.addMessage(rfb.Fence{Flags: rfb.FenceRequest})
	}
	if learned.Has(rfb.ContinuousFlow) {
		w.addMessage(rfb.EndOfContinuousUpdates{})
	}
	if learned.Has(rfb.ExtendedText) {
		w.addMessage(clipboardCaps)
	}
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

// setContinuous takes the viewer's word on continuous updates. It has to be told of
// their end.
func (w *wishes) setContinuous(m rfb.EnableContinuousUpdates) {
	ends := w.continuous && !m.Enable
	w.continuous = m.Enable && w.known.extensions.Has(rfb.Fences)
	w.flowing = m.Bounds()
	if ends {
		w.addMessage(rfb.EndOfContinuousUpdates{})
	}
}

// maxMessages bounds the messages that wait for a viewer that does not read. Beyond it
// the oldest are lost, which only a viewer notices that asks without reading.
const maxMessages = 64

// addMessage has a message sent.
func (w *wishes) addMessage(m rfb.ServerMessage) {
	if len(w.once.messages) >= maxMessages {
		w.once.messages = append(w.once.messages[:0:0], w.once.messages[1:]...)
	}
	w.once.messages = append(w.once.messages, m)
}

// unasked takes what is to be sent by itself.
func (w *wishes) unasked() (colours bool, messages []rfb.ServerMessage) {
	colours, messages = w.once.colours, w.once.messages
	w.once.colours, w.once.messages = false, nil
	return colours, messages
}

// ready tells whether the viewer wants an update now.
func (w *wishes) ready() bool { return w.asked || w.continuous && w.flow.open() }

// take takes the wishes of the next update, those that are fulfilled by it.
func (w *wishes) take() wishes {
	taken := *w
	if w.continuous {
		taken.area = taken.area.Union(w.flowing)
	}
	taken.form.Format = w.translator.Format()
	w.asked, w.area, w.fresh = false, image.Rectangle{}, image.Rectangle{}
	w.once = onceWishes{colours: w.once.colours, messages: w.once.messages}
	return taken
}

// giveBack makes the request of taken wait again, when there was nothing to send.
func (w *wishes) giveBack(taken wishes) {
	w.asked = w.asked || taken.asked
	if taken.asked {
		w.area = w.area.Union(taken.area)
	}
}
