package text

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/asn1"
	"math/big"
)

// spki is a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), the key itself still
// encoded.
type spki struct {
	algorithm algorithm
	key       bitString
}

func (d decoder) spki() spki {
	seq := d.sequence()
	s := spki{algorithm: seq.algorithm()}
	s.key = seq.read(tagBitString).content
	seq.close()
	return s
}

// publicKey is a key whose type GnuTLS knows.
type publicKey struct {
	keyType keyType
	pss     *pss       // of keyPSS, nil: not restricted
	numbers []*big.Int // RSA: n, e; DSA: y, p, q, g; EC: x, y
	curve   curve
	raw     []byte // of raw types
}

func (s spki) keyType() keyType { return keyTypes[s.algorithm.oid] }

// name is the type's, or the number of an unknown one.
func (s spki) name() string {
	if t := s.keyType(); t != keyUnknown {
		return t.String()
	}
	return s.algorithm.oid
}

// parameters reads what RSA-PSS keys are restricted to; other keys have nil.
func (s spki) parameters() (*pss, error) {
	if s.algorithm.oid != oidRSAPSS || s.algorithm.parameters == nil {
		return nil, nil
	}
	params, err := parsePSS(s.algorithm.parameters)
	if err != nil {
		return nil, err
	}
	return &params, nil
}

// publicKey decodes the key.
func (s spki) publicKey() (*publicKey, error) {
	k := &publicKey{keyType: s.keyType()}
	switch {
	case k.keyType == keyUnknown && s.algorithm.parameters == nil:
		return nil, ErrElement
	case k.keyType == keyUnknown:
		return nil, ErrUnimplemented
	}
	if err := k.setParameters(s); err != nil {
		return nil, err
	}
	key, err := s.key.octets()
	if err != nil {
		return nil, err
	}
	if err := k.setKey(key); err != nil {
		return nil, err
	}
	return k, nil
}

// setParameters reads what the algorithm's parameters say; RSA and raw keys have
// none that matter.
func (k *publicKey) setParameters(s spki) (err error) {
	switch {
	case k.keyType == keyPSS:
		k.pss, err = s.parameters()
		return err
	case k.keyType != keyDSA && k.keyType != keyEC:
		return nil
	case s.algorithm.parameters == nil:
		return ErrElement
	case k.keyType == keyDSA:
		k.numbers, err = parseIntegers(s.algorithm.parameters, 3)
		return err
	}
	return k.setCurve(s.algorithm.parameters)
}

func (k *publicKey) setKey(key []byte) error {
	switch k.keyType {
	case keyRSA, keyPSS:
		return k.setRSA(key)
	case keyDSA:
		return k.setDSA(key)
	case keyEC:
		return k.setPoint(key)
	}
	return k.setRaw(key)
}

func (k *publicKey) setRaw(key []byte) error {
	k.curve = k.keyType.curve()
	if len(key) != k.curve.size {
		return ErrParameter
	}
	k.raw = key
	return nil
}

func (k *publicKey) setRSA(key []byte) error {
	var err error
	if k.numbers, err = parseIntegers(key, 2); err != nil {
		return err
	}
	if k.pss != nil && k.pss.digest.size+int(k.pss.salt)+2 > (k.numbers[0].BitLen()+7)/8 {
		return ErrPublicKeyParams
	}
	return nil
}

// setDSA puts the key in front of its domain's numbers.
func (k *publicKey) setDSA(key []byte) error {
	y, err := whole(key, tagInteger)
	if err != nil {
		return err
	}
	k.numbers = append([]*big.Int{new(big.Int).SetBytes(y)}, k.numbers...)
	return nil
}

func (k *publicKey) setCurve(parameters []byte) error {
	d := decode(parameters)
	oid := d.parseOID(d.choice(tagOID).content)
	if err := d.finish(); err != nil {
		return err
	}
	var ok bool
	if k.curve, ok = curveOf(oid); !ok {
		return ErrCurve
	}
	return nil
}

// setPoint reads an uncompressed point (SEC 1 section 2.3.3). Whether it lies on
// the curve is not looked at.
func (k *publicKey) setPoint(point []byte) error {
	switch {
	case len(point)%2 == 0:
		return ErrRequest
	case point[0] != 4:
		return ErrParsing
	}
	half := len(point) / 2
	k.numbers = []*big.Int{new(big.Int).SetBytes(point[1 : 1+half]), new(big.Int).SetBytes(point[1+half:])}
	return nil
}

// parseIntegers reads a SEQUENCE of so many INTEGERs, whose sign does not count.
func parseIntegers(der []byte, count int) ([]*big.Int, error) {
	d := decode(der)
	seq := d.sequence()
	numbers := make([]*big.Int, count)
	for i := range numbers {
		numbers[i] = new(big.Int).SetBytes(seq.read(tagInteger).content)
	}
	seq.close()
	return numbers, d.finish()
}

// bits is the size that GnuTLS reports.
func (k *publicKey) bits() int {
	switch k.keyType {
	case keyRSA, keyPSS:
		return k.numbers[0].BitLen()
	case keyDSA:
		return k.numbers[1].BitLen()
	}
	return k.curve.bits()
}

// signed gives a number's octets with a clear first bit.
func signed(n *big.Int) []byte {
	octets := n.Bytes()
	if len(octets) == 0 || octets[0]&0x80 != 0 {
		return append([]byte{0}, octets...)
	}
	return octets
}

// publicKey writes type, strength and numbers; the owner stands in front of the
// type.
func (w *writer) publicKey(owner string, k *publicKey, parameters *pss) {
	bits := k.bits()
	w.f("\t%sPublic Key Algorithm: %s\n", owner, k.keyType)
	w.f("\tAlgorithm Security Level: %s (%d bits)\n", k.keyType.level(bits), bits)
	if k.keyType == keyPSS && parameters != nil {
		w.f("\t\tParameters:\n\t\t\tHash Algorithm: %s\n\t\t\tSalt Length: %d\n", parameters.digest.name, parameters.salt)
	}
	switch k.keyType {
	case keyRSA, keyPSS:
		exponent := signed(k.numbers[1])
		w.number(sized("Modulus", bits), signed(k.numbers[0]))
		w.number(sized("Exponent", len(exponent)*8), exponent)
	case keyDSA:
		w.number(sized("Public key", bits), signed(k.numbers[0]))
		for i, name := range []string{"P", "Q", "G"} {
			w.number(name, signed(k.numbers[1+i]))
		}
	case keyEC:
		w.f("\t\tCurve:\t%s\n", k.curve.name)
		w.number("X", signed(k.numbers[0]))
		w.number("Y", signed(k.numbers[1]))
	default:
		w.f("\t\tCurve:\t%s\n", k.curve.name)
		w.number("X", k.raw)
	}
}

func sized(name string, bits int) string {
	return name + " (bits " + big.NewInt(int64(bits)).String() + ")"
}

// keyIDs writes the hashes by which a key is known.
func (w *writer) keyIDs(indent string, k *publicKey) {
	der, err := k.encode()
	if err != nil {
		w.f("error: get_key_id(sha1): %s\n", err)
		return
	}
	id1, id256 := sha1.Sum(der), sha256.Sum256(der)
	w.f("%sPublic Key ID:\n%s\tsha1:%x\n%s\tsha256:%x\n", indent, indent, id1, indent, id256)
	w.f("%sPublic Key PIN:\n%s\tpin-sha256:%s\n", indent, indent, base64Of(id256[:]))
}

// The structures of SubjectPublicKeyInfo as GnuTLS encodes them.
type (
	encodedAlgorithm struct {
		OID        asn1.ObjectIdentifier
		Parameters asn1.RawValue `asn1:"optional"`
	}
	encodedSPKI struct {
		Algorithm encodedAlgorithm
		Key       asn1.BitString
	}
	encodedPSS struct {
		Hash encodedAlgorithm `asn1:"explicit,tag:0"`
		Mask encodedMask      `asn1:"explicit,tag:1"`
		Salt int              `asn1:"explicit,tag:2,default:20"`
	}
	encodedMask struct {
		OID  asn1.ObjectIdentifier
		Hash encodedAlgorithm
	}
)

// encode writes the key's SubjectPublicKeyInfo in GnuTLS's way, from the numbers;
// the identifiers of keys are hashes of it.
func (k *publicKey) encode() ([]byte, error) {
	oid, parameters, key, err := k.encodeParts()
	if err != nil {
		return nil, err
	}
	s := encodedSPKI{
		Algorithm: encodedAlgorithm{OID: parseOID(oid)},
		Key:       asn1.BitString{Bytes: key, BitLength: len(key) * 8},
	}
	if parameters != nil {
		s.Algorithm.Parameters = asn1.RawValue{FullBytes: parameters}
	}
	return asn1.Marshal(s)
}

func (k *publicKey) encodeParts() (oid string, parameters, key []byte, err error) {
	switch k.keyType {
	case keyRSA, keyPSS:
		oid, parameters = oidRSA, asn1.NullBytes
		if k.keyType == keyPSS {
			oid = oidRSAPSS
			if parameters, err = k.pss.encode(); err != nil {
				return
			}
		}
		key, err = asn1.Marshal(struct{ N, E *big.Int }{k.numbers[0], k.numbers[1]})
	case keyDSA:
		oid = oidDSA
		if parameters, err = asn1.Marshal(k.numbers[1:]); err == nil {
			key, err = asn1.Marshal(k.numbers[0])
		}
	case keyEC:
		oid = oidEC
		if parameters, err = asn1.Marshal(parseOID(k.curve.oid)); err == nil {
			key, err = k.point()
		}
	default:
		oid, key = k.curve.oid, k.raw
	}
	return
}

// point is the uncompressed point of an EC key.
func (k *publicKey) point() ([]byte, error) {
	point := make([]byte, 1+2*k.curve.size)
	point[0] = 4
	for i, n := range k.numbers {
		if (n.BitLen()+7)/8 > k.curve.size {
			return nil, ErrShortBuffer
		}
		n.FillBytes(point[1+i*k.curve.size : 1+(i+1)*k.curve.size])
	}
	return point, nil
}

func (p *pss) encode() ([]byte, error) {
	if p == nil {
		return nil, nil
	}
	for _, name := range pssDigests {
		if name == p.digest.name {
			hash := encodedAlgorithm{OID: parseOID(p.digest.oid())}
			return asn1.Marshal(encodedPSS{hash, encodedMask{parseOID(oidMGF1), hash}, int(p.salt)})
		}
	}
	return nil, ErrRequest
}

func (d digest) oid() string {
	for oid, other := range digests {
		if d == other {
			return oid
		}
	}
	return ""
}

func parseOID(text string) asn1.ObjectIdentifier {
	oid := asn1.ObjectIdentifier{}
	arc := 0
	for _, c := range text + "." {
		if c == '.' {
			oid = append(oid, arc)
			arc = 0
			continue
		}
		arc = arc*10 + int(c-'0')
	}
	return oid
}

// PublicKey is a key that stands by itself.
type PublicKey struct {
	key   *publicKey
	usage keyUsage
}

// ParsePublicKey reads a SubjectPublicKeyInfo (PEM label PUBLIC KEY).
func ParsePublicKey(der []byte) (*PublicKey, error) {
	d := decode(der)
	s := d.spki()
	if err := d.finish(); err != nil {
		return nil, err
	}
	key, err := s.publicKey()
	if err != nil {
		return nil, err
	}
	return &PublicKey{key: key}, nil
}

// Text describes the key (certtool --pubkey-info).
func (k *PublicKey) Text(options Options) []byte {
	w := writer{options: options}
	w.f("Public Key Information:\n")
	w.publicKey("", k.key, nil)
	w.f("\n")
	if k.usage != 0 {
		w.f("Public Key Usage:\n")
		w.keyUsage("\t", k.usage)
	}
	w.keyIDs("", k.key)
	return w.result()
}

// DER is the key's SubjectPublicKeyInfo as GnuTLS encodes it.
func (k *PublicKey) DER() ([]byte, error) { return k.key.encode() }
