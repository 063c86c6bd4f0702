package keys

import (
	"crypto"
	"crypto/dsa" //lint:ignore SA1019 certtool makes and reads such keys
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"io"
	"math/big"
)

// oidDSA is id-dsa (RFC 3279 section 2.3.2).
var oidDSA = asn1.ObjectIdentifier{1, 2, 840, 10040, 4, 1}

// DSAPrivate is a private key for DSA (FIPS 186-4).
type DSAPrivate struct{ *dsa.PrivateKey }

// DSAPublic is the public half of DSAPrivate.
type DSAPublic struct{ *dsa.PublicKey }

// Public returns a *DSAPublic.
func (k *DSAPrivate) Public() crypto.PublicKey { return &DSAPublic{&k.PrivateKey.PublicKey} }

// Equal tells whether another key is the same.
func (k *DSAPrivate) Equal(other crypto.PrivateKey) bool {
	o, ok := other.(*DSAPrivate)
	return ok && k.X.Cmp(o.X) == 0 && k.Public().(*DSAPublic).Equal(o.Public())
}

// Equal tells whether another key is the same.
func (k *DSAPublic) Equal(other crypto.PublicKey) bool {
	o, ok := other.(*DSAPublic)
	return ok && k.P.Cmp(o.P) == 0 && k.Q.Cmp(o.Q) == 0 && k.G.Cmp(o.G) == 0 && k.Y.Cmp(o.Y) == 0
}

// Sign implements crypto.Signer; the signature is Dss-Sig-Value (RFC 3279 section
// 2.2.2).
func (k *DSAPrivate) Sign(rand io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	if size := k.Q.BitLen() / 8; len(digest) > size {
		digest = digest[:size]
	}
	r, s, err := dsa.Sign(rand, k.PrivateKey, digest)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(struct{ R, S *big.Int }{r, s})
}

// dsaSizes holds the sizes of p and q (FIPS 186-4 section 4.2), with the q that GnuTLS
// takes for new keys.
var dsaSizes = map[int]dsa.ParameterSizes{1024: dsa.L1024N160, 2048: dsa.L2048N256, 3072: dsa.L3072N256}

// GenerateDSA makes a key, with parameters of its own; bits is the size of p: 1024, 2048
// or 3072.
func GenerateDSA(rand io.Reader, bits int) (*DSAPrivate, error) {
	sizes, ok := dsaSizes[bits]
	if !ok {
		return nil, errors.New("DSA keys have 1024, 2048 or 3072 bits")
	}
	key := new(dsa.PrivateKey)
	if err := dsa.GenerateParameters(&key.Parameters, rand, sizes); err != nil {
		return nil, err
	}
	return &DSAPrivate{key}, dsa.GenerateKey(key, rand)
}

// Sizes in bits beyond which no DSA key is read: FIPS 186-4 has 3072 and 256.
const (
	maxDSAPrime    = 16384
	maxDSASubgroup = 512
)

type dsaParameters struct{ P, Q, G *big.Int }

// check refuses numbers that no key has, and that would make calculations long.
func (p dsaParameters) check() (dsa.Parameters, error) {
	one := big.NewInt(1)
	if p.P.Sign() <= 0 || p.P.BitLen() > maxDSAPrime || p.Q.Sign() <= 0 || p.Q.BitLen() > maxDSASubgroup ||
		p.G.Cmp(one) <= 0 || p.G.Cmp(p.P) >= 0 || p.P.Bit(0) == 0 {
		return dsa.Parameters{}, errors.New("the numbers of the DSA key are out of range")
	}
	return dsa.Parameters{P: p.P, Q: p.Q, G: p.G}, nil
}

// newDSAPrivate calculates the public number from the private one.
func newDSAPrivate(numbers dsaParameters, x *big.Int) (*DSAPrivate, error) {
	parameters, err := numbers.check()
	if err != nil {
		return nil, err
	}
	if x.Sign() <= 0 || x.Cmp(parameters.Q) >= 0 {
		return nil, errors.New("the private number of the DSA key is out of range")
	}
	y := new(big.Int).Exp(parameters.G, x, parameters.P)
	return &DSAPrivate{&dsa.PrivateKey{PublicKey: dsa.PublicKey{Parameters: parameters, Y: y}, X: x}}, nil
}

// opensslDSA is OpenSSL's traditional form of a key.
type opensslDSA struct {
	Version       int
	P, Q, G, Y, X *big.Int
}

func parseOpenSSLDSA(der []byte) (Private, error) {
	var key opensslDSA
	if rest, err := asn1.Unmarshal(der, &key); err != nil || len(rest) > 0 {
		return nil, ErrTag
	}
	return newDSAPrivate(dsaParameters{key.P, key.Q, key.G}, key.X)
}

func marshalOpenSSLDSA(key *DSAPrivate) ([]byte, error) {
	return asn1.Marshal(opensslDSA{P: key.P, Q: key.Q, G: key.G, Y: key.Y, X: key.X})
}

func parseDSAPrivate(info privateKeyInfo) (Private, error) {
	var (
		numbers dsaParameters
		x       *big.Int
	)
	if !unmarshal(info.Algorithm.Parameters.FullBytes, &numbers) || !unmarshal(info.Key, &x) {
		return nil, ErrTag
	}
	return newDSAPrivate(numbers, x)
}

func dsaAlgorithm(p dsa.Parameters) (pkix.AlgorithmIdentifier, error) {
	der, err := asn1.Marshal(dsaParameters{p.P, p.Q, p.G})
	return pkix.AlgorithmIdentifier{Algorithm: oidDSA, Parameters: asn1.RawValue{FullBytes: der}}, err
}

func marshalDSAPrivate(key *DSAPrivate) ([]byte, error) {
	algorithm, err := dsaAlgorithm(key.Parameters)
	if err != nil {
		return nil, err
	}
	x, err := asn1.Marshal(key.X)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(privateKeyInfo{Algorithm: algorithm, Key: x})
}

func parseDSAPublic(info publicKeyInfo) (crypto.PublicKey, error) {
	var (
		numbers dsaParameters
		y       *big.Int
	)
	if !unmarshal(info.Algorithm.Parameters.FullBytes, &numbers) || !unmarshal(info.Key.RightAlign(), &y) {
		return nil, ErrTag
	}
	parameters, err := numbers.check()
	if err != nil {
		return nil, err
	}
	return &DSAPublic{&dsa.PublicKey{Parameters: parameters, Y: y}}, nil
}

func marshalDSAPublic(key *DSAPublic) ([]byte, error) {
	algorithm, err := dsaAlgorithm(key.Parameters)
	if err != nil {
		return nil, err
	}
	y, err := asn1.Marshal(key.Y)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(publicKeyInfo{Algorithm: algorithm, Key: bitString(y)})
}

// unmarshal accepts nothing after the value.
func unmarshal(der []byte, value any) bool {
	rest, err := asn1.Unmarshal(der, value)
	return err == nil && len(rest) == 0
}

func bitString(data []byte) asn1.BitString {
	return asn1.BitString{Bytes: data, BitLength: 8 * len(data)}
}
