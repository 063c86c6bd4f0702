package display

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// Input takes what one viewer does. Its methods are called by one goroutine and must
// not wait for anything.
type Input interface {
	Key(rfb.KeyEvent)
	Pointer(rfb.PointerEvent)
	// CutText takes the viewer's clipboard. It has line feeds alone at the ends of
	// lines and is valid UTF-8.
	CutText(text string)
	// Resize asks for a desktop of a size in pixels and says what became of it.
	Resize(width, height int) rfb.ResizeStatus
	// Close lets go of the keys and buttons that the viewer holds.
	Close()
}

// writeTimeout bounds the sending of one part of an update, at most sendSize bytes. A
// viewer that takes less than that in half of this time is gone for all practical
// purposes.
const writeTimeout = time.Minute

// framebufferSession is one viewer on a framebuffer. Its reader goroutine takes the
// viewer's messages, and the goroutine of Serve sends updates.
type framebufferSession struct {
	fb     *Framebuffer
	view   *view
	viewer Viewer
	input  Input
	left   atomic.Bool // the reader has ended

	mu        sync.Mutex
	wishes    wishes    // guarded by mu
	clipboard clipboard // guarded by mu

	// These belong to the reader: the extensions that the viewer ever listed, a fence
	// whose answer waits for the next message, and whether Shift is down.
	agreed    rfb.Extensions
	heldFence *rfb.Fence
	shifted   bool

	// These belong to the goroutine of Serve: the size of the viewer's picture, its
	// zlib streams, and whether it is counted among the followers of the pointer.
	announced image.Point
	streams   encoding.Streams
	following bool
	deadline  time.Time // of writing
}

// NewSession makes a session of a viewer on a framebuffer. Input makes what takes the
// viewer's input, which the session closes when it ends.
func NewSession(fb *Framebuffer, viewer Viewer, input func(Peer) Input) Session {
	s := &framebufferSession{
		fb:        fb,
		view:      fb.attach(),
		viewer:    viewer,
		wishes:    newWishes(),
		clipboard: newClipboard(),
	}
	s.input = input(peer{s})
	return s
}

// Close implements Session.
func (s *framebufferSession) Close() error {
	s.fb.detach(s.view)
	s.follow(false)
	s.input.Close()
	return nil
}

// Serve implements Session. It closes the stream.
func (s *framebufferSession) Serve(ctx context.Context, stream rfb.Stream) error {
	defer stream.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// Closing the stream is what ends a blocked Read or Write.
	stop := context.AfterFunc(ctx, func() { _ = stream.Close(); s.view.wake() })
	defer stop()
	init, err := rfb.ReadClientInit(stream)
	if err != nil {
		return cmp.Or(context.Cause(ctx), err)
	}
	guest, err := s.fb.company.enter(!init.Shared && !s.viewer.ViewOnly, cancel)
	if err != nil {
		return err
	}
	defer s.fb.company.exit(guest)
	if err := s.initialize(stream); err != nil {
		return cmp.Or(context.Cause(ctx), err)
	}

	var readErr error
	var reader sync.WaitGroup
	reader.Go(func() {
		defer s.leave()
		defer contain(&readErr)
		readErr = s.readMessages(bufio.NewReaderSize(stream, 512))
	})
	err = s.sendUpdates(ctx, stream)
	_ = stream.Close()
	reader.Wait()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, errViewerLeft):
		return readErr
	}
	return err
}

// leave tells the sender that the reader has ended.
func (s *framebufferSession) leave() {
	s.left.Store(true)
	s.view.wake()
}

// contain turns a fault of the reader's goroutine into the session's error, as the
// server does for the other goroutine: one viewer must not end the others.
func contain(err *error) {
	if fault := recover(); fault != nil {
		*err = fmt.Errorf("fault while reading the viewer's messages: %v\n%s", fault, debug.Stack())
	}
}

// initialize answers ClientInit with ServerInit.
func (s *framebufferSession) initialize(stream rfb.Stream) error {
	if err := stream.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	s.fb.refresh()
	s.fb.mu.RLock()
	s.announced = s.fb.picture.Bounds().Max
	hello := rfb.ServerInit{
		Width: uint16(s.announced.X), Height: uint16(s.announced.Y),
		Format: rfb.Canonical, Name: s.fb.name,
	}
	s.view.unseen(s.fb.picture.Bounds())
	s.view.news = news{}
	s.view.pending.Store(true)
	s.fb.mu.RUnlock()
	return s.send(stream, hello.AppendWire(nil))
}

// send sends b within writeTimeout.
func (s *framebufferSession) send(stream rfb.Stream, b []byte) error {
	if err := s.renewDeadline(stream); err != nil {
		return err
	}
	if _, err := stream.Write(b); err != nil {
		return fmt.Errorf("sending to the viewer: %w", err)
	}
	if err := stream.Flush(); err != nil {
		return fmt.Errorf("sending to the viewer: %w", err)
	}
	return nil
}

// renewDeadline gives the next write half of writeTimeout at least. It costs nothing
// most of the time.
func (s *framebufferSession) renewDeadline(stream rfb.Stream) error {
	now := time.Now()
	if s.deadline.Sub(now) > writeTimeout/2 {
		return nil
	}
	s.deadline = now.Add(writeTimeout)
	return stream.SetWriteDeadline(s.deadline)
}

// errViewerLeft says that the reader ended.
var errViewerLeft = errors.New("the viewer left")

// sendUpdates sends updates until the viewer leaves, the framebuffer is closed or
// the context is done. There is a single channel to wait at: with a thousand viewers
// the waiting is a good part of the work.
func (s *framebufferSession) sendUpdates(ctx context.Context, stream rfb.Stream) error {
	for range s.view.awake {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case s.left.Load():
			return errViewerLeft
		case s.fb.isClosed():
			return nil
		}
		if err := s.update(stream); err != nil {
			return err
		}
	}
	return nil
}

// wish changes what the viewer wants and wakes the sender.
func (s *framebufferSession) wish(change func(*wishes)) {
	s.mu.Lock()
	change(&s.wishes)
	s.mu.Unlock()
	s.view.wake()
}

// follow counts the viewer among those that want to know where others point.
func (s *framebufferSession) follow(on bool) {
	switch {
	case on && !s.following:
		s.fb.echo.followers.Add(1)
	case !on && s.following:
		s.fb.echo.followers.Add(-1)
	}
	s.following = on
}
