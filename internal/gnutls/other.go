package gnutls

import (
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// CRLs reads all revocation lists of a PEM file, as gnutls_x509_crl_list_import
// does; it looks for "X509 CRL" blocks only. Signatures are not checked.
func CRLs(data []byte) ([]*x509.RevocationList, error) {
	rest := nextBlock(data, headerCRL)
	if rest == nil {
		return nil, ErrNoPEM
	}
	var lists []*x509.RevocationList
	for rest != nil {
		der, err := decodePEM(headerCRL, rest)
		if err != nil {
			return nil, fmt.Errorf("list %d: %w", len(lists)+1, err)
		}
		list, err := x509.ParseRevocationList(der)
		if err != nil {
			return nil, fmt.Errorf("list %d: %w", len(lists)+1, err)
		}
		lists = append(lists, list)
		rest = nextBlock(rest[1:], headerCRL)
	}
	return lists, nil
}

// CheckDHParams reads PKCS #3 Diffie-Hellman parameters from PEM text, as
// gnutls_dh_params_import_pkcs3: prime and generator must be there and not zero.
func CheckDHParams(data []byte) error {
	der, err := decodePEM(headerDH, data)
	if err != nil {
		return err
	}
	input := cryptobyte.String(der)
	var seq cryptobyte.String
	prime, base := new(big.Int), new(big.Int)
	if !input.ReadASN1(&seq, cbasn1.SEQUENCE) || !input.Empty() ||
		!seq.ReadASN1Integer(prime) || !seq.ReadASN1Integer(base) ||
		!seq.SkipOptionalASN1(cbasn1.INTEGER) || !seq.Empty() {
		return errors.New("not PKCS #3 parameters")
	}
	if prime.Sign() == 0 || base.Sign() == 0 {
		return errors.New("prime or generator is zero")
	}
	return nil
}

// IsOtherKey tells whether the text holds a private key that is well formed but of
// an algorithm that crypto/x509 lacks, such as DSA, Ed448 or RSA-PSS.
func IsOtherKey(text []byte) bool {
	der, err := decodePEM("PRIVATE KEY", text)
	if err != nil {
		_, err := decodePEM("DSA PRIVATE KEY", text)
		return err == nil
	}
	input := cryptobyte.String(der)
	var seq cryptobyte.String
	var algorithm Algorithm
	if !input.ReadASN1(&seq, cbasn1.SEQUENCE) || !seq.SkipASN1(cbasn1.INTEGER) || !readAlgorithm(&seq, &algorithm) {
		return false
	}
	return !slices.Contains(goKeys, algorithm.OID.String())
}

// goKeys are the algorithms of PKCS #8 that crypto/x509 reads: RSA, EC, Ed25519.
var goKeys = []string{"1.2.840.113549.1.1.1", "1.2.840.10045.2.1", "1.3.101.112"}
