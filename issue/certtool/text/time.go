package text

import (
	"bytes"
	"strconv"
	"time"
)

// dateLayout is how dates are shown.
const dateLayout = "Mon Jan 02 15:04:05 UTC 2006"

func date(t time.Time) string { return t.UTC().Format(dateLayout) }

// time reads a Time (RFC 5280 section 4.1.2.5).
func (d decoder) time() (t time.Time, valid bool) {
	e := d.choice(tagUTCTime, tagGeneralizedTime)
	if !d.ok() {
		return time.Time{}, false
	}
	return d.parseTime(e.content, e.tag == tagGeneralizedTime)
}

// parseTime checks the characters of a time as libtasn1 does and gives its value as
// GnuTLS computes it: valid is false for dates that cannot be. What lies before 1970
// is 1970, and February may have 31 days.
func (d decoder) parseTime(content []byte, general bool) (t time.Time, valid bool) {
	switch {
	case len(content) == 0 || len(content) > maxTime:
		d.fail(ErrDER)
		return time.Time{}, false
	case !timeCharacters(content, general):
		d.fail(ErrTime)
		return time.Time{}, false
	}
	year, rest := 0, content
	switch {
	case general && (len(content) < 12 || bytes.IndexByte(content, '.') >= 0), !general && len(content) < 10:
		return time.Time{}, false
	case general:
		year, rest = digits(content[:4]), content[4:]
	default:
		year, rest = digits(content[:2]), content[2:]
		year += 1900
		if year < 1950 {
			year += 100
		}
	}
	return timeOf(year, rest)
}

// maxTime is the longest time that libtasn1 reads.
const maxTime = 127

func timeCharacters(content []byte, general bool) bool {
	last := len(content) - 1
	if len(content) < 8 || content[last] != 'Z' {
		return false
	}
	dots := 0
	for _, c := range content[:last] {
		if c == '.' && general {
			dots++
		} else if c < '0' || c > '9' {
			return false
		}
	}
	return dots <= 1
}

// timeOf reads month, day, hour, minute and, if they are there, seconds.
func timeOf(year int, rest []byte) (time.Time, bool) {
	if len(rest) < 8 {
		return time.Time{}, false
	}
	if year < 1970 {
		return time.Unix(0, 0).UTC(), true
	}
	month, day, hour, minute, second := digits(rest[:2]), digits(rest[2:4]), digits(rest[4:6]), digits(rest[6:8]), 0
	if len(rest) >= 10 {
		second = digits(rest[8:10])
	}
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC), true
}

// digits reads a number as far as it goes, as C's atoi does.
func digits(text []byte) int {
	end := 0
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	n, _ := strconv.Atoi(string(text[:end]))
	return n
}
