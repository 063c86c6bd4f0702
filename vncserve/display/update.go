package display

import (
	"image"
	"sync"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// The pixels of an update are encoded in bands, so that the framebuffer is locked
// for a short time only and an update needs little memory.
const (
	bandPixels = 64 << 10
	// bandUnit is a multiple of the tiles of ZRLE, the least height of a band.
	bandUnit = 64
	// bandWidth is the largest width of a band.
	bandWidth = bandPixels / bandUnit
	// sendSize is the size from which encoded bytes are sent.
	sendSize = 32 << 10
)

// workspace is the memory that encoding an update needs. Viewers borrow it, so idle
// ones need none.
type workspace struct {
	encoder encoding.Encoder
	out     []byte
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// update is an update being made.
type update struct {
	s *framebufferSession
	w wishes
	*workspace
	rectangles int
	bands      []image.Rectangle
}

// update answers the viewer's request, if there is one and anything to say.
func (s *framebufferSession) update(stream rfb.Stream) error {
	s.mu.Lock()
	unasked := s.wishes.unasked()
	u := update{s: s}
	asked := s.wishes.asked
	if asked {
		u.w = s.wishes.once()
	}
	s.mu.Unlock()
	if err := s.sendUnasked(stream, unasked); err != nil || !asked {
		return err
	}

	s.fb.refresh()
	u.workspace = workspaces.Get().(*workspace)
	defer workspaces.Put(u.workspace)
	u.out = u.out[:0]
	if !u.begin() {
		s.mu.Lock()
		s.wishes.giveBack(u.w)
		s.mu.Unlock()
		return nil
	}
	for _, band := range u.bands {
		u.encode(band)
		if len(u.out) >= sendSize {
			if err := s.send(stream, u.out); err != nil {
				return err
			}
			u.out = u.out[:0]
		}
	}
	return s.send(stream, u.out)
}

// sendUnasked sends what needs no request: the colour map, which has to be there
// before the pixels that use it, the clipboard and the bell.
func (s *framebufferSession) sendUnasked(stream rfb.Stream, w wishes) error {
	var out []byte
	if w.sendColours {
		out = rfb.ColourMap332().AppendWire(out)
	}
	if w.sendCutText {
		out = rfb.ServerCutText{Text: w.cutText}.AppendWire(out)
	}
	s.fb.mu.RLock()
	if s.view.news.bell {
		out = rfb.Bell{}.AppendWire(out)
	}
	s.view.news.bell = false
	s.fb.mu.RUnlock()
	if len(out) == 0 {
		return nil
	}
	return s.send(stream, out)
}

// begin writes all of an update but its pixels, and lists the bands for those. It
// returns false if there is nothing to send.
func (u *update) begin() bool {
	fb, view := u.s.fb, u.s.view
	fb.mu.RLock()
	defer fb.mu.RUnlock()
	body := u.appendCursor(nil)
	body = u.appendName(body)
	body, resized := u.appendSize(body)
	if !resized {
		view.damage.add(u.w.fresh.Intersect(fb.picture.Bounds()))
		body = u.appendCopies(body)
		u.listBands()
	}
	count := u.rectangles + len(u.bands)
	if count == 0 {
		return false
	}
	u.out = rfb.FramebufferUpdate{Rectangles: uint16(count)}.AppendWire(u.out)
	u.out = append(u.out, body...)
	return true
}

func (u *update) appendCursor(b []byte) []byte {
	news, cursor := &u.s.view.news, u.s.fb.cursor
	wanted := u.w.cursor && (news.cursor || u.w.sendCursor) && cursor != nil
	news.cursor = false
	if !wanted {
		return b
	}
	u.rectangles++
	return encoding.AppendCursor(b, cursor, u.w.translator)
}

func (u *update) appendName(b []byte) []byte {
	news := &u.s.view.news
	wanted := u.w.name && (news.name || u.w.sendName)
	news.name = false
	if !wanted {
		return b
	}
	u.rectangles++
	return encoding.AppendDesktopName(b, u.s.fb.name)
}

// appendSize tells the desktop's size if it is new, if the viewer asked for another
// one, or for the first time. A new size comes without pixels: the viewer has to
// make room for them first.
func (u *update) appendSize(b []byte) (_ []byte, resized bool) {
	size := u.s.fb.picture.Bounds().Max
	resized = size != u.s.announced
	switch {
	case u.w.extendedSize && (resized || u.w.resize || u.w.sendSize):
		reason, status := rfb.ResizedByServer, rfb.ResizeOK
		if u.w.resize {
			reason, status = rfb.ResizedByThisViewer, u.w.resizeStatus
		}
		b = encoding.AppendExtendedDesktopSize(b, size, reason, status)
		if resized && status != rfb.ResizeOK {
			// A refusal tells no size: the change goes on its own.
			b = encoding.AppendExtendedDesktopSize(b, size, rfb.ResizedByServer, rfb.ResizeOK)
			u.rectangles++
		}
	case u.w.desktopSize && resized:
		b = encoding.AppendDesktopSize(b, size)
	default:
		return b, false
	}
	u.rectangles++
	u.s.announced = size
	return b, resized
}

// appendCopies sends the copies, if the viewer knows CopyRect, wants the whole
// picture and has all of it. Else they become damage.
func (u *update) appendCopies(b []byte) []byte {
	view, whole := u.s.view, u.s.fb.picture.Bounds()
	if !u.w.copyRect || !whole.In(u.w.area) || u.s.announced != whole.Max {
		view.forgetCopies()
	}
	for _, c := range view.copies {
		b = encoding.AppendCopyRect(b, c.dst(), c.src.Min)
		u.rectangles++
	}
	view.copies = view.copies[:0]
	return b
}

// listBands cuts the damage into bands. A viewer that could not be told of a smaller
// desktop gets the rest of its picture as well, once, for it to be black.
func (u *update) listBands() {
	picture := u.s.fb.picture.Bounds()
	area := u.w.area.Intersect(image.Rectangle{Max: u.s.announced})
	for _, r := range u.s.view.damage.within(area) {
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
	width := min(r.Dx(), bandWidth)
	height := bandPixels / width / bandUnit * bandUnit
	for y := r.Min.Y; y < r.Max.Y; y += height {
		for x := r.Min.X; x < r.Max.X; x += width {
			u.bands = append(u.bands, image.Rect(x, y, min(x+width, r.Max.X), min(y+height, r.Max.Y)))
		}
	}
}

// encode appends a band as it is now. It may show more than was there when the
// update began, but then the view has later copies, which must not move it again.
func (u *update) encode(band image.Rectangle) {
	fb, view := u.s.fb, u.s.view
	fb.mu.RLock()
	defer fb.mu.RUnlock()
	view.forgetCopies()
	picture, part := fb.picture, band
	if band.In(picture.Bounds()) {
		view.damage.subtract(band)
	} else {
		// The desktop became smaller in the meantime, or is smaller than the viewer
		// knows: black, in a picture of the band alone.
		picture = encoding.NewPicture(band.Dx(), band.Dy())
		part = picture.Bounds()
	}
	form := encoding.Form{Format: u.w.translator.Format()}
	if u.w.zrle {
		form.Encoding = rfb.EncodingZRLE
	}
	encoded := u.encoder.Encode(picture, part, band.Min, form, u.w.translator)
	u.out = encoded.AppendWire(u.out, &u.s.streams)
}
