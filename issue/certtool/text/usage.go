package text

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
