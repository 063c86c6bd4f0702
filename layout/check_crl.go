package layout

import (
	"bytes"
	"crypto/x509"
	"fmt"

	"vncsec/internal/gnutls"
)

// checkCRLs reads ca-crl.pem for the rules that apply once it is loaded: who made
// it, and whether it is out of date. The lists that can be used are returned.
func (u *use) checkCRLs(anchors []*x509.Certificate) []*x509.RevocationList {
	f := u.folder.get(CACRLFile)
	if u.Role != Server || !f.present() {
		return nil
	}
	lists, err := gnutls.CRLs(f.data)
	if err != nil {
		return nil // reported by the examination for QEMU
	}
	var usable []*x509.RevocationList
	for _, list := range lists {
		issuer := gnutls.Name(list.RawIssuer)
		switch {
		case anchors != nil && !signedByOne(list, anchors):
			u.note(Critical, CRLForeign, f.path, cureCRL(u.folder.dir),
				fmt.Sprintf("the revocation list of %s was not signed by an authority in %s", issuer, u.folder.get(CACertFile).path), affectsServe)
			continue
		case !list.NextUpdate.IsZero() && list.NextUpdate.Before(u.now):
			u.note(Warning, CRLExpired, f.path, cureCRL(u.folder.dir),
				fmt.Sprintf("the revocation list of %s expired on %s: every client certificate will be refused", issuer, date(list.NextUpdate)), affectsVerifiers)
		case list.ThisUpdate.After(u.now):
			u.note(Warning, CRLExpired, f.path, cureCRL(u.folder.dir),
				fmt.Sprintf("the revocation list of %s is not valid before %s: every client certificate will be refused", issuer, date(list.ThisUpdate)), affectsVerifiers)
		}
		usable = append(usable, list)
	}
	return usable
}

// signedByOne does not ask for the cRLSign usage, which QEMU's manual does not give
// its authorities.
func signedByOne(list *x509.RevocationList, authorities []*x509.Certificate) bool {
	for _, a := range authorities {
		if bytes.Equal(a.RawSubject, list.RawIssuer) &&
			a.CheckSignature(list.SignatureAlgorithm, list.RawTBSRevocationList, list.Signature) == nil {
			return true
		}
	}
	return false
}
