package gnudate

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Parse reads a date. What it does not say comes from now, in whose zone it is
// unless it names another; a date without a time is midnight, and an empty text
// is today's midnight.
func Parse(text string, now time.Time) (time.Time, error) {
	date, ok := parse(text, now)
	if !ok {
		return time.Time{}, fmt.Errorf("%q is not a date", text)
	}
	return date, nil
}

func parse(text string, now time.Time) (time.Time, bool) {
	rest, location, err := cutZone(strings.TrimLeft(text, spaces))
	if err != nil {
		return time.Time{}, false
	}
	if location != nil {
		now = now.In(location)
	}
	if rest == "" {
		rest = "0"
	}
	rest, _, _ = strings.Cut(rest, "\x00")
	p := parser{lexer: lexer{text: rest, local: localNames(now)}}
	p.year, p.month, p.day = int64(now.Year()), int64(now.Month()), int64(now.Day())
	p.hour, p.minute, p.second, p.nanos = int64(now.Hour()), int64(now.Minute()), int64(now.Second()), int64(now.Nanosecond())
	if !p.parse() {
		return time.Time{}, false
	}
	if p.epoch {
		return time.Unix(p.seconds, p.secondsNanos).In(now.Location()), true
	}
	return p.resolve(now)
}

// resolve makes a date of what the items say.
func (m *moment) resolve(now time.Time) (time.Time, bool) {
	if max(m.dates, m.times, m.weekdays, m.dsts, m.zones+m.localZones) > 1 {
		return time.Time{}, false
	}
	fields, ok := m.fields()
	if !ok {
		return time.Time{}, false
	}
	dst := m.wantedDST(now)
	start, ok := m.start(fields, now.Location(), dst)
	if !ok {
		return time.Time{}, false
	}
	if m.weekdays > 0 && m.dates == 0 {
		if fields, start, ok = m.toWeekday(fields, start); !ok {
			return time.Time{}, false
		}
	}
	if r := m.relative; r.years != 0 || r.months != 0 || r.days != 0 {
		if start, ok = m.addDays(start, fields, dst); !ok {
			return time.Time{}, false
		}
	}
	seconds := start.Unix()
	if m.zones > 0 {
		_, east := start.Zone()
		seconds -= m.zone - int64(east)
	}
	return m.addSeconds(seconds, now.Location())
}

// fields are the calendar's numbers, in ranges that C has for them.
type fields struct {
	year, month, day, hour, minute, second int64
}

func (m *moment) fields() (fields, bool) {
	f := fields{year: m.year, month: m.month, day: m.day}
	if f.year >= 0 && m.yearDigits == 2 {
		f.year += 1900
		if m.year < 69 {
			f.year += 100
		}
	}
	if f.year < 0 {
		f.year = -f.year // a sign before a year means nothing
	}
	if m.times > 0 || m.relatives && m.dates == 0 && m.weekdays == 0 {
		f.hour, f.minute, f.second = m.hourOfDay(), m.minute, m.second
	} else {
		m.nanos = 0
	}
	fits := f.hour >= 0 && isInt(f.year) && isInt(f.month) && isInt(f.day) && isInt(f.minute) && isInt(f.second)
	return f, fits
}

func isInt(n int64) bool { return n >= math.MinInt32 && n <= math.MaxInt32 }

// hourOfDay is -1 for an hour that is none.
func (m *moment) hourOfDay() int64 {
	switch {
	case m.meridian == allDay && m.hour >= 0 && m.hour < 24:
		return m.hour
	case m.meridian == allDay || m.hour < 1 || m.hour > 12:
		return -1
	case m.meridian == beforeNoon:
		return m.hour % 12
	}
	return m.hour%12 + 12
}

// wantedDST is the tm_isdst of C for the calendar's numbers: -1 leaves it to the
// date; if all is relative it is that of now.
func (m *moment) wantedDST(now time.Time) int64 {
	switch {
	case m.localZones > 0:
		return m.dst
	case m.dates > 0 || m.weekdays > 0 || m.times > 0:
		return -1
	case now.IsDST():
		return 1
	}
	return 0
}

// start is the moment of the fields. One that does not exist, such as 31 April or
// an hour that summer time leaves out, is an error; only in a zone of its own that
// hour exists.
func (m *moment) start(f fields, location *time.Location, dst int64) (time.Time, bool) {
	start, ok := makeTime(f, location, dst)
	if ok && fieldsOf(start) == f {
		return start, true
	}
	if m.zones == 0 {
		return time.Time{}, false
	}
	start, ok = makeTime(f, time.FixedZone("", int(m.zone)), -1)
	return start, ok && fieldsOf(start) == f
}

func fieldsOf(t time.Time) fields {
	return fields{int64(t.Year()), int64(t.Month()), int64(t.Day()), int64(t.Hour()), int64(t.Minute()), int64(t.Second())}
}

// makeTime is mktime of C.
func makeTime(f fields, location *time.Location, dst int64) (time.Time, bool) {
	t := f.in(location)
	if asked := f.in(time.UTC); fieldsOf(t) != fieldsOf(asked) {
		t = aroundGap(asked, location, dst)
	} else if dst >= 0 && t.IsDST() != (dst > 0) {
		t = withDST(t, dst > 0)
	}
	year := int64(t.Year())
	return t, year >= math.MinInt32+1900 && year <= math.MaxInt32
}

func (f fields) in(location *time.Location) time.Time {
	return time.Date(int(f.year), time.Month(f.month), int(f.day), int(f.hour), int(f.minute), int(f.second), 0, location)
}

// aroundGap replaces a time that summer time leaves out: by the later one of
// summer, unless summer time was asked for.
func aroundGap(asked time.Time, location *time.Location, dst int64) time.Time {
	const day = 24 * time.Hour
	read := func(offsetAt time.Time) time.Time {
		_, east := offsetAt.In(location).Zone()
		return asked.Add(-time.Duration(east) * time.Second).In(location)
	}
	later, earlier := read(asked.Add(-day)), read(asked.Add(day))
	if later.IsDST() == (dst > 0) && earlier.IsDST() != (dst > 0) {
		return earlier
	}
	return later
}

// withDST finds, as the C library does, the zone's nearest offset with or without
// summer time and reads the clock of t by it; an hour is assumed if there is none.
func withDST(t time.Time, dst bool) time.Time {
	const stride, bound = 601200 * time.Second, 268_828_200 * time.Second
	_, east := t.Zone()
	for delta := stride; delta < bound; delta += stride {
		for _, other := range []time.Time{t.Add(-delta), t.Add(delta)} {
			if other.IsDST() == dst {
				_, theirs := other.Zone()
				return t.Add(time.Duration(east-theirs) * time.Second)
			}
		}
	}
	if dst {
		return t.Add(-time.Hour)
	}
	return t.Add(time.Hour)
}

// toWeekday goes to the day of the week: the next one, today included, or so many
// weeks further.
func (m *moment) toWeekday(f fields, start time.Time) (fields, time.Time, bool) {
	today := int64(start.Weekday())
	weeks := m.ordinal
	if weeks > 0 && today != m.weekday {
		weeks--
	}
	days, ok := multiply(weeks, 7)
	if ok {
		days, ok = plus(days, (m.weekday-today+7)%7)
	}
	if ok {
		days, ok = plus(days, int64(start.Day()))
	}
	if !ok || !isInt(days) {
		return f, start, false
	}
	target := fieldsOf(start)
	target.day = days
	start, ok = makeTime(target, start.Location(), -1)
	return fieldsOf(start), start, ok
}

// addDays adds the relative years, months and days, keeping the time of day.
func (m *moment) addDays(start time.Time, f fields, dst int64) (time.Time, bool) {
	target := fieldsOf(start)
	target.hour, target.minute, target.second = f.hour, f.minute, f.second
	ok := true
	add := func(field *int64, n int64) {
		var fits bool
		*field, fits = plus(*field, n)
		ok = ok && fits && isInt(*field)
	}
	add(&target.year, m.relative.years)
	add(&target.month, m.relative.months)
	add(&target.day, m.relative.days)
	if !ok {
		return start, false
	}
	return makeTime(target, start.Location(), dst)
}

// addSeconds adds the relative hours, minutes and seconds.
func (m *moment) addSeconds(seconds int64, location *time.Location) (time.Time, bool) {
	const billion = 1_000_000_000
	r := m.relative
	nanos := m.nanos + r.nanos
	carry := nanos / billion
	if nanos %= billion; nanos < 0 {
		nanos += billion
		carry--
	}
	hours, fits1 := multiply(r.hours, hour)
	minutes, fits2 := multiply(r.minutes, 60)
	ok := fits1 && fits2
	for _, n := range []int64{hours, minutes, r.seconds, carry} {
		var fits bool
		seconds, fits = plus(seconds, n)
		ok = ok && fits
	}
	return time.Unix(seconds, nanos).In(location), ok
}
