package console

import (
	"image"

	"vncsec/vncserve/display/console/terminal"
)

// view is the part of the terminal's lines that the viewers see, all the same: the
// screen, or a place in the history.
type view struct {
	// back is set while the view does not follow the screen; first is the number of
	// the first line then.
	back      bool
	first     int
	selection selection
}

// top gives the number of the first line in view. It may have been forgotten
// meanwhile: then it is the oldest that there is.
func (v *view) top(t *terminal.Terminal) int {
	if !v.back {
		return t.ScreenLine()
	}
	return min(max(v.first, t.FirstLine()), t.ScreenLine())
}

// position gives the position of a cell in view. The size may have changed since the cell
// was found: then it is the nearest one.
func (v *view) position(t *terminal.Terminal, cell image.Point) position {
	columns, rows := t.Size()
	return position{v.top(t) + min(cell.Y, rows-1), min(cell.X, columns-1)}
}

// scrollTo puts a line at the top, as far as there are lines.
func (v *view) scrollTo(t *terminal.Terminal, line int) {
	v.back, v.first = true, max(line, t.FirstLine())
	if v.first >= t.ScreenLine() {
		v.back = false
	}
}

// scrollBy moves the view down by a number of lines, or up if it is negative.
func (v *view) scrollBy(t *terminal.Terminal, lines int) { v.scrollTo(t, v.top(t)+lines) }

// sign gives the cells that tell how far back the view is, none if it is not.
func (v *view) sign(t *terminal.Terminal) []terminal.Cell {
	up := t.ScreenLine() - v.top(t)
	if up == 0 {
		return nil
	}
	var cells []terminal.Cell
	for _, r := range signText(up) {
		cells = append(cells, terminal.Cell{Rune: r, Width: 1, Style: terminal.Style{Fg: terminal.Palette(15), Bg: terminal.Palette(8)}})
	}
	return cells
}
