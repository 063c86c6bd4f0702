package ca

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"

	"vncsec/ca/tbs"
)

// extensionOptions names the template options that make an extension.
var extensionOptions = []struct {
	id      asn1.ObjectIdentifier
	options string
}{
	{tbs.OIDBasicConstraints, "path_len"},
	{tbs.OIDSubjectAltName, "dns_name, uri, ip_address, email or that of another name"},
	{tbs.OIDNameConstraints, "nc_permit_dns and the like"},
	{tbs.OIDPolicies, "policy1 to policy8"},
	{tbs.OIDInhibitAnyPolicy, "inhibit_anypolicy_skip_certs"},
	{tbs.OIDExtKeyUsage, "key_purpose_oid"},
	{tbs.OIDTLSFeature, "tls_feature"},
	{tbs.OIDAuthorityInfo, "ocsp_uri or ca_issuers_uri"},
	{tbs.OIDCRLDistribution, "crl_dist_points"},
}

// optionsFor names the options that an extension comes from.
func optionsFor(id asn1.ObjectIdentifier) string {
	for _, row := range extensionOptions {
		if row.id.Equal(id) {
			return row.options
		}
	}
	return "add_extension or add_critical_extension"
}

// readBack parses what was signed. If that is impossible, the error names the options
// that are to blame.
func readBack(contents *tbs.Certificate, der []byte) (*x509.Certificate, error) {
	cert, err := x509.ParseCertificate(der)
	if err == nil {
		return cert, nil
	}
	reason := strings.TrimPrefix(err.Error(), "x509: ")
	for i, extension := range contents.Extensions {
		without := *contents
		without.Extensions = slices.Delete(slices.Clone(contents.Extensions), i, i+1)
		if readable(&without) {
			return nil, fmt.Errorf("ca: nobody could read the certificate with the extension %s: %s (template option %s)",
				extension.Id, reason, optionsFor(extension.Id))
		}
	}
	return nil, fmt.Errorf("ca: nobody could read the certificate: %s (template options of the name, such as dn)", reason)
}

// readable tells whether a certificate can be parsed, whoever signs it.
func readable(contents *tbs.Certificate) bool {
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return false
	}
	scheme, err := tbs.SchemeOf(public, 0)
	if err != nil {
		return false
	}
	der, err := tbs.Sign(contents, key, scheme)
	if err != nil {
		return false
	}
	_, err = x509.ParseCertificate(der)
	return err == nil
}

// understood refuses critical extensions that servers and viewers do not know: each of
// them refuses such a certificate (RFC 5280 section 4.2).
func understood(cert *x509.Certificate) error {
	if unknown := cert.UnhandledCriticalExtensions; len(unknown) > 0 {
		return fmt.Errorf("ca: no server or viewer would accept the certificate: none knows the critical extension %s (template option add_critical_extension; add_extension makes it one that may be ignored)", unknown[0])
	}
	return nil
}
