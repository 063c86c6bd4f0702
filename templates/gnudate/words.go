package gnudate

import "strings"

const hour = 60 * 60

// Meridians.
const (
	allDay = iota
	beforeNoon
	afterNoon
)

var meridians = map[string]int64{"AM": beforeNoon, "A.M.": beforeNoon, "PM": afterNoon, "P.M.": afterNoon}

// dates are the names of months and days. In their first three letters, with or
// without a full stop, all of them can be shortened.
var dates = []struct {
	name  string
	token token
}{
	{"JANUARY", token{kind: month, value: 1}}, {"FEBRUARY", token{kind: month, value: 2}},
	{"MARCH", token{kind: month, value: 3}}, {"APRIL", token{kind: month, value: 4}},
	{"MAY", token{kind: month, value: 5}}, {"JUNE", token{kind: month, value: 6}},
	{"JULY", token{kind: month, value: 7}}, {"AUGUST", token{kind: month, value: 8}},
	{"SEPTEMBER", token{kind: month, value: 9}}, {"SEPT", token{kind: month, value: 9}},
	{"OCTOBER", token{kind: month, value: 10}}, {"NOVEMBER", token{kind: month, value: 11}},
	{"DECEMBER", token{kind: month, value: 12}},
	{"SUNDAY", token{kind: weekday, value: 0}}, {"MONDAY", token{kind: weekday, value: 1}},
	{"TUESDAY", token{kind: weekday, value: 2}}, {"TUES", token{kind: weekday, value: 2}},
	{"WEDNESDAY", token{kind: weekday, value: 3}}, {"WEDNES", token{kind: weekday, value: 3}},
	{"THURSDAY", token{kind: weekday, value: 4}}, {"THUR", token{kind: weekday, value: 4}}, {"THURS", token{kind: weekday, value: 4}},
	{"FRIDAY", token{kind: weekday, value: 5}}, {"SATURDAY", token{kind: weekday, value: 6}},
}

var universal = map[string]token{"GMT": {kind: zone}, "UT": {kind: zone}, "UTC": {kind: zone}}

// zones are seconds east of Greenwich, without summer time. The names of the local
// zone win over them.
var zones = map[string]token{
	"WET": {kind: zone}, "WEST": {kind: dayZone}, "BST": {kind: dayZone},
	"ART": {kind: zone, value: -3 * hour}, "BRT": {kind: zone, value: -3 * hour}, "BRST": {kind: dayZone, value: -3 * hour},
	"NST": {kind: zone, value: -3*hour - hour/2}, "NDT": {kind: dayZone, value: -3*hour - hour/2},
	"AST": {kind: zone, value: -4 * hour}, "ADT": {kind: dayZone, value: -4 * hour},
	"CLT": {kind: zone, value: -4 * hour}, "CLST": {kind: dayZone, value: -4 * hour},
	"EST": {kind: zone, value: -5 * hour}, "EDT": {kind: dayZone, value: -5 * hour},
	"CST": {kind: zone, value: -6 * hour}, "CDT": {kind: dayZone, value: -6 * hour},
	"MST": {kind: zone, value: -7 * hour}, "MDT": {kind: dayZone, value: -7 * hour},
	"PST": {kind: zone, value: -8 * hour}, "PDT": {kind: dayZone, value: -8 * hour},
	"AKST": {kind: zone, value: -9 * hour}, "AKDT": {kind: dayZone, value: -9 * hour},
	"HST": {kind: zone, value: -10 * hour}, "HAST": {kind: zone, value: -10 * hour}, "HADT": {kind: dayZone, value: -10 * hour},
	"SST": {kind: zone, value: -12 * hour},
	"WAT": {kind: zone, value: hour}, "CET": {kind: zone, value: hour}, "CEST": {kind: dayZone, value: hour},
	"MET": {kind: zone, value: hour}, "MEZ": {kind: zone, value: hour}, "MEST": {kind: dayZone, value: hour}, "MESZ": {kind: dayZone, value: hour},
	"EET": {kind: zone, value: 2 * hour}, "EEST": {kind: dayZone, value: 2 * hour},
	"CAT": {kind: zone, value: 2 * hour}, "SAST": {kind: zone, value: 2 * hour},
	"EAT": {kind: zone, value: 3 * hour}, "MSK": {kind: zone, value: 3 * hour}, "MSD": {kind: dayZone, value: 3 * hour},
	"IST": {kind: zone, value: 5*hour + hour/2}, "SGT": {kind: zone, value: 8 * hour},
	"KST": {kind: zone, value: 9 * hour}, "JST": {kind: zone, value: 9 * hour}, "GST": {kind: zone, value: 10 * hour},
	"NZST": {kind: zone, value: 12 * hour}, "NZDT": {kind: dayZone, value: 12 * hour},
}

// units may have a plural S.
var units = map[string]token{
	"YEAR": {kind: yearUnit}, "MONTH": {kind: monthUnit},
	"FORTNIGHT": {kind: dayUnit, value: 14}, "WEEK": {kind: dayUnit, value: 7}, "DAY": {kind: dayUnit, value: 1},
	"HOUR": {kind: hourUnit}, "MINUTE": {kind: minuteUnit}, "MIN": {kind: minuteUnit},
	"SECOND": {kind: secondUnit}, "SEC": {kind: secondUnit},
}

// relatives have no SECOND, which is a unit.
var relatives = map[string]token{
	"TOMORROW": {kind: dayShift, value: 1}, "YESTERDAY": {kind: dayShift, value: -1},
	"TODAY": {kind: dayShift}, "NOW": {kind: dayShift},
	"LAST": {kind: ordinal, value: -1}, "THIS": {kind: ordinal}, "NEXT": {kind: ordinal, value: 1},
	"FIRST": {kind: ordinal, value: 1}, "THIRD": {kind: ordinal, value: 3}, "FOURTH": {kind: ordinal, value: 4},
	"FIFTH": {kind: ordinal, value: 5}, "SIXTH": {kind: ordinal, value: 6}, "SEVENTH": {kind: ordinal, value: 7},
	"EIGHTH": {kind: ordinal, value: 8}, "NINTH": {kind: ordinal, value: 9}, "TENTH": {kind: ordinal, value: 10},
	"ELEVENTH": {kind: ordinal, value: 11}, "TWELFTH": {kind: ordinal, value: 12},
	"AGO": {kind: ago, value: -1}, "HENCE": {kind: ago, value: 1},
}

// lookUp finds the meaning of a word in upper case.
func lookUp(word string, local []localName) token {
	if value, ok := meridians[word]; ok {
		return token{kind: meridian, value: value}
	}
	if t, ok := dateName(word); ok {
		return t
	}
	if t, ok := zoneName(word, local); ok {
		return t
	}
	if word == "DST" {
		return token{kind: dst}
	}
	for _, name := range []string{word, strings.TrimSuffix(word, "S")} {
		if t, ok := units[name]; ok {
			return t
		}
	}
	if t, ok := relatives[word]; ok {
		return t
	}
	if t, ok := military(word); ok {
		return t
	}
	if plain := strings.ReplaceAll(word, ".", ""); plain != word {
		if t, ok := zoneName(plain, local); ok {
			return t
		}
	}
	return token{kind: unknown}
}

func dateName(word string) (token, bool) {
	short := len(word) == 3 || len(word) == 4 && word[3] == '.'
	for _, date := range dates {
		if word == date.name || short && word[:3] == date.name[:3] {
			return date.token, true
		}
	}
	return token{}, false
}

func zoneName(word string, local []localName) (token, bool) {
	if t, ok := universal[word]; ok {
		return t, true
	}
	for _, name := range local {
		if word == name.name {
			return token{kind: localZone, value: name.dst}, true
		}
	}
	t, ok := zones[word]
	return t, ok
}

// military finds the zones of one letter: A to M without J east of Greenwich, N to
// Y west of it (RFC 5322 section 4.3). T separates the date from the time as well.
func military(word string) (token, bool) {
	if len(word) != 1 {
		return token{}, false
	}
	letter := int64(word[0])
	switch {
	case letter == 'J':
		return token{}, false
	case letter == 'T':
		return token{kind: isoTime}, true
	case letter == 'Z':
		return token{kind: zone}, true
	case letter <= 'I':
		return token{kind: zone, value: (letter - 'A' + 1) * hour}, true
	case letter <= 'M':
		return token{kind: zone, value: (letter - 'A') * hour}, true
	}
	return token{kind: zone, value: -(letter - 'N' + 1) * hour}, true
}
