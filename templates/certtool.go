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
	return "Warning: " + w.Trap.Text()
}

// Read reads a template as certtool does: what is doubtful makes warnings, those
// of certtool first, then what it does silently. The error is certtool's own, in
// its words: a quote that a backslash at the end of the file leaves open, or a
// value that certtool decodes while it loads a template.
func Read(name string, data []byte) (*Template, []Warning, error) {
	if fault := tooLarge(name, data); fault != nil {
		return nil, nil, fault
	}
	t, faults := parse(name, data, everything)
	if n := len(t.entries); n > 0 && t.entries[n-1].quoting == broken {
		return nil, nil, says("configFileLoad: a backslash at the end of the file leaves a quote open\nError loading template: %s", name)
	}
	warnings := t.certtoolWarnings()
	for _, fault := range inOrder(append(faults, t.advice()...)) {
		if fault.Code.silent() || fault.Code == UnknownOption && strings.HasPrefix(strings.ToLower(fault.name), "policy") {
			warnings = append(warnings, Warning{Trap: fault})
		}
	}
	return t, warnings, t.load()
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

// limit is how many values of an option certtool takes.
func (option Option) limit() int {
	const maxValues = 128
	switch {
	case !option.Multi:
		return 1
	case option.Kind == Pair: // the OID counts as well
		return maxValues / 2
	}
	return maxValues
}

// taken groups the entries that certtool takes by the name of their option.
func (t *Template) taken() map[string][]Entry {
	byName := make(map[string][]Entry, len(t.entries))
	for _, entry := range t.entries {
		if option, ok := lookup(entry.Name); ok && len(byName[entry.Name]) < option.limit() {
			byName[entry.Name] = append(byName[entry.Name], entry)
		}
	}
	for _, option := range options {
		if option.Alias == "" {
			continue
		}
		if _, found := byName[option.Name]; !found && len(byName[option.Alias]) > 0 {
			byName[option.Name] = byName[option.Alias]
		}
	}
	return byName
}

// loadOrder is the order in which certtool decodes values while it loads a template.
var loadOrder = []string{
	"issuer_unique_id", "subject_unique_id", "other_name", "other_name_octet", "other_name_utf8",
	"dn_oid", "add_extension", "add_critical_extension", "serial", "crl_number",
}

// load finds what certtool refuses while it loads a template, whatever it is for.
func (t *Template) load() error {
	taken := t.taken()
	for _, name := range loadOrder {
		option, _ := lookup(name)
		for _, entry := range taken[name] {
			if err := option.load(entry.Value); err != nil {
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
			err = says("Error parsing %s", option.Name)
		case text == "":
			err = says("Error (2) parsing %s", option.Name)
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
	var refused error
	t.readInto(r, func(_ Entry, err error) bool {
		refused = err
		return false
	})
	if refused != nil {
		return nil, refused
	}
	r.setDates()
	return r.profile, nil
}

// readInto reads all entries that count for the purpose. It calls fail for those
// that cannot be read, and stops if that returns false.
func (t *Template) readInto(r *reading, fail func(Entry, error) bool) {
	taken, order := t.taken(), options
	if r.purpose&Request != 0 {
		order = requestOrder()
	}
	for _, option := range order {
		entries := taken[option.Name]
		switch {
		case len(entries) == 0:
			continue
		case r.purpose != 0 && option.Applies&r.purpose == 0:
			continue
		case option.NeedsCA && r.purpose&Proxy == 0 && !r.profile.CA:
			continue
		case r.purpose&Plain != 0 && option.Extra&r.purpose != 0:
			continue
		}
		for _, entry := range entries {
			if err := option.read(r, entry.Value); err != nil && !fail(entry, err) {
				return
			}
		}
	}
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
