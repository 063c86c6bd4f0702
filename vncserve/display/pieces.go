package display

import (
	"errors"
	"fmt"
	"image"
	"runtime"
	"runtime/debug"
	"sync"

	"vncsec/vncserve/rfb/encoding"
)

// The bounds of what is kept encoded.
const (
	maxPieces     = 512
	maxPieceBytes = 8 << 20
)

// pieces keeps the parts of a framebuffer as they were encoded, for all viewers that
// want the same part in the same form. What changed is forgotten, so what is found is
// what the framebuffer shows.
type pieces struct {
	// slots bounds the encoders that work at the same time: one for each processor.
	slots chan struct{}

	mu    sync.Mutex
	kept  map[pieceKey]*piece
	order []pieceKey // the oldest first; may name some that are forgotten
	bytes int
}

type pieceKey struct {
	area image.Rectangle
	form encoding.Form
}

// piece is an encoded part, or one that somebody is encoding.
type piece struct {
	done    chan struct{} // closed once encoded or err is set
	encoded encoding.Encoded
	err     error
	counted bool // its size is in bytes; guarded by pieces.mu
}

func newPieces() *pieces {
	return &pieces{slots: make(chan struct{}, runtime.GOMAXPROCS(0)), kept: make(map[pieceKey]*piece)}
}

// find gives the piece of a key, nil if there is none.
func (p *pieces) find(key pieceKey) *piece {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept[key]
}

// begin gives the piece of a key. If there is none it makes one, which the caller has to
// encode: made is true then.
func (p *pieces) begin(key pieceKey) (_ *piece, made bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if have := p.kept[key]; have != nil {
		return have, false
	}
	if len(p.order) >= maxPieces {
		p.forgetOldest()
	}
	made = true
	it := &piece{done: make(chan struct{})}
	p.kept[key] = it
	p.order = append(p.order, key)
	return it, made
}

// finish says that a piece is encoded.
func (p *pieces) finish(key pieceKey, it *piece) {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(it.done)
	if p.kept[key] != it {
		return // it has changed meanwhile
	}
	if it.err != nil {
		delete(p.kept, key)
		return
	}
	it.counted = true
	p.bytes += it.encoded.Size()
	for p.bytes > maxPieceBytes && len(p.order) > 1 {
		p.forgetOldest()
	}
}

func (p *pieces) forgetOldest() {
	p.forget(p.order[0])
	p.order = p.order[1:]
}

// forget lets go of a piece; those who have it go on with it.
func (p *pieces) forget(key pieceKey) {
	it := p.kept[key]
	if it == nil {
		return
	}
	delete(p.kept, key)
	if it.counted {
		p.bytes -= it.encoded.Size()
	}
}

// changed forgets the pieces that show any of r.
func (p *pieces) changed(r image.Rectangle) {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := p.order[:0]
	for _, key := range p.order {
		if key.area.Overlaps(r) {
			p.forget(key)
		} else {
			left = append(left, key)
		}
	}
	p.order = left
}

// workspace is the memory that encoding needs. It is borrowed, so idle viewers need none.
type workspace struct {
	encoder encoding.Encoder
	picture encoding.Picture
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// resize gives the workspace's picture a size and any content.
func (w *workspace) resize(width, height int) {
	if cap(w.picture.Pix) < width*height {
		w.picture.Pix = make([]uint32, width*height)
	}
	w.picture = encoding.Picture{Width: width, Height: height, Pix: w.picture.Pix[:width*height]}
}

// copyFrom makes the workspace's picture one of the part r of another.
func (w *workspace) copyFrom(p *encoding.Picture, r image.Rectangle) {
	w.resize(r.Dx(), r.Dy())
	for y := range r.Dy() {
		copy(w.picture.Row(y, 0, r.Dx()), p.Row(r.Min.Y+y, r.Min.X, r.Max.X))
	}
}

// encode fills a piece with the workspace's picture, which stands at a point of the
// desktop. A fault of an encoder ends the sessions that need the piece, not the server.
func (w *workspace) encode(it *piece, at image.Point, form encoding.Form, t *encoding.Translator) {
	defer func() {
		if fault := recover(); fault != nil {
			it.err = fmt.Errorf("fault while encoding %v: %v\n%s", form.Encoding, fault, debug.Stack())
		}
	}()
	it.encoded = w.encoder.Encode(&w.picture, w.picture.Bounds(), at, form, t)
}

// wait waits until the piece is encoded.
func (it *piece) wait() (encoding.Encoded, error) {
	<-it.done
	return it.encoded, it.err
}

// errOutside is returned for a part that is not within the picture any more.
var errOutside = errors.New("not within the framebuffer")

// piece gives the part of the framebuffer in a form, encoded by whoever came first. It
// calls seen while nothing changes what is encoded.
func (fb *Framebuffer) piece(area image.Rectangle, form encoding.Form, t *encoding.Translator, seen func()) (encoding.Encoded, error) {
	key := pieceKey{area, form}
	it, err := fb.kept(key, seen)
	if it == nil && err == nil {
		fb.pieces.slots <- struct{}{}
		it, err = fb.encode(key, t, seen)
		<-fb.pieces.slots
	}
	if err != nil {
		return encoding.Encoded{}, err
	}
	return it.wait()
}

// kept gives a piece that is there, or nil.
func (fb *Framebuffer) kept(key pieceKey, seen func()) (*piece, error) {
	fb.mu.RLock()
	defer fb.mu.RUnlock()
	if !key.area.In(fb.picture.Bounds()) {
		return nil, errOutside
	}
	it := fb.pieces.find(key)
	if it != nil {
		seen()
	}
	return it, nil
}

// encode makes a piece, unless somebody else has begun to. The framebuffer is locked
// only for as long as it takes to copy the pixels. The caller has a slot.
func (fb *Framebuffer) encode(key pieceKey, t *encoding.Translator, seen func()) (*piece, error) {
	w := workspaces.Get().(*workspace)
	defer workspaces.Put(w)
	it, made, err := fb.beginPiece(key, w, seen)
	if err != nil || !made {
		return it, err
	}
	w.encode(it, key.area.Min, key.form, t)
	fb.pieces.finish(key, it)
	return it, nil
}

func (fb *Framebuffer) beginPiece(key pieceKey, w *workspace, seen func()) (_ *piece, made bool, _ error) {
	fb.mu.RLock()
	defer fb.mu.RUnlock()
	if !key.area.In(fb.picture.Bounds()) {
		return nil, false, errOutside
	}
	seen()
	it, made := fb.pieces.begin(key)
	if made {
		w.copyFrom(fb.picture, key.area)
	}
	return it, made, nil
}

// black gives a part of an empty desktop.
func (fb *Framebuffer) black(area image.Rectangle, form encoding.Form, t *encoding.Translator) (encoding.Encoded, error) {
	fb.pieces.slots <- struct{}{}
	defer func() { <-fb.pieces.slots }()
	w := workspaces.Get().(*workspace)
	defer workspaces.Put(w)
	w.resize(area.Dx(), area.Dy())
	clear(w.picture.Pix)
	var it piece
	w.encode(&it, area.Min, form, t)
	return it.encoded, it.err
}

// prepare encodes a part that will be wanted soon, if a processor is free for it, and
// does not wait.
func (fb *Framebuffer) prepare(area image.Rectangle, form encoding.Form, t *encoding.Translator) {
	key := pieceKey{area, form}
	if fb.pieces.find(key) != nil {
		return
	}
	select {
	case fb.pieces.slots <- struct{}{}:
	default:
		return
	}
	go func() {
		defer func() { <-fb.pieces.slots }()
		_, _ = fb.encode(key, t, func() {}) // whoever wants it meets the error again
	}()
}
