package keys

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"

	"vncsec/ca/tbs"
)

// oidPSS is RSASSA-PSS (RFC 4055).
var oidPSS = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}

// pssParameters is RSASSA-PSS-params (RFC 4055 section 3.1).
type pssParameters struct {
	Hash    pkix.AlgorithmIdentifier `asn1:"explicit,tag:0,optional"`
	MGF     pkix.AlgorithmIdentifier `asn1:"explicit,tag:1,optional"`
	Salt    int                      `asn1:"explicit,tag:2,optional,default:20"`
	Trailer int                      `asn1:"explicit,tag:3,optional,default:1"`
}

// Algorithm is the AlgorithmIdentifier of keys with the parameters.
func (p PSSParams) Algorithm() (pkix.AlgorithmIdentifier, error) {
	if p.Hash == 0 {
		return pkix.AlgorithmIdentifier{Algorithm: oidPSS}, nil
	}
	algorithm, err := tbs.PSSAlgorithm(p.Hash, p.Salt)
	if err != nil {
		return algorithm, errHash
	}
	return algorithm, nil
}

// errHash refuses parameters with another hash.
const errHash Error = "The hash algorithm is unknown."

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
	hash := tbs.PSSHash(params.Hash.Algorithm)
	if hash == 0 || params.Salt < 0 {
		return PSSParams{}, errHash
	}
	return PSSParams{Hash: hash, Salt: params.Salt}, nil
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
