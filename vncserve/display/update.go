package display

import (
	"errors"
	"image"
	"sync"
	"time"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// The pixels of an update are cut into bands, each encoded and sent on its own. Large
// ones compress better, small ones leave less behind when a viewer is slow.
const (
	rawBand    = 64 << 10
	packedBand = 512 << 10
	// bandUnit is a multiple of the tiles of ZRLE, the least height of a band.
	bandUnit = 64
	// bandWidth is the largest width of a band, that of Tight (rfbproto).
	bandWidth = 2048
)

// update is an update being made. Viewers borrow it, so idle ones need none.
type update struct {
	s          *framebufferSession
	stream     rfb.Stream
	w          wishes
	out        []byte // what waits to be sent
	sent       int
	rectangles int
	bands      []image.Rectangle
	prepared   int // of the bands
}

var updates = sync.Pool{New: func() any { return new(update) }}

// largestOut is the largest buffer that is kept for the next update.
const largestOut = 2 * sendSize

// giveBack lets the next one have the memory of u.
func (u *update) giveBack() {
	if cap(u.out) > largestOut {
		u.out = nil
	}
	*u = update{out: u.out[:0], bands: u.bands[:0]}
	updates.Put(u)
}

// update answers the viewer's request, if there is one and anything to say.
func (s *framebufferSession) update(stream rfb.Stream) error {
	u := updates.Get().(*update)
	defer u.giveBack()
	u.s, u.stream = s, stream
	s.mu.Lock()
	colours, messages := s.wishes.unasked()
	ready := s.wishes.ready()
	if ready {
		u.w = s.wishes.take()
	}
	s.mu.Unlock()
	if err := u.sendUnasked(colours, messages); err != nil {
		return err
	}
	if !ready {
		return u.flush()
	}
	s.follow(u.w.known.pointer)
	s.fb.refresh()
	if !u.begin() {
		s.mu.Lock()
		s.wishes.giveBack(u.w)
		s.mu.Unlock()
		return u.flush()
	}
	for i, band := range u.bands {
		u.prepare(i)
		if err := u.encode(band); err != nil {
			return err
		}
	}
	if u.openEnded() {
		u.out = rfb.RectHeader{Encoding: rfb.EncodingLastRect}.AppendWire(u.out)
	}
	u.appendFence()
	return u.flush()
}

// sendUnasked sends what needs no request, or leaves it waiting for the update: messages,
// the colour map, which has to be there before the pixels that use it, and the bell.
func (u *update) sendUnasked(colours bool, messages []rfb.ServerMessage) error {
	for _, m := range messages {
		u.out = m.AppendWire(u.out)
		if err := u.flushLarge(); err != nil {
			return err
		}
	}
	if colours { // behind the answer to a fence that says where the format changes
		u.out = rfb.ColourMap332().AppendWire(u.out)
	}
	fb, view := u.s.fb, u.s.view
	fb.mu.RLock()
	defer fb.mu.RUnlock()
	if view.news.bell {
		u.out = rfb.Bell{}.AppendWire(u.out)
	}
	view.news.bell = false
	return nil
}

// begin appends all of an update but its pixels, and lists the bands for those. It
// returns false if there is nothing to send.
func (u *update) begin() bool {
	fb, view := u.s.fb, u.s.view
	fb.mu.RLock()
	defer fb.mu.RUnlock()
	head := len(u.out)
	u.out = rfb.FramebufferUpdate{}.AppendWire(u.out)
	u.appendNews()
	if resized := u.appendSize(); resized {
		// Of an update that was under way when the size changed, the viewer may lose
		// the picture together with the old size.
		view.unseen(fb.picture.Bounds())
	} else {
		view.damage.add(u.w.fresh.Intersect(fb.picture.Bounds()))
		u.appendCopies()
		u.listBands()
	}
	count := u.rectangles + len(u.bands)
	if len(u.bands) == 0 {
		view.settle()
	}
	if count == 0 {
		u.out = u.out[:head]
		return false
	}
	if u.openEnded() {
		count = rfb.ManyRectangles
	}
	rfb.FramebufferUpdate{Rectangles: uint16(count)}.AppendWire(u.out[:head])
	return true
}

// openEnded tells whether the number of rectangles is not known before they are made.
func (u *update) openEnded() bool { return u.w.form.Split && len(u.bands) > 0 }

// appendNews appends what the viewer has to know beside pixels and sizes.
func (u *update) appendNews() {
	fb, news, known, once := u.s.fb, &u.s.view.news, &u.w.known, &u.w.once
	t := u.w.translator
	if fb.cursor != nil && (news.cursor || once.cursor) {
		switch known.cursor {
		case alphaCursor:
			u.append(encoding.AppendCursorWithAlpha(u.out, fb.cursor))
		case richCursor:
			u.append(encoding.AppendCursor(u.out, fb.cursor, t))
		case xCursor:
			u.append(encoding.AppendXCursor(u.out, fb.cursor))
		}
	}
	if known.pointer && news.pointer {
		u.append(rfb.RectHeader{X: uint16(fb.pointer.X), Y: uint16(fb.pointer.Y), Encoding: rfb.EncodingPointerPosition}.AppendWire(u.out))
	}
	if known.leds && (news.leds || once.leds) {
		u.append(append(rfb.RectHeader{Encoding: rfb.EncodingLEDState}.AppendWire(u.out), uint8(fb.leds)))
	}
	if known.name && (news.name || once.name) {
		u.append(encoding.AppendDesktopName(u.out, fb.name))
	}
	if once.keys {
		u.append(rfb.RectHeader{Encoding: rfb.EncodingQEMUExtendedKey}.AppendWire(u.out))
	}
	if once.buttons {
		u.append(rfb.RectHeader{Encoding: rfb.EncodingExtendedMouseButtons}.AppendWire(u.out))
	}
	news.cursor, news.pointer, news.leds, news.name = false, false, false, false
}

// append takes over out with one more rectangle.
func (u *update) append(out []byte) {
	u.out = out
	u.rectangles++
}

// appendSize tells the desktop's size if it is new, if the viewer asked for another
// one, or for the first time. A new size comes without pixels: the viewer has to
// make room for them first.
func (u *update) appendSize() (resized bool) {
	size := u.s.fb.picture.Bounds().Max
	resized = size != u.s.announced
	known, once := &u.w.known, &u.w.once
	switch {
	case known.extendedSize && (resized || once.resize || once.size):
		reason, status := rfb.ResizedByServer, rfb.ResizeOK
		if once.resize {
			reason, status = rfb.ResizedByThisViewer, once.resizeStatus
		}
		u.append(encoding.AppendExtendedDesktopSize(u.out, size, reason, status))
		if resized && status != rfb.ResizeOK {
			// A refusal tells no size: the change goes on its own.
			u.append(encoding.AppendExtendedDesktopSize(u.out, size, rfb.ResizedByServer, rfb.ResizeOK))
		}
	case known.desktopSize && resized:
		u.append(encoding.AppendDesktopSize(u.out, size))
	default:
		return false
	}
	u.s.announced = size
	return resized
}

// appendCopies sends the copies, if the viewer knows CopyRect, wants the whole
// picture and has all of it. Else they become damage.
func (u *update) appendCopies() {
	view, whole := u.s.view, u.s.fb.picture.Bounds()
	if !u.w.copyRect || !whole.In(u.w.area) || u.s.announced != whole.Max {
		view.forgetCopies()
	}
	for _, c := range view.copies {
		u.append(encoding.AppendCopyRect(u.out, c.dst(), c.src.Min))
	}
	view.copies = view.copies[:0]
}

// listBands cuts the damage into bands. A viewer that could not be told of a smaller
// desktop gets the rest of its picture as well, once, for it to be black.
func (u *update) listBands() {
	picture := u.s.fb.picture.Bounds()
	area := u.w.area.Intersect(image.Rectangle{Max: u.s.announced})
	for r := range u.s.view.damage.within(area) {
		u.cut(r)
	}
	if u.s.view.news.size && picture.Max != u.s.announced {
		for _, r := range appendDifference(nil, image.Rectangle{Max: u.s.announced}, picture) {
			u.cut(r)
		}
	}
	u.s.view.news.size = false
}

func (u *update) cut(r image.Rectangle) {
	pixels := packedBand
	if u.w.form.Encoding == rfb.EncodingRaw {
		pixels = rawBand
	}
	width := min(r.Dx(), bandWidth, pixels/bandUnit)
	height := pixels / width / bandUnit * bandUnit
	for y := r.Min.Y; y < r.Max.Y; y += height {
		for x := r.Min.X; x < r.Max.X; x += width {
			u.bands = append(u.bands, image.Rect(x, y, min(x+width, r.Max.X), min(y+height, r.Max.Y)))
		}
	}
}

// prepare has the bands after number i encoded on the processors that are free.
func (u *update) prepare(i int) {
	u.prepared = max(u.prepared, i+1)
	for end := min(i+cap(u.s.fb.pieces.slots), len(u.bands)); u.prepared < end; u.prepared++ {
		u.s.fb.prepare(u.bands[u.prepared], u.w.form, u.w.translator)
	}
}

// encode sends a band as it is now. It may show more than was there when the update
// began, but then the view has later copies, which must not move it again.
func (u *update) encode(band image.Rectangle) error {
	view := u.s.view
	encoded, err := u.s.fb.piece(band, u.w.form, u.w.translator, func() {
		view.forgetCopies()
		view.damage.subtract(band)
		view.settle()
	})
	if errors.Is(err, errOutside) {
		// The desktop became smaller in the meantime, or is smaller than the viewer
		// knows.
		encoded, err = u.s.fb.black(band, u.w.form, u.w.translator)
	}
	if err != nil {
		return err
	}
	for part := range encoded.Parts(&u.s.streams) {
		if err := u.share(part); err != nil {
			return err
		}
	}
	return nil
}

// appendFence appends a fence to an update that nobody asked for, when it is time.
func (u *update) appendFence() {
	if !u.w.continuous {
		return
	}
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := &s.wishes.flow; f.count(u.sent+len(u.out), time.Now()) {
		u.out = fenceAt(f.sent).AppendWire(u.out)
	}
}
