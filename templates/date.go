package templates

import (
	"fmt"
	"time"

	"vncsec/templates/gnudate"
)

// date makes the reader of a date in any of GNU's forms, relative ones included.
// Without a zone it is in that of now, without a time midnight.
func date(field func(*Profile) *time.Time) reader {
	return func(r *reading, value string) error {
		moment, err := gnudate.Parse(value, r.now)
		if err != nil {
			return fmt.Errorf("Cannot parse date: %s", value)
		}
		*field(r.profile) = moment.UTC().Truncate(time.Second)
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
