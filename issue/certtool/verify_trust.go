package certtool

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"vncsec/internal/gnutls"
	"vncsec/issue/certtool/keys"
	"vncsec/issue/certtool/text"
)

// systemTrust is where Debian's GnuTLS finds the authorities that the system trusts.
const systemTrust = "/etc/ssl/certs/ca-certificates.crt"

// loadTrust reads the authorities and the revocation lists that a chain is held against.
func (v *chainVerifier) loadTrust() error {
	file := v.opts.loadCACertificate
	if !file.given {
		anchors, err := v.anchorsIn(systemTrust)
		if err != nil {
			return fmt.Errorf("Error loading system trust: %w", err)
		}
		v.trust(anchors)
		v.logf("Loaded system trust (%d CAs available)\n", len(anchors))
		return nil
	}
	anchors, err := v.anchorsIn(file.value)
	if err == nil {
		v.trust(anchors)
		err = v.loadCRLFile()
	}
	if err != nil {
		return fmt.Errorf("gnutls_x509_trust_add_trust_file: %w", err)
	}
	v.logf("Loaded CAs (%d available)\n", len(anchors)+len(v.list.CRLs))
	v.list.CRLs = newestLists(v.list.CRLs)
	return nil
}

// newestLists keeps one list of each issuer, the newest, in the place of the first.
func newestLists(lists []*gnutls.CRL) (kept []*gnutls.CRL) {
	for _, crl := range lists {
		i := slices.IndexFunc(kept, func(other *gnutls.CRL) bool { return bytes.Equal(other.RawIssuer, crl.RawIssuer) })
		switch {
		case i < 0:
			kept = append(kept, crl)
		case !crl.ThisUpdate.Before(kept[i].ThisUpdate):
			kept[i] = crl
		}
	}
	return kept
}

// trust takes authorities for trusted, and warns of those that are none.
func (v *chainVerifier) trust(anchors []*gnutls.Certificate) {
	seen := make(map[string]bool)
	for _, anchor := range anchors {
		if seen[string(anchor.Raw)] {
			continue
		}
		seen[string(anchor.Raw)] = true
		v.list.Anchors = append(v.list.Anchors, anchor)
		constraints, err := anchor.BasicConstraints()
		if anchor.Version < 3 || (err == nil && constraints != nil && constraints.CA) {
			continue
		}
		if name, err := nonEmpty(v.texts[anchor].Subject()); err == nil {
			v.logf("|<1>| There was a non-CA certificate in the trusted list: %s.\n", printable(name))
		}
	}
}

// anchorsIn reads authorities, in DER with --inder if the file is DER.
func (v *chainVerifier) anchorsIn(name string) ([]*gnutls.Certificate, error) {
	data, err := readFile(name)
	if err != nil {
		return nil, fmt.Errorf("Error while reading file. (%s: %w)", name, cause(err))
	}
	if v.opts.inder {
		if anchors, err := v.certificates(data, true); err == nil {
			return anchors, nil
		}
	}
	return v.certificates(data, false)
}

// loadCRLFile reads the lists of --load-crl.
func (v *chainVerifier) loadCRLFile() error {
	file := v.opts.loadCRL
	if !file.given {
		return nil
	}
	data, err := readFile(file.value)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("Error while reading file. (%s: %w)", file.value, cause(err))
	}
	if err != nil {
		return err
	}
	if v.opts.inder && v.addCRL(data) == nil {
		return nil
	}
	return v.addCRLs(data)
}

// addCRLs reads the lists of PEM data.
func (v *chainVerifier) addCRLs(data []byte) error {
	for rest := data; ; rest = rest[1:] {
		if rest = nextArmored(rest, pemCRL, pemCRL); rest == nil {
			break
		}
		der, err := unarmor(rest, pemCRL)
		if err != nil {
			return err
		}
		if err := v.addCRL(der); err != nil {
			return err
		}
	}
	if len(v.list.CRLs) == 0 {
		return keys.ErrBase64 // what GnuTLS says of a file without lists
	}
	return nil
}

func (v *chainVerifier) addCRL(der []byte) error {
	described, err := text.ParseCRL(der)
	if err != nil {
		return err
	}
	crl, err := gnutls.ParseCRL(der)
	if err != nil {
		return err
	}
	v.lists[crl] = described
	v.list.CRLs = append(v.list.CRLs, crl)
	return nil
}

// loadChainAsTrust takes the last certificate for the authority. Lists that cannot be
// read are left out, as certtool does it.
func (v *chainVerifier) loadChainAsTrust(data []byte) error {
	chain, err := v.certificates(data, false)
	if err != nil {
		return fmt.Errorf("error parsing CRTs: %w", err)
	}
	v.trust(chain[len(chain)-1:])
	if err := v.addCRLs(data); err != nil {
		v.list.CRLs = nil
		if !errors.Is(err, keys.ErrBase64) {
			v.logf("Warning: the revocation lists are not looked at, because one cannot be read: %s\n", err)
		}
	}
	return nil
}

// profile is a strength that all algorithms of a chain must have.
type profile struct {
	level string // of keys
	bits  int    // of digests
	suite string // the curve that the end certificates must have at least; none: any key
}

// profiles are those of GnuTLS, by their names in lower case.
var profiles = map[string]profile{
	"very weak": {level: "Very weak", bits: 64},
	"low":       {level: "Low", bits: 80},
	"legacy":    {level: "Legacy", bits: 96},
	"medium":    {level: "Medium", bits: 112},
	"high":      {level: "High", bits: 128},
	"ultra":     {level: "Ultra", bits: 192},
	"future":    {level: "Future", bits: 256},
	"suiteb128": {suite: "SECP256R1"},
	"suiteb192": {suite: "SECP384R1"},
}

// chooseProfile reads --verify-profile. An unknown one is an error here: certtool takes
// it for none, and verifies less than was asked for.
func (v *chainVerifier) chooseProfile() error {
	name := v.opts.verifyProfile
	if !name.given || strings.EqualFold(name.value, "none") {
		return nil
	}
	p, ok := profiles[strings.ToLower(name.value)]
	if !ok {
		return fmt.Errorf("unknown verification profile: %s (known: none, very weak, low, legacy, medium, high, ultra, future, suiteb128, suiteb192)", name.value)
	}
	v.list.Strong = func(cert, issuer *gnutls.Certificate, anchor bool) bool {
		if p.suite != "" {
			return v.suiteB(p.suite, cert, issuer)
		}
		return (anchor || cert.DigestStrength() >= p.bits) && v.keyHas(cert, p.level) && (issuer == nil || v.keyHas(issuer, p.level))
	}
	return nil
}

func (v *chainVerifier) keyHas(cert *gnutls.Certificate, level string) bool {
	key, err := v.texts[cert].PublicKey()
	return err == nil && key.AsStrongAs(level)
}

// suiteB is RFC 5759: ECDSA on P-256 or P-384 all the way, the issuer's key not weaker
// than the certificate's and its digest not weaker than the key.
func (v *chainVerifier) suiteB(least string, cert, issuer *gnutls.Certificate) bool {
	const p256, p384 = "SECP256R1", "SECP384R1"
	algorithm := cert.SignatureName()
	if cert.Version != 3 || issuer == nil || issuer.Version != 3 || (algorithm != "ECDSA-SHA256" && algorithm != "ECDSA-SHA384") {
		return false
	}
	own, above := v.curveOf(cert), v.curveOf(issuer)
	switch {
	case own != p256 && own != p384, above != p256 && above != p384:
		return false
	case least == p384 && own != p384, own == p384 && above == p256:
		return false
	}
	return algorithm != "ECDSA-SHA256" || above != p384
}

func (v *chainVerifier) curveOf(cert *gnutls.Certificate) string {
	key, err := v.texts[cert].PublicKey()
	if err != nil {
		return ""
	}
	return key.Curve()
}
