package text

import (
	"bytes"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// nameKind is a choice of GeneralName (RFC 5280 section 4.2.1.6); some otherNames
// count as kinds of their own.
type nameKind int

const (
	otherName nameKind = iota
	email
	dns
	x400
	directoryName
	ediParty
	uri
	address
	registeredID
	xmpp
	kerberos
	userPrincipal
)

// generalName is one alternative name. The value of a directory name is its text,
// that of a registered ID the number with dots, that of an otherName its DER.
type generalName struct {
	kind  nameKind
	oid   string // of an otherName
	value []byte
}

// virtualNames are the otherNames that GnuTLS decodes.
var virtualNames = map[string]nameKind{
	"1.3.6.1.5.5.7.8.5":      xmpp,
	"1.3.6.1.5.2.2":          kerberos,
	"1.3.6.1.4.1.311.20.2.3": userPrincipal,
}

// generalNames reads the rest of the content, which is that of GeneralNames.
func (d decoder) generalNames() []rawName {
	names := []rawName{}
	for d.more() {
		names = append(names, d.generalName())
	}
	d.close()
	return names
}

// rawName is a GeneralName whose structure is known to be right. What is wrong
// with its value is found when it is asked for.
type rawName struct {
	kind  nameKind
	oid   string
	value []byte
	dn    name
}

var nameTags = map[tag]nameKind{
	contextOf(0): otherName,
	context(1):   email,
	context(2):   dns,
	contextOf(3): x400,
	contextOf(4): directoryName,
	contextOf(5): ediParty,
	context(6):   uri,
	context(7):   address,
	context(8):   registeredID,
}

func (d decoder) generalName() rawName {
	t, _, _ := readTag(d.rest())
	kind, ok := nameTags[t]
	if !ok {
		d.fail(ErrDER)
	}
	n := rawName{kind: kind}
	switch kind {
	case otherName:
		inner := d.open(t)
		n.oid = inner.oid()
		inner.mustExplicit(0)
		n.value = inner.any().raw
		inner.close()
	case directoryName:
		d.mustExplicit(4, tagSequence)
		n.dn = d.relativeNames()
	case x400, ediParty:
		d.mustExplicit(t.number)
		d.any()
	case registeredID:
		n.value = []byte(d.parseOID(d.any().content))
	default:
		n.value = d.any().content
	}
	return n
}

// decoded gives the name as it is printed, before the kinds are looked at.
func (n rawName) decoded() (generalName, error) {
	switch n.kind {
	case x400, ediParty:
		return generalName{}, ErrUnknownName
	case directoryName:
		if len(n.dn) == 0 {
			return generalName{}, ErrUnavailable
		}
		text, err := n.dn.String()
		return generalName{kind: directoryName, value: []byte(text)}, err
	default:
		return generalName{n.kind, n.oid, n.value}, nil
	}
}

// virtual decodes an otherName that GnuTLS knows.
func (g generalName) virtual() (generalName, error) {
	kind, ok := virtualNames[g.oid]
	if !ok {
		return g, ErrUnknownName
	}
	if kind == kerberos {
		value, err := kerberosPrincipal(g.value)
		return generalName{kind: kind, value: value}, err
	}
	d := decode(g.value)
	value := d.read(tagUTF8String).content
	switch {
	case !d.ok():
		return g, ErrDER
	case bytes.IndexByte(value, 0) >= 0:
		return g, ErrEmbeddedNUL
	}
	return generalName{kind: kind, value: value}, nil
}

// kerberosPrincipal reads a KRB5PrincipalName (RFC 4556 section 3.2.2). One that
// has no readable form is shown in hexadecimal.
func kerberosPrincipal(der []byte) ([]byte, error) {
	d := decode(der)
	seq := d.sequence()
	seq.mustExplicit(0, tagGeneralString)
	realm := seq.any().content
	seq.mustExplicit(1, tagSequence)
	principal := seq.sequence()
	principal.mustExplicit(0, tagInteger)
	nameType := principal.any().content
	principal.mustExplicit(1, tagSequence)
	list := principal.open(tagSequence)
	components := [][]byte{}
	for list.more() {
		components = append(components, list.read(tagGeneralString).content)
	}
	list.close()
	principal.close()
	seq.close()
	if d.finish() != nil {
		return nil, ErrDER
	}
	known := len(nameType) == 1 && (nameType[0] == 1 || nameType[0] == 2 || nameType[0] == 10)
	empty := func(component []byte) bool { return len(component) == 0 }
	if !known || empty(realm) || slices.ContainsFunc(components, empty) {
		return []byte("#" + hexOf(der)), nil
	}
	return append(append(bytes.Join(components, []byte("/")), '@'), realm...), nil
}

// generalName writes one name behind a prefix. Addresses of name constraints are
// networks.
func (w *writer) generalName(prefix string, g generalName, networks bool) {
	switch g.kind {
	case dns, email, uri, xmpp, kerberos, userPrincipal:
		if bytes.IndexByte(g.value, 0) >= 0 {
			w.f("warning: SAN contains an embedded NUL, replacing with '!'\n")
			g.value = bytes.ReplaceAll(g.value, []byte{0}, []byte{'!'})
		}
	}
	switch g.kind {
	case dns:
		w.internationalName(prefix+"DNSname", g.value, unicodeDomain)
	case email:
		w.internationalName(prefix+"RFC822Name", g.value, unicodeEmail)
	case uri:
		w.f("%sURI: %s\n", prefix, g.value)
	case address:
		w.f("%sIPAddress: %s\n", prefix, addressText(g.value, networks))
	case directoryName:
		w.f("%sdirectoryName: %s\n", prefix, g.value)
	case registeredID:
		w.f("%sRegistered ID: %s\n", prefix, g.value)
	case xmpp:
		w.f("%sXMPP Address: %s\n", prefix, g.value)
	case kerberos:
		w.f("%sKRB5Principal: %s\n", prefix, g.value)
	case userPrincipal:
		w.f("%sUser Principal Name: %s\n", prefix, g.value)
	default:
		w.f("%sUnknown name: %s\n", prefix, hexOf(g.value))
	}
}

// internationalName adds the Unicode form where there is one.
func (w *writer) internationalName(label string, value []byte, toUnicode func(string) (string, bool)) {
	w.f("%s: %s", label, value)
	switch text, ok := toUnicode(string(value)); {
	case !printable(value):
		w.f(" (contains illegal chars)")
	case bytes.Contains(value, []byte("xn--")) && ok:
		w.f(" (%s)", text)
	}
	w.f("\n")
}

func unicodeEmail(value string) (string, bool) {
	local, domain, ok := strings.Cut(value, "@")
	if !ok {
		return "", false
	}
	text, ok := unicodeDomain(domain)
	return local + "@" + text, ok
}

// addressText writes an address, or address and length of a network's prefix; a
// mask with gaps has the length -1.
func addressText(value []byte, network bool) string {
	size := len(value)
	if network {
		size /= 2
	}
	if (size != 4 && size != 16) || (network && len(value)%2 != 0) {
		return "(error)"
	}
	ip, _ := netip.AddrFromSlice(value[:size])
	if !network {
		return ntop(ip)
	}
	return ntop(ip) + "/" + strconv.Itoa(prefixLength(value[size:]))
}

// ntop is inet_ntop, which writes mapped and compatible IPv4 addresses with dots.
func ntop(ip netip.Addr) string {
	if !ip.Is6() {
		return ip.String()
	}
	octets := ip.As16()
	zero := [12]byte{}
	tail := netip.AddrFrom4([4]byte(octets[12:]))
	if [12]byte(octets[:12]) == zero && (octets[12] != 0 || octets[13] != 0) {
		return "::" + tail.String()
	}
	return ip.String()
}

func prefixLength(mask []byte) int {
	length := 0
	for length < len(mask)*8 && mask[length/8]&(0x80>>(length%8)) != 0 {
		length++
	}
	for i := length; i < len(mask)*8; i++ {
		if mask[i/8]&(0x80>>(i%8)) != 0 {
			return -1
		}
	}
	return length
}
