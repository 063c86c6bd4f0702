package console

import (
	"strings"
	"unicode"

	"vncsec/vncserve/display/console/terminal"
	"vncsec/vncserve/rfb"
)

// position is a place before a cell: a line's number and a column, which may be the
// one after the last.
type position struct{ line, column int }

func (p position) before(q position) bool {
	return p.line < q.line || p.line == q.line && p.column < q.column
}

// selection is the text from one position to another. The zero value is empty.
type selection struct{ from, to position }

func (s selection) empty() bool { return !s.from.before(s.to) }

// exists tells whether there are all of its lines: the oldest may have been forgotten,
// those at the end of the screen be gone with another size.
func (s selection) exists(t *terminal.Terminal) bool {
	_, rows := t.Size()
	return s.from.line >= t.FirstLine() && s.to.line <= t.ScreenLine()+rows-1
}

// union gives the least selection that holds both.
func (s selection) union(o selection) selection {
	if o.from.before(s.from) {
		s.from = o.from
	}
	if s.to.before(o.to) {
		s.to = o.to
	}
	return s
}

// columns gives the columns of a line that are selected, of as many as it has.
func (s selection) columns(line, columns int) (from, to int) {
	if s.empty() || line < s.from.line || line > s.to.line {
		return 0, 0
	}
	to = columns
	if line == s.from.line {
		from = s.from.column
	}
	if line == s.to.line {
		to = min(to, s.to.column)
	}
	return from, to
}

// unit is what a selection grows by.
type unit int

const (
	characters unit = iota
	words
	wholeLines
)

// unitAt gives the character, word or line at a position.
func unitAt(t *terminal.Terminal, p position, u unit) selection {
	switch u {
	case words:
		return wordAt(t, p)
	case wholeLines:
		return lineAt(t, p.line)
	}
	return characterAt(t, p)
}

// characterAt gives the cells of a character.
func characterAt(t *terminal.Terminal, p position) selection {
	cells, _ := t.Line(p.line)
	if p.column > 0 && cells[p.column].Width == 0 {
		p.column--
	}
	end := p.column + max(1, int(cells[p.column].Width))
	return selection{p, position{p.line, end}}
}

// maxJoined bounds the lines that a word or a line may go over.
const maxJoined = 200

// lineAt gives the whole of a line, with those that it was wrapped into.
func lineAt(t *terminal.Terminal, line int) selection {
	columns, rows := t.Size()
	first, last := line, line
	for first > t.FirstLine() && line-first < maxJoined && wraps(t, first-1) {
		first--
	}
	for last < t.ScreenLine()+rows-1 && last-line < maxJoined && wraps(t, last) {
		last++
	}
	return selection{position{first, 0}, position{last, columns}}
}

func wraps(t *terminal.Terminal, line int) bool {
	_, wrapped := t.Line(line)
	return wrapped
}

// wordAt gives the characters around a position that are of the same kind.
func wordAt(t *terminal.Terminal, p position) selection {
	whole := lineAt(t, p.line)
	kinds := make(map[int][]kind) // of the cells of a line
	at := func(p position) kind {
		if kinds[p.line] == nil {
			cells, _ := t.Line(p.line)
			kinds[p.line] = kindsOf(cells)
		}
		return kinds[p.line][p.column]
	}
	columns, _ := t.Size()
	s := characterAt(t, p)
	want := at(s.from)
	if want == single {
		return s
	}
	for whole.from.before(s.from) {
		before := position{s.from.line, s.from.column - 1}
		if before.column < 0 {
			before = position{s.from.line - 1, columns - 1}
		}
		if at(before) != want {
			break
		}
		s.from = before
	}
	for s.to.before(whole.to) {
		next := s.to
		if next.column == columns {
			next = position{s.to.line + 1, 0}
		}
		if at(next) != want {
			break
		}
		s.to = position{next.line, next.column + 1}
	}
	return s
}

// kind is the kind of a character when words are looked for.
type kind uint8

const (
	space kind = iota + 1
	inWord
	single
)

// wordMarks are the characters of a word beside letters and digits: those of paths,
// addresses and options.
const wordMarks = "_-./~:@%+#=?&,"

func kindsOf(cells []terminal.Cell) []kind {
	kinds := make([]kind, len(cells))
	for x, c := range cells {
		switch {
		case c.Width == 0 && x > 0:
			kinds[x] = kinds[x-1]
		case c.Rune == 0 || unicode.IsSpace(c.Rune):
			kinds[x] = space
		case unicode.IsLetter(c.Rune) || unicode.IsDigit(c.Rune) || strings.ContainsRune(wordMarks, c.Rune):
			kinds[x] = inWord
		default:
			kinds[x] = single
		}
	}
	return kinds
}

// text gives the selected text: lines that were wrapped in one, without blanks at
// their ends. It is at most what a clipboard takes.
func (s selection) text(t *terminal.Terminal) string {
	var text, line strings.Builder
	for number := s.from.line; number <= s.to.line && text.Len()+line.Len() < rfb.MaxCutText; number++ {
		cells, wrapped := t.Line(number)
		from, to := s.columns(number, len(cells))
		line.WriteString(cellsText(cells[min(from, to):to]))
		if wrapped && number < s.to.line {
			continue
		}
		text.WriteString(strings.TrimRight(line.String(), " "))
		line.Reset()
		if number < s.to.line {
			text.WriteByte('\n')
		}
	}
	text.WriteString(line.String()) // what was begun when there was enough
	return clip(text.String(), rfb.MaxCutText)
}

// cellsText gives the characters of cells; empty ones at the end, as there are where
// a wide character did not fit, are left out.
func cellsText(cells []terminal.Cell) string {
	for len(cells) > 0 && cells[len(cells)-1].Rune == 0 && cells[len(cells)-1].Width == 1 {
		cells = cells[:len(cells)-1]
	}
	var b strings.Builder
	for _, c := range cells {
		switch {
		case c.Width == 0:
		case c.Rune == 0:
			b.WriteByte(' ')
		default:
			b.WriteRune(c.Rune)
			b.WriteString(c.Marks)
		}
	}
	return b.String()
}

// clip cuts a text to a number of bytes.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// watch tells whether the selected text is still there.
type watch struct {
	selection selection
	// texts are those of the selected lines from number first on, which may change.
	// Those before are in the history.
	first int
	texts []string
}

// watchSelection begins to watch a selection.
func watchSelection(t *terminal.Terminal, s selection) watch {
	w := watch{selection: s, first: max(s.from.line, t.ScreenLine())}
	for n := w.first; n <= s.to.line; n++ {
		w.texts = append(w.texts, w.line(t, n))
	}
	return w
}

func (w *watch) line(t *terminal.Terminal, number int) string {
	cells, _ := t.Line(number)
	from, to := w.selection.columns(number, len(cells))
	return cellsText(cells[min(from, to):to])
}

// intact tells whether nothing of the text has changed since the last call.
func (w *watch) intact(t *terminal.Terminal) bool {
	if !w.selection.exists(t) {
		return false
	}
	for i, was := range w.texts {
		if w.line(t, w.first+i) != was {
			return false
		}
	}
	for w.first < t.ScreenLine() && len(w.texts) > 0 {
		w.first, w.texts = w.first+1, w.texts[1:]
	}
	return true
}
