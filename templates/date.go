package templates

import (
	"fmt"
	"strings"
	"time"

	"vncsec/internal/lazyregexp"
	"vncsec/templates/gnudate"
)

// date makes the reader of a date in any of GNU's forms, relative ones included.
// Without a zone it is in that of now, without a time midnight.
func date(field func(*Profile) *time.Time) reader {
	return func(r *reading, value string) error {
		moment, err := gnudate.Parse(value, r.now)
		if err != nil {
			return says("Cannot parse date: %s", value)
		}
		moment = moment.UTC().Truncate(time.Second)
		if moment.IsZero() {
			moment = moment.Add(1) // the zero time is for dates that are not given
		}
		*field(r.profile) = moment
		return nil
	}
}

// checkDate refuses what the two digits of UTCTime and the four of GeneralizedTime
// cannot express (RFC 5280 section 4.1.2.5).
func checkDate(value string) error {
	date, err := gnudate.Parse(value, time.Now())
	if err != nil {
		return fmt.Errorf("%q is not a date that exists and is understood: write it as 2031-12-30 23:59:58 UTC, as +2 years, or as @ and seconds since 1970", value)
	}
	if year := date.UTC().Year(); year < 1950 || year > 9999 {
		return fmt.Errorf("the year %d is not between 1950 and 9999", year)
	}
	return nil
}

// swapped finds dates of which nobody knows whether the day or the month is first.
var swapped = lazyregexp.New(`^\s*(\d{1,2})/(\d{1,2})(/\d+)?(\s|$)`)

// zoned finds a relative item behind a time, of which GNU takes the sign and number
// for a time zone.
var zoned = lazyregexp.New(`(?i):\d\d(?:[.,]\d+)?\s*([+-]\s*\d+)\s*(year|month|fortnight|week|day|hour|min|sec)`)

// ambiguous finds dates that GNU reads in another way than many people.
func ambiguous(value string) *fault {
	if m := swapped().FindStringSubmatch(value); m != nil && m[1] != m[2] {
		return &fault{AmbiguousDate, fmt.Sprintf("%q has the month first: %s is the month, %s the day", value, m[1], m[2]), "write the date as YYYY-MM-DD"}
	}
	if m := zoned().FindStringSubmatch(value); m != nil {
		return &fault{AmbiguousDate, fmt.Sprintf("%q has a time zone, %s, and one %s after it", value, m[1], strings.ToLower(m[2])), "write the relative time first"}
	}
	return nil
}
