package templates

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxSize bounds a template, in bytes; real ones have less than a kilobyte.
const MaxSize = 1 << 20

// Template is a parsed template: its options in their order.
type Template struct {
	file    string
	entries []Entry
}

// Parse reads a template for vncsec's own commands, which make certificates of
// keys. All that is wrong with it, its grammar, its options and their values, is
// returned together as Errors: what certtool would take for something else than
// it looks like is wrong here.
func Parse(name string, data []byte) (*Template, error) {
	t, faults := parse(name, data, keyed)
	if len(faults) > 0 {
		return nil, inOrder(faults)
	}
	return t, nil
}

// parse reads a template and looks for all faults that one for some purposes can
// have.
func parse(name string, data []byte, purposes Applies) (*Template, Errors) {
	t := &Template{file: name}
	if fault := tooLarge(name, data); fault != nil {
		return t, Errors{fault}
	}
	text := string(data)
	entries, rest := scan(text)
	t.entries = entries
	faults := t.fileFaults(text, rest)
	for _, entry := range entries {
		faults = append(faults, t.entryFaults(entry)...)
	}
	_, more := t.build(purposes, time.Now())
	return t, append(faults, more...)
}

func tooLarge(name string, data []byte) *Error {
	if len(data) <= MaxSize {
		return nil
	}
	return &Error{File: name, Code: TooLarge, Reason: fmt.Sprintf("the template has %d bytes, at most %d are allowed", len(data), MaxSize)}
}

// Entries lists the options of the template in their order.
func (t *Template) Entries() []Entry { return slices.Clone(t.entries) }

// Clone makes a copy that can be changed without changing the template.
func (t *Template) Clone() *Template {
	return &Template{file: t.file, entries: slices.Clone(t.entries)}
}

// Has tells whether the template has an option, by its name or its alias.
func (t *Template) Has(name string) bool { return len(t.Values(name)) > 0 }

// Values lists the values of an option, by its name or its alias.
func (t *Template) Values(name string) []string {
	var values []string
	for _, entry := range t.entries {
		if same(entry.Name, name) {
			values = append(values, entry.Value)
		}
	}
	return values
}

// Add appends an option. Its value is checked by Profile; as it comes from no
// file, its errors name only the option.
func (t *Template) Add(name, value string) {
	t.entries = append(t.entries, Entry{Name: name, Value: value})
}

// Set replaces all values of an option, under its name and its alias, by one.
func (t *Template) Set(name, value string) {
	t.Remove(name)
	t.Add(name, value)
}

// Remove takes an option out, under its name and its alias.
func (t *Template) Remove(name string) {
	t.entries = slices.DeleteFunc(t.entries, func(e Entry) bool { return same(e.Name, name) })
}

func same(a, b string) bool {
	option, ok := lookup(a)
	return a == b || ok && (b == option.Name || b == option.Alias)
}

// Profile returns what the template asks for. Errors are possible only for
// values that were added after Parse.
func (t *Template) Profile() (*Profile, error) {
	profile, faults := t.build(keyed, time.Now())
	if len(faults) > 0 {
		return nil, inOrder(faults)
	}
	if profile.Days == -1 {
		profile.Days, profile.NoEnd = 0, true
	}
	return profile, nil
}

// build checks every entry, and reads them into a profile as certtool does.
func (t *Template) build(purposes Applies, now time.Time) (*Profile, Errors) {
	var faults Errors
	seen, counts := map[string]Entry{}, map[string]int{}
	for _, entry := range t.entries {
		option, ok := lookup(entry.Name)
		if !ok {
			faults = append(faults, t.unknown(entry))
			continue
		}
		first, repeated := seen[option.Name]
		if repeated && (!option.Multi || first.Name != entry.Name) {
			faults = append(faults, t.repeated(first, entry))
			continue
		}
		if !repeated {
			seen[option.Name] = entry
		}
		if counts[option.Name]++; counts[option.Name] == option.limit()+1 {
			faults = append(faults, t.fault(entry, TooManyValues, fmt.Sprintf("certtool takes only %d values of the option and drops this one", option.limit()), "leave it out"))
		}
		if fault := t.check(purposes, option, entry); fault != nil {
			faults = append(faults, fault)
		}
	}
	r := &reading{profile: &Profile{}, now: now}
	sound := len(faults) == 0
	t.readInto(r, func(entry Entry, err error) bool {
		if sound {
			faults = append(faults, t.fault(entry, BadValue, fmt.Sprintf("certtool does not take %q: %v", entry.Value, err), ""))
		}
		return true
	})
	return r.profile, append(faults, t.conflicts(purposes, r, seen)...)
}

// check looks at one entry by itself.
func (t *Template) check(purposes Applies, option Option, entry Entry) *Error {
	switch {
	case option.Applies&purposes == 0:
		return t.fault(entry, NoEffect, "the option has no meaning for the certificate of a key: it is for "+option.Applies.String(), "leave it out")
	case option.Kind == Flag:
		return t.checkFlag(entry)
	case entry.Value == "":
		return t.fault(entry, EmptyValue, "the value is empty", "leave the line out")
	case entry.At == (Position{}) && (!utf8.ValidString(entry.Value) || strings.ContainsFunc(entry.Value, unicode.IsControl)):
		// Values from a file are looked at by entryFaults, which knows the place.
		return t.fault(entry, ControlInValue, fmt.Sprintf("%q is not UTF-8 or has a control character", entry.Value), "")
	case option.check == nil:
		return nil
	}
	if err := option.check(entry.Value); err != nil {
		f := faultOf(err)
		return t.fault(entry, f.code, f.reason, f.hint)
	}
	return nil
}

// checkFlag refuses values: certtool does not look at them and switches the flag
// on even for "false".
func (t *Template) checkFlag(entry Entry) *Error {
	switch {
	case isSwitchedOn(entry.Value):
		return nil
	case slices.Contains([]string{"false", "no", "off", "0"}, entry.Value):
		return t.fault(entry, FlagValue, fmt.Sprintf("certtool switches a flag on whatever its value, here %q", entry.Value), "leave the line out to switch it off")
	}
	return t.fault(entry, FlagValue, fmt.Sprintf("a flag has no value, found %q", entry.Value), "write the name alone")
}

// conflicts are the faults that no entry has alone.
func (t *Template) conflicts(purposes Applies, r *reading, seen map[string]Entry) (faults Errors) {
	for name, entry := range seen {
		if option, _ := lookup(name); option.NeedsCA && !r.profile.CA && option.Applies&purposes&Proxy == 0 {
			faults = append(faults, t.fault(entry, NoEffect, "the option has no effect without the option ca", "add ca, or leave it out"))
		}
	}
	for _, pair := range [][2]string{{"expiration_days", "expiration_date"}, {"crl_next_update", "crl_next_update_date"}} {
		days, hasDays := seen[pair[0]]
		if _, hasDate := seen[pair[1]]; hasDays && hasDate {
			faults = append(faults, t.fault(days, TwoEnds, pair[1]+" says the same already, and wins", "leave one of them out"))
		}
	}
	return append(append(faults, t.policyGaps(seen)...), t.reversed(r, seen)...)
}

// policyGaps finds policies behind a missing one, and texts of missing ones.
func (t *Template) policyGaps(seen map[string]Entry) (faults Errors) {
	missing := ""
	for n := 1; n <= maxPolicies; n++ {
		name := fmt.Sprintf("policy%d", n)
		entry, found := seen[name]
		switch {
		case !found && missing == "":
			missing = name
		case found && missing != "":
			faults = append(faults, t.fault(entry, PolicyGap, "certtool reads policies up to the first gap, and "+missing+" is missing", "number the policies from 1 on"))
		}
		for _, part := range []string{"_txt", "_url"} {
			if entry, has := seen[name+part]; has && !found {
				faults = append(faults, t.fault(entry, PolicyGap, "the option has no effect without "+name, "add "+name+", or leave it out"))
			}
		}
	}
	return faults
}

// reversed finds an end that is not after the start. Where it is so many days from
// now, now is known only to who makes the certificate.
func (t *Template) reversed(r *reading, seen map[string]Entry) Errors {
	start, end := orNow(r.profile.NotBefore, r.now), r.profile.NotAfter
	entry, found := seen["expiration_date"]
	if !found || end.IsZero() || end.After(start) {
		return nil
	}
	return Errors{t.tooEarly(entry, start, end)}
}

func (t *Template) tooEarly(entry Entry, start, end time.Time) *Error {
	return t.fault(entry, ReversedValidity, fmt.Sprintf("the certificate would expire %s, before it becomes valid %s",
		end.UTC().Format(time.DateTime), start.UTC().Format(time.DateTime)), "write a later end")
}

func (t *Template) unknown(entry Entry) *Error {
	fault := t.fault(entry, UnknownOption, fmt.Sprintf("unknown option %q", entry.Name), "")
	fault.Option = ""
	if _, known := lookup(strings.ToLower(entry.Name)); known {
		fault.Code = WrongCase
		fault.Reason += ": certtool skips it without a word, names are in lower case"
	}
	if name, ok := nearestOption(entry.Name); ok {
		fault.Hint = fmt.Sprintf("did you mean %q?", name)
	}
	return fault
}

func (t *Template) repeated(first, entry Entry) *Error {
	code, reason := Repeated, "the option was given already"
	if first.Name != entry.Name {
		code, reason = AliasPair, fmt.Sprintf("the option was given already as %s", first.Name)
	}
	if first.At != (Position{}) {
		reason += fmt.Sprintf(", in line %d", first.At.Line)
	}
	return t.fault(entry, code, reason+": certtool takes only one of them", "leave one out")
}

// fault makes an Error about one entry.
func (t *Template) fault(entry Entry, code Code, reason, hint string) *Error {
	fault := &Error{Code: code, Option: entry.Name, Reason: reason, Hint: hint, name: entry.Name}
	if entry.At != (Position{}) {
		fault.File, fault.At = t.file, entry.At
	}
	return fault
}

func inOrder(faults Errors) Errors {
	slices.SortStableFunc(faults, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Column, b.At.Column), cmp.Compare(a.Option, b.Option))
	})
	return faults
}
