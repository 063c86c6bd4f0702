package gnutls

import (
	"bytes"
	"errors"
	"math/bits"
	"slices"
	"time"
)

// TrustList is what chains are verified against with gnutls_x509_trust_list_verify_crt2.
type TrustList struct {
	Anchors []*Certificate
	CRLs    []*CRL
	Now     time.Time
	// AllowBroken accepts signatures with digests that are broken.
	AllowBroken bool
	// Strong judges the algorithms of a certificate and, unless it is nil, its issuer.
	// The signature of an anchor does not count. Nil: all are strong enough.
	Strong func(cert, issuer *Certificate, anchor bool) bool
	// Report is told of each step; nil: nobody is.
	Report func(Step)
}

// Step is one part of a verification: a certificate held against an issuer or a CRL.
type Step struct {
	Certificate *Certificate
	Issuer      *Certificate // nil: none was found, or none was looked at
	CRL         *CRL         // nil: the step is not about revocation
	Status      Status
}

// Expected is what the end certificate must be good for; empty fields ask nothing.
type Expected struct {
	Purpose  string // an OID
	Hostname string
	Email    string
}

// maxUnsorted is how many certificates GnuTLS puts in order (DEFAULT_MAX_VERIFY_DEPTH).
// More are taken in the order that they have.
const maxUnsorted = 16

// ErrTooLong says that a file has more certificates than any path can have.
var ErrTooLong = errors.New("there are more than 4096 certificates")

// Verify holds a chain, end certificate first, against the list, with certtool's flag
// GNUTLS_VERIFY_DO_NOT_ALLOW_SAME: the end certificate is verified even where it is
// an anchor itself. The error is [ErrUnverifiable] where this program cannot tell.
func (l *TrustList) Verify(chain []*Certificate, expected Expected) (Status, error) {
	if len(chain) > maxChain {
		return Invalid, ErrTooLong
	}
	chain = l.shorten(l.arrange(slices.Clone(chain)))
	last := chain[len(chain)-1]
	status, err := l.verifyChain(chain, l.named(last.RawIssuer), expected.Purpose)
	if err != nil {
		return status, err
	}
	if status&(IssuerUnknown|Expired|Insecure) != 0 && !bytes.Equal(last.RawIssuer, last.RawSubject) {
		again, err := l.verifyChain(chain, l.named(last.RawSubject), expected.Purpose)
		if err != nil {
			return status, err
		}
		if again == 0 || status&IssuerUnknown != 0 {
			status = again
		}
	}
	status |= expected.missing(chain[0])
	if status == 0 {
		status = l.revocation(chain)
	}
	return status, nil
}

// missing says what the end certificate is not good for.
func (e Expected) missing(cert *Certificate) (status Status) {
	if e.Purpose != "" && !cert.hasPurpose(e.Purpose, true) {
		status |= WrongPurpose | Invalid
	}
	if e.Hostname != "" && !cert.MatchesHost(e.Hostname) {
		status |= WrongOwner | Invalid
	}
	if e.Hostname == "" && e.Email != "" && !cert.MatchesEmail(e.Email) {
		status |= WrongOwner | Invalid
	}
	return status
}

// named lists the anchors of a name, and those that stand in the same bucket of GnuTLS's
// table: an anchor within a chain is found only there.
func (l *TrustList) named(subject []byte) []*Certificate {
	var list []*Certificate
	for _, anchor := range l.Anchors {
		if bucket(anchor.RawSubject) == bucket(subject) {
			list = append(list, anchor)
		}
	}
	return list
}

// bucket is gnulib's hash_pjw_bare, modulo the size of GnuTLS's table.
func bucket(name []byte) uint64 {
	var hash uint64
	for _, b := range name {
		hash = uint64(b) + bits.RotateLeft64(hash, 9)
	}
	return hash % 127
}

// arrange puts each certificate's issuer behind it, drops duplicates, and ends where an
// anchor is the issuer.
func (l *TrustList) arrange(chain []*Certificate) []*Certificate {
	seen := make(map[string]bool)
	for i := 0; i < len(chain); {
		segment := sortIssuers(chain[i:])
		again := slices.IndexFunc(chain[i:i+segment], func(c *Certificate) bool { return seen[string(c.Raw)] })
		if again >= 0 {
			chain = withoutDuplicate(chain, i+again)
			continue
		}
		for _, cert := range chain[i : i+segment] {
			seen[string(cert.Raw)] = true
		}
		i += segment
		if slices.ContainsFunc(l.Anchors, chain[i-1].IssuedBy) {
			return chain[:i]
		}
	}
	return chain
}

// withoutDuplicate drops a certificate as GnuTLS does it: only the next one moves up,
// and it is the last one that is lost.
func withoutDuplicate(chain []*Certificate, i int) []*Certificate {
	if i+1 < len(chain) {
		chain[i] = chain[i+1]
	}
	return chain[:len(chain)-1]
}

// sortIssuers puts the issuers of the first certificate behind it, in place, and tells
// how many certificates are in order then. Self-issued ones end the order.
func sortIssuers(chain []*Certificate) int {
	if len(chain) > maxUnsorted {
		return 1
	}
	sorted := chain[:1:1]
	used := make([]bool, len(chain))
	for at := 0; len(sorted) < len(chain); {
		next := -1
		if !chain[at].SelfIssued() {
			next = slices.IndexFunc(chain[1:], func(c *Certificate) bool { return c != chain[at] && chain[at].IssuedBy(c) })
		}
		if next < 0 {
			break
		}
		at = next + 1
		if used[at] {
			break
		}
		used[at] = true
		sorted = append(sorted, chain[at])
	}
	count := len(sorted)
	for i := 1; i < len(chain); i++ {
		if !used[i] {
			sorted = append(sorted, chain[i])
		}
	}
	copy(chain, sorted)
	return count
}

// shorten drops a self-issued end, and what stands behind the first anchor that is not
// the end certificate.
func (l *TrustList) shorten(chain []*Certificate) []*Certificate {
	chain = withoutRoot(chain)
	for i := 1; i < len(chain); i++ {
		if slices.ContainsFunc(l.named(chain[i].RawIssuer), chain[i].Equal) {
			return chain[:i+1]
		}
	}
	return chain
}

func withoutRoot(chain []*Certificate) []*Certificate {
	if n := len(chain); n > 1 && chain[n-1].SelfIssued() {
		return chain[:n-1]
	}
	return chain
}

// verifyChain is _gnutls_verify_crt_status: it goes from the anchor down to the end
// certificate and stops at the first that is bad.
func (l *TrustList) verifyChain(chain, anchors []*Certificate, purpose string) (Status, error) {
	chain = withoutRoot(chain)
	for i := 1; i < len(chain); i++ {
		for _, anchor := range anchors {
			if !chain[i].SameEntity(anchor) {
				continue
			}
			status := l.anchorStatus(anchor)
			l.report(Step{Certificate: chain[i], Issuer: anchor, Status: status})
			if status != 0 {
				return status, nil
			}
			chain = chain[:i]
			break
		}
	}
	v := &statusVerifier{verifier: verifier{now: l.Now, pathLeft: maxChain}, list: l, oldAnchors: true}
	last := len(chain) - 1
	if status, err := v.verify(chain[last], anchors, last == 0); status != 0 || err != nil {
		return status, err
	}
	v.oldAnchors = false
	for i := last; i > 0; i-- {
		if purpose != "" && !chain[i].hasPurpose(purpose, false) {
			status := WrongPurpose | Invalid
			l.report(Step{Certificate: chain[i-1], Issuer: chain[i], Status: status})
			return status, nil
		}
		if status, err := v.verify(chain[i-1], chain[i:i+1], i == 1); status != 0 || err != nil {
			return status, err
		}
	}
	return 0, nil
}

func (l *TrustList) report(step Step) {
	if l.Report != nil {
		l.Report(step)
	}
}

// anchorStatus is what is asked of an anchor that is in the chain.
func (l *TrustList) anchorStatus(anchor *Certificate) Status {
	status := anchor.timeStatus(l.Now)
	if _, known := anchor.Algorithm.kind(); known && !l.strong(anchor, nil, true) {
		status |= Insecure | Invalid
	}
	return status
}

func (l *TrustList) strong(cert, issuer *Certificate, anchor bool) bool {
	return l.Strong == nil || l.Strong(cert, issuer, anchor)
}

func (c *Certificate) timeStatus(now time.Time) Status {
	switch {
	case now.Unix() < c.NotBefore.Unix():
		return NotActivated | Invalid
	case now.Unix() > c.NotAfter.Unix():
		return Expired | Invalid
	}
	return 0
}

// statusVerifier is verifier for all reasons at once.
type statusVerifier struct {
	verifier
	list *TrustList
	// oldAnchors accepts issuers of version 1, and self-issued ones without basic
	// constraints, as authorities.
	oldAnchors bool
}

// verify checks cert against those of candidates that may have issued it.
func (v *statusVerifier) verify(cert *Certificate, candidates []*Certificate, end bool) (Status, error) {
	if v.pathLeft == 0 {
		status := ConstraintsViolated | Invalid
		v.list.report(Step{Certificate: cert, Status: status})
		return status, nil
	}
	v.pathLeft--
	issuer := findIssuer(cert, candidates, v.now)
	status, err := v.issuerStatus(cert, issuer, end)
	if err != nil {
		return status, err
	}
	if _, found := cert.unknownCritical(); end && found {
		status |= UnknownCritical
	}
	status |= v.algorithmStatus(cert, issuer)
	if issuer != nil {
		status |= issuer.timeStatus(v.now)
	}
	status |= cert.timeStatus(v.now)
	if status != 0 {
		status |= Invalid
	}
	v.list.report(Step{Certificate: cert, Issuer: issuer, Status: status})
	return status, nil
}

// issuerStatus is what the issuer may and did sign.
func (v *statusVerifier) issuerStatus(cert, issuer *Certificate, end bool) (status Status, err error) {
	if issuer == nil {
		return IssuerUnknown, nil
	}
	if v.names.add(issuer) != nil || (end && v.names.check(cert) != nil) {
		status |= ConstraintsViolated
	}
	if v.inheritFeatures(cert, issuer) != nil {
		status |= ConstraintsViolated
	}
	if !v.oldAnchors || issuer.Version != 1 {
		status |= v.authorityStatus(issuer)
	}
	if _, found := issuer.unknownCritical(); found {
		status |= UnknownCritical
	}
	signed, err := v.signatureStatus(cert, issuer)
	return status | signed, err
}

// authorityStatus tells whether the issuer is an authority, and notes its path length.
func (v *statusVerifier) authorityStatus(issuer *Certificate) (status Status) {
	constraints, err := issuer.BasicConstraints()
	switch {
	case err == nil && constraints != nil && constraints.CA:
		if constraints.PathLen >= 0 {
			v.pathLeft = min(v.pathLeft, constraints.PathLen)
		}
	case err == nil && constraints == nil && v.oldAnchors && issuer.SelfIssued():
	default:
		status |= IssuerNotCA
	}
	usage, present, _, err := issuer.KeyUsage()
	switch {
	case err != nil:
		status |= Invalid
	case present && usage&CertSign == 0:
		status |= ConstraintsViolated
	}
	return status
}

// signatureStatus checks the signature. One whose digest is broken for everything is
// not counted even where it fits.
func (v *statusVerifier) signatureStatus(cert, issuer *Certificate) (Status, error) {
	kind, known := cert.Algorithm.kind()
	if !known {
		return Invalid, nil
	}
	switch err := cert.SignedBy(issuer); {
	case errors.Is(err, ErrUnverifiable):
		return Invalid, err
	case errors.Is(err, ErrBadKey):
		return Invalid, nil
	case errors.Is(err, ErrOtherKey):
		return ConstraintsViolated, nil
	case err != nil:
		return BadSignature, nil
	case kind.useless() && !v.list.AllowBroken:
		return Invalid, nil
	}
	return 0, nil
}

// algorithmStatus judges the algorithms. Those of self-issued certificates do not
// matter.
func (v *statusVerifier) algorithmStatus(cert, issuer *Certificate) (status Status) {
	kind, known := cert.Algorithm.kind()
	if !known {
		return Invalid
	}
	if !v.list.strong(cert, issuer, false) {
		status |= Insecure
	}
	if kind.broken && !v.list.AllowBroken && !cert.SelfIssued() {
		status |= Insecure
	}
	return status
}

// revocation looks for the certificates in the lists of their issuers.
func (l *TrustList) revocation(chain []*Certificate) Status {
	last := len(chain) - 1
	order := append([]*Certificate{chain[last]}, chain[:last]...)
	for _, cert := range order {
		for _, crl := range l.CRLs {
			if !bytes.Equal(crl.RawIssuer, cert.RawIssuer) {
				continue
			}
			if slices.ContainsFunc(crl.Serials, func(serial []byte) bool { return bytes.Equal(serial, cert.Serial) }) {
				l.report(Step{Certificate: cert, CRL: crl, Status: Revoked | Invalid})
				return Revoked | Invalid
			}
			l.report(Step{Certificate: cert, CRL: crl})
		}
	}
	return 0
}
