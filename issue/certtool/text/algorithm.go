package text

// algorithm is an AlgorithmIdentifier (RFC 5280 section 4.1.1.2).
type algorithm struct {
	oid        string
	parameters []byte // DER; nil: absent
}

func (d decoder) algorithm() algorithm {
	seq := d.sequence()
	a := algorithm{oid: seq.oid()}
	if seq.more() {
		a.parameters = seq.any().raw
	}
	seq.close()
	return a
}

// sameAs compares as GnuTLS does, for which NULL parameters are none.
func (a algorithm) sameAs(b algorithm) bool {
	null := func(p []byte) string {
		if string(p) == "\x05\x00" {
			return ""
		}
		return string(p)
	}
	return a.oid == b.oid && null(a.parameters) == null(b.parameters)
}

const (
	oidRSA     = "1.2.840.113549.1.1.1"
	oidRSAPSS  = "1.2.840.113549.1.1.10"
	oidMGF1    = "1.2.840.113549.1.1.8"
	oidDSA     = "1.2.840.10040.4.1"
	oidEC      = "1.2.840.10045.2.1"
	oidX25519  = "1.3.101.110"
	oidX448    = "1.3.101.111"
	oidEd25519 = "1.3.101.112"
	oidEd448   = "1.3.101.113"
)

// signature is an algorithm that certificates are signed with.
type signature struct {
	name string
	weak bool // too weak for certificates
}

// signatures are those that GnuTLS 3.7 has a name for. RSA-PSS is not here: its
// digest stands in the parameters.
var signatures = map[string]signature{
	"1.2.840.113549.1.1.2":    {"RSA-MD2", true},
	"1.2.840.113549.1.1.4":    {"RSA-MD5", true},
	"1.3.14.3.2.25":           {"RSA-MD5", true},
	"1.3.36.3.3.1.2":          {"RSA-RMD160", true},
	"1.2.840.113549.1.1.5":    {"RSA-SHA1", true},
	"1.3.14.3.2.29":           {"RSA-SHA1", true},
	"1.2.840.113549.1.1.14":   {"RSA-SHA224", false},
	"1.2.840.113549.1.1.11":   {"RSA-SHA256", false},
	"1.2.840.113549.1.1.12":   {"RSA-SHA384", false},
	"1.2.840.113549.1.1.13":   {"RSA-SHA512", false},
	"2.16.840.1.101.3.4.3.13": {"RSA-SHA3-224", false},
	"2.16.840.1.101.3.4.3.14": {"RSA-SHA3-256", false},
	"2.16.840.1.101.3.4.3.15": {"RSA-SHA3-384", false},
	"2.16.840.1.101.3.4.3.16": {"RSA-SHA3-512", false},
	"1.2.840.10040.4.3":       {"DSA-SHA1", true},
	"1.3.14.3.2.27":           {"DSA-SHA1", true},
	"2.16.840.1.101.3.4.3.1":  {"DSA-SHA224", false},
	"2.16.840.1.101.3.4.3.2":  {"DSA-SHA256", false},
	"2.16.840.1.101.3.4.3.3":  {"DSA-SHA384", false},
	"2.16.840.1.101.3.4.3.4":  {"DSA-SHA512", false},
	"2.16.840.1.101.3.4.3.5":  {"DSA-SHA3-224", false},
	"2.16.840.1.101.3.4.3.6":  {"DSA-SHA3-256", false},
	"2.16.840.1.101.3.4.3.7":  {"DSA-SHA3-384", false},
	"2.16.840.1.101.3.4.3.8":  {"DSA-SHA3-512", false},
	"1.2.840.10045.4.1":       {"ECDSA-SHA1", true},
	"1.2.840.10045.4.3.1":     {"ECDSA-SHA224", false},
	"1.2.840.10045.4.3.2":     {"ECDSA-SHA256", false},
	"1.2.840.10045.4.3.3":     {"ECDSA-SHA384", false},
	"1.2.840.10045.4.3.4":     {"ECDSA-SHA512", false},
	"2.16.840.1.101.3.4.3.9":  {"ECDSA-SHA3-224", false},
	"2.16.840.1.101.3.4.3.10": {"ECDSA-SHA3-256", false},
	"2.16.840.1.101.3.4.3.11": {"ECDSA-SHA3-384", false},
	"2.16.840.1.101.3.4.3.12": {"ECDSA-SHA3-512", false},
	oidEd25519:                {"EdDSA-Ed25519", false},
	oidEd448:                  {"EdDSA-Ed448", false},
	"1.2.643.2.2.3":           {"GOSTR341001", false},
	"1.2.643.7.1.1.3.2":       {"GOSTR341012-256", false},
	"1.2.643.7.1.1.3.3":       {"GOSTR341012-512", false},
}

// digest is a hash as GnuTLS names it.
type digest struct {
	name string
	size int // octets
}

var digests = map[string]digest{
	"1.3.14.3.2.26":           {"SHA1", 20},
	"1.2.840.113549.2.5":      {"MD5", 16},
	"1.3.36.3.2.1":            {"RIPEMD160", 20},
	"2.16.840.1.101.3.4.2.1":  {"SHA256", 32},
	"2.16.840.1.101.3.4.2.2":  {"SHA384", 48},
	"2.16.840.1.101.3.4.2.3":  {"SHA512", 64},
	"2.16.840.1.101.3.4.2.4":  {"SHA224", 28},
	"2.16.840.1.101.3.4.2.7":  {"SHA3-224", 28},
	"2.16.840.1.101.3.4.2.8":  {"SHA3-256", 32},
	"2.16.840.1.101.3.4.2.9":  {"SHA3-384", 48},
	"2.16.840.1.101.3.4.2.10": {"SHA3-512", 64},
}

const oidSHA1 = "1.3.14.3.2.26"

// pssDigests are those that RSA-PSS signs with in GnuTLS.
var pssDigests = []string{"SHA256", "SHA384", "SHA512"}

// pss is what RSASSA-PSS-params say (RFC 4055 section 3.1).
type pss struct {
	digest digest
	salt   int32
}

// parsePSS reads RSASSA-PSS-params. GnuTLS wants the same digest for the mask.
func parsePSS(der []byte) (pss, error) {
	p := pss{digest: digests[oidSHA1], salt: 20}
	d := decode(der)
	seq := d.open(tagSequence)
	hash, hashed := seq.explicitAlgorithm(0)
	mask, masked := seq.explicitAlgorithm(1)
	salt, salted := seq.explicitInteger(2)
	trailer, trailed := seq.explicitInteger(3)
	seq.close()
	if err := d.finish(); err != nil {
		return p, err
	}
	known := true
	if hashed {
		p.digest, known = digests[hash.oid]
	}
	if !known {
		return p, ErrHash
	}
	if masked {
		if err := checkMask(mask, p.digest); err != nil {
			return p, err
		}
	}
	if salted {
		n, err := small(salt)
		if err != nil {
			return p, err
		}
		p.salt = int32(n)
	}
	if trailed && string(trailer) != "\x01" {
		return p, ErrCertificate
	}
	return p, nil
}

func checkMask(mask algorithm, want digest) error {
	if mask.oid != oidMGF1 {
		return ErrAlgorithm
	}
	if mask.parameters == nil {
		return ErrElement
	}
	d := decode(mask.parameters)
	inner := d.algorithm()
	if err := d.finish(); err != nil {
		return err
	}
	if digests[inner.oid] != want {
		return ErrConstraint
	}
	return nil
}

func (d decoder) explicitAlgorithm(n uint32) (algorithm, bool) {
	if !d.explicit(n, tagSequence) {
		return algorithm{}, false
	}
	return d.algorithm(), true
}

func (d decoder) explicitInteger(n uint32) ([]byte, bool) {
	if !d.explicit(n, tagInteger) {
		return nil, false
	}
	return d.any().content, true
}

// signature names the algorithm if GnuTLS knows it.
func (a algorithm) signature() (signature, bool) {
	if a.oid != oidRSAPSS {
		s, ok := signatures[a.oid]
		return s, ok
	}
	params, err := parsePSS(a.parameters)
	if err != nil {
		return signature{}, false
	}
	for _, name := range pssDigests {
		if params.digest.name == name {
			return signature{name: "RSA-PSS-" + name}, true
		}
	}
	return signature{}, false
}

// name is that of the signature, or the number of an unknown algorithm.
func (a algorithm) name() string {
	if s, ok := a.signature(); ok {
		return s.name
	}
	return a.oid
}

// signatureAlgorithm writes the algorithm's name and, for certificates and
// requests, RSA-PSS's parameters.
func (w *writer) signatureAlgorithm(a algorithm, parameters bool) (weak bool) {
	s, ok := a.signature()
	w.f("\tSignature Algorithm: %s\n", a.name())
	if ok && parameters && a.oid == oidRSAPSS {
		params, _ := parsePSS(a.parameters)
		w.f("\t\tSalt Length: %d\n", params.salt)
	}
	return s.weak
}

const weakSignature = "warning: signed using a broken signature algorithm that can be forged.\n"
