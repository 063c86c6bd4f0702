package text

import (
	"bytes"
	"fmt"
	"slices"
)

// extension is one X.509 extension, its value still encoded.
type extension struct {
	oid      string
	critical bool
	value    []byte
}

const (
	oidSubjectKeyID     = "2.5.29.14"
	oidKeyUsage         = "2.5.29.15"
	oidSubjectAltName   = "2.5.29.17"
	oidIssuerAltName    = "2.5.29.18"
	oidBasicConstraints = "2.5.29.19"
	oidCRLNumber        = "2.5.29.20"
	oidNameConstraints  = "2.5.29.30"
	oidAuthorityKeyID   = "2.5.29.35"
	oidKeyPurpose       = "2.5.29.37"
	oidProxy            = "1.3.6.1.5.5.7.1.14"
	oidTLSFeatures      = "1.3.6.1.5.5.7.1.24"
)

// extensions reads Extensions.
func (d decoder) extensions() []extension {
	list := d.open(tagSequence)
	all := []extension{}
	for list.more() {
		seq := list.sequence()
		ext := extension{oid: seq.oid(), critical: seq.optionalBoolean()}
		ext.value = seq.read(tagOctetString).content
		seq.close()
		all = append(all, ext)
	}
	list.close()
	return all
}

// explicitExtensions reads Extensions behind a context tag of their own.
func (d decoder) explicitExtensions(n uint32) []extension {
	if !d.explicit(n, tagSequence) {
		return nil
	}
	return d.extensions()
}

func find(list []extension, oid string) *extension {
	i := slices.IndexFunc(list, func(e extension) bool { return e.oid == oid })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// printers hold what is known of each extension: its title, how the value is
// written, and the word for it in the warning about a second one.
var printers = map[string]struct {
	title string
	print func(w *writer, indent string, value []byte) error
	fault string // what stands in front of an error
	twice string
}{
	oidBasicConstraints:       {"Basic Constraints", (*writer).basicConstraints, "get_basic_constraints", "basic constraint"},
	oidSubjectKeyID:           {"Subject Key Identifier", (*writer).subjectKeyID, "get_subject_key_id", "SKI extension"},
	oidAuthorityKeyID:         {"Authority Key Identifier", (*writer).authorityKeyID, "gnutls_x509_ext_import_authority_key_id", "AKI extension"},
	oidKeyUsage:               {"Key Usage", (*writer).keyUsageExtension, "get_key_usage", "key usage extension"},
	"2.5.29.16":               {"Private Key Usage Period", (*writer).usagePeriod, "get_private_key_usage_period", "private key usage period extension"},
	oidKeyPurpose:             {"Key Purpose", (*writer).keyPurpose, "gnutls_x509_ext_import_key_purposes", "key purpose extension"},
	oidSubjectAltName:         {"Subject Alternative Name", (*writer).alternativeNames, "gnutls_x509_ext_import_subject_alt_names", "SKI extension"},
	oidIssuerAltName:          {"Issuer Alternative Name", (*writer).alternativeNames, "gnutls_x509_ext_import_subject_alt_names", "Issuer AltName extension"},
	"2.5.29.31":               {"CRL Distribution points", (*writer).distributionPoints, "gnutls_x509_ext_import_crl_dist_points", "CRL distribution point"},
	oidProxy:                  {"Proxy Certificate Information", (*writer).proxy, "get_proxy", "proxy extension"},
	"1.3.6.1.5.5.7.1.1":       {"Authority Information Access", (*writer).authorityInformation, "get_aia", ""},
	"1.3.6.1.4.1.11129.2.4.2": {"CT Precertificate SCTs", (*writer).timestamps, "gnutls_x509_ext_ct_import_scts()", ""},
	oidNameConstraints:        {"Name Constraints", (*writer).nameConstraints, "", "name constraints extension"},
	oidTLSFeatures:            {"TLS Features", (*writer).tlsFeatures, "get_tlsfeatures", "tlsfeatures extension"},
	"2.5.4.3":                 {"Common Name", (*writer).commonName, "x509_decode_string", ""},
}

// extensions writes the extensions of a certificate or of a request, which are
// indented by one more.
func (w *writer) extensions(indent string, list []extension) {
	if len(list) > 0 {
		w.f("%s\tExtensions:\n", indent)
	}
	seen := map[string]bool{}
	for _, e := range list {
		if twice := printers[e.oid].twice; twice != "" && seen[e.oid] {
			w.f("warning: more than one %s\n", twice)
		}
		seen[e.oid] = true
		w.extension(indent, e)
	}
}

func (w *writer) extension(indent string, e extension) {
	printer, ok := printers[e.oid]
	switch {
	case ok:
		w.f("%s\t\t%s (%s):\n", indent, printer.title, criticality(e.critical))
		if err := printer.print(w, indent, e.value); err != nil && printer.fault != "" {
			w.f("error: %s: %s\n", printer.fault, err)
		}
	case e.oid == "2.5.29.32":
		w.policies(indent, e)
	case e.oid == "2.5.29.54":
		w.inhibitAnyPolicy(indent, e)
	case e.oid == "1.2.643.100.111":
		w.f("%s\t\tSubject Signing Tool(%s):\n", indent, criticality(e.critical))
		w.subjectSigningTool(indent, e.value)
	case e.oid == "1.2.643.100.112":
		w.f("%s\t\tIssuer Signing Tool(%s):\n", indent, criticality(e.critical))
		w.issuerSigningTool(indent, e.value)
	default:
		w.f("%s\t\tUnknown extension %s (%s):\n", indent, e.oid, criticality(e.critical))
		w.unknown(indent+"\t\t\t", e.value)
	}
}

// unknown shows octets that have no meaning here.
func (w *writer) unknown(indent string, value []byte) {
	w.f("%sASCII: %s\n%sHexdump: %s\n", indent, ascii(value), indent, hexOf(value))
}

// whole decodes a value that is one element of the tag.
func whole(der []byte, want tag) (content []byte, err error) {
	d := decode(der)
	e := d.read(want)
	return e.content, d.finish()
}

// opened opens a value that is one SEQUENCE.
func opened(der []byte) decoder { return decode(der).open(tagSequence) }

// finished closes it, and what is around it.
func (d decoder) finished() error {
	d.close()
	return decoder{d.in, len(d.in.der)}.finish()
}

func (w *writer) basicConstraints(indent string, value []byte) error {
	seq := opened(value)
	ca := seq.optionalBoolean()
	length, limited := seq.optional(tagInteger)
	if err := seq.finished(); err != nil {
		return err
	}
	n, err := small(length.content)
	if err != nil {
		return err
	}
	answer := "FALSE"
	if ca {
		answer = "TRUE"
	}
	w.f("%s\t\t\tCertificate Authority (CA): %s\n", indent, answer)
	if limited && int32(n) >= 0 {
		w.f("%s\t\t\tPath Length Constraint: %d\n", indent, n)
	}
	return nil
}

func (w *writer) subjectKeyID(_ string, value []byte) error {
	if len(value) == 0 {
		return ErrUnavailable
	}
	id, err := whole(value, tagOctetString)
	switch {
	case err != nil:
		return err
	case len(id) == 0:
		return ErrDER
	}
	w.f("\t\t\t%s\n", hexOf(id))
	return nil
}

func (w *writer) authorityKeyID(_ string, value []byte) error {
	seq := opened(value)
	id, identified := seq.optional(context(0))
	names := seq.optionalNames(1)
	serial, numbered := seq.optional(context(2))
	if err := seq.finished(); err != nil {
		return err
	}
	decoded := []generalName{}
	for _, n := range names {
		g, err := n.decoded()
		if err == ErrUnavailable {
			break
		}
		if err != nil {
			return err
		}
		decoded = append(decoded, g)
	}
	if (numbered && len(serial.content) == 0) || (identified && len(id.content) == 0) {
		return ErrDER
	}
	if numbered && len(decoded) > 0 {
		w.generalName("\t\t\t", decoded[0], false)
		w.f("\t\t\tserial: %s\n", hexOf(serial.content))
	}
	if identified {
		w.f("\t\t\t%s\n", hexOf(id.content))
	}
	return nil
}

// keyUsage holds the first two octets of a KeyUsage, the first one below.
type keyUsage uint16

// keyUsages are the bits in the order in which they are written.
var keyUsages = []struct {
	bit  keyUsage
	text string
}{
	{0x80, "Digital signature"},
	{0x40, "Non repudiation"},
	{0x20, "Key encipherment"},
	{0x10, "Data encipherment"},
	{0x08, "Key agreement"},
	{0x04, "Certificate signing"},
	{0x02, "CRL signing"},
	{0x01, "Key encipher only"},
	{0x8000, "Key decipher only"},
}

func parseKeyUsage(value []byte) (keyUsage, error) {
	bits, err := whole(value, tagBitString)
	switch {
	case err != nil:
		return 0, err
	case len(bits) == 0 || int(bits[0]) > (len(bits)-1)*8:
		return 0, ErrDER
	case len(bits) > 3:
		return 0, ErrShortBuffer
	}
	var octets [2]byte
	copy(octets[:], bits[1:])
	return keyUsage(octets[0]) | keyUsage(octets[1])<<8, nil
}

func (w *writer) keyUsage(indent string, usage keyUsage) {
	for _, u := range keyUsages {
		if usage&u.bit != 0 {
			w.f("%s%s.\n", indent, u.text)
		}
	}
}

func (w *writer) keyUsageExtension(indent string, value []byte) error {
	usage, err := parseKeyUsage(value)
	if err != nil {
		return err
	}
	w.keyUsage(indent+"\t\t\t", usage)
	return nil
}

// usagePeriod is RFC 3280 section 4.2.1.4. A limit that is missing or cannot be is
// shown as the second before 1970.
func (w *writer) usagePeriod(_ string, value []byte) error {
	seq := opened(value)
	limit := func(n uint32) string {
		e, ok := seq.optional(context(n))
		if !ok {
			return beforeEpoch
		}
		t, valid := seq.parseTime(e.content, true)
		if !valid {
			return beforeEpoch
		}
		return date(t)
	}
	from, to := limit(0), limit(1)
	if err := seq.finished(); err != nil {
		return err
	}
	w.f("\t\t\tNot Before: %s\n\t\t\tNot After: %s\n", from, to)
	return nil
}

const beforeEpoch = "Wed Dec 31 23:59:59 UTC 1969"

// purposes are the key purposes that have a name.
var purposes = map[string]string{
	"1.3.6.1.5.5.7.3.1":      "TLS WWW Server.",
	"1.3.6.1.5.5.7.3.2":      "TLS WWW Client.",
	"1.3.6.1.5.5.7.3.3":      "Code signing.",
	"1.3.6.1.5.5.7.3.4":      "Email protection.",
	"1.3.6.1.5.5.7.3.8":      "Time stamping.",
	"1.3.6.1.5.5.7.3.9":      "OCSP signing.",
	"1.3.6.1.5.5.7.3.17":     "Ipsec IKE.",
	"1.3.6.1.4.1.311.20.2.2": "Smart Card Logon.",
	"2.5.29.37.0":            "Any purpose.",
}

// maxEntries is how many key purposes, policies and TLS features GnuTLS reads.
const maxEntries = 64

func (w *writer) keyPurpose(indent string, value []byte) error {
	seq := opened(value)
	oids := []string{}
	for seq.more() {
		oids = append(oids, seq.oid())
	}
	if err := seq.finished(); err != nil {
		return err
	}
	for _, oid := range oids[:min(len(oids), maxEntries)] {
		text, ok := purposes[oid]
		if !ok {
			text = oid
		}
		w.f("%s\t\t\t%s\n", indent, text)
	}
	return nil
}

// parseNames reads a GeneralNames extension. GnuTLS takes no empty ones there.
func parseNames(value []byte) ([]generalName, error) {
	seq := opened(value)
	raw := seq.generalNames()
	if err := seq.finished(); err != nil {
		return nil, err
	}
	names := []generalName{}
	for _, n := range raw {
		g, err := n.decoded()
		switch {
		case err == ErrUnavailable:
			return names, nil
		case err != nil:
			return names, err
		case len(g.value) == 0:
			return names, ErrUnknownName
		}
		names = append(names, g)
	}
	return names, nil
}

func (w *writer) alternativeNames(indent string, value []byte) error {
	names, err := parseNames(value)
	if err != nil {
		return err
	}
	indent += "\t\t\t"
	for _, g := range names {
		if g.kind != otherName {
			w.generalName(indent, g, false)
			continue
		}
		if virtual, err := g.virtual(); err == nil {
			w.generalName(indent, virtual, false)
			continue
		}
		w.f("%sotherName OID: %s\n%sotherName DER: %s\n%sotherName ASCII: %s\n",
			indent, g.oid, indent, hexOf(g.value), indent, ascii(g.value))
	}
	return nil
}

// distributionPoints writes all full names of all points; reasons and issuers are
// not shown (RFC 5280 section 4.2.1.13).
func (w *writer) distributionPoints(_ string, value []byte) error {
	seq := opened(value)
	points := [][]rawName{}
	for seq.more() {
		points = append(points, seq.distributionPoint())
	}
	if err := seq.finished(); err != nil {
		return err
	}
	names := []generalName{}
	for _, point := range points {
		if len(point) == 0 {
			break // GnuTLS stops reading
		}
		for i, n := range point {
			g, err := n.decoded()
			if err == ErrUnavailable && i > 0 {
				break
			}
			if err == ErrUnavailable {
				return w.names(names)
			}
			if err != nil {
				return err
			}
			names = append(names, g)
		}
	}
	return w.names(names)
}

func (w *writer) names(names []generalName) error {
	for _, g := range names {
		w.generalName("\t\t\t", g, false)
	}
	return nil
}

func (d decoder) distributionPoint() []rawName {
	var names []rawName
	point := d.open(tagSequence)
	if point.explicit(0, contextOf(0), contextOf(1)) {
		if point.peek(contextOf(0)) {
			names = point.optionalNames(0)
		} else {
			point.relativeName(contextOf(1))
		}
	}
	point.optional(context(1))
	point.optionalNames(2)
	point.close()
	return names
}

// optionalNames reads GeneralNames behind an implicit tag.
func (d decoder) optionalNames(n uint32) []rawName {
	inner, ok := d.optionalOpen(contextOf(n))
	if !ok {
		return nil
	}
	return inner.generalNames()
}

func (w *writer) proxy(_ string, value []byte) error {
	seq := opened(value)
	length, limited := seq.optional(tagInteger)
	policy := seq.sequence()
	language := policy.oid()
	content, given := policy.optional(tagOctetString)
	policy.close()
	if err := seq.finished(); err != nil {
		return err
	}
	n, err := small(length.content)
	switch {
	case err != nil:
		return err
	case given && len(content.content) == 0:
		return ErrDER
	}
	if limited && int32(n) >= 0 {
		w.f("\t\t\tPath Length Constraint: %d\n", n)
	}
	w.f("\t\t\tPolicy Language: %s", language)
	switch language {
	case "1.3.6.1.5.5.7.21.1":
		w.f(" (id-ppl-inheritALL)")
	case "1.3.6.1.5.5.7.21.2":
		w.f(" (id-ppl-independent)")
	}
	w.f("\n")
	if given {
		w.f("\t\t\tPolicy:\n\t\t\t\tASCII: %s\n\t\t\t\tHexdump: %s\n", ascii(content.content), hexOf(content.content))
	}
	return nil
}

func (w *writer) authorityInformation(_ string, value []byte) error {
	if len(value) == 0 {
		return ErrUnavailable
	}
	seq := opened(value)
	type access struct {
		method   string
		location rawName
	}
	list := []access{}
	for seq.more() {
		entry := seq.sequence()
		list = append(list, access{entry.oid(), entry.generalName()})
		entry.close()
	}
	if err := seq.finished(); err != nil {
		return err
	}
	names := map[string]string{"1.3.6.1.5.5.7.48.1": "id-ad-ocsp", "1.3.6.1.5.5.7.48.2": "id-ad-caIssuers"}
	var text writer
	for _, a := range list {
		g, err := a.location.decoded()
		if err == ErrUnavailable {
			break
		}
		if err != nil {
			return err
		}
		method, ok := names[a.method]
		if !ok {
			method = "UNKNOWN"
		}
		text.f("\t\t\tAccess Method: %s (%s)\n\t\t\tAccess Location ", a.method, method)
		text.generalName("", g, false)
	}
	w.Write(text.Bytes())
	return nil
}

// nameConstraints says nothing of constraints that cannot be read.
func (w *writer) nameConstraints(indent string, value []byte) error {
	seq := opened(value)
	permitted, excluded := seq.subtrees(0), seq.subtrees(1)
	if err := seq.finished(); err != nil {
		return err
	}
	lists := [2][]generalName{}
	for i, raw := range [][]rawName{permitted, excluded} {
		var err error
		if lists[i], err = constraints(raw); err != nil {
			return err
		}
	}
	for i, title := range []string{"Permitted", "Excluded"} {
		if len(lists[i]) > 0 {
			w.f("%s\t\t\t%s:\n", indent, title)
		}
		for _, g := range lists[i] {
			w.generalName(indent+"\t\t\t\t", g, true)
		}
	}
	return nil
}

func (d decoder) subtrees(n uint32) []rawName {
	list, ok := d.optionalOpen(contextOf(n))
	if !ok {
		return nil
	}
	names := []rawName{}
	for list.more() {
		subtree := list.sequence()
		names = append(names, subtree.generalName())
		subtree.optional(context(0))
		subtree.optional(context(1))
		subtree.close()
	}
	list.close()
	return names
}

// constraints decodes the names of one side; GnuTLS reads no other kinds.
func constraints(raw []rawName) ([]generalName, error) {
	names := []generalName{}
	for _, n := range raw {
		g, err := n.decoded()
		if err == ErrUnavailable {
			return names, nil
		}
		if err == nil && g.kind == otherName {
			g, err = g.virtual()
		}
		if err != nil {
			return nil, err
		}
		switch g.kind {
		case dns, email, directoryName, uri, userPrincipal:
		case address:
			if len(g.value) != 8 && len(g.value) != 32 {
				return nil, ErrParameter
			}
			if prefixLength(g.value[len(g.value)/2:]) < 0 {
				return nil, ErrCIDR
			}
		default:
			return nil, ErrUnknownName
		}
		names = append(names, g)
	}
	return names, nil
}

// tlsExtensions are the names of TLS extensions, which TLS features are.
var tlsExtensions = map[uint32]string{
	0: "Server Name Indication", 1: "Maximum Record Size", 5: "OCSP Status Request", 10: "Supported Groups",
	11: "Supported EC Point Formats", 12: "SRP", 13: "Signature Algorithms", 14: "SRTP", 15: "Heartbeat",
	16: "ALPN", 19: "Client Certificate Type", 20: "Server Certificate Type", 21: "ClientHello Padding",
	22: "Encrypt-then-MAC", 23: "Extended Master Secret", 27: "Compress Certificate", 28: "Record Size Limit",
	35: "Session Ticket", 41: "Pre Shared Key", 42: "Early Data", 43: "Supported Versions", 44: "Cookie",
	45: "PSK Key Exchange Modes", 49: "Post Handshake Auth", 51: "Key Share", 65281: "Safe Renegotiation",
}

func (w *writer) tlsFeatures(indent string, value []byte) error {
	if len(value) == 0 {
		return ErrUnavailable
	}
	seq := opened(value)
	contents := [][]byte{}
	for seq.more() {
		contents = append(contents, seq.read(tagInteger).content)
	}
	if err := seq.finished(); err != nil {
		return err
	}
	features := []uint32{}
	for _, content := range contents {
		n, err := small(content)
		switch {
		case err != nil:
			return err
		case n > 0xffff:
			return ErrCertificate
		case slices.Contains(features, n):
			continue
		case len(features) == maxEntries:
			return Error("GnuTLS internal error.")
		}
		features = append(features, n)
	}
	for _, n := range features {
		if name, ok := tlsExtensions[n]; ok {
			w.f("%s\t\t\t%s(%d)\n", indent, name, n)
		} else {
			w.f("%s\t\t\t%d\n", indent, n)
		}
	}
	return nil
}

func (w *writer) commonName(indent string, value []byte) error {
	d := decode(value)
	content := d.choice(tagPrintableString).content
	switch {
	case !d.ok():
		return d.in.err
	case bytes.IndexByte(content, 0) >= 0:
		return ErrEmbeddedNUL
	}
	w.f("%s\t\t\t%s\n", indent, content)
	return nil
}

func (w *writer) inhibitAnyPolicy(indent string, e extension) {
	content, err := whole(e.value, tagInteger)
	var n uint32
	if err == nil {
		n, err = small(content)
	}
	if err != nil {
		w.f("error: certificate inhibit any policy import: %s\n", err)
		return
	}
	w.f("%s\t\tInhibit anyPolicy skip certs: %d (%s)\n", indent, n, criticality(e.critical))
}

// subjectSigningTool and issuerSigningTool are the extensions of Russia's
// Federal Security Service order 795.
func (w *writer) subjectSigningTool(indent string, value []byte) {
	d := decode(value)
	content := d.read(tagUTF8String).content
	if !d.ok() || bytes.IndexByte(content, 0) >= 0 {
		w.unknown(indent+"\t\t\t", value)
		return
	}
	w.f("%s\t\t\t%s\n", indent, content)
}

func (w *writer) issuerSigningTool(indent string, value []byte) {
	seq := opened(value)
	var text bytes.Buffer
	for _, name := range []string{"SignTool", "CATool", "SignToolCert", "CAToolCert"} {
		content := seq.read(tagUTF8String).content
		if len(content) == 0 {
			break
		}
		fmt.Fprintf(&text, "%s\t\t\t%s: %s\n", indent, name, untilNUL(content))
	}
	if seq.finished() != nil {
		w.unknown(indent+"\t\t\t", value)
		return
	}
	w.Write(text.Bytes())
}
