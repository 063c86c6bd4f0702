package ca

import "crypto/x509"

// Code says in one stable word why a certificate is not good. Codes appear in
// logs and in the JSON of vncsec check and never change their meaning.
type Code string

// The codes of VerifyServer and VerifyClient.
const (
	CodeNoCertificate    Code = "no-certificate"    // the peer showed none
	CodeExpired          Code = "expired"           // notAfter has passed
	CodeNotYetValid      Code = "not-yet-valid"     // notBefore has not come
	CodeUnknownIssuer    Code = "unknown-issuer"    // no trusted CA of that name
	CodeBadSignature     Code = "bad-signature"     // not signed by the issuer it names
	CodeNotACA           Code = "not-a-ca"          // signed by a certificate that may not sign
	CodeWrongUsage       Code = "wrong-usage"       // keyUsage or extKeyUsage do not fit the role
	CodeWrongName        Code = "wrong-name"        // subjectAltName holds other hosts
	CodeNameInCNOnly     Code = "name-in-cn-only"   // no subjectAltName at all
	CodeNameConstraint   Code = "name-constraint"   // the CA may not certify that name
	CodeUnknownExtension Code = "unknown-extension" // critical and not understood
	CodeInvalidChain     Code = "invalid-chain"     // any other fault of the chain
	CodeRevoked          Code = "revoked"           // listed in a CRL
	CodeCRLExpired       Code = "crl-expired"       // nextUpdate of the issuer's CRL has passed
	CodeCRLNotYetValid   Code = "crl-not-yet-valid" // thisUpdate has not come
	CodeCRLBadSignature  Code = "crl-bad-signature" // CRL of that name, but of another key
	CodeCRLUnsupported   Code = "crl-unsupported"   // partial or indirect CRL
)

// VerifyError is what VerifyServer and VerifyClient return.
type VerifyError struct {
	Code   Code
	Cert   *x509.Certificate // the certificate that is at fault, nil if there is none
	Reason string            // one sentence for people
	Err    error             // what crypto/x509 said, if it adds something
}

// Error is the reason, with that of crypto/x509 if it adds something.
func (e *VerifyError) Error() string {
	if e.Err != nil {
		return "ca: " + e.Reason + ": " + e.Err.Error()
	}
	return "ca: " + e.Reason
}

// Unwrap returns what crypto/x509 said.
func (e *VerifyError) Unwrap() error { return e.Err }
