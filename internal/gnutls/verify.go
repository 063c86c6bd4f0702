package gnutls

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// maxChain is GnuTLS's own limit on the length of a path (MAX_VERIFY_DEPTH).
const maxChain = 4096

// Reasons for which Verify refuses, to be told apart with errors.Is.
var (
	ErrNoIssuer    = errors.New("its issuer is not among the trusted certificates")
	ErrNotCA       = errors.New("the issuer is not a CA")
	ErrConstraints = errors.New("the issuer's constraints forbid it")
	ErrSignature   = errors.New("the signature is not the issuer's")
	ErrInsecure    = errBroken
	ErrCritical    = errors.New("unknown critical extension")
	ErrTime        = errors.New("outside its time")
)

// VerifyError tells at which certificate of the chain Verify stopped.
type VerifyError struct {
	Cert   *Certificate
	Issuer *Certificate // nil where none was found
	Reason error
}

func (e *VerifyError) Error() string {
	return fmt.Sprintf("certificate %q: %v", e.Cert.Subject(), e.Reason)
}

// Unwrap gives the reason.
func (e *VerifyError) Unwrap() error { return e.Reason }

// Verify does what gnutls_x509_crt_list_verify does with flags 0 and no CRL: chain
// is the end certificate first and then its issuers, trusted are the anchors. It
// stops at the first reason, which comes as *VerifyError.
//
// An anchor need not be self-signed, and what stands in its own signature does not
// count. The number of certificates below an anchor's path length is limited only
// within chain, as certificates above the first anchor are never visited.
//
// One thing is stricter: GnuTLS lets anchors of version 1, and self-issued ones
// without basic constraints, pass as CAs. QEMU has refused them before it asks.
func Verify(chain, trusted []*Certificate, now time.Time) error {
	chain, err := shorten(chain, trusted, now)
	if err != nil || len(chain) == 0 {
		return err
	}
	v := &verifier{now: now, pathLeft: maxChain}
	last := len(chain) - 1
	if err := v.verify(chain[last], trusted, last == 0); err != nil {
		return err
	}
	for i := last; i > 0; i-- {
		if err := v.verify(chain[i-1], chain[i:i+1], i == 1); err != nil {
			return err
		}
	}
	return nil
}

// shorten drops a self-issued end of the chain and everything from the first
// certificate on that is an anchor itself.
func shorten(chain, trusted []*Certificate, now time.Time) ([]*Certificate, error) {
	if n := len(chain); n > 1 && chain[n-1].SelfIssued() {
		chain = chain[:n-1]
	}
	for i, cert := range chain {
		anchor := slices.IndexFunc(trusted, func(t *Certificate) bool {
			if i == 0 {
				return cert.Equal(t)
			}
			return cert.SameEntity(t)
		})
		if anchor < 0 {
			continue
		}
		if err := trusted[anchor].inTime(now); err != nil {
			return nil, &VerifyError{cert, trusted[anchor], err}
		}
		return chain[:i], nil
	}
	return chain, nil
}

type verifier struct {
	now      time.Time
	pathLeft int // certificates that may still follow
	names    nameConstraints
	features []int64 // TLS features that issuers demand
}

// verify checks cert against those of candidates that may have issued it.
func (v *verifier) verify(cert *Certificate, candidates []*Certificate, end bool) error {
	issuer := findIssuer(cert, candidates, v.now)
	if err := v.check(cert, issuer, end); err != nil {
		return &VerifyError{cert, issuer, err}
	}
	return nil
}

func (v *verifier) check(cert, issuer *Certificate, end bool) error {
	if v.pathLeft == 0 {
		return fmt.Errorf("%w: the path length is exceeded", ErrConstraints)
	}
	v.pathLeft--
	if issuer == nil {
		return ErrNoIssuer
	}
	if err := v.issuerMaySign(cert, issuer, end); err != nil {
		return err
	}
	if err := cert.secureSignature(); err != nil {
		return err
	}
	if err := cert.SignedBy(issuer); errors.Is(err, ErrUnverifiable) {
		return err
	} else if err != nil {
		return fmt.Errorf("%w: %v", ErrSignature, err)
	}
	if err := refuseUnknownCritical(cert, issuer, end); err != nil {
		return err
	}
	return errors.Join(issuer.inTime(v.now), cert.inTime(v.now))
}

// issuerMaySign looks at what the issuer is, not at its signature.
func (v *verifier) issuerMaySign(cert, issuer *Certificate, end bool) error {
	if err := v.names.add(issuer); err != nil {
		return fmt.Errorf("%w: %v", ErrConstraints, err)
	}
	if end {
		if err := v.names.check(cert); err != nil {
			return fmt.Errorf("%w: %v", ErrConstraints, err)
		}
	}
	if err := v.inheritFeatures(cert, issuer); err != nil {
		return fmt.Errorf("%w: %v", ErrConstraints, err)
	}
	if !v.isCA(cert, issuer) {
		return ErrNotCA
	}
	usage, present, _, err := issuer.KeyUsage()
	if err != nil {
		return fmt.Errorf("%w: %v", ErrConstraints, err)
	}
	if present && usage&CertSign == 0 {
		return fmt.Errorf("%w: its key usage lacks certificate signing", ErrConstraints)
	}
	return nil
}

// isCA also notes the issuer's path length.
func (v *verifier) isCA(cert, issuer *Certificate) bool {
	if cert.Equal(issuer) {
		return true
	}
	bc, err := issuer.BasicConstraints()
	if err != nil || bc == nil || !bc.CA {
		return false
	}
	if bc.PathLen >= 0 {
		v.pathLeft = min(v.pathLeft, bc.PathLen)
	}
	return true
}

func refuseUnknownCritical(cert, issuer *Certificate, end bool) error {
	if oid, found := issuer.unknownCritical(); found {
		return fmt.Errorf("%w %v in the issuer", ErrCritical, oid)
	}
	if oid, found := cert.unknownCritical(); found && end {
		return fmt.Errorf("%w %v", ErrCritical, oid)
	}
	return nil
}

// findIssuer takes the first candidate, but a later one if that is in its time.
func findIssuer(cert *Certificate, candidates []*Certificate, now time.Time) *Certificate {
	var issuer *Certificate
	for _, c := range candidates {
		if !cert.IssuedBy(c) {
			continue
		}
		if issuer == nil || (now.Unix() < c.NotAfter.Unix() && now.Unix() >= c.NotBefore.Unix()) {
			issuer = c
		}
	}
	return issuer
}

// inTime compares whole seconds, as GnuTLS does; both ends belong to the time.
func (c *Certificate) inTime(now time.Time) error {
	if now.Unix() < c.NotBefore.Unix() || now.Unix() > c.NotAfter.Unix() {
		return ErrTime
	}
	return nil
}
