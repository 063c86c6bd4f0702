package pbe

import (
	"crypto/x509/pkix"
	"encoding/asn1"
)

// Info is what the parameters of an encryption tell.
type Info struct {
	Cipher Cipher
	OID    asn1.ObjectIdentifier // of the cipher in PBES2, else of the scheme
	Salt   []byte
	Rounds int
}

// Describe reads the parameters of an encryption.
func Describe(algorithm pkix.AlgorithmIdentifier) (Info, error) {
	der := algorithm.Parameters.FullBytes
	if algorithm.Algorithm.Equal(oidPBES2) {
		p, err := parsePBES2(der)
		return Info{p.scheme.cipher, p.scheme.oid, p.kdf.Salt, p.kdf.Rounds}, err
	}
	scheme, known := pkcs12Schemes[algorithm.Algorithm.String()]
	if !known {
		return Info{}, &UnsupportedError{"scheme", algorithm.Algorithm}
	}
	var params pkcs12Params
	err := unmarshal(der, &params)
	return Info{scheme.cipher, scheme.oid, params.Salt, params.Rounds}, err
}
