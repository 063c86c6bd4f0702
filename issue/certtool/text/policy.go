package text

import "bytes"

// policyNames are the certificate policies that have a name.
var policyNames = map[string]string{
	"2.5.29.32.0":       "anyPolicy",
	"2.23.140.1.2.1":    "CA/B Domain Validated",
	"2.23.140.1.2.2":    "CA/B Organization Validated",
	"2.23.140.1.2.3":    "CA/B Individual Validated",
	"2.23.140.1.1":      "CA/B Extended Validation",
	"1.2.643.100.113.1": "Russian security class KC1",
	"1.2.643.100.113.2": "Russian security class KC2",
	"1.2.643.100.113.3": "Russian security class KC3",
	"1.2.643.100.113.4": "Russian security class KB1",
	"1.2.643.100.113.5": "Russian security class KB2",
	"1.2.643.100.113.6": "Russian security class KA1",
}

// policy is a PolicyInformation (RFC 5280 section 4.2.1.4).
type policy struct {
	oid        string
	qualifiers []qualifier
}

type qualifier struct {
	oid   string
	value element
}

// maxQualifiers is how many qualifiers GnuTLS reads of one policy.
const maxQualifiers = 8

func (w *writer) policies(indent string, e extension) {
	seq := opened(e.value)
	list := []policy{}
	for seq.more() {
		list = append(list, seq.policy())
	}
	err := seq.finished()
	var text writer
	for _, p := range list[:min(len(list), maxEntries)] {
		if err == nil {
			err = text.policy(indent, p)
		}
	}
	if err != nil {
		w.f("error: certificate policies import: %s\n", err)
		return
	}
	if len(list) > 0 {
		w.f("%s\t\tCertificate Policies (%s):\n", indent, criticality(e.critical))
	}
	w.Write(text.Bytes())
}

func (d decoder) policy() policy {
	seq := d.sequence()
	p := policy{oid: seq.oid()}
	if list, ok := seq.optionalOpen(tagSequence); ok {
		for list.more() {
			q := list.sequence()
			p.qualifiers = append(p.qualifiers, qualifier{q.oid(), q.any()})
			q.close()
		}
		list.close()
	}
	seq.close()
	return p
}

func (w *writer) policy(indent string, p policy) error {
	w.f("%s\t\t\t%s", indent, p.oid)
	if name, ok := policyNames[p.oid]; ok {
		w.f(" (%s)", name)
	}
	w.f("\n")
	for _, q := range p.qualifiers[:min(len(p.qualifiers), maxQualifiers)] {
		label, text, err := q.text()
		if err != nil {
			return err
		}
		w.f("%s\t\t\t\t%s: %s\n", indent, label, untilNUL([]byte(text)))
	}
	return nil
}

// text reads a qualifier: a URI, or the explicit text of a notice. Of others C
// prints what it prints for a missing string.
func (q qualifier) text() (label, text string, err error) {
	switch q.oid {
	case "1.3.6.1.5.5.7.2.1":
		switch {
		case q.value.tag != tagIA5String:
			return "", "", ErrDER
		case bytes.IndexByte(q.value.content, 0) >= 0:
			return "", "", ErrEmbeddedNUL
		}
		return "URI", string(q.value.content), nil
	case "1.3.6.1.5.5.7.2.2":
		text, err = userNotice(q.value.raw)
		return "Note", text, err
	}
	return "Unknown qualifier", "(null)", nil
}

var displayText = []tag{tagIA5String, tagVisibleString, tagBMPString, tagUTF8String}

// userNotice reads the explicit text; a reference to an organization's notices is
// not shown.
func userNotice(der []byte) (string, error) {
	seq := opened(der)
	if reference, ok := seq.optionalOpen(tagSequence); ok {
		reference.choice(displayText...)
		numbers := reference.open(tagSequence)
		for numbers.more() {
			numbers.read(tagInteger)
		}
		numbers.close()
		reference.close()
	}
	e := seq.choice(displayText...)
	switch {
	case seq.finished() != nil:
		return "", ErrParsing
	case len(e.content) == 0:
		return "", ErrDER
	case e.tag == tagBMPString:
		text, ok := bmp(e.content)
		if !ok {
			return "", ErrMemory
		}
		return text, nil
	}
	return string(e.content), nil
}
