package text

import "slices"

// keyType is a public key algorithm that GnuTLS knows.
type keyType int

const (
	keyUnknown keyType = iota
	keyRSA
	keyPSS
	keyDSA
	keyEC
	keyEd25519
	keyEd448
	keyX25519
	keyX448
)

// keyTypes maps the identifiers of SubjectPublicKeyInfo; some old certificates
// have those of signatures there.
var keyTypes = map[string]keyType{
	oidRSA:                 keyRSA,
	"2.5.8.1.1":            keyRSA,
	"1.2.840.113549.1.1.4": keyRSA,
	"1.2.840.113549.1.1.5": keyRSA,
	"1.3.14.3.2.29":        keyRSA,
	oidRSAPSS:              keyPSS,
	oidDSA:                 keyDSA,
	oidEC:                  keyEC,
	oidEd25519:             keyEd25519,
	oidEd448:               keyEd448,
	oidX25519:              keyX25519,
	oidX448:                keyX448,
}

var keyNames = [...]string{
	keyUnknown: "UNKNOWN",
	keyRSA:     "RSA",
	keyPSS:     "RSA-PSS",
	keyDSA:     "DSA",
	keyEC:      "EC/ECDSA",
	keyEd25519: "EdDSA (Ed25519)",
	keyEd448:   "EdDSA (Ed448)",
	keyX25519:  "ECDH (X25519)",
	keyX448:    "ECDH (X448)",
}

func (t keyType) String() string { return keyNames[t] }

// raw tells whether keys of this type are octets, not numbers (RFC 8410).
func (t keyType) raw() bool { return t >= keyEd25519 }

// curve is an elliptic curve.
type curve struct {
	oid  string
	name string
	size int // octets of a coordinate, or of a raw key
}

func (c curve) bits() int { return c.size * 8 }

var curves = []curve{
	{"1.2.840.10045.3.1.1", "SECP192R1", 24},
	{"1.3.132.0.33", "SECP224R1", 28},
	{"1.2.840.10045.3.1.7", "SECP256R1", 32},
	{"1.3.132.0.34", "SECP384R1", 48},
	{"1.3.132.0.35", "SECP521R1", 66},
	{oidX25519, "X25519", 32},
	{oidEd25519, "Ed25519", 32},
	{oidX448, "X448", 56},
	{oidEd448, "Ed448", 57},
}

func curveOf(oid string) (curve, bool) {
	i := slices.IndexFunc(curves, func(c curve) bool { return c.oid == oid })
	if i < 0 {
		return curve{}, false
	}
	return curves[i], true
}

// rawCurve is the curve of a type whose keys are raw.
func (t keyType) curve() curve {
	oids := map[keyType]string{keyEd25519: oidEd25519, keyEd448: oidEd448, keyX25519: oidX25519, keyX448: oidX448}
	c, _ := curveOf(oids[t])
	return c
}

// level is a name for the strength of keys, with the bits from which on it holds for
// RSA and DSA and for curves.
type level struct {
	name     string
	rsa, ecc int
}

// levels are GnuTLS's names.
var levels = []level{
	{"Insecure", 0, 0},
	{"Export", 512, 0},
	{"Very weak", 767, 0},
	{"Weak", 1008, 160},
	{"Low", 1024, 160},
	{"Legacy", 1776, 192},
	{"Medium", 2048, 224},
	{"High", 3072, 256},
	{"Ultra", 8192, 384},
	{"Future", 15360, 512},
}

// level names the strength of a key.
func (t keyType) level(bits int) string {
	if bits == 0 {
		return "Unknown"
	}
	return levels[t.place(bits)].name
}

// place is where in levels a key of a size stands.
func (t keyType) place(bits int) int {
	for i, l := range levels {
		needed := l.rsa
		if t >= keyEC {
			needed = l.ecc
		}
		if needed > bits {
			return i - 1
		}
	}
	return len(levels) - 1
}

// AsStrongAs tells whether a key has at least the strength of a name such as
// "Medium".
func (k *PublicKey) AsStrongAs(name string) bool {
	wanted := slices.IndexFunc(levels, func(l level) bool { return l.name == name })
	bits := k.key.bits()
	return bits > 0 && wanted >= 0 && k.key.keyType.place(bits) >= wanted
}

// Curve names the curve of an EC key; keys of other types have none.
func (k *PublicKey) Curve() string {
	if k.key.keyType != keyEC {
		return ""
	}
	return k.key.curve.name
}
