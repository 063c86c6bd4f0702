package gnutls

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// CRL is what GnuTLS looks at in a revocation list (RFC 5280 section 5.1).
type CRL struct {
	Raw        []byte
	RawTBS     []byte
	RawIssuer  []byte
	ThisUpdate time.Time
	NextUpdate time.Time // zero: none
	Serials    [][]byte  // contents octets
	Algorithm  Algorithm
	Signature  []byte
}

// ErrWeak says that a signature fits, but has a digest with which nothing is signed any
// more.
var ErrWeak = errors.New("the signature's digest is broken")

var errCRL = errors.New("not a DER revocation list")

// ParseCRL reads a DER revocation list. Its extensions are not looked at.
func ParseCRL(der []byte) (*CRL, error) {
	c := &CRL{Raw: der}
	input := cryptobyte.String(der)
	var outer, tbs cryptobyte.String
	var signature asn1.BitString
	var inner Algorithm
	if !input.ReadASN1(&outer, cbasn1.SEQUENCE) || !input.Empty() || !readElement(&outer, &c.RawTBS, cbasn1.SEQUENCE) ||
		!readAlgorithm(&outer, &c.Algorithm) || !outer.ReadASN1BitString(&signature) || !outer.Empty() {
		return nil, errCRL
	}
	c.Signature = signature.Bytes
	tbs = c.RawTBS
	if !tbs.ReadASN1(&tbs, cbasn1.SEQUENCE) || !tbs.SkipOptionalASN1(cbasn1.INTEGER) || !readAlgorithm(&tbs, &inner) ||
		!readElement(&tbs, &c.RawIssuer, cbasn1.SEQUENCE) || !readTime(&tbs, &c.ThisUpdate) {
		return nil, errCRL
	}
	if tbs.PeekASN1Tag(cbasn1.UTCTime) || tbs.PeekASN1Tag(cbasn1.GeneralizedTime) {
		if !readTime(&tbs, &c.NextUpdate) {
			return nil, errCRL
		}
	}
	var list cryptobyte.String
	var present bool
	if !tbs.ReadOptionalASN1(&list, &present, cbasn1.SEQUENCE) {
		return nil, errCRL
	}
	for !list.Empty() {
		var entry, serial cryptobyte.String
		if !list.ReadASN1(&entry, cbasn1.SEQUENCE) || !entry.ReadASN1(&serial, cbasn1.INTEGER) {
			return nil, errCRL
		}
		c.Serials = append(c.Serials, serial)
	}
	return c, nil
}

// VerifyWith is gnutls_x509_crl_verify with one authority and no flags.
func (c *CRL) VerifyWith(issuer *Certificate, now time.Time) (status Status, err error) {
	kind, known := c.Algorithm.kind()
	if !known {
		return Invalid, nil
	}
	if !bytes.Equal(c.RawIssuer, issuer.RawSubject) {
		status |= IssuerUnknown
	} else if status, err = c.issuerStatus(kind, issuer); err != nil {
		return status, err
	}
	if kind.useless() {
		status |= Insecure
	}
	if c.ThisUpdate.Unix() > now.Unix() {
		status |= RevocationFuture
	}
	if !c.NextUpdate.IsZero() && c.NextUpdate.Unix() < now.Unix() {
		status |= RevocationOld
	}
	if status != 0 {
		status |= Invalid
	}
	return status, nil
}

func (c *CRL) issuerStatus(kind signatureKind, issuer *Certificate) (status Status, err error) {
	constraints, err := issuer.BasicConstraints()
	if err != nil || constraints == nil || !constraints.CA {
		status |= IssuerNotCA
	}
	usage, present, _, err := issuer.KeyUsage()
	switch {
	case err != nil:
		status |= Invalid
	case present && usage&CRLSign == 0:
		status |= ConstraintsViolated
	}
	switch err := CheckSignature(c.Algorithm, issuer.RawSPKI, c.RawTBS, c.Signature); {
	case errors.Is(err, ErrUnverifiable):
		return status, err
	case errors.Is(err, ErrBadKey):
		status |= Invalid
	case errors.Is(err, ErrOtherKey):
		status |= ConstraintsViolated
	case err != nil:
		status |= BadSignature
	case kind.useless():
		return status, ErrWeak
	}
	return status, nil
}
