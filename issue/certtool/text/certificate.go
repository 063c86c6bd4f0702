package text

import (
	"crypto/sha1"
	"crypto/sha256"
	"time"
)

// Certificate is what GnuTLS reads of an X.509 certificate (RFC 5280 section 4.1).
type Certificate struct {
	der        []byte
	version    int // -1: it cannot be read
	serial     []byte
	issuer     name
	subject    name
	notBefore  time.Time
	notAfter   time.Time
	spki       spki
	issuerID   bitString // nil: absent
	subjectID  bitString
	extensions []extension
	algorithm  algorithm
	signature  bitString
}

// ParseCertificate reads a certificate under the conditions of
// gnutls_x509_crt_import; the error is an [Error] with its words.
func ParseCertificate(der []byte) (*Certificate, error) {
	d := decode(der)
	c := &Certificate{der: der}
	outer := d.sequence()
	inner, timed := c.parseTBS(outer.sequence())
	c.algorithm = outer.algorithm()
	c.signature = outer.read(tagBitString).content
	outer.close()
	if err := d.finish(); err != nil {
		return nil, err
	}
	if err := c.check(inner, timed); err != nil {
		return nil, err
	}
	return c, nil
}

// parseTBS reads the signed part. It returns the algorithm named there, and
// whether both times can be.
func (c *Certificate) parseTBS(tbs decoder) (inner algorithm, timed bool) {
	c.version = 1
	if content, ok := tbs.explicitInteger(0); ok {
		c.version = versionOf(content)
	}
	c.serial = tbs.read(tagInteger).content
	inner = tbs.algorithm()
	c.issuer = tbs.name()
	validity := tbs.sequence()
	var from, to bool
	c.notBefore, from = validity.time()
	c.notAfter, to = validity.time()
	validity.close()
	c.subject = tbs.name()
	c.spki = tbs.spki()
	c.issuerID = tbs.uniqueID(1)
	c.subjectID = tbs.uniqueID(2)
	c.extensions = tbs.explicitExtensions(3)
	tbs.close()
	return inner, from && to
}

// versionOf is -1 for what GnuTLS does not take for a version.
func versionOf(content []byte) int {
	if len(content) != 1 || content[0] >= 0x80 {
		return -1
	}
	return int(content[0]) + 1
}

func (d decoder) uniqueID(n uint32) bitString {
	e, _ := d.optional(context(n))
	return e.content
}

// check is what GnuTLS makes sure of when a certificate is loaded.
func (c *Certificate) check(inner algorithm, timed bool) error {
	if !c.algorithm.sameAs(inner) {
		return ErrCertificate
	}
	for _, oid := range []string{oidSubjectAltName, oidIssuerAltName} {
		e := find(c.extensions, oid)
		if e == nil {
			continue
		}
		if len(e.value) == 0 {
			return ErrDER
		}
		if _, err := parseNames(e.value); err != nil {
			return err
		}
	}
	switch {
	case c.version < 0:
		return ErrDER
	case c.version < 3 && len(c.extensions) > 0:
		return ErrCertificate
	case c.version >= 3 && duplicates(c.extensions):
		return ErrDuplicate
	case c.version < 2 && (c.issuerID.readable() || c.subjectID.readable()):
		return ErrCertificate
	case !timed:
		return ErrCertificateTime
	}
	return nil
}

func (b bitString) readable() bool {
	_, err := b.octets()
	return err == nil
}

func duplicates(list []extension) bool {
	seen := make(map[string]bool, len(list))
	for _, e := range list {
		if seen[e.oid] {
			return true
		}
		seen[e.oid] = true
	}
	return false
}

// DER is the encoding that the certificate was read from.
func (c *Certificate) DER() []byte { return c.der }

// Subject is the name of the certificate's holder; it is empty for an empty name.
func (c *Certificate) Subject() (string, error) { return c.subject.String() }

// Issuer is the name of the certificate's issuer.
func (c *Certificate) Issuer() (string, error) { return c.issuer.String() }

// SignatureAlgorithm names the algorithm, or gives the number of an unknown one.
func (c *Certificate) SignatureAlgorithm() string { return c.algorithm.name() }

// PublicKey is the certificate's key, with the usages that it is certified for.
func (c *Certificate) PublicKey() (*PublicKey, error) { return certified(c.spki, c.extensions) }

func certified(s spki, extensions []extension) (*PublicKey, error) {
	key, err := s.publicKey()
	if err != nil {
		return nil, err
	}
	k := &PublicKey{key: key}
	if e := find(extensions, oidKeyUsage); e != nil && len(e.value) > 0 {
		k.usage, _ = parseKeyUsage(e.value)
	}
	return k, nil
}

// Text describes the certificate (certtool --certificate-info).
func (c *Certificate) Text(options Options) []byte {
	w := writer{options: options}
	w.f("X.509 Certificate Information:\n")
	w.f("\tVersion: %d\n", c.version)
	w.serial(c.serial)
	if !options.Unsigned {
		w.name("Issuer", "issuer_dn", c.issuer)
	}
	w.f("\tValidity:\n\t\tNot Before: %s\n\t\tNot After: %s\n", date(c.notBefore), date(c.notAfter))
	w.name("Subject", "dn", c.subject)
	w.certifiedKey(c.spki)
	w.uniqueID("Issuer", c.issuerID)
	w.uniqueID("Subject", c.subjectID)
	if c.version >= 3 {
		w.extensions("", c.extensions)
	}
	if !options.Unsigned {
		w.signature(c.algorithm, c.signature, true)
	}
	w.f("Other Information:\n")
	if !options.Unsigned {
		w.f("\tFingerprint:\n\t\tsha1:%x\n\t\tsha256:%x\n", sha1.Sum(c.der), sha256.Sum256(c.der))
	}
	if key, err := c.spki.publicKey(); err == nil {
		w.keyIDs("\t", key)
	} else if c.spki.keyType().raw() {
		w.f("error: get_key_id(sha1): %s\n", err)
	}
	return w.result()
}

// maxSerial is how many octets of a serial number GnuTLS shows.
const maxSerial = 128

func (w *writer) serial(serial []byte) {
	if len(serial) > maxSerial {
		w.f("error: get_serial: %s\n", ErrShortBuffer)
		return
	}
	w.f("\tSerial Number (hex): %s\n", hexOf(serial))
}

func (w *writer) name(label, function string, n name) {
	text, err := n.String()
	switch {
	case len(n) == 0:
		w.f("\t%s:\n", label)
	case err != nil:
		w.f("error: get_%s: %s\n", function, err)
	default:
		w.f("\t%s: %s\n", label, text)
	}
}

// certifiedKey writes a certificate's key, or its type only if it cannot be read.
func (w *writer) certifiedKey(s spki) {
	parameters, err := s.parameters()
	if err != nil {
		return
	}
	key, err := s.publicKey()
	switch {
	case err == nil:
		w.publicKey("Subject ", key, parameters)
		return
	case s.keyType() != keyUnknown && err != ErrUnimplemented:
		w.f("error importing public key: %s\n", err)
	}
	w.f("\tSubject Public Key Algorithm: %s\n", s.name())
}

// uniqueID shows one that has at most 256 octets; of 16, it might be a GUID.
func (w *writer) uniqueID(owner string, bits bitString) {
	id, err := bits.octets()
	if err != nil || len(id) > 256 {
		return
	}
	w.f("\t%s Unique ID:\n", owner)
	w.dump("\t\t\t", id)
	if len(id) == 16 {
		w.f("\t\t\t{%X%X%X%X-%X%X-%X%X-%X-%X}\n", id[3:4], id[2:3], id[1:2], id[:1], id[5:6], id[4:5], id[7:8], id[6:7], id[8:10], id[10:])
	}
}

func (w *writer) signature(a algorithm, bits bitString, parameters bool) {
	if w.signatureAlgorithm(a, parameters) {
		w.f(weakSignature)
	}
	signature, err := bits.octets()
	switch {
	case !bits.whole():
		w.f("error: get_signature: %s\n", ErrCertificate)
	case err == ErrShortBuffer:
		w.f("error: get_signature2: %s\n", err)
	case err != nil: // no bits at all
		w.f("error: get_signature: Success.\n")
	default:
		w.f("\tSignature:\n")
		w.dump("\t\t", signature)
	}
}
