package tbs

import (
	"net/netip"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"vncsec/templates"
)

// The kinds of GeneralName that GnuTLS writes (RFC 5280 section 4.2.1.6).
var (
	nameOther      = explicit(0)
	nameMail       = implicit(1)
	nameDNS        = implicit(2)
	nameURI        = implicit(6)
	nameIP         = implicit(7)
	nameRegistered = implicit(8)
)

// generalName is an encoded name.
type generalName struct {
	tag   asn1.Tag
	value []byte
}

func (n generalName) add(b *builder) { addBytes(b, n.tag, n.value) }

func uriName(uri string) generalName { return generalName{nameURI, []byte(uri)} }

// readGeneralName reads a name of a kind that GnuTLS also writes.
func readGeneralName(s *cryptobyte.String) (generalName, error) {
	var inside cryptobyte.String
	var tag asn1.Tag
	if !s.ReadAnyASN1(&inside, &tag) {
		return generalName{}, errTag
	}
	if other := inside; tag == nameOther && !skipOID(&other) {
		return generalName{}, errTag
	}
	switch tag {
	case nameOther, nameMail, nameDNS, nameURI, nameIP, nameRegistered:
		return generalName{tag, inside}, nil
	}
	return generalName{}, errInternal
}

// alternativeNames lists the names of a profile: the kinds in certtool's order for
// certificates, or for requests, which have the e-mail addresses before other names.
func alternativeNames(p *templates.Profile) (beforeMail, mails, others []generalName, err error) {
	for _, name := range p.DNSNames {
		beforeMail = append(beforeMail, generalName{nameDNS, []byte(name)})
	}
	for _, uri := range p.URIs {
		beforeMail = append(beforeMail, uriName(uri))
	}
	for _, ip := range p.IPs {
		beforeMail = append(beforeMail, ipName(ip))
	}
	for _, mail := range p.Emails {
		mails = append(mails, generalName{nameMail, []byte(mail)})
	}
	for _, other := range p.OtherNames {
		name, err := otherName(other)
		if err != nil {
			return nil, nil, nil, err
		}
		others = append(others, name)
	}
	return beforeMail, mails, others, nil
}

func ipName(ip netip.Addr) generalName { return generalName{nameIP, ip.AsSlice()} }

func otherName(other templates.OtherName) (generalName, error) {
	var b builder
	addOID(&b, other.Type)
	b.AddASN1(explicit(0), func(b *builder) { b.AddBytes(other.Value) })
	value, err := b.Bytes()
	return generalName{nameOther, value}, err
}

// addNames appends to the subjectAltName. A new one is not critical.
func (e *Extensions) addNames(names []generalName) error {
	for _, name := range names {
		if err := e.addName(name); err != nil {
			return err
		}
	}
	return nil
}

func (e *Extensions) addName(name generalName) error {
	var old []generalName
	critical := false
	if x := e.Get(OIDSubjectAltName); x != nil {
		critical = x.Critical
		var err error
		if old, err = readNames(x.Value); err != nil {
			return err
		}
	}
	return e.set(OIDSubjectAltName, critical, asn1.SEQUENCE, func(b *builder) {
		for _, name := range append(old, name) {
			name.add(b)
		}
	})
}

func readNames(value []byte) (names []generalName, err error) {
	if len(value) == 0 {
		return nil, nil
	}
	list, err := open(value, asn1.SEQUENCE)
	if err != nil {
		return nil, err
	}
	for !list.Empty() {
		name, err := readGeneralName(&list)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}
