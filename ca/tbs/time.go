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

// encoded is the time as GnuTLS encodes it: years before 1950 lose their century (RFC
// 5280 section 4.1.2.5.1).
func encoded(t time.Time) (asn1.Tag, string) {
	t = t.UTC()
	if seconds := t.Unix(); seconds == -1 || seconds >= lastTime {
		t = NoEnd
	}
	if t.Year() >= 2050 {
		return asn1.GeneralizedTime, t.Format("20060102150405Z")
	}
	return asn1.UTCTime, fmt.Sprintf("%02d%s", (t.Year()%100+100)%100, t.Format("0102150405Z"))
}

// SameTimeType tells whether two times are encoded alike.
func SameTimeType(a, b time.Time) bool {
	first, _ := encoded(a)
	second, _ := encoded(b)
	return first == second
}

func addTime(b *builder, t time.Time) {
	tag, digits := encoded(t)
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
