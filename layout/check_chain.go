package layout

import (
	"errors"

	"vncsec/internal/gnutls"
)

// checkIdentity does QEMU's sanity check of one identity: the columns, the way to
// the authority, and GnuTLS's verification, which is only asked where the rest was
// in order, as its answers are less exact.
func (e *examination) checkIdentity(id identity, authorities []*gnutls.Certificate) {
	before, own := len(e.findings), id.certs
	if !e.chains {
		before, own = 0, own[:1]
	}
	for i, cert := range own {
		e.checkColumn(cert, id.path, i > 0)
	}
	if e.chains {
		e.checkPath(id, authorities)
	}
	if len(e.findings) == before {
		e.verify(id, own, authorities)
	}
}

// checkPath walks from the leaf to a self-signed certificate: through the own file,
// in its order, then by the first fitting issuer in ca-cert.pem. All that it meets
// must be CAs.
func (e *examination) checkPath(id identity, authorities []*gnutls.Certificate) {
	for i, cert := range id.certs[1:] {
		if below := id.certs[i]; !below.IssuedBy(cert) {
			e.refuse(ChainOrder, id.path, e.reissue(), "certificate %d, of %s, is not the issuer of the one before it, of %s, which names %s",
				i+2, cert.Subject(), below.Subject(), below.Issuer())
			return
		}
	}
	if leaf := id.certs[0]; leaf.SelfIssued() {
		e.refuse(ChainSelfIssued, id.path, e.reissue(), "the certificate of %s names itself as its issuer and is taken for an authority; it must be signed by one", leaf.Subject())
		return
	}
	cert, path := id.certs[len(id.certs)-1], id.path
	met := map[*gnutls.Certificate]bool{}
	for !cert.SelfIssued() {
		issuer := firstIssuer(cert, authorities)
		if issuer == nil {
			e.noIssuer(cert, id)
			return
		}
		if met[issuer] {
			e.refuse(ChainLoop, e.path(CACertFile), e.reissue(), "the authorities of %s signed each other in a circle and none of them signed itself: QEMU never ends its search", id.path)
			return
		}
		met[issuer] = true
		cert, path = issuer, e.path(CACertFile)
		e.checkColumn(cert, path, true)
	}
	e.checkColumn(cert, path, true)
}

// noIssuer tells a foreign certificate from a chain that ends too early.
func (e *examination) noIssuer(cert *gnutls.Certificate, id identity) {
	if cert == id.certs[0] {
		e.refuse(ChainIssuer, id.path, e.reissue(), "the certificate of %s was issued by %s, which is not in %s", cert.Subject(), cert.Issuer(), e.path(CACertFile))
		return
	}
	e.refuse(ChainNoRoot, e.path(CACertFile), e.reissue(), "the chain of %s ends at %s, whose issuer %s is not in %s; it must end at a self-signed certificate",
		id.path, cert.Subject(), cert.Issuer(), e.path(CACertFile))
}

func firstIssuer(cert *gnutls.Certificate, authorities []*gnutls.Certificate) *gnutls.Certificate {
	for _, a := range authorities {
		if cert.IssuedBy(a) {
			return a
		}
	}
	return nil
}

// reasonCodes gives each reason of GnuTLS its code.
var reasonCodes = []struct {
	reason error
	code   Code
}{
	{gnutls.ErrNoIssuer, ChainIssuer},
	{gnutls.ErrNotCA, ChainNotCA},
	{gnutls.ErrConstraints, ChainLimits},
	{gnutls.ErrSignature, ChainSignature},
	{gnutls.ErrInsecure, ChainInsecure},
	{gnutls.ErrCritical, ChainCritical},
	{gnutls.ErrTime, ChainTime},
}

func (e *examination) verify(id identity, own, authorities []*gnutls.Certificate) {
	err := gnutls.Verify(own, authorities, e.now)
	var failed *gnutls.VerifyError
	if !errors.As(err, &failed) {
		return
	}
	if errors.Is(err, gnutls.ErrNoIssuer) {
		e.unknownIssuer(id, failed.Cert)
		return
	}
	if errors.Is(err, gnutls.ErrUnverifiable) {
		e.unknowable(ChainUnverified, id.path, "the signature of %s cannot be verified by vncsec: %v", failed.Cert.Subject(), failed.Reason)
		return
	}
	for _, known := range reasonCodes {
		if errors.Is(err, known.reason) {
			e.refuse(known.code, id.path, e.reissue(), "the certificate of %s is not accepted under %s: %v", failed.Cert.Subject(), e.path(CACertFile), failed.Reason)
			return
		}
	}
}

// unknownIssuer also knows that before 10.2 the issuer may be there, but too late.
func (e *examination) unknownIssuer(id identity, cert *gnutls.Certificate) {
	all, err := gnutls.Certificates(e.folder.get(CACertFile).data)
	if err == nil && len(all) > maxCACerts && firstIssuer(cert, all) != nil {
		e.refuse(CATooMany, e.path(CACertFile), e.reissue(), "of the %d certificates in %s only the first %d are used, and the issuer of %s is not among them",
			len(all), e.path(CACertFile), maxCACerts, id.path)
		return
	}
	e.refuse(ChainIssuer, id.path, e.reissue(), "the certificate of %s was issued by %s, which is not in %s", cert.Subject(), cert.Issuer(), e.path(CACertFile))
}
