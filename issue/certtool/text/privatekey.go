package text

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/asn1"
	"fmt"
	"math/big"
	"strings"

	"github.com/cloudflare/circl/dh/x448"
	"github.com/cloudflare/circl/sign/ed448"
)

// PrivateKey is a private key with all its numbers.
type PrivateKey struct {
	public  *publicKey
	secrets []*big.Int // RSA: d, p, q, coefficient, exp1, exp2; DSA: x; EC: k
	seed    []byte     // of raw types
}

// Labels of the PEM blocks that hold private keys without encryption.
const (
	labelPKCS8 = "PRIVATE KEY"
	labelRSA   = "RSA PRIVATE KEY"
	labelEC    = "EC PRIVATE KEY"
	labelDSA   = "DSA PRIVATE KEY"
)

// ParsePrivateKey reads a key that is not encrypted. The label is that of its PEM
// block; without one all encodings are tried. Nothing of der is kept.
func ParsePrivateKey(label string, der []byte) (*PrivateKey, error) {
	parsers := map[string]func([]byte) (*PrivateKey, error){
		labelRSA:   parsePKCS1,
		labelDSA:   parseDSA,
		labelEC:    func(der []byte) (*PrivateKey, error) { return parseSEC1(der, curve{}) },
		labelPKCS8: parsePKCS8,
	}
	if label != "" {
		parse, ok := parsers[label]
		if !ok {
			return nil, ErrUnavailable
		}
		return parse(der)
	}
	for _, label := range []string{labelRSA, labelDSA, labelEC} {
		if key, err := parsers[label](der); err == nil {
			return key, nil
		}
	}
	return parsePKCS8(der)
}

// parsePKCS1 reads an RSAPrivateKey (RFC 8017 appendix A.1.2).
func parsePKCS1(der []byte) (*PrivateKey, error) {
	n, err := parseIntegers(der, 9)
	if err != nil {
		return nil, ErrDER
	}
	if n[1].Sign() == 0 || n[4].Sign() == 0 || n[5].Sign() == 0 || new(big.Int).ModInverse(n[5], n[4]) == nil {
		return nil, ErrInvalidPrivateKey
	}
	return &PrivateKey{
		public:  &publicKey{keyType: keyRSA, numbers: n[1:3]},
		secrets: []*big.Int{n[3], n[4], n[5], n[8], n[6], n[7]},
	}, nil
}

// parseDSA reads OpenSSL's form of a DSA key: version, p, q, g, y, x.
func parseDSA(der []byte) (*PrivateKey, error) {
	n, err := parseIntegers(der, 6)
	if err != nil {
		return nil, ErrDER
	}
	return &PrivateKey{
		public:  &publicKey{keyType: keyDSA, numbers: []*big.Int{n[4], n[1], n[2], n[3]}},
		secrets: n[5:],
	}, nil
}

// parseSEC1 reads an ECPrivateKey (RFC 5915 section 3). GnuTLS wants the public key
// to be there, and the curve unless PKCS #8 names it.
func parseSEC1(der []byte, c curve) (*PrivateKey, error) {
	seq := opened(der)
	version := seq.read(tagInteger).content
	secret := seq.read(tagOctetString).content
	named := ""
	if seq.explicit(0, tagOID) {
		named = seq.oid()
	}
	var point bitString
	if seq.explicit(1, tagBitString) {
		point = seq.any().content
	}
	if seq.finished() != nil {
		return nil, ErrDER
	}
	if string(version) != "\x01" {
		return nil, ErrCurve
	}
	if c.oid == "" {
		var ok bool
		if c, ok = curveOf(named); !ok {
			return nil, ErrCurve
		}
	}
	octets, err := point.octets()
	if err != nil {
		return nil, err
	}
	public := &publicKey{keyType: keyEC, curve: c}
	if err := public.setPoint(octets); err != nil {
		return nil, err
	}
	return &PrivateKey{public: public, secrets: []*big.Int{new(big.Int).SetBytes(secret)}}, nil
}

// parsePKCS8 reads a PrivateKeyInfo (RFC 5958 section 2).
func parsePKCS8(der []byte) (*PrivateKey, error) {
	seq := opened(der)
	seq.read(tagInteger)
	a := seq.algorithm()
	key := seq.read(tagOctetString).content
	seq.optional(contextOf(0))
	seq.optional(context(1), contextOf(1))
	if err := seq.finished(); err != nil {
		return nil, err
	}
	switch t := keyTypes[a.oid]; {
	case t == keyRSA:
		return parsePKCS1(key)
	case t == keyPSS:
		return parsePSSPrivate(a, key)
	case t == keyDSA:
		return parsePKCS8DSA(a, key)
	case t == keyEC:
		public := &publicKey{}
		if err := public.setCurve(a.parameters); err != nil {
			return nil, err
		}
		return parseSEC1(key, public.curve)
	case t.raw():
		return parseRawPrivate(t, key)
	}
	return nil, ErrPublicKeyAlg
}

func parsePSSPrivate(a algorithm, key []byte) (*PrivateKey, error) {
	k, err := parsePKCS1(key)
	if err != nil {
		return nil, err
	}
	k.public.keyType = keyPSS
	k.public.pss, err = spki{algorithm: a}.parameters()
	return k, err
}

// parsePKCS8DSA computes the public key, which PKCS #8 leaves out.
func parsePKCS8DSA(a algorithm, key []byte) (*PrivateKey, error) {
	domain, err := parseIntegers(a.parameters, 3)
	if err != nil {
		return nil, err
	}
	content, err := whole(key, tagInteger)
	if err != nil {
		return nil, err
	}
	p, q, g, x := domain[0], domain[1], domain[2], new(big.Int).SetBytes(content)
	const longest = 16384 // bits; the work grows with the cube
	if p.Sign() == 0 || p.BitLen() > longest || x.BitLen() > p.BitLen() {
		return nil, ErrInvalidPrivateKey
	}
	y := new(big.Int).Exp(g, x, p)
	return &PrivateKey{
		public:  &publicKey{keyType: keyDSA, numbers: []*big.Int{y, p, q, g}},
		secrets: []*big.Int{x},
	}, nil
}

// parseRawPrivate reads a CurvePrivateKey (RFC 8410 section 7) and computes the
// public key.
func parseRawPrivate(t keyType, key []byte) (*PrivateKey, error) {
	seed, err := whole(key, tagOctetString)
	if err != nil {
		return nil, err
	}
	c := t.curve()
	if len(seed) != c.size {
		return nil, ErrParameter
	}
	k := &PrivateKey{public: &publicKey{keyType: t, curve: c}, seed: bytes.Clone(seed)}
	switch t {
	case keyEd25519:
		k.public.raw = ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	case keyX25519:
		private, err := ecdh.X25519().NewPrivateKey(seed)
		if err != nil {
			return nil, ErrInvalidPrivateKey
		}
		k.public.raw = private.PublicKey().Bytes()
	case keyEd448:
		k.public.raw = ed448.NewKeyFromSeed(seed).Public().(ed448.PublicKey)
	case keyX448:
		var secret, public x448.Key
		copy(secret[:], seed)
		x448.KeyGen(&public, &secret)
		k.public.raw = public[:]
	}
	return k, nil
}

// Public is the key's public half.
func (k *PrivateKey) Public() *PublicKey { return &PublicKey{key: k.public} }

// Text describes the key with all its numbers (certtool --key-info), or, as C
// source, with --cprint.
func (k *PrivateKey) Text(source bool) []byte {
	w := keyWriter{source: source}
	bits := k.public.bits()
	w.f("Public Key Info:\n\tPublic Key Algorithm: %s\n", k.public.keyType)
	if p := k.public.pss; p != nil {
		w.f("\t\tHash Algorithm: %s\n\t\tSalt Length: %d\n", p.digest.name, p.salt)
	}
	w.f("\tKey Security Level: %s (%d bits)\n\n", k.public.keyType.level(bits), bits)
	w.numbers(k)
	w.f("\n")
	if der, err := k.public.encode(); err != nil {
		w.f("\n")
	} else {
		id1, id256 := sha1.Sum(der), sha256.Sum256(der)
		w.f("Public Key PIN:\n\tpin-sha256:%s\n", base64Of(id256[:]))
		w.f("Public Key ID:\n\tsha256:%x\n\tsha1:%x\n\n", id256, id1)
	}
	return w.Bytes()
}

// keyWriter writes the numbers of private keys, in their own form.
type keyWriter struct {
	bytes.Buffer
	source bool
}

func (w *keyWriter) f(format string, args ...any) { fmt.Fprintf(w, format, args...) }

func (w *keyWriter) numbers(k *PrivateKey) {
	n := k.public.numbers
	switch k.public.keyType {
	case keyRSA, keyPSS:
		w.number("modulus", signed(n[0]))
		w.number("public exponent", signed(n[1]))
		for i, name := range []string{"private exponent", "prime1", "prime2", "coefficient", "exp1", "exp2"} {
			w.number(name, signed(k.secrets[i]))
		}
	case keyDSA:
		w.number("private key", signed(k.secrets[0]))
		for i, name := range []string{"public key", "p", "q", "g"} {
			w.number(name, signed(n[i]))
		}
	case keyEC:
		w.curve(k.public.curve)
		w.number("private key", signed(k.secrets[0]))
		w.number("x", signed(n[0]))
		w.number("y", signed(n[1]))
	default:
		w.curve(k.public.curve)
		w.number("private key", k.seed)
		w.number("x", k.public.raw)
	}
}

func (w *keyWriter) curve(c curve) {
	if w.source {
		w.f("/* curve: %s */\n", c.name)
		return
	}
	w.f("curve:\t%s\n", c.name)
}

// number writes lines of 16 octets; each octet but the last of a full line has a
// colon behind it.
func (w *keyWriter) number(name string, data []byte) {
	if w.source {
		w.sourceNumber(name, data)
		return
	}
	w.f("%s:\n\t", name)
	for i, b := range data {
		if (i+1)%16 == 0 {
			w.f("%02x\n\t", b)
		} else {
			w.f("%02x:", b)
		}
	}
	w.f("\n\n")
}

func (w *keyWriter) sourceNumber(name string, data []byte) {
	w.f("const unsigned char %s[%d] =\n\t\"", strings.ReplaceAll(name, " ", "_"), len(data))
	for i, b := range data {
		w.f(`\x%02x`, b)
		if (i+1)%16 == 0 {
			w.f("\"\n\t\"")
		}
	}
	w.f("\";\n\n")
}

// Traditional encodes the key in the oldest form that its type has, and tells the
// PEM label; ok is false for types that have PKCS #8 only.
func (k *PrivateKey) Traditional() (label string, der []byte, ok bool) {
	n, s := k.public.numbers, k.secrets
	var err error
	switch k.public.keyType {
	case keyRSA:
		label = labelRSA
		der, err = asn1.Marshal([]*big.Int{new(big.Int), n[0], n[1], s[0], s[1], s[2], s[4], s[5], s[3]})
	case keyDSA:
		label = labelDSA
		der, err = asn1.Marshal([]*big.Int{new(big.Int), n[1], n[2], n[3], n[0], s[0]})
	case keyEC:
		label = labelEC
		der, err = k.sec1()
	default:
		return "", nil, false
	}
	return label, der, err == nil
}

func (k *PrivateKey) sec1() ([]byte, error) {
	c := k.public.curve
	point, err := k.public.point()
	if err != nil || (k.secrets[0].BitLen()+7)/8 > c.size {
		return nil, ErrShortBuffer
	}
	return asn1.Marshal(struct {
		Version int
		Secret  []byte
		Curve   asn1.ObjectIdentifier `asn1:"explicit,tag:0"`
		Public  asn1.BitString        `asn1:"explicit,tag:1"`
	}{1, k.secrets[0].FillBytes(make([]byte, c.size)), parseOID(c.oid), asn1.BitString{Bytes: point, BitLength: len(point) * 8}})
}

// Valid tells whether the numbers of the key fit together.
func (k *PrivateKey) Valid() bool {
	n, s := k.public.numbers, k.secrets
	const longest = 16384 // bits
	switch k.public.keyType {
	case keyRSA, keyPSS:
		return validRSA(n[0], s)
	case keyDSA:
		y, p, q, g, x := n[0], n[1], n[2], n[3], s[0]
		return p.Sign() > 0 && p.BitLen() <= longest && x.Sign() > 0 && x.Cmp(q) < 0 && new(big.Int).Exp(g, x, p).Cmp(y) == 0
	case keyEC:
		return k.validEC()
	}
	return true // the public half was computed
}

func validRSA(n *big.Int, s []*big.Int) bool {
	d, p, q, u, e1, e2 := s[0], s[1], s[2], s[3], s[4], s[5]
	one := big.NewInt(1)
	remainder := func(of, prime *big.Int) *big.Int {
		return new(big.Int).Mod(of, new(big.Int).Sub(prime, one))
	}
	if p.Cmp(one) <= 0 || q.Cmp(one) <= 0 || new(big.Int).Mul(p, q).Cmp(n) != 0 {
		return false
	}
	inverse := new(big.Int).Mul(u, q)
	return inverse.Mod(inverse, p).Cmp(one) == 0 && remainder(d, p).Cmp(e1) == 0 && remainder(d, q).Cmp(e2) == 0
}

// validEC multiplies the curve's base point, in constant time where Go can.
func (k *PrivateKey) validEC() bool {
	point, err := k.public.point()
	if err != nil || k.secrets[0].BitLen() > k.public.curve.bits() {
		return false
	}
	for name, c := range map[string]ecdh.Curve{"SECP256R1": ecdh.P256(), "SECP384R1": ecdh.P384(), "SECP521R1": ecdh.P521()} {
		if name != k.public.curve.name {
			continue
		}
		key, err := c.NewPrivateKey(k.secrets[0].FillBytes(make([]byte, k.public.curve.size)))
		return err == nil && bytes.Equal(key.PublicKey().Bytes(), point)
	}
	c := elliptic.P224()
	if k.public.curve.name == "SECP192R1" {
		c = p192()
	}
	x, y := scalarBaseMult(c.Params(), k.secrets[0])
	return x.Cmp(k.public.numbers[0]) == 0 && y.Cmp(k.public.numbers[1]) == 0
}
