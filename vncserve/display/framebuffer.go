package display

import (
	"image"
	"sync"
	"sync/atomic"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// Framebuffer is a picture that any number of viewers share. Each of them has a
// view, which remembers what it has not seen yet.
//
// Content is drawn when it is wanted: Invalidate says that there is something new,
// and the paint function draws it when a viewer is ready for the next update. So a
// burst of changes costs no more drawing than the viewers can take.
type Framebuffer struct {
	paint   func(*Canvas)
	pace    pace
	pieces  *pieces
	company company
	closed  atomic.Bool
	echo    echo

	// mu guards all below. A view's own state is written under the write lock, or
	// under the read lock by the one goroutine that serves it.
	mu      sync.RWMutex
	picture *encoding.Picture
	cursor  *encoding.Cursor
	pointer image.Point
	leds    rfb.LEDs
	name    string
	views   map[*view]struct{}
}

// Canvas draws on a framebuffer while nobody looks. Drawing to the picture has to be
// followed by Damage. It is valid during the call that got it.
type Canvas struct {
	fb    *Framebuffer
	again bool
}

// NewFramebuffer makes a black framebuffer. The paint function brings it up to date
// after Invalidate; it must not call methods of the framebuffer.
func NewFramebuffer(width, height int, name string, paint func(*Canvas)) *Framebuffer {
	return &Framebuffer{
		paint:   paint,
		pieces:  newPieces(),
		echo:    newEcho(),
		picture: encoding.NewPicture(width, height),
		name:    name,
		views:   make(map[*view]struct{}),
	}
}

// SetSharing sets what becomes of viewers that want the display for themselves, before
// the first of them comes.
func (fb *Framebuffer) SetSharing(policy Sharing) { fb.company.policy = policy }

// Close ends all sessions on the framebuffer.
func (fb *Framebuffer) Close() {
	fb.closed.Store(true)
	fb.wakeAll()
}

func (fb *Framebuffer) isClosed() bool { return fb.closed.Load() }

// SetCursor sets the shape of the pointer, for viewers that can show it.
func (fb *Framebuffer) SetCursor(c *encoding.Cursor) {
	fb.mu.Lock()
	defer fb.mu.Unlock()
	fb.cursor = c
	for v := range fb.views {
		v.news.cursor = true
		v.change()
	}
}

// SetName sets the desktop's name.
func (fb *Framebuffer) SetName(name string) {
	fb.mu.Lock()
	defer fb.mu.Unlock()
	if name == fb.name {
		return
	}
	fb.name = name
	for v := range fb.views {
		v.news.name = true
		v.change()
	}
}

// Bell rings at every viewer.
func (fb *Framebuffer) Bell() {
	fb.mu.Lock()
	defer fb.mu.Unlock()
	for v := range fb.views {
		v.news.bell = true
		v.change()
	}
}

// Invalidate says that the paint function has something to draw. The caller must not
// hold a lock that the paint function takes.
func (fb *Framebuffer) Invalidate() {
	if fb.pace.announce(fb.wakeAll) {
		fb.wakeAll()
	}
}

func (fb *Framebuffer) wakeAll() {
	fb.mu.RLock()
	defer fb.mu.RUnlock()
	for v := range fb.views {
		v.wake()
	}
}

// refresh draws what Invalidate announced, if it is time for that.
func (fb *Framebuffer) refresh() {
	if fb.pace.due() {
		fb.draw()
	}
}

// draw draws what Invalidate announced, and tells whether there is more of it to be drawn.
// Whoever takes the lock after it sees all that was announced before it, but for that.
func (fb *Framebuffer) draw() (more bool) {
	fb.mu.Lock()
	defer fb.mu.Unlock()
	began, stale := fb.pace.begin()
	if !stale {
		return false
	}
	c := &Canvas{fb: fb}
	fb.paint(c)
	fb.pace.end(began, c.again, fb.wakeAll)
	return c.again
}

// Snapshot gives a copy of the picture as it is now.
func (fb *Framebuffer) Snapshot() *encoding.Picture {
	for fb.draw() {
	}
	fb.mu.RLock()
	defer fb.mu.RUnlock()
	p := encoding.NewPicture(fb.picture.Width, fb.picture.Height)
	copy(p.Pix, fb.picture.Pix)
	return p
}

// Picture gives the pixels to draw on.
func (c *Canvas) Picture() *encoding.Picture { return c.fb.picture }

// Damage says that the pixels of r have changed.
func (c *Canvas) Damage(r image.Rectangle) {
	r = r.Intersect(c.fb.picture.Bounds())
	c.fb.pieces.changed(r)
	for v := range c.fb.views {
		v.damage.add(r)
		v.change()
	}
}

// Again says that there is more to draw than was drawn. The paint function is called again,
// after others had their turn.
func (c *Canvas) Again() { c.again = true }

// Move copies src to where dst is its upper left corner; viewers that know CopyRect
// do the same. Both must lie within the picture.
func (c *Canvas) Move(dst image.Point, src image.Rectangle) {
	if src.Empty() || dst == src.Min {
		return
	}
	c.fb.picture.Move(dst, src)
	c.fb.pieces.changed(src.Sub(src.Min).Add(dst))
	for v := range c.fb.views {
		v.move(src, dst.Sub(src.Min))
		v.change()
	}
}

// Resize gives the framebuffer another size. All of it is black then and wants to be
// drawn.
func (c *Canvas) Resize(width, height int) {
	c.fb.pieces.changed(c.fb.picture.Bounds())
	c.fb.picture = encoding.NewPicture(width, height)
	for v := range c.fb.views {
		v.resized(image.Pt(width, height))
		v.change()
	}
}

// attach gives a new view, which has seen nothing.
func (fb *Framebuffer) attach() *view {
	fb.mu.Lock()
	defer fb.mu.Unlock()
	v := &view{awake: make(chan struct{}, 1)}
	v.damage.add(fb.picture.Bounds())
	v.change()
	fb.views[v] = struct{}{}
	return v
}

func (fb *Framebuffer) detach(v *view) {
	fb.mu.Lock()
	defer fb.mu.Unlock()
	delete(fb.views, v)
}
