// Package display defines what a viewer sees after it is authenticated: a Source
// opens a Session for it, and the Session speaks RFB with it until one side ends.
//
// display/proxy passes another RFB server on; display/console is a text console on
// a framebuffer of this package.
package display

import (
	"context"

	"vncsec/vncserve/rfb"
)

// Viewer is an authenticated viewer.
type Viewer struct {
	// Remote is the peer's address, for logs.
	Remote string
	// Name is the name it proved: the SASL user or the certificate's distinguished
	// name, empty if none.
	Name string
	// ViewOnly viewers see and send nothing.
	ViewOnly bool
}

// Source opens sessions on one display. It is used by many goroutines at once.
type Source interface {
	// Open prepares the display for a viewer. It runs after authentication and
	// before the viewer is told its result, so an error here is told to the viewer
	// as the reason: its text must be fit for that.
	Open(ctx context.Context, v Viewer) (Session, error)
}

// Peer is what an Input can do at its viewer. Its methods do not wait; they may be
// called by any goroutine, also after the session has ended.
type Peer interface {
	// SetClipboard gives the viewer's user a text for his clipboard.
	SetClipboard(text string)
	// FetchClipboard asks for the viewer's clipboard if there is a newer one than the
	// Input was given, and tells whether there is: CutText brings it then.
	FetchClipboard() bool
}

// Session is one viewer on a display.
type Session interface {
	// Serve speaks RFB from ClientInit on until one side ends or the context is
	// done. A nil error means that a side ended in an orderly way. The stream comes
	// with the log-in's deadlines set; Serve lifts them once ClientInit is there.
	Serve(ctx context.Context, s rfb.Stream) error
	// Close releases what Open took. It is called exactly once, after Serve or
	// instead of it.
	Close() error
}
