package templates

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// dateLayouts are the absolute forms of GNU date input that have one meaning.
var dateLayouts = []string{
	"2006-01-02 15:04:05",
	"2006-01-02 15:04",
	"2006-01-02",
	"2006-01-02 15:04:05 MST",
	"2006-01-02 15:04:05 -0700",
	"2006-01-02 15:04:05 -07:00",
	"2006-01-02T15:04:05",
	time.RFC3339,
	time.RFC1123Z,
	"2 Jan 2006 15:04:05",
	"2 Jan 2006 15:04",
	"2 Jan 2006",
	"20060102",
}

// parseDate reads an absolute date. Without a zone it is local time, without a
// time midnight, as in certtool.
func parseDate(value string) (time.Time, error) {
	if seconds, ok := strings.CutPrefix(value, "@"); ok {
		if n, err := strconv.ParseInt(seconds, 10, 64); err == nil {
			return time.Unix(n, 0).UTC(), nil
		}
	}
	for _, layout := range dateLayouts {
		date, err := time.ParseInLocation(layout, value, time.Local)
		if err != nil {
			continue
		}
		// Go takes any word for a zone that it does not know as UTC.
		if strings.Contains(layout, "MST") && !strings.HasSuffix(value, " UTC") && !strings.HasSuffix(value, " GMT") {
			continue
		}
		return date.UTC(), nil
	}
	return time.Time{}, fmt.Errorf("%q is not a date that is understood: write it as 2031-12-30 23:59:58 UTC, or @ and seconds since 1970", value)
}

// checkDate refuses what the two digits of UTCTime and the four of GeneralizedTime
// cannot express (RFC 5280 section 4.1.2.5).
func checkDate(value string) error {
	date, err := parseDate(value)
	if err != nil {
		return err
	}
	if year := date.UTC().Year(); year < 1950 || year > 9999 {
		return fmt.Errorf("the year %d is not between 1950 and 9999", year)
	}
	return nil
}
