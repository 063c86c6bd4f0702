package gnutls

import (
	"errors"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// maxFeatures is how many features GnuTLS reads of one extension.
const maxFeatures = 64

// tlsFeatures reads the TLS feature extension (RFC 7633), as in OCSP must-staple.
func (c *Certificate) tlsFeatures() ([]int64, error) {
	ext := c.extension(oidTLSFeatures)
	if ext == nil {
		return nil, nil
	}
	value := cryptobyte.String(ext.Value)
	var seq cryptobyte.String
	if !value.ReadASN1(&seq, cbasn1.SEQUENCE) || !value.Empty() {
		return nil, errExtension
	}
	var features []int64
	for !seq.Empty() {
		var f int64
		if !seq.ReadASN1Integer(&f) {
			return nil, errExtension
		}
		features = append(features, f)
		if len(features) > maxFeatures {
			return nil, errExtension
		}
	}
	return features, nil
}

// inheritFeatures demands that a certificate has all features of its issuers.
func (v *verifier) inheritFeatures(cert, issuer *Certificate) error {
	demanded, err := issuer.tlsFeatures()
	if err != nil {
		return err
	}
	for _, f := range demanded {
		if !slices.Contains(v.features, f) {
			v.features = append(v.features, f)
		}
	}
	if len(v.features) == 0 {
		return nil
	}
	own, err := cert.tlsFeatures()
	if err != nil {
		return err
	}
	for _, f := range v.features {
		if !slices.Contains(own, f) {
			return errors.New("it lacks a TLS feature of its issuer")
		}
	}
	return nil
}
