package tbs

import (
	"fmt"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// NoEnd is the time that stands for none (RFC 5280 section 4.1.2.5).
var NoEnd = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// lastTime is the first second that GnuTLS takes for NoEnd: an hour before the
// beginning of that day. So is the last one of 1969, its -1.
const lastTime = 253402210800

// encoded is the time as it is encoded, and what it is read as again: years before 1950
// lose their century (RFC 5280 section 4.1.2.5.1).
func encoded(t time.Time) (tag asn1.Tag, digits string, read time.Time) {
	t = t.UTC()
	switch seconds := t.Unix(); {
	case seconds == -1 || seconds >= lastTime:
		t = NoEnd
		fallthrough
	case t.Year() >= 2050:
		return asn1.GeneralizedTime, t.Format("20060102150405Z"), t
	}
	year := (t.Year()%100 + 100) % 100
	full := year + 2000
	if year >= 50 {
		full = year + 1900
	}
	return asn1.UTCTime, fmt.Sprintf("%02d%s", year, t.Format("0102150405Z")),
		time.Date(full, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// readable tells whether GnuTLS reads the time again: it has none before 1970.
func readable(t time.Time) bool {
	_, _, read := encoded(t)
	return read.Year() >= 1970
}

func addTime(b *builder, t time.Time) {
	tag, digits, _ := encoded(t)
	addBytes(b, tag, []byte(digits))
}

// readTime reads a UTCTime or GeneralizedTime.
func readTime(s *cryptobyte.String) (t time.Time, ok bool) {
	if s.PeekASN1Tag(asn1.UTCTime) {
		ok = s.ReadASN1UTCTime(&t)
		return t, ok
	}
	ok = s.ReadASN1GeneralizedTime(&t)
	return t, ok
}
