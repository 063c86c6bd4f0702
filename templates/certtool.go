package templates

import (
	"fmt"
	"strings"
	"time"
)

// Warning is something to say of a template that certtool takes.
type Warning struct {
	Text string // certtool's own words; empty for a trap
	Trap *Error // what certtool does silently, and hardly anybody means
}

// String is certtool's line, or the trap with its place.
func (w Warning) String() string {
	if w.Trap == nil {
		return w.Text
	}
	return w.Trap.Error()
}

// Read reads a template as certtool does: what is doubtful makes warnings. The
// error is certtool's own, in its words: a quote that a backslash at the end of
// the file leaves open, or a value that certtool decodes while loading the file.
func Read(name string, data []byte) (*Template, []Warning, error) {
	if len(data) > MaxSize {
		return nil, nil, Errors{{File: name, Reason: fmt.Sprintf("the template has %d bytes, at most %d are allowed", len(data), MaxSize)}}
	}
	entries, _ := scan(string(data))
	t := &Template{file: name, entries: entries}
	if n := len(entries); n > 0 && entries[n-1].quoting == broken {
		return nil, nil, fmt.Errorf("configFileLoad: a backslash at the end of the file leaves a quote open\nError loading template: %s", name)
	}
	return t, t.certtoolWarnings(), t.load()
}

// certtoolWarnings are the lines that certtool prints while it loads a template.
// It compares names here whatever their case, unlike later.
func (t *Template) certtoolWarnings() (warnings []Warning) {
	found := map[string]bool{}
	for _, entry := range t.entries {
		name := strings.ToLower(entry.Name)
		option, known := lookup(name)
		switch {
		case strings.HasPrefix(name, "policy"):
		case !known:
			warnings = append(warnings, Warning{Text: fmt.Sprintf("Warning: skipping unknown option '%s'", entry.Name)})
		case found[name] && !option.Multi:
			warnings = append(warnings, Warning{Text: fmt.Sprintf("Warning: multiple options found for '%s'; only the first will be taken into account.", name)})
		}
		found[name] = true
	}
	return warnings
}

// taken lists the values of an option that certtool uses.
func (t *Template) taken(option Option) (values []string) {
	const maxValues = 128
	limit := 1
	switch {
	case option.Multi && option.Kind == Pair:
		limit = maxValues / 2
	case option.Multi:
		limit = maxValues
	}
	named := func(name string) (values []string) {
		for _, entry := range t.entries {
			if entry.Name == name && len(values) < limit {
				values = append(values, entry.Value)
			}
		}
		return values
	}
	if values = named(option.Name); values == nil && option.Alias != "" {
		values = named(option.Alias)
	}
	return values
}

// load finds what certtool refuses while it loads a template, whatever it is for.
func (t *Template) load() error {
	for _, option := range options {
		for _, value := range t.taken(option) {
			if err := option.load(value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (option Option) load(value string) (err error) {
	switch option.Kind {
	case Hex:
		_, err = readHex(value)
	case Serial:
		_, err = readSerial(value)
	case Pair:
		_, text, found := cutPair(value)
		switch {
		case !found:
			err = fmt.Errorf("Error parsing %s", option.Name)
		case text == "":
			err = fmt.Errorf("Error (2) parsing %s", option.Name)
		}
	}
	return err
}

// Certtool returns what certtool makes of the template for one purpose: a
// certificate from a key or a request, a request, and so on. Names keep any
// bytes, and nothing is checked that certtool does not check; but where it would
// take uninitialised memory, for hexadecimal values without digits, there is an
// error. Dates are read only for what has them, and are all set then. The error
// is certtool's, word for word.
//
// What depends on the key is left to the caller: which usages it can have. An
// OID may have fewer than two numbers; GnuTLS encodes it without contents.
func (t *Template) Certtool(purpose Applies, now time.Time) (*Profile, error) {
	r := &reading{profile: &Profile{}, purpose: purpose, now: now}
	for _, option := range options {
		if option.Applies&purpose == 0 || option.NeedsCA && purpose != Proxy && !r.profile.CA {
			continue
		}
		for _, value := range t.taken(option) {
			if err := option.read(r, value); err != nil {
				return nil, err
			}
		}
	}
	r.setDates()
	return r.profile, nil
}

// setDates turns days into dates and sets the defaults of certtool.
func (r *reading) setDates() {
	p := r.profile
	if r.purpose&(allCerts|Update) != 0 {
		p.NotAfter, p.NoEnd = r.end(p.NotAfter, p.Days)
		p.NotBefore = orNow(p.NotBefore, r.now)
		p.Days = 0
	}
	if r.purpose&CRL != 0 {
		p.CRL.NextUpdate, p.CRL.NoNextUpdate = r.end(p.CRL.NextUpdate, p.CRL.NextUpdateDays)
		p.CRL.ThisUpdate = orNow(p.CRL.ThisUpdate, r.now)
		p.CRL.RevocationDate = orNow(p.CRL.RevocationDate, r.now)
		p.CRL.NextUpdateDays = 0
	}
}

// end is the end of a validity: a date if one was given, else so many days from
// now. -1 is no end; 0 and what is below -2 are the default.
func (r *reading) end(date time.Time, days int) (end time.Time, none bool) {
	const defaultDays, day = 365, 24 * 60 * 60
	switch {
	case !date.IsZero():
		return date, false
	case days == -1:
		return time.Time{}, true
	case days == 0 || days < -2:
		days = defaultDays
	}
	return time.Unix(r.now.Unix()+int64(days)*day, 0).UTC(), false
}

func orNow(date, now time.Time) time.Time {
	if date.IsZero() {
		return now.UTC()
	}
	return date
}
