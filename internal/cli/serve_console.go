package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"

	"github.com/urfave/cli/v2"

	"vncsec/vncserve/display"
	"vncsec/vncserve/display/console"
	"vncsec/vncserve/display/console/font"
)

// consoleOptions describe a command's console.
type consoleOptions struct {
	command []string
	size    gridSize
	title   string
	respawn bool
	share   choice
	// history is the number of lines to scroll back to, 0 for the default.
	history  historyLines
	fonts    cli.StringSlice
	fontSize pointSize
	record   string
	osc52    bool
}

func (o *consoleOptions) flags() []cli.Flag {
	return []cli.Flag{
		&cli.GenericFlag{Name: "size", Usage: "`COLUMNSxROWS` of the console (default: 80x25)", Value: &o.size},
		&cli.StringFlag{Name: "title", Usage: "`NAME` that viewers show (default: the command and this host)", Destination: &o.title},
		&cli.BoolFlag{Name: "respawn", Usage: "start the command again when it ends", Destination: &o.respawn},
		&cli.GenericFlag{Name: "share", Usage: "what becomes of viewers that want the console for themselves: `WHAT` is allow-exclusive (the others must go), force-shared (they are refused) or ignore (all get in) (default: allow-exclusive)", Value: &o.share},
		&cli.GenericFlag{Name: "scrollback", Usage: fmt.Sprintf("`LINES` to scroll back to, 0 for none (default: %d)", console.DefaultHistory), Value: &o.history},
		&cli.StringSliceFlag{Name: "font", Usage: "draw with the TrueType or OpenType font in `FILE`; what it lacks is looked for in the next and in the built-in ones (repeatable)", Destination: &o.fonts},
		&cli.GenericFlag{Name: "font-size", Usage: fmt.Sprintf("`POINTS` that letters are high, %g to %g (default: %g)", minPoints, maxPoints, font.DefaultSize/pixelsPerPoint), Value: &o.fontSize},
		&cli.PathFlag{Name: "record", Usage: "record what the console shows, and which viewers come, type and leave, in a new `FILE` (asciinema's format)", Destination: &o.record},
		&cli.BoolFlag{Name: "osc52", Usage: "let programs set the clipboard of the viewer who typed last, as vim and tmux do (OSC 52)", Destination: &o.osc52},
	}
}

// given tells whether any of the options was.
func (o *consoleOptions) given() bool {
	return o.size != gridSize{} || o.title != "" || o.respawn || o.share.value != "" ||
		o.history != 0 || len(o.fonts.Value()) > 0 || o.fontSize != 0 || o.record != "" || o.osc52
}

// source starts the command and makes its display; stop ends both. If the console
// ends by itself, quit is told why.
func (o *consoleOptions) source(ctx context.Context, logger *slog.Logger, quit context.CancelCauseFunc) (_ display.Source, stop func(), err error) {
	config := console.Config{
		Command:  o.command,
		Columns:  o.size.columns,
		Rows:     o.size.rows,
		Title:    o.title,
		Respawn:  o.respawn,
		Sharing:  sharings[o.share.value],
		History:  int(o.history),
		FontSize: float64(o.fontSize) * pixelsPerPoint,
		Record:   o.record,
		OSC52:    o.osc52,
		Logger:   logger,
	}
	for _, path := range o.fonts.Value() {
		file, err := font.Load(path)
		if err != nil {
			return nil, nil, err
		}
		config.Fonts = append(config.Fonts, file)
	}
	c, err := console.New(ctx, config)
	if err != nil {
		return nil, nil, err
	}
	go func() {
		c.Wait()
		if err := c.Err(); err != nil {
			quit(&displayError{err})
		}
	}()
	return c, func() {
		if err := c.Close(); err != nil {
			logger.Warn("closing the console", "error", err)
		}
	}, nil
}

// sharings are QEMU's words for what becomes of viewers that want a console for
// themselves.
var sharings = map[string]display.Sharing{
	"":                display.AllowExclusive,
	"allow-exclusive": display.AllowExclusive,
	"force-shared":    display.ForceShared,
	"ignore":          display.IgnoreExclusive,
}

// displayError is why a display ended by itself, and the server with it.
type displayError struct{ err error }

func (e *displayError) Error() string { return e.err.Error() }
func (e *displayError) Unwrap() error { return e.err }

// displayFailure gives the displayError that ended a context, nil if another did.
func displayFailure(ctx context.Context) error {
	var failure *displayError
	if errors.As(context.Cause(ctx), &failure) {
		return failure
	}
	return nil
}

// gridSize is an option value: a console's size in characters.
type gridSize struct{ columns, rows int }

// Set takes a size from the command line.
func (g *gridSize) Set(value string) error {
	var rest string
	n, _ := fmt.Sscanf(value+" ", "%dx%d%s", &g.columns, &g.rows, &rest)
	if n != 2 || g.columns < minColumns || g.columns > maxColumns || g.rows < minRows || g.rows > maxRows {
		return fmt.Errorf("write COLUMNSxROWS, from %dx%d to %dx%d", minColumns, minRows, maxColumns, maxRows)
	}
	return nil
}

// The bounds of a console's size.
const (
	minColumns, minRows = 20, 5
	maxColumns, maxRows = 500, 200
)

// String is silent: the default is in the option's usage.
func (g *gridSize) String() string { return "" }

// historyLines is an option value: the lines of a console's history, zero if the
// option was not given and negative for none.
type historyLines int

// Set takes a number of lines from the command line.
func (h *historyLines) Set(value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > console.MaxHistory {
		return fmt.Errorf("not a number of lines from 0 to %d", console.MaxHistory)
	}
	*h = historyLines(n)
	if n == 0 {
		*h = -1
	}
	return nil
}

// String is silent: the default is in the option's usage.
func (h *historyLines) String() string { return "" }

// pointSize is an option value: the size of letters in points, zero if it was not
// given.
type pointSize float64

// A point is a 72nd of an inch, and screens are taken to have 96 pixels an inch.
const pixelsPerPoint = 96.0 / 72

// The bounds of a size.
const minPoints, maxPoints = font.MinSize / pixelsPerPoint, font.MaxSize / pixelsPerPoint

// Set takes a size from the command line.
func (p *pointSize) Set(value string) error {
	points, err := strconv.ParseFloat(value, 64)
	if err != nil || !(points >= minPoints && points <= maxPoints) {
		return fmt.Errorf("not a number of points from %g to %g", minPoints, maxPoints)
	}
	*p = pointSize(points)
	return nil
}

// String is silent: the default is in the option's usage.
func (p *pointSize) String() string { return "" }
