package text

import (
	"slices"
	"strconv"
)

// decoder reads the content of one constructed element, with the tolerance of
// libtasn1 in its strict mode: lengths may be longer than needed, the octets of an
// INTEGER or the characters of a string are not looked at. As there, an element
// may run over the end of the one around it, which shows only when that is closed;
// so damaged files end with the same error. The first fault stays, and later reads
// give nothing.
type decoder struct {
	in  *input
	end int // of the content
}

// input is what decoders share.
type input struct {
	der []byte
	pos int
	err error
}

func decode(der []byte) decoder { return decoder{&input{der: der}, len(der)} }

// tag is the identifier of an element: class and form in the first octet's upper
// three bits, the number below.
type tag struct {
	class  byte
	number uint32
}

const (
	contextClass = 0x80
	constructed  = 0x20
)

// Universal tags (X.680 section 8.6).
var (
	tagBoolean         = tag{0, 1}
	tagInteger         = tag{0, 2}
	tagBitString       = tag{0, 3}
	tagOctetString     = tag{0, 4}
	tagOID             = tag{0, 6}
	tagUTF8String      = tag{0, 12}
	tagSequence        = tag{constructed, 16}
	tagSet             = tag{constructed, 17}
	tagNumericString   = tag{0, 18}
	tagPrintableString = tag{0, 19}
	tagTeletexString   = tag{0, 20}
	tagIA5String       = tag{0, 22}
	tagUTCTime         = tag{0, 23}
	tagGeneralizedTime = tag{0, 24}
	tagVisibleString   = tag{0, 26}
	tagGeneralString   = tag{0, 27}
	tagUniversalString = tag{0, 28}
	tagBMPString       = tag{0, 30}
)

func context(number uint32) tag   { return tag{contextClass, number} }
func contextOf(number uint32) tag { return tag{contextClass | constructed, number} }

// element is one identifier, length and content.
type element struct {
	tag     tag
	content []byte
	raw     []byte // all of it
}

func (d decoder) fail(err Error) {
	if d.in.err == nil {
		d.in.err = err
	}
}

func (d decoder) ok() bool { return d.in.err == nil }

// more tells whether something is left of the content.
func (d decoder) more() bool { return d.ok() && d.in.pos < d.end }

// close makes sure that the content has been read to its end.
func (d decoder) close() {
	if d.in.pos != d.end {
		d.fail(ErrDER)
	}
}

// finish closes the decoder and gives the first fault.
func (d decoder) finish() error {
	d.close()
	return d.in.err
}

func (d decoder) rest() []byte { return d.in.der[d.in.pos:] }

// readTag splits the identifier off.
func readTag(der []byte) (tag, []byte, bool) {
	if len(der) < 2 {
		return tag{}, nil, false
	}
	t := tag{class: der[0] & 0xe0, number: uint32(der[0] & 0x1f)}
	der = der[1:]
	if t.number != 0x1f {
		return t, der, true
	}
	t.number = 0
	for i, b := range der {
		if t.number > 1<<24 {
			return tag{}, nil, false
		}
		t.number = t.number<<7 | uint32(b&0x7f)
		if b&0x80 == 0 {
			return t, der[i+1:], true
		}
	}
	return tag{}, nil, false
}

// readLength splits the length off; the indefinite form is none of DER's.
func readLength(der []byte) (length int, rest []byte, ok bool) {
	if len(der) == 0 {
		return 0, nil, false
	}
	first := int(der[0])
	der = der[1:]
	if first < 0x80 {
		return first, der, first <= len(der)
	}
	if first == 0x80 {
		return 0, nil, false
	}
	octets := min(first&0x7f, len(der)) // libtasn1 takes what is there
	for _, b := range der[:octets] {
		if length > 1<<23 {
			return 0, nil, false
		}
		length = length<<8 | int(b)
	}
	der = der[octets:]
	return length, der, length <= len(der)
}

// peek tells whether the next element of the content has one of the tags.
func (d decoder) peek(want ...tag) bool {
	if !d.ok() || d.in.pos >= d.end {
		return false
	}
	t, _, ok := readTag(d.rest())
	return ok && slices.Contains(want, t)
}

// header reads identifier and length. The element need not end within the content.
func (d decoder) header() (t tag, length int) {
	if !d.ok() {
		return tag{}, 0
	}
	t, rest, ok := readTag(d.rest())
	if !ok {
		d.fail(ErrTag)
		return tag{}, 0
	}
	length, rest, ok = readLength(rest)
	if !ok {
		d.fail(ErrDER)
		return tag{}, 0
	}
	d.in.pos = len(d.in.der) - len(rest)
	return t, length
}

// any reads the next element, whatever it is.
func (d decoder) any() element {
	start := d.in.pos
	t, length := d.header()
	if !d.ok() {
		return element{}
	}
	d.in.pos += length
	return element{t, d.in.der[d.in.pos-length : d.in.pos], d.in.der[start:d.in.pos]}
}

// expect makes sure of the next element's tag.
func (d decoder) expect(want tag) {
	if t, _, ok := readTag(d.rest()); !ok || t != want {
		d.fail(ErrTag)
	}
}

// read wants the tag and gives the element.
func (d decoder) read(want tag) element {
	d.expect(want)
	return d.any()
}

// choice is read for a CHOICE of elements.
func (d decoder) choice(want ...tag) element {
	if t, _, ok := readTag(d.rest()); !ok || !slices.Contains(want, t) {
		d.fail(ErrDER)
	}
	return d.any()
}

// optional is read for an element that may be missing.
func (d decoder) optional(want ...tag) (element, bool) {
	if !d.peek(want...) {
		return element{}, false
	}
	e := d.any()
	return e, d.ok()
}

// open wants a constructed element and goes inside.
func (d decoder) open(want tag) decoder {
	d.expect(want)
	_, length := d.header()
	return decoder{d.in, d.in.pos + length}
}

// optionalOpen is open for an element that may be missing.
func (d decoder) optionalOpen(want tag) (decoder, bool) {
	if !d.peek(want) {
		return decoder{}, false
	}
	return d.open(want), d.ok()
}

// sequence opens a SEQUENCE that has mandatory fields.
func (d decoder) sequence() decoder {
	inner := d.open(tagSequence)
	if d.ok() && !inner.more() {
		d.fail(ErrElement)
	}
	return inner
}

// explicit passes an explicit tag, whose length nobody looks at, if it is there
// with the right element behind it.
func (d decoder) explicit(n uint32, want ...tag) bool {
	if !d.peek(contextOf(n)) {
		return false
	}
	_, rest, _ := readTag(d.rest())
	_, rest, ok := readLength(rest)
	if !ok {
		return false
	}
	if t, _, ok := readTag(rest); !ok || (len(want) > 0 && !slices.Contains(want, t)) {
		return false
	}
	d.in.pos = len(d.in.der) - len(rest)
	return true
}

// mustExplicit is explicit for what must be there.
func (d decoder) mustExplicit(n uint32, want ...tag) {
	if d.ok() && !d.explicit(n, want...) {
		d.fail(ErrTag)
	}
}

func (d decoder) oid() string { return d.parseOID(d.read(tagOID).content) }

// maxOID is how many characters libtasn1 keeps of an object identifier.
const maxOID = 127

// parseOID writes an object identifier with dots.
func (d decoder) parseOID(content []byte) string {
	if !d.ok() {
		return ""
	}
	text := []byte{}
	value, leading, first := uint64(0), true, true
	for _, b := range content {
		if (leading && b == 0x80) || value > 1<<56 {
			d.fail(ErrDER)
			return ""
		}
		value, leading = value<<7|uint64(b&0x7f), false
		if b&0x80 != 0 {
			continue
		}
		if first {
			root := min(value/40, 2)
			text = append(strconv.AppendUint(text, root, 10), '.')
			value -= root * 40
			first = false
		} else {
			text = append(text, '.')
		}
		text = strconv.AppendUint(text, value, 10)
		value, leading = 0, true
		if len(text) > maxOID {
			text = text[:maxOID]
		}
	}
	if first {
		d.fail(ErrDER)
	}
	return string(text)
}

func (d decoder) parseBoolean(e element) bool {
	if len(e.content) != 1 || len(e.raw) != 3 {
		d.fail(ErrDER)
		return false
	}
	return e.content[0] != 0
}

// optionalBoolean is a BOOLEAN DEFAULT FALSE.
func (d decoder) optionalBoolean() bool {
	e, ok := d.optional(tagBoolean)
	return ok && d.parseBoolean(e)
}

// bitString is the content of a BIT STRING: how many bits at its end are unused,
// and the octets. libtasn1 looks at it only when the value is asked for.
type bitString []byte

// octets gives those that have a bit in use.
func (b bitString) octets() ([]byte, error) {
	if len(b) == 0 {
		return nil, ErrDER
	}
	octets, unused := b[1:], int(b[0])
	switch {
	case unused > len(octets)*8, len(octets) == 0:
		return nil, ErrDER
	case unused >= 8:
		return nil, ErrShortBuffer
	}
	return octets, nil
}

// whole tells whether the bits are octets.
func (b bitString) whole() bool { return len(b) > 0 && b[0]%8 == 0 }

// small reads the content of an INTEGER as GnuTLS reads small numbers: octet by
// octet, four at most, the sign being one of them.
func small(content []byte) (uint32, error) {
	if len(content) > 4 {
		return 0, ErrGeneric
	}
	var n uint32
	for _, b := range content {
		n = n<<8 | uint32(b)
	}
	return n, nil
}
