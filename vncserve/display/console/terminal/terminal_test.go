package terminal

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// screenText gives the screen as text, lines without trailing blanks, empty lines at
// the end left out.
func screenText(t *Terminal) string {
	var b strings.Builder
	_, rows := t.Size()
	for y := range rows {
		var l strings.Builder
		for _, c := range t.Row(y) {
			switch {
			case c.Width == 0:
			case c.Rune == 0:
				l.WriteByte(' ')
			default:
				l.WriteRune(c.Rune)
				l.WriteString(c.Marks)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " "))
		b.WriteByte('\n')
	}
	return strings.TrimRight(b.String(), "\n")
}

func TestScreen(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"text", "one\r\ntwo", "one\ntwo"},
		{"wrap", "0123456789ab", "0123456789\nab"},
		{"the last column waits", "0123456789\rX", "X123456789"},
		{"no wrap", "\x1b[?7l0123456789abc", "012345678c"},
		{"scroll", "1\r\n2\r\n3\r\n4\r\n5", "2\n3\n4\n5"},
		{"scroll region", "a\r\nb\r\nc\r\nd\x1b[2;3r\x1b[3;1H\nX", "a\nc\nX\nd"},
		{"reverse index", "a\r\nb\x1b[H\x1bMz", "z\na\nb"},
		{"insert line", "a\r\nb\r\nc\x1b[2H\x1b[LX", "a\nX\nb\nc"},
		{"delete line", "a\r\nb\r\nc\x1b[1H\x1b[2M", "c"},
		{"insert characters", "abcdef\x1b[3G\x1b[2@XY", "abXYcdef"},
		{"delete characters", "abcdef\x1b[3G\x1b[2P", "abef"},
		{"erase characters", "abcdef\x1b[3G\x1b[2X", "ab  ef"},
		{"insert mode", "abc\x1b[2G\x1b[4hXY\x1b[4lZ", "aXYZc"},
		{"repeat", "ab\x1b[3b", "abbbb"},
		{"repeat to the end of the screen only", "x\x1b[65535b", strings.Repeat("x", 10) + "\n" + strings.Repeat("x", 10) + "\n" + strings.Repeat("x", 10) + "\nx"},
		{"repeat without wrapping", "\x1b[?7lab\x1b[65535b\x1b[2Hc", "abbbbbbbbb\nc"},
		{"tabs", "a\tb", "a       b"},
		{"own tabs", "\x1b[3g\x1b[4G\x1bH\ra\tb", "a  b"},
		{"back tab", "abcdefghi\x1b[ZX", "abcdefghX"},
		{"line drawing", "\x1b(0lqk\x1b(Bq", "┌─┐q"},
		{"shift out", "\x1b)0a\x0eq\x0fq", "a─q"},
		{"erase below", "aaa\r\nbbb\r\nccc\x1b[2;2H\x1b[J", "aaa\nb"},
		{"erase above", "aaa\r\nbbb\r\nccc\x1b[2;2H\x1b[1J", "\n  b\nccc"},
		{"alternate screen", "main\x1b[?1049halt\x1b[?1049lX", "mainX"},
		{"origin mode", "\x1b[2;3r\x1b[?6h\x1b[1;1Ha\x1b[9;1Hb", "\na\nb"},
		{"wide", "a世b", "a世b"},
		{"wide in the last column", "012345678世", "012345678\n世"},
		{"half of a wide one overwritten", "世\x1b[2GX", " X"},
		{"marks", "e\u0301x", "e\u0301x"},
		{"mark in the last column", "012345678e\u0301x", "012345678e\u0301\nx"},
		{"broken UTF-8", "a\xe2\x82b\xffc", "a\ufffdb\ufffdc"},
		{"C1 does nothing", "a\u009b1mb", "a1mb"},
		{"controls within a sequence", "ab\x1b[2\rCX", "abX"},
		{"cancelled sequence", "a\x1b[3\x18Cb", "aCb"},
		{"strings are swallowed", "a\x1bPq...\x1b\\b\x1b_x\x1b\\c\x1b]8;;http://x\x07d", "abcd"},
		{"a string that is too long", "a\x1b]52;c;" + strings.Repeat("A", maxClipboardString) + "\x07b\x1b]2;" + strings.Repeat("A", 5000) + "\x1b\\c\x1bPq" + strings.Repeat("A", 5000) + "\x07A\x1b\\d", "abcd"},
		{"restore without save", "abc\x1b8\x1b[1mX", "Xbc"},
		{"align", "\x1b#8", strings.Repeat("EEEEEEEEEE\n", 3) + "EEEEEEEEEE"},
		{"huge numbers", "a\x1b[99999999999999999999Bb\x1b[99999S", ""},
		{"margins beyond", "\x1b[3;99r\x1b[4Hx\n\ny", "\n\n\n y"},
		{"reset", "abc\x1bcd", "d"},
		{"vertical position", "\x1b[3dx\x1b[2`y", "\n\nxy"},
	} {
		term := New(10, 4)
		term.Write([]byte(tt.in))
		if got := screenText(term); got != tt.want {
			t.Errorf("%s: %q shows\n%s\nwant\n%s", tt.name, tt.in, got, tt.want)
		}
		bytewise := New(10, 4)
		for i := range len(tt.in) {
			bytewise.Write([]byte{tt.in[i]})
		}
		if got := screenText(bytewise); got != tt.want {
			t.Errorf("%s: byte by byte it shows\n%s", tt.name, got)
		}
	}
}

// TestWidths lists the columns that characters take, as glibc's wcwidth has them.
func TestWidths(t *testing.T) {
	for text, want := range map[string]int{
		"a": 1, "\u00e9": 1, "e\u0301": 1, "\u65e5": 2, "\U0001f600": 2, "\u2500": 1, "a\u200b": 1, "a\u202e": 1,
		"\u00ad":             1, // soft hyphen
		"\u0601":             1, // a number sign that Arabic puts before a number
		"\u1112\u1161\u11ab": 2, // a Hangul syllable in parts, as macOS writes file names
		"\uac00\ud7b0":       2,
	} {
		term := New(20, 2)
		term.Write([]byte(text))
		if x, _ := term.Cursor(); x != want {
			t.Errorf("%+q takes %d columns, want %d", text, x, want)
		}
	}
}

func TestStyles(t *testing.T) {
	for _, tt := range []struct {
		sgr  string
		want Style
	}{
		{"31", Style{Fg: Palette(1)}},
		{"97;104", Style{Fg: Palette(15), Bg: Palette(12)}},
		{"38;5;208;1", Style{Fg: Palette(208), Attr: Bold}},
		{"48;2;1;2;3;4", Style{Bg: RGB(1, 2, 3), Attr: Underline}},
		{"38:2:1:2:3", Style{Fg: RGB(1, 2, 3)}},
		{"38:2::1:2:3;7", Style{Fg: RGB(1, 2, 3), Attr: Reverse}},
		{"58:2::1:2:3;9", Style{Attr: Strike, Line: RGB(1, 2, 3)}},
		{"58;5;3;4;59;58:5:4", Style{Attr: Underline, Line: Palette(4)}},
		{"4:3", Style{Attr: Underline | CurlyUnderline}},
		{"4:3;4:0", Style{}},
		{"1;2;3;4;5;7;8;9;53;22;23;24;25;27;28;29;55", Style{}},
		{"31;0;32", Style{Fg: Palette(2)}},
		{"31;39;42;49", Style{}},
		{"38;5;300;1", Style{Attr: Bold}},
		{"38", Style{}},
		{"1;", Style{}},
	} {
		term := New(10, 2)
		term.Write([]byte("\x1b[" + tt.sgr + "mx"))
		if got := term.Row(0)[0].Style; got != tt.want {
			t.Errorf("SGR %s: %+v, want %+v", tt.sgr, got, tt.want)
		}
	}
	term := New(4, 1)
	term.Write([]byte("\x1b[44;1m\x1b[K"))
	if got := term.Row(0)[3].Style; got != (Style{Bg: Palette(4)}) {
		t.Errorf("an erased cell has %+v, want the background alone", got)
	}
}

func TestReplies(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"\x1b[c", "\x1b[?62;22c"},
		{"\x1bZ", "\x1b[?62;22c"},
		{"\x1b[>c", "\x1b[>1;10;0c"},
		{"\x1b[5n", "\x1b[0n"},
		{"ab\x1b[6n", "\x1b[1;3R"},
		{"\x1b[?6n", "\x1b[?1;1R"},
		{"\x1b[18t", "\x1b[8;4;10t"},
		{"\x1b[?2004h\x1b[?2004$p", "\x1b[?2004;1$y"},
		{"\x1b[?7$p\x1b[?9999$p", "\x1b[?7;1$y\x1b[?9999;0$y"},
		{"\x1b[4$p", "\x1b[4;2$y"},
		{"\x1b]2;title\x07\x1b[21t\x1b]52;c;?\x07\x1b]52;c;aGVsbG8=\x07\x1b]4;300;?\x07", ""},
		{"\x1b]4;1;?;2;rgb:01/02/ff;2;?\x07", "\x1b]4;1;rgb:cccc/0000/0000\x1b\\\x1b]4;2;rgb:0101/0202/ffff\x1b\\"},
		{"\x1b]10;#ffffff;rgb:8/80/8000;rgb:a/b/c\x1b\\\x1b]10;?;?;?\x1b\\", "\x1b]10;rgb:ffff/ffff/ffff\x1b\\\x1b]11;rgb:8888/8080/8080\x1b\\\x1b]12;rgb:aaaa/bbbb/cccc\x1b\\"},
		{"\x1b]12;?\x07\x1b]12;rgb:1/1/1\x07\x1b]112\x07\x1b]12;?\x07", strings.Repeat("\x1b]12;rgb:d3d3/d7d7/cfcf\x1b\\", 2)},
		{"\x1b]4;5;#123456;6;#abc\x07\x1b]4;6;?\x07\x1b]104;6\x07\x1b]4;5;?;6;?\x07\x1b]104\x07\x1b]4;5;?\x07",
			"\x1b]4;6;rgb:a0a0/b0b0/c0c0\x1b\\\x1b]4;5;rgb:1212/3434/5656\x1b\\\x1b]4;6;rgb:0606/9898/9a9a\x1b\\\x1b]4;5;rgb:7575/5050/7b7b\x1b\\"},
		{"\x1b]11;evil text\x07\x1b]11;rgb:00/00\x07\x1b]11;rgb:00000/0/0\x07\x1b]11;#1234\x07\x1b]11;rgb:-1/+1/_1\x07\x1b]11;?\x07", "\x1b]11;rgb:0000/0000/0000\x1b\\"},
		{"\x1bP$qm\x1b\\", "\x1bP1$r0m\x1b\\"},
		{"\x1b[1;4:3;7;94;48;5;208;58;2;1;2;3m\x1bP$qm\x1b\\", "\x1bP1$r0;1;7;4:3;94;48:5:208;58:2::1:2:3m\x1b\\"},
		{"\x1b[2;3r\x1bP$qr\x1b\\\x1b[5 q\x1bP$q q\x1b\\", "\x1bP1$r2;3r\x1b\\\x1bP1$r6 q\x1b\\"},
		{"\x1bP$qevil\x1b\\\x1bP+q544e\x1b\\\x1bPother\x1b\\", "\x1bP0$r\x1b\\\x1bP0+r\x1b\\"},
		{"\x1bP$qm" + strings.Repeat("x", 5000) + "\x1b\\", ""},
		{"\x1b[>4;2m\x1b[?4m\x1b[>4m\x1b[?4m", "\x1b[>4;2m\x1b[>4;0m"},
		{"\x1b[?1007$p\x1b[?1007l\x1b[?1007$p\x1b[?1016h\x1b[?1006$p\x1b[?1016$p\x1b[?2026$p", "\x1b[?1007;1$y\x1b[?1007;2$y\x1b[?1006;2$y\x1b[?1016;1$y\x1b[?2026;2$y"},
	} {
		term := New(10, 4)
		term.Write([]byte(tt.in))
		if got := string(term.TakeReplies()); got != tt.want {
			t.Errorf("%q: reply %q, want %q", tt.in, got, tt.want)
		}
	}
	term := New(10, 4)
	term.Write(bytes.Repeat([]byte("\x1b[c"), 100_000))
	if n := len(term.TakeReplies()); n == 0 || n > maxReplies {
		t.Errorf("%d bytes of replies wait", n)
	}
}

func TestEvents(t *testing.T) {
	term := New(10, 4)
	term.Write([]byte("\x07\x1b]0;a\x01b" + strings.Repeat("\u00fc", 2000) + "\x1b\\\x1b[8;50;200t"))
	c := term.TakeEvents()
	if !c.Bell || !c.HasTitle || !strings.HasPrefix(c.Title, "abü") || len([]rune(c.Title)) != maxTitle {
		t.Errorf("bell %t, title %q", c.Bell, c.Title)
	}
	if c.Columns != 200 || c.Rows != 50 {
		t.Errorf("resize %+v", c)
	}
	if again := term.TakeEvents(); again != (Events{}) {
		t.Errorf("events left: %+v", again)
	}
	term.Write([]byte("\x1b]2;first\x07\x1b[22;0;0t\x1b]2;second\x07\x1b[23;0;0t"))
	if e := term.TakeEvents(); e.Title != "first" {
		t.Errorf("the title that comes back is %q", e.Title)
	}
	term.Write([]byte("\x1b[23t" + strings.Repeat("\x1b[22t", 100)))
	if e := term.TakeEvents(); e.HasTitle || len(term.titles) > maxTitles {
		t.Errorf("title %q; %d are put by", e.Title, len(term.titles))
	}
}

func TestModes(t *testing.T) {
	term := New(10, 4)
	term.Write([]byte("\x1b[?1;1002;1006;2004h\x1b=\x1b[?25l\x1b[4 q"))
	want := Modes{AppCursor: true, AppKeypad: true, BracketedPaste: true, Mouse: MouseDrag,
		MouseForm: MouseSGR, HideCursor: true, Cursor: CursorUnderline}
	if got := term.Modes(); got != want {
		t.Errorf("modes %+v", got)
	}
	term.Write([]byte("\x1bc"))
	if got := term.Modes(); got != (Modes{}) {
		t.Errorf("modes after a reset %+v", got)
	}
}

func TestResize(t *testing.T) {
	term := New(10, 4)
	term.Write([]byte("a\r\nb\r\nc\r\nd世"))
	term.Resize(2, 2)
	if got := screenText(term); got != "c\nd" {
		t.Errorf("smaller: %q", got)
	}
	term.Resize(20, 3)
	term.Write([]byte("\x1b[3;17Hend\tX"))
	if got := screenText(term); got != "c\nd\n                endX" {
		t.Errorf("larger: %q", got)
	}
	term.Resize(0, 1<<30)
	if c, r := term.Size(); c != MinColumns || r != MaxRows {
		t.Errorf("size %d x %d", c, r)
	}
}

// TestDirty draws only what the terminal says has changed, on a picture of letters,
// and compares that with the screen.
func TestDirty(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	term := New(12, 6)
	shown := make([][]Cell, 6)
	draw := func() {
		s := term.TakeScroll()
		if s.Lines != 0 {
			moved := make([][]Cell, 6)
			copy(moved, shown)
			for y := s.Top; y < s.Bottom; y++ {
				if from := y + s.Lines; from >= s.Top && from < s.Bottom {
					moved[y] = shown[from]
				}
			}
			for y := range shown {
				shown[y] = append([]Cell(nil), moved[y]...)
			}
		}
		_, rows := term.Size()
		for y := range rows {
			from, to := term.TakeDirty(y)
			if shown[y] == nil {
				shown[y] = make([]Cell, 12)
			}
			copy(shown[y][from:to], term.Row(y)[from:to])
		}
	}
	draw()
	pieces := []string{"hello", "世界", "\r\n", "\n", "\x1bM", "\x1b[2;4r", "\x1b[r", "\x1b[L", "\x1b[3M", "\x1b[2S", "\x1b[T",
		"\x1b[H", "\x1b[3;5H", "\x1b[6H", "\x1b[K", "\x1b[1J", "\x1b[2@", "\x1b[P", "\x1b[4h", "\x1b[4l", "\x1b[?1049h", "\x1b[?1049l", "e\u0301", "\x1b[31m"}
	for step := range 20_000 {
		term.Write([]byte(pieces[r.IntN(len(pieces))]))
		if r.IntN(5) > 0 {
			continue
		}
		draw()
		for y := range shown {
			for x, c := range term.Row(y) {
				if shown[y][x] != c {
					t.Fatalf("step %d: cell %d,%d shows %+v, is %+v", step, x, y, shown[y][x], c)
				}
			}
		}
	}
}

// FuzzTerminal feeds a program's output, cut at random: nothing may panic or leave
// the cursor or a wide character outside the screen.
func FuzzTerminal(f *testing.F) {
	f.Add([]byte("\x1b8\x1b[1mx"), uint8(3))
	f.Add([]byte("a世\x1b[2G\x1b[5@\x1b[?1049h\x1b[3;2r\x1b[99T\x1b[9L"), uint8(1))
	f.Add([]byte("\x1b]4;1;?;2;#123\x07\x1b]10;rgb:1/2/3\x1b\\\x1bP$qm\x1b\\\x1b[99999b\n\n\x1b[44mx\x1b[K\n"), uint8(7))
	f.Add([]byte("\x1b]52;c;aGVsbG8gd29ybGQ=\x07\x1b]52;;?\x1b\\"), uint8(4))
	f.Add([]byte("\x1b[38:2::1:2:3m\x1b[8;1;1t\x1b]0;\xff\x1b\\\x1b(0\x0e`~"), uint8(9))
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		term := New(2+int(size%16), 1+int(size/16))
		term.KeepHistory(20)
		for i := 0; len(data) > 0; i++ {
			n := min(len(data), 1+i%7)
			term.Write(data[:n])
			data = data[n:]
			if i%5 == 4 {
				term.Resize(2+(i+int(size))%20, 1+i%9)
			}
			check(t, term)
		}
	})
}

func check(t *testing.T, term *Terminal) {
	t.Helper()
	columns, rows := term.Size()
	if x, y := term.Cursor(); x < 0 || x >= columns || y < 0 || y >= rows {
		t.Fatalf("the cursor is at %d,%d of %dx%d", x, y, columns, rows)
	}
	for y := term.FirstLine(); y < term.ScreenLine()+rows; y++ {
		row, _ := term.Line(y)
		if len(row) != columns {
			t.Fatalf("line %d has %d cells, want %d", y, len(row), columns)
		}
		for x, c := range row {
			left := x > 0 && row[x-1].Width == 2
			if (c.Width == 0) != left || c.Width == 2 && x == columns-1 {
				t.Fatalf("line %d: a wide character is torn at column %d", y, x)
			}
		}
	}
}

// BenchmarkWrite is the speed of plain text, and of text with much colour.
func BenchmarkWrite(b *testing.B) {
	for name, text := range map[string]string{
		"plain":  strings.Repeat("The quick brown fox jumps over the lazy dog. 0123456789\r\n", 1000),
		"colour": strings.Repeat("\x1b[1;32mquick\x1b[0m \x1b[38;5;208mfox\x1b[0m über \x1b[44mdog\x1b[K\x1b[m\r\n", 1000),
	} {
		b.Run(name, func(b *testing.B) {
			term := New(80, 24)
			term.KeepHistory(10_000)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				term.Write([]byte(text))
			}
		})
	}
}

// BenchmarkFlood is the time for 64 KiB of the short sequences that change much, on
// the largest screen that viewers can ask for.
func BenchmarkFlood(b *testing.B) {
	for name, sequence := range map[string]string{
		"erase":         "\x1b[2J",
		"align":         "\x1b#8",
		"scroll":        "\x1b[99S",
		"insert lines":  "\x1b[9L",
		"insert cells":  "\x1b[9@",
		"repeat":        "a\x1b[99999b",
		"no wrap":       "\x1b[?7la\x1b[99999b",
		"wide repeat":   "世\x1b[99999b",
		"alternate":     "\x1b[?47h\x1b[?47l",
		"erased screen": "\x1b[?1049h\x1b[?1049l",
	} {
		b.Run(name, func(b *testing.B) {
			term := New(500, 200)
			term.KeepHistory(10_000)
			text := []byte(strings.Repeat(sequence, 64<<10/len(sequence)))
			for b.Loop() {
				term.Write(text)
			}
		})
	}
}
