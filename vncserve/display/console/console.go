package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"vncsec/internal/throttle"
	"vncsec/vncserve/display"
	"vncsec/vncserve/display/console/font"
	"vncsec/vncserve/display/console/recording"
	"vncsec/vncserve/display/console/terminal"
)

// The sizes that viewers and the command may choose, in cells.
const (
	minColumns, minRows = 20, 5
	maxColumns, maxRows = 500, 200

	defaultColumns, defaultRows = 80, 25
)

// The numbers of lines that a console's history can have.
const (
	DefaultHistory = 10_000
	MaxHistory     = 1_000_000
)

// Config says what a console runs and shows.
type Config struct {
	// Command is the program and its arguments; none means the user's shell.
	Command []string
	// Dir is the folder it runs in, "" for the current one.
	Dir string
	// Env is added to its environment, as NAME=VALUE. Of our own environment it
	// gets only what names the user, his shell, paths and language.
	Env []string
	// Columns and Rows are the size at the start, 80 by 25 if 0.
	Columns, Rows int
	// Respawn runs the command again whenever it ends. Else the console shows how
	// it ended and runs it again when a viewer presses Enter.
	Respawn bool
	// History is the number of lines kept that scrolled off the screen, DefaultHistory
	// if 0, none if negative.
	History int
	// Fonts are looked for characters before the built-in fonts (see font.New), and
	// FontSize is the size of letters in pixels per em, font.DefaultSize if 0.
	Fonts    []*font.File
	FontSize float64
	// Record is the file to record the console in, "" for none. If it cannot be
	// written any more, the console ends: Err tells why.
	Record string
	// Title is the desktop's name while the command sets none, "" for the command's
	// name and the host's.
	Title string
	// OSC52 lets the command set the clipboard of the viewer who typed last.
	OSC52 bool
	// Sharing is what becomes of viewers that want the console for themselves.
	Sharing display.Sharing
	// Logger gets a line for each start and end of the command; nil for none.
	Logger *slog.Logger
}

// history is the number of lines to keep, 0 or less for none.
func (c *Config) history() int { return min(cmp.Or(c.History, DefaultHistory), MaxHistory) }

// Console runs a command and shows it to any number of viewers. It is a
// display.Source.
type Console struct {
	config Config
	log    *slog.Logger
	fb     *display.Framebuffer
	cell   image.Point // the size of a cell in pixels

	input    *inputQueue
	titles   *throttle.Throttle
	texts    *throttle.Throttle  // of the clipboard
	recorder *recording.Recorder // nil for none
	stop     context.CancelFunc
	ended    chan struct{}

	// mu guards all below. The framebuffer may call paint, which takes it, so none
	// of the framebuffer's methods may be called with it held.
	mu      sync.Mutex
	term    *terminal.Terminal
	painter *painter
	view    view
	watch   watch // over the view's selection
	hold    hold
	viewers map[*viewerInput]struct{}
	typing  *viewerInput // who typed last
	// size is the size of the framebuffer; the cells cover most of it.
	size image.Point
	// process is the command while it runs.
	process *process
	// rung is when the bell last rang.
	rung time.Time
	// faulted is when a fault of the terminal was last logged.
	faulted time.Time
	// restart has an entry when a viewer wants the command to run again.
	restart chan struct{}
}

// ErrClosed is returned by Open after Close.
var ErrClosed = errors.New("the console is closed")

// New starts the command. It runs until Close, or until the context is done.
func New(ctx context.Context, config Config) (*Console, error) {
	if len(config.Command) == 0 {
		config.Command = []string{userShell()}
	}
	if config.Columns == 0 {
		config.Columns = defaultColumns
	}
	if config.Rows == 0 {
		config.Rows = defaultRows
	}
	if config.Title == "" {
		config.Title = defaultTitle(config.Command[0])
	}
	if !sizeAllowed(config.Columns, config.Rows) {
		return nil, fmt.Errorf("console: a size of %d x %d: want %d x %d to %d x %d", config.Columns, config.Rows,
			minColumns, minRows, maxColumns, maxRows)
	}
	letters, err := font.New(cmp.Or(config.FontSize, font.DefaultSize), config.Fonts...)
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	size := image.Pt(config.Columns*letters.Width, config.Rows*letters.Height)
	if !pixelsAllowed(size) {
		return nil, fmt.Errorf("console: %d x %d characters of this font are %d x %d pixels, which is too much for a screen: choose a smaller size or font size",
			config.Columns, config.Rows, size.X, size.Y)
	}
	c := &Console{
		config:  config,
		log:     config.Logger,
		cell:    image.Pt(letters.Width, letters.Height),
		input:   newInputQueue(),
		titles:  throttle.New(titleRest),
		texts:   throttle.New(clipboardRest),
		ended:   make(chan struct{}),
		term:    terminal.New(config.Columns, config.Rows),
		painter: &painter{font: letters, longest: longestPaint},
		restart: make(chan struct{}, 1),
		viewers: make(map[*viewerInput]struct{}),
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.term.KeepHistory(config.history())
	c.painter.forget(c.term)
	c.size = size
	c.fb = display.NewFramebuffer(c.size.X, c.size.Y, config.Title, c.paint)
	c.fb.SetSharing(config.Sharing)
	c.fb.SetCursor(textPointer())
	c.fb.Invalidate() // the cursor is seen before the command writes anything
	if c.recorder, err = c.record(); err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	// The first start is made here, so that a command that cannot run is an error.
	first, err := c.start()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("console: %w", err), c.recorder.Close())
	}
	c.process = first
	ctx, c.stop = context.WithCancel(ctx)
	go c.endUnrecorded(ctx)
	go c.supervise(ctx, first)
	return c, nil
}

// defaultTitle names a command and, as users have many consoles, the host.
func defaultTitle(command string) string {
	title := filepath.Base(command)
	if host, err := os.Hostname(); err == nil {
		title += " on " + host
	}
	return title
}

// Open implements display.Source.
func (c *Console) Open(_ context.Context, v display.Viewer) (display.Session, error) {
	select {
	case <-c.ended:
		return nil, ErrClosed
	default:
		return display.NewSession(c.fb, v, func(p display.Peer) display.Input { return c.newInput(v, p) }), nil
	}
}

// Close ends the command, with SIGHUP and if need be with SIGKILL, and all sessions.
func (c *Console) Close() error {
	c.stop()
	<-c.ended
	return nil
}

// Wait waits until the console is closed and its command has ended.
func (c *Console) Wait() { <-c.ended }

// Framebuffer gives the framebuffer that the viewers see.
func (c *Console) Framebuffer() *display.Framebuffer { return c.fb }

// paint brings the framebuffer up to date.
func (c *Console) paint(canvas *display.Canvas) {
	defer c.containFault(canvas.Again)
	c.mu.Lock()
	defer c.mu.Unlock()
	if canvas.Picture().Bounds().Max != c.size {
		canvas.Resize(c.size.X, c.size.Y)
		c.painter.forget(c.term)
	} else if c.hold.held {
		return
	}
	if !c.painter.paint(canvas, c.term, c.view) {
		canvas.Again()
	}
}
