package certtool

import (
	"crypto/elliptic"
	"fmt"
	"strings"
)

// strength is a level of security and the key sizes that GnuTLS 3.7 has for it, in bits.
type strength struct {
	name          string
	rsa, dsa, ecc int
	forOption     bool // --sec-param takes it
}

// strengths holds GnuTLS's levels from weak to strong.
var strengths = []strength{
	{"Insecure", 0, 0, 0, false},
	{"Export", 512, 512, 0, false},
	{"Very weak", 767, 767, 0, false},
	{"Weak", 1008, 1008, 151, false},
	{"Low", 1024, 1024, 160, true},
	{"Legacy", 1776, 2048, 192, true},
	{"Medium", 2048, 2048, 224, true},
	{"High", 3072, 3072, 256, true},
	{"Ultra", 8192, 8192, 384, true},
	{"Future", 15360, 15360, 512, true},
}

// size is the size of keys of a kind.
func (s strength) size(kind keyKind) int {
	switch kind {
	case rsaKey, rsaPSSKey:
		return s.rsa
	case dsaKey:
		return s.dsa
	}
	return s.ecc
}

// strengthOf is the name of the level that keys of a size have.
func strengthOf(kind keyKind, bits int) string {
	name := "Medium"
	for _, s := range strengths {
		if s.size(kind) > bits {
			break
		}
		name = s.name
	}
	return name
}

// keySize is the size of a new key: of --bits, of --sec-param, or that of the high
// level.
func (t *tool) keySize(kind keyKind) (int, error) {
	if bits := t.opts.bits; bits.given && bits.value != 0 {
		t.logf("** Note: You may use '--sec-param %s' instead of '--bits %d'\n", strengthOf(kind, bits.value), bits.value)
		return bits.value, nil
	}
	name := "high"
	if t.opts.secParam.given {
		name = strings.ToLower(t.opts.secParam.value)
	}
	if name == "normal" {
		name = "medium"
	}
	for _, s := range strengths {
		if s.forOption && strings.ToLower(s.name) == name {
			return s.size(kind), nil
		}
	}
	return 0, says("Unknown security parameter string: %s", t.opts.secParam.value)
}

// curve is an elliptic curve that --curve names.
type curve struct {
	name    string
	bits    int            // of a whole number of octets
	ecdsa   elliptic.Curve // nil: not for ECDSA, or not in Go
	unknown bool           // vncsec cannot make keys on it
}

// curves holds the curves that certtool 3.7.9 lists, in its order.
var curves = []curve{
	{name: "SECP192R1", bits: 192, unknown: true},
	{name: "SECP224R1", bits: 224, ecdsa: elliptic.P224()},
	{name: "SECP256R1", bits: 256, ecdsa: elliptic.P256()},
	{name: "SECP384R1", bits: 384, ecdsa: elliptic.P384()},
	{name: "SECP521R1", bits: 528, ecdsa: elliptic.P521()},
	{name: "X25519", bits: 256},
	{name: "Ed25519", bits: 256},
	{name: "X448", bits: 448},
	{name: "Ed448", bits: 456},
	{name: "CryptoPro-A", bits: 256, unknown: true},
	{name: "CryptoPro-XchA", bits: 256, unknown: true},
	{name: "TC26-256-B", bits: 256, unknown: true},
	{name: "TC26-512-A", bits: 512, unknown: true},
}

// findCurve looks up a curve by its name, whatever its case.
func findCurve(name string) (curve, bool) {
	for _, c := range curves {
		if strings.EqualFold(c.name, name) {
			return c, true
		}
	}
	return curve{}, false
}

// curveOfSize is the smallest curve for ECDSA that has so many bits; beyond all of them
// GnuTLS takes secp256r1.
func curveOfSize(bits int) curve {
	for _, c := range curves {
		if (c.ecdsa != nil || c.name == "SECP192R1") && c.bits >= bits {
			return c
		}
	}
	c, _ := findCurve("SECP256R1")
	return c
}

// checkCurve reads --curve.
func (t *tool) checkCurve() error {
	name := t.opts.curve
	if !name.given {
		return nil
	}
	if _, known := findCurve(name.value); known {
		return nil
	}
	list := "Unsupported curve: " + name.value + "\nAvailable curves:"
	for _, c := range curves {
		if !c.unknown {
			list += "\n\t- " + c.name
		}
	}
	return fmt.Errorf("%s", list)
}
