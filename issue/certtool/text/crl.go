package text

import "time"

// CRL is what GnuTLS reads of a certificate revocation list (RFC 5280 section 5.1).
type CRL struct {
	der        []byte
	version    int // -1: it cannot be read
	issuer     name
	thisUpdate time.Time // zero: it cannot be
	nextUpdate time.Time // zero: there is none
	revoked    []revocation
	extensions []extension
	algorithm  algorithm
	signature  bitString
}

type revocation struct {
	serial []byte
	date   time.Time // zero: it cannot be
}

// ParseCRL reads a CRL as gnutls_x509_crl_import does.
func ParseCRL(der []byte) (*CRL, error) {
	d := decode(der)
	c := &CRL{der: der}
	outer := d.sequence()
	c.parseTBS(outer.sequence())
	c.algorithm = outer.algorithm()
	c.signature = outer.read(tagBitString).content
	outer.close()
	if err := d.finish(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *CRL) parseTBS(tbs decoder) {
	c.version = 1
	if e, ok := tbs.optional(tagInteger); ok {
		c.version = versionOf(e.content)
	}
	tbs.algorithm()
	c.issuer = tbs.name()
	c.thisUpdate, _ = tbs.time()
	if tbs.peek(tagUTCTime, tagGeneralizedTime) {
		c.nextUpdate, _ = tbs.time()
	}
	if list, ok := tbs.optionalOpen(tagSequence); ok {
		for list.more() {
			c.revoked = append(c.revoked, list.revocation())
		}
		list.close()
	}
	c.extensions = tbs.explicitExtensions(0)
	tbs.close()
}

// revocation reads an entry; its extensions are never shown.
func (d decoder) revocation() revocation {
	seq := d.sequence()
	r := revocation{serial: seq.read(tagInteger).content}
	r.date, _ = seq.time()
	if seq.peek(tagSequence) {
		seq.extensions()
	}
	seq.close()
	return r
}

// DER is the encoding that the list was read from.
func (c *CRL) DER() []byte { return c.der }

// Issuer is the name of the list's issuer.
func (c *CRL) Issuer() (string, error) { return c.issuer.String() }

// Number is the CRL number in hexadecimal; ok is false if there is none to be read.
func (c *CRL) Number() (number string, ok bool) {
	content, err := c.number()
	return hexOf(content), err == nil
}

func (c *CRL) number() ([]byte, error) {
	e := find(c.extensions, oidCRLNumber)
	if e == nil || len(e.value) == 0 {
		return nil, ErrDER
	}
	content, err := whole(e.value, tagInteger)
	if err == nil && len(content) > maxSerial {
		err = ErrShortBuffer
	}
	return content, err
}

// Text describes the list (certtool --crl-info).
func (c *CRL) Text(options Options) []byte {
	w := writer{options: options}
	w.f("X.509 Certificate Revocation List Information:\n")
	if c.version < 0 {
		w.f("error: get_version: %s\n", ErrDER)
	} else {
		w.f("\tVersion: %d\n", c.version)
	}
	if !options.Unsigned {
		w.name("Issuer", "issuer_dn", c.issuer)
	}
	w.f("\tUpdate dates:\n\t\tIssued: %s\n", dateOrNone(c.thisUpdate))
	if c.nextUpdate.IsZero() {
		w.f("\t\tNo next update time.\n")
	} else {
		w.f("\t\tNext at: %s\n", date(c.nextUpdate))
	}
	if c.version >= 2 {
		w.crlExtensions(c)
	}
	w.revoked(c.revoked)
	if !options.Unsigned {
		w.signature(c.algorithm, c.signature, false)
	}
	return w.result()
}

func dateOrNone(t time.Time) string {
	if t.IsZero() {
		return beforeEpoch
	}
	return date(t)
}

func (w *writer) crlExtensions(c *CRL) {
	if len(c.extensions) > 0 {
		w.f("\tExtensions:\n")
	}
	seen := map[string]bool{}
	for _, e := range c.extensions {
		again := seen[e.oid]
		seen[e.oid] = true
		switch e.oid {
		case oidCRLNumber:
			if again {
				w.f("warning: more than one CRL number\n")
			}
			w.crlNumber(c)
		case oidAuthorityKeyID:
			if again {
				w.f("warning: more than one AKI extension\n")
			}
			w.f("\t\tAuthority Key Identifier (%s):\n", criticality(e.critical))
			if !w.hasValue(e) {
				continue
			}
			if err := w.authorityKeyID("", e.value); err != nil {
				w.f("error: gnutls_x509_ext_import_authority_key_id: %s\n", err)
			}
		default:
			w.f("\t\tUnknown extension %s (%s):\n", e.oid, criticality(e.critical))
			if w.hasValue(e) {
				w.unknown("\t\t\t", e.value)
			}
		}
	}
}

// crlNumber always shows the first number.
func (w *writer) crlNumber(c *CRL) {
	content, err := c.number()
	w.f("\t\tCRL Number (%s): ", criticality(find(c.extensions, oidCRLNumber).critical))
	if err != nil {
		w.f("error: get_number: %s\n", err)
		return
	}
	w.f("%s\n", hexOf(content))
}

func (w *writer) hasValue(e extension) bool {
	if len(e.value) == 0 {
		w.f("error: get_extension_data2: %s\n", ErrDER)
		return false
	}
	return true
}

func (w *writer) revoked(list []revocation) {
	if len(list) == 0 {
		w.f("\tNo revoked certificates.\n")
		return
	}
	w.f("\tRevoked certificates (%d):\n", len(list))
	for _, r := range list {
		if len(r.serial) > maxSerial {
			w.f("error: iter_crt_serial: %s\n", ErrShortBuffer)
			return
		}
		w.f("\t\tSerial Number (hex): %s\n\t\tRevoked at: %s\n", hexOf(r.serial), dateOrNone(r.date))
	}
}
