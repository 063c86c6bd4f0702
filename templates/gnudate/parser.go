package gnudate

import "math"

// parser reads the items of a text.
type parser struct {
	lexer lexer
	ahead token
	moment
}

// moment is what the items say, on top of what now says.
type moment struct {
	seconds      int64 // of "@" and a number
	secondsNanos int64
	epoch        bool // they were given

	year       int64
	yearDigits int // 0: none was given
	month, day int64

	hour, minute, second, nanos int64
	meridian                    int64

	weekday, ordinal int64
	zone             int64 // seconds east of Greenwich
	dst              int64 // of a name of the local zone

	relative offset

	dates, times, weekdays, zones, localZones, dsts int
	relatives                                       bool
}

// offset is a relative time.
type offset struct {
	years, months, days, hours, minutes, seconds, nanos int64
}

// parse reads a whole text: "@" and seconds, or items in any order. It tells
// whether it could.
func (p *parser) parse() bool {
	p.shift()
	if p.sees('@') {
		p.shift()
		return p.epochSeconds() && p.sees(end)
	}
	for !p.sees(end) {
		if !p.item() {
			return false
		}
	}
	return true
}

// shift takes the next token.
func (p *parser) shift() token {
	t := p.ahead
	p.ahead = p.lexer.next()
	return t
}

func (p *parser) sees(k kind) bool { return p.ahead.kind == k }

// accept takes a token of one kind, if it is the next.
func (p *parser) accept(k kind) (token, bool) {
	if !p.sees(k) {
		return token{}, false
	}
	return p.shift(), true
}

func (p *parser) epochSeconds() bool {
	switch p.ahead.kind {
	case unsigned, signed, fraction, signedFraction:
		t := p.shift()
		p.epoch, p.seconds, p.secondsNanos = true, t.value, t.nanos
		return true
	}
	return false
}

func (p *parser) item() bool {
	t := p.shift()
	switch t.kind {
	case unsigned:
		return p.afterNumber(t)
	case signed:
		return p.unit(t)
	case fraction, signedFraction:
		if _, ok := p.accept(secondUnit); !ok {
			return false
		}
		return p.ago(offset{seconds: t.value, nanos: t.nanos})
	case yearUnit, monthUnit, dayUnit, hourUnit, minuteUnit, secondUnit:
		by, ok := amount(t, 1)
		return ok && p.ago(by)
	case dayShift:
		return p.add(offset{days: t.value}, 1)
	case ordinal:
		if day, ok := p.accept(weekday); ok {
			return p.onDay(t.value, day)
		}
		return p.unit(t)
	case weekday:
		p.accept(',')
		return p.onDay(0, t)
	case month:
		return p.afterMonth(t)
	}
	return p.zoneItem(t)
}

// afterNumber reads an item that starts with a number without sign.
func (p *parser) afterNumber(n token) bool {
	switch p.ahead.kind {
	case meridian:
		p.clock(n.value, 0, token{})
		p.meridian = p.shift().value
		return true
	case ':':
		p.shift()
		return p.afterHour(n)
	case '/':
		p.shift()
		return p.slashed(n)
	case signed:
		return p.afterNumberAndSigned(n, p.shift())
	case weekday:
		return p.onDay(n.value, p.shift())
	case month:
		return p.dayOfMonth(n, p.shift())
	case yearUnit, monthUnit, dayUnit, hourUnit, minuteUnit, secondUnit:
		return p.unit(n)
	}
	p.digits(n)
	return true
}

// afterNumberAndSigned reads YYYY-MM-DD, digits with a relative item, or an hour
// with its zone.
func (p *parser) afterNumberAndSigned(n, s token) bool {
	switch p.ahead.kind {
	case signed:
		p.date(n, -s.value, -p.shift().value)
		if !p.sees(isoTime) {
			return true
		}
		p.shift()
		return p.isoTime()
	case yearUnit, monthUnit, dayUnit, hourUnit, minuteUnit, secondUnit:
		p.digits(n)
		by, ok := amount(p.shift(), s.value)
		return ok && p.add(by, 1)
	}
	p.clock(n.value, 0, token{})
	return p.zoneOffset(s)
}

// isoTime reads the time behind a "T".
func (p *parser) isoTime() bool {
	n, ok := p.accept(unsigned)
	if !ok {
		return false
	}
	if s, ok := p.accept(signed); ok {
		p.clock(n.value, 0, token{})
		return p.zoneOffset(s)
	}
	if _, ok := p.accept(':'); !ok {
		return false
	}
	return p.afterHour(n) && p.meridian == allDay
}

// afterHour reads the minutes, and what may follow: seconds, a zone, am or pm.
func (p *parser) afterHour(hours token) bool {
	minutes, ok := p.accept(unsigned)
	if !ok {
		return false
	}
	seconds := token{}
	if _, ok := p.accept(':'); ok {
		if !p.sees(unsigned) && !p.sees(fraction) {
			return false
		}
		seconds = p.shift()
	}
	p.clock(hours.value, minutes.value, seconds)
	if m, ok := p.accept(meridian); ok {
		p.meridian = m.value
		return true
	}
	if s, ok := p.accept(signed); ok {
		return p.zoneOffset(s)
	}
	return true
}

func (p *parser) clock(hours, minutes int64, seconds token) {
	p.times++
	p.hour, p.minute, p.second, p.nanos = hours, minutes, seconds.value, seconds.nanos
	p.meridian = allDay
}

// zoneOffset reads the zone of a time: +HH, +HHMM or +HH:MM, of which the first
// number was read.
func (p *parser) zoneOffset(s token) bool {
	p.zones++
	return p.readOffset(s)
}

func (p *parser) readOffset(s token) bool {
	minutes := token{value: -1}
	if _, ok := p.accept(':'); ok {
		if minutes, ok = p.accept(unsigned); !ok {
			return false
		}
	}
	return p.setOffset(s, minutes.value)
}

func (p *parser) setOffset(s token, minutes int64) bool {
	const day, sane = 24 * 60, 1 << 40
	hours := s.value
	if hours < -sane || hours > sane || minutes > sane {
		return false
	}
	var total int64
	switch {
	case minutes < 0 && s.digits <= 2:
		total = hours * 60
	case minutes < 0:
		total = hours/100*60 + hours%100
	case s.negative:
		total = hours*60 - minutes
	default:
		total = hours*60 + minutes
	}
	p.zone = total * 60
	return total >= -day && total <= day
}

// slashed reads MM/DD, MM/DD/YY or YYYY/MM/DD.
func (p *parser) slashed(first token) bool {
	second, ok := p.accept(unsigned)
	if !ok {
		return false
	}
	if _, ok := p.accept('/'); !ok {
		p.dates++
		p.month, p.day = first.value, second.value
		return true
	}
	third, ok := p.accept(unsigned)
	if !ok {
		return false
	}
	if first.digits >= 4 {
		p.date(first, second.value, third.value)
	} else {
		p.date(third, first.value, second.value)
	}
	return true
}

// dayOfMonth reads what may follow "30 Dec": a year.
func (p *parser) dayOfMonth(day, month token) bool {
	switch p.ahead.kind {
	case unsigned:
		p.date(p.shift(), month.value, day.value)
		return true
	case signed:
		year := p.shift()
		year.value = -year.value
		p.date(year, month.value, day.value)
		return true
	}
	p.dates++
	p.month, p.day = month.value, day.value
	return true
}

// afterMonth reads "Dec 30", "Dec 30, 2031" or "Dec-30-2031".
func (p *parser) afterMonth(name token) bool {
	if day, ok := p.accept(signed); ok {
		year, ok := p.accept(signed)
		if !ok {
			return false
		}
		year.value = -year.value
		p.date(year, name.value, -day.value)
		return true
	}
	day, ok := p.accept(unsigned)
	if !ok {
		return false
	}
	if _, ok := p.accept(','); !ok {
		p.dates++
		p.month, p.day = name.value, day.value
		return true
	}
	year, ok := p.accept(unsigned)
	if !ok {
		return false
	}
	p.date(year, name.value, day.value)
	return true
}

func (p *parser) date(year token, month, day int64) {
	p.dates++
	p.year, p.yearDigits, p.month, p.day = year.value, year.digits, month, day
}

func (p *parser) onDay(ordinal int64, day token) bool {
	p.weekdays++
	p.ordinal, p.weekday = ordinal, day.value
	return true
}

// zoneItem reads a name of a zone and what may follow it.
func (p *parser) zoneItem(t token) bool {
	switch t.kind {
	case localZone:
		p.localZones++
		p.dst = t.value
		if _, ok := p.accept(dst); ok {
			p.dst = 1
			p.dsts++
		}
		return true
	case dayZone:
		p.zones++
		p.zone = t.value + hour
		return true
	case isoTime:
		p.zones++
		p.zone = -7 * hour
		if s, ok := p.accept(signed); ok {
			return p.signedUnit(s)
		}
		return true
	case zone:
		p.zones++
		p.zone = t.value
		return p.afterZone(t)
	}
	return false
}

// afterZone reads a further offset, a relative item or DST.
func (p *parser) afterZone(t token) bool {
	if _, ok := p.accept(dst); ok {
		p.zone = t.value + hour
		return true
	}
	s, ok := p.accept(signed)
	if !ok {
		return true
	}
	switch p.ahead.kind {
	case yearUnit, monthUnit, dayUnit, hourUnit, minuteUnit, secondUnit:
		return p.signedUnit(s)
	}
	if !p.readOffset(s) {
		return false
	}
	p.zone += t.value
	return true
}

// signedUnit reads a unit that no "ago" may follow.
func (p *parser) signedUnit(n token) bool {
	by, ok := amount(p.shift(), n.value)
	return ok && p.add(by, 1)
}

// unit reads the unit of a number, and "ago".
func (p *parser) unit(n token) bool {
	by, ok := amount(p.shift(), n.value)
	return ok && p.ago(by)
}

// amount is so many units.
func amount(unit token, n int64) (by offset, ok bool) {
	switch unit.kind {
	case yearUnit:
		by.years = n
	case monthUnit:
		by.months = n
	case dayUnit:
		by.days, ok = multiply(n, unit.value)
		return by, ok
	case hourUnit:
		by.hours = n
	case minuteUnit:
		by.minutes = n
	case secondUnit:
		by.seconds = n
	default:
		return by, false
	}
	return by, true
}

// ago adds a relative time, or takes it off if "ago" follows.
func (p *parser) ago(by offset) bool {
	if direction, ok := p.accept(ago); ok {
		return p.add(by, direction.value)
	}
	return p.add(by, 1)
}

func (p *parser) add(by offset, direction int64) bool {
	p.relatives = true
	ok := true
	sum := func(total *int64, n int64) {
		if n == math.MinInt64 && direction < 0 {
			ok = false
			return
		}
		var fits bool
		*total, fits = plus(*total, n*direction)
		ok = ok && fits
	}
	r := &p.relative
	sum(&r.years, by.years)
	sum(&r.months, by.months)
	sum(&r.days, by.days)
	sum(&r.hours, by.hours)
	sum(&r.minutes, by.minutes)
	sum(&r.seconds, by.seconds)
	sum(&r.nanos, by.nanos)
	return ok && r.nanos >= math.MinInt32 && r.nanos <= math.MaxInt32
}

// digits takes a number by its length: behind a date for the year, else for
// YYYYMMDD, or for HH or HHMM.
func (p *parser) digits(n token) {
	switch {
	case p.dates > 0 && p.yearDigits == 0 && !p.relatives && (p.times > 0 || n.digits > 2):
		p.year, p.yearDigits = n.value, n.digits
	case n.digits > 4:
		p.date(token{value: n.value / 10000, digits: n.digits - 4}, n.value/100%100, n.value%100)
	case n.digits > 2:
		p.clock(n.value/100, n.value%100, token{})
	default:
		p.clock(n.value, 0, token{})
	}
}

func plus(a, b int64) (int64, bool) {
	sum := a + b
	return sum, (sum > a) == (b > 0)
}

func multiply(a, b int64) (int64, bool) {
	product := a * b
	return product, b == 0 || product/b == a
}
