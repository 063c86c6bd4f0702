package keys

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
)

// RSASSA-PSS (RFC 4055).
var (
	oidPSS  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidMGF1 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
)

// pssHashes holds the hashes that parameters may name.
var pssHashes = []struct {
	hash crypto.Hash
	oid  asn1.ObjectIdentifier
}{
	{crypto.SHA1, asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}},
	{crypto.SHA256, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}},
	{crypto.SHA384, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}},
	{crypto.SHA512, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}},
}

// pssParameters is RSASSA-PSS-params (RFC 4055 section 3.1).
type pssParameters struct {
	Hash    pkix.AlgorithmIdentifier `asn1:"explicit,tag:0,optional"`
	MGF     pkix.AlgorithmIdentifier `asn1:"explicit,tag:1,optional"`
	Salt    int                      `asn1:"explicit,tag:2,optional,default:20"`
	Trailer int                      `asn1:"explicit,tag:3,optional,default:1"`
}

// Algorithm is the AlgorithmIdentifier of keys and signatures with the parameters.
func (p PSSParams) Algorithm() (pkix.AlgorithmIdentifier, error) {
	if p.Hash == 0 {
		return pkix.AlgorithmIdentifier{Algorithm: oidPSS}, nil
	}
	for _, h := range pssHashes {
		if h.hash != p.Hash {
			continue
		}
		hash := pkix.AlgorithmIdentifier{Algorithm: h.oid} // no NULL, as GnuTLS writes it
		inner, err := asn1.Marshal(hash)
		if err != nil {
			return pkix.AlgorithmIdentifier{}, err
		}
		der, err := asn1.Marshal(pssParameters{
			Hash:    hash,
			MGF:     pkix.AlgorithmIdentifier{Algorithm: oidMGF1, Parameters: asn1.RawValue{FullBytes: inner}},
			Salt:    p.Salt,
			Trailer: 1,
		})
		return pkix.AlgorithmIdentifier{Algorithm: oidPSS, Parameters: asn1.RawValue{FullBytes: der}}, err
	}
	return pkix.AlgorithmIdentifier{}, Error("The hash algorithm is unknown.")
}

// ParsePSSParams reads the parameters of an AlgorithmIdentifier; none are no
// restriction.
func ParsePSSParams(algorithm pkix.AlgorithmIdentifier) (PSSParams, error) {
	if len(algorithm.Parameters.FullBytes) == 0 {
		return PSSParams{}, nil
	}
	var params pssParameters
	if !unmarshal(algorithm.Parameters.FullBytes, &params) {
		return PSSParams{}, ErrTag
	}
	if len(params.Hash.Algorithm) == 0 { // the default, RFC 4055 section 3.1
		return PSSParams{Hash: crypto.SHA1, Salt: params.Salt}, nil
	}
	for _, h := range pssHashes {
		if h.oid.Equal(params.Hash.Algorithm) && params.Salt >= 0 {
			return PSSParams{Hash: h.hash, Salt: params.Salt}, nil
		}
	}
	return PSSParams{}, Error("The hash algorithm is unknown.")
}

func parsePSSPrivate(info privateKeyInfo) (Private, error) {
	params, err := ParsePSSParams(info.Algorithm)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS1PrivateKey(info.Key)
	if err != nil {
		return nil, plainly(err)
	}
	return &PSSPrivate{PrivateKey: key, Params: params}, nil
}

func marshalPSSPrivate(key *PSSPrivate) ([]byte, error) {
	algorithm, err := key.Params.Algorithm()
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(privateKeyInfo{Algorithm: algorithm, Key: x509.MarshalPKCS1PrivateKey(key.PrivateKey)})
}

func parsePSSPublic(info publicKeyInfo) (*PSSPublic, error) {
	params, err := ParsePSSParams(info.Algorithm)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS1PublicKey(info.Key.RightAlign())
	if err != nil {
		return nil, plainly(err)
	}
	return &PSSPublic{PublicKey: key, Params: params}, nil
}

func marshalPSSPublic(key *PSSPublic) ([]byte, error) {
	algorithm, err := key.Params.Algorithm()
	if err != nil {
		return nil, err
	}
	der := x509.MarshalPKCS1PublicKey(key.PublicKey)
	return asn1.Marshal(publicKeyInfo{Algorithm: algorithm, Key: bitString(der)})
}
