package terminal

// charsets are the character sets G0 to G3, designated by ESC ( ) * and +, and which
// of them is in use (ECMA-35).
type charsets struct {
	// drawing tells which sets are DEC's special graphics; the others are ASCII.
	drawing [4]bool
	// shift is the set in use, single plus one the set for the next character.
	shift, single uint8
}

// active tells whether translate would change a character.
func (c *charsets) active() bool { return c.single != 0 || c.drawing[c.shift] }

// translate gives the character that r stands for in the set in use.
func (c *charsets) translate(r rune) rune {
	set := c.shift
	if c.single != 0 {
		set, c.single = c.single-1, 0
	}
	if c.drawing[set] && r >= 0x60 && r <= 0x7e {
		return specialGraphics[r-0x60]
	}
	return r
}

// specialGraphics is DEC's special graphics set from 0x60 on (VT510 manual).
var specialGraphics = []rune("◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·")
