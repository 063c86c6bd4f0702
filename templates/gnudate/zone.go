package gnudate

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// localNames are the names of the zone now and, if it has summer time, in the
// other half of the year.
func localNames(now time.Time) []localName {
	isDST := func(t time.Time) int64 {
		if t.IsDST() {
			return 1
		}
		return 0
	}
	name, _ := now.Zone()
	names := []localName{{name, isDST(now)}}
	const quarter = 90 * 24 * time.Hour
	for n := 1; n <= 3; n++ {
		probe := now.Add(time.Duration(n) * quarter)
		if isDST(probe) == names[0].dst {
			continue
		}
		if other, _ := probe.Zone(); other != name {
			return append(names, localName{other, isDST(probe)})
		}
		names[0].dst = -1 // one name for both
		break
	}
	return names
}

// cutZone cuts TZ="..." off the start of a text. The location is nil if there is
// none.
func cutZone(text string) (rest string, location *time.Location, err error) {
	quoted, found := strings.CutPrefix(text, `TZ="`)
	if !found {
		return text, nil, nil
	}
	var name strings.Builder
	for i := 0; i < len(quoted); i++ {
		switch c := quoted[i]; {
		case c == '"':
			location, err = Zone(name.String())
			return strings.TrimLeft(quoted[i+1:], spaces), location, err
		case c == '\\':
			if i++; i == len(quoted) || quoted[i] != '\\' && quoted[i] != '"' {
				return text, nil, nil
			}
		}
		name.WriteByte(quoted[i])
	}
	return text, nil, nil
}

// Zone finds the location of a value of the environment variable TZ: a name of
// the time zone database, or a rule such as CET-1CEST,M3.5.0,M10.5.0/3 (POSIX.1
// section 8.3). What is neither is UTC, as in the C library.
func Zone(tz string) (*time.Location, error) {
	name := strings.TrimPrefix(tz, ":")
	if strings.ContainsRune(name, 0) {
		return nil, errors.New("gnudate: a zone with a zero byte")
	}
	if name == "" {
		return time.UTC, nil
	}
	if location, err := time.LoadLocation(name); err == nil && name != "Local" {
		return location, nil
	}
	if location, err := rule(name); err == nil {
		return location, nil
	}
	return time.UTC, nil
}

// rule makes a location of a POSIX rule. It is what the files of the time zone
// database have at their end (RFC 8536 section 3.3), so a file is made that has
// nothing else.
func rule(tz string) (*time.Location, error) {
	if strings.ContainsRune(tz, '\n') {
		return nil, errors.New("gnudate: a zone of two lines")
	}
	// The second half of the file is the one that counts. In it, one zone, whose
	// name has 4 octets with its end, begins in the year -32768 and never ends.
	const (
		header = "TZif2" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + // 15 reserved
			"\x00\x00\x00\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00" // no indicators, no leap seconds
		oneZone = "\x00\x00\x00\x01" + "\x00\x00\x00\x04"
		utc     = "\x00\x00\x00\x00" + "\x00" + "\x00" + "UTC\x00"
		first   = header + "\x00\x00\x00\x00" + oneZone + utc
		second  = header + "\x00\x00\x00\x01" + oneZone + "\xff\xff\xff\x00\x00\x00\x00\x00" + "\x00" + utc
	)
	location, err := time.LoadLocationFromTZData(tz, []byte(first+second+"\n"+tz+"\n"))
	if err != nil {
		return nil, err
	}
	// Go takes no notice of a rule that it cannot read.
	if name, _ := time.Unix(0, 0).In(location).Zone(); name == "UTC" && !strings.HasPrefix(tz, "UTC") {
		return nil, fmt.Errorf("gnudate: %q is no rule of a time zone", tz)
	}
	return location, nil
}
