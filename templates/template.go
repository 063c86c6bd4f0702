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

// MaxSize bounds a template, in bytes; real ones have less than a kilobyte. A
// larger one, full of faults, would take many seconds to explain.
const MaxSize = 64 << 10

// Template is a parsed template: its options in their order.
type Template struct {
	file    string
	entries []Entry
}

// Parse reads a template. The name stands for the file in messages. All that is
// wrong with the template, its grammar, its options and their values, is returned
// together as Errors.
func Parse(name string, data []byte) (*Template, error) {
	if len(data) > MaxSize {
		return nil, Errors{{File: name, Reason: fmt.Sprintf("the template has %d bytes, at most %d are allowed", len(data), MaxSize)}}
	}
	entries, rest := scan(string(data))
	t := &Template{file: name, entries: entries}
	faults := t.fileFaults(string(data), rest)
	for _, entry := range entries {
		faults = append(faults, t.entryFaults(entry)...)
	}
	_, more := t.build()
	faults = append(faults, more...)
	if len(faults) > 0 {
		return nil, inOrder(faults)
	}
	return t, nil
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
	profile, faults := t.build()
	if len(faults) > 0 {
		return nil, inOrder(faults)
	}
	return profile, nil
}

// build puts every entry into a profile and collects what cannot be.
func (t *Template) build() (*Profile, Errors) {
	profile, faults := &Profile{}, Errors(nil)
	r := &reading{profile: profile, now: time.Now()}
	seen := map[string]Entry{}
	for _, entry := range t.entries {
		option, ok := lookup(entry.Name)
		if !ok {
			faults = append(faults, t.unknown(entry))
			continue
		}
		if first, repeated := seen[option.Name]; repeated && (!option.Multi || first.Name != entry.Name) {
			faults = append(faults, t.repeated(first, entry))
			continue
		}
		if _, ok := seen[option.Name]; !ok {
			seen[option.Name] = entry
		}
		if fault := t.put(r, option, entry); fault != nil {
			faults = append(faults, fault)
		}
	}
	if profile.Days == -1 {
		profile.Days, profile.NoEnd = 0, true
	}
	return profile, append(faults, t.conflicts(profile, seen)...)
}

func (t *Template) put(r *reading, option Option, entry Entry) *Error {
	switch {
	case option.Applies&keyed == 0:
		return t.fault(entry, "the option has no meaning for the certificate of a key", "leave it out")
	case option.Kind == Flag:
		return t.putFlag(r, option, entry)
	case entry.Value == "":
		return t.fault(entry, "the value is empty", "")
	case entry.At == (Position{}) && (!utf8.ValidString(entry.Value) || strings.ContainsFunc(entry.Value, unicode.IsControl)):
		// Values from a file are looked at by entryFaults, which knows the place.
		return t.fault(entry, fmt.Sprintf("%q is not UTF-8 or has a control character", entry.Value), "")
	}
	if option.check != nil {
		if err := option.check(entry.Value); err != nil {
			return t.fault(entry, err.Error(), "")
		}
	}
	if err := option.read(r, entry.Value); err != nil {
		return t.fault(entry, fmt.Sprintf("certtool does not take %q: %v", entry.Value, err), "")
	}
	return nil
}

// putFlag refuses values: certtool does not look at them and switches the flag
// on even for "false".
func (t *Template) putFlag(r *reading, option Option, entry Entry) *Error {
	switch entry.Value {
	case "", "true", "yes", "on", "1":
		_ = option.read(r, "") // flags have no faults
		return nil
	case "false", "no", "off", "0":
		return t.fault(entry, fmt.Sprintf("certtool switches a flag on whatever its value, here %q", entry.Value), "leave the line out to switch it off")
	}
	return t.fault(entry, fmt.Sprintf("a flag has no value, found %q", entry.Value), "write the name alone")
}

// conflicts are the faults that no entry has alone.
func (t *Template) conflicts(profile *Profile, seen map[string]Entry) (faults Errors) {
	for name, entry := range seen {
		if option, _ := lookup(name); option.NeedsCA && !profile.CA {
			faults = append(faults, t.fault(entry, "the option has no effect without the option ca", "add ca, or leave it out"))
		}
	}
	days, hasDays := seen["expiration_days"]
	if _, hasDate := seen["expiration_date"]; hasDays && hasDate {
		faults = append(faults, t.fault(days, "expiration_date says when the certificate expires already", "leave one of them out"))
	}
	if end, ok := seen["expiration_date"]; ok && !profile.NotAfter.IsZero() && !profile.NotAfter.After(profile.NotBefore) {
		faults = append(faults, t.fault(end, "the certificate would expire before it becomes valid", ""))
	}
	return faults
}

func (t *Template) unknown(entry Entry) *Error {
	fault := t.fault(entry, "", "")
	fault.Option = ""
	fault.Reason = fmt.Sprintf("unknown option %q", entry.Name)
	if name, ok := nearestOption(entry.Name); ok {
		fault.Hint = fmt.Sprintf("did you mean %q?", name)
	}
	return fault
}

func (t *Template) repeated(first, entry Entry) *Error {
	reason := "the option was given already"
	if first.Name != entry.Name {
		reason = fmt.Sprintf("the option was given already as %s", first.Name)
	}
	if first.At != (Position{}) {
		reason += fmt.Sprintf(", in line %d", first.At.Line)
	}
	return t.fault(entry, reason+": certtool takes only one of them", "leave one out")
}

// fault makes an Error about one entry.
func (t *Template) fault(entry Entry, reason, hint string) *Error {
	fault := &Error{Option: entry.Name, Reason: reason, Hint: hint}
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
