package layout

import (
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"
	"time"

	"vncsec/internal/gnutls"
)

// checkColumn holds one certificate against QEMU's sanity rules, which have one
// column for CAs and one for own certificates. Criticality decides where it does
// for QEMU and is ignored where QEMU ignores it.
func (e *examination) checkColumn(cert *gnutls.Certificate, path string, asCA bool) {
	e.checkTimes(cert, path)
	e.checkConstraints(cert, path, asCA)
	e.checkKeyUsage(cert, path, asCA)
	if !asCA {
		e.checkPurpose(cert, path)
	}
}

// checkTimes compares whole seconds, both ends included.
func (e *examination) checkTimes(cert *gnutls.Certificate, path string) {
	switch {
	case cert.NotAfter.Unix() < e.now.Unix():
		e.refuse(CertExpired, path, e.reissue(), "the certificate of %s expired on %s", cert.Subject(), date(cert.NotAfter))
	case cert.NotBefore.Unix() > e.now.Unix():
		e.refuse(CertNotYetValid, path, e.reissue(), "the certificate of %s is not valid before %s", cert.Subject(), date(cert.NotBefore))
	}
}

func date(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

func (e *examination) checkConstraints(cert *gnutls.Certificate, path string, asCA bool) {
	bc, err := cert.BasicConstraints()
	switch {
	case err != nil:
		e.refuse(BadExtension, path, e.reissue(), "the certificate of %s has unreadable basic constraints", cert.Subject())
	case asCA && bc == nil:
		e.refuse(CANotCA, path, e.reissue(), "the certificate of %s stands for an authority and has no basic constraints; expected CA:TRUE", cert.Subject())
	case asCA && !bc.CA:
		e.refuse(CANotCA, path, e.reissue(), "the certificate of %s stands for an authority and has CA:FALSE; expected CA:TRUE", cert.Subject())
	case !asCA && bc != nil && bc.CA:
		e.refuse(CertIsCA, path, e.reissue(), "the certificate of %s is that of an authority (CA:TRUE); a %s needs one of its own", cert.Subject(), e.role)
	}
}

func (e *examination) checkKeyUsage(cert *gnutls.Certificate, path string, asCA bool) {
	usage, present, critical, err := cert.KeyUsage()
	switch {
	case err != nil:
		e.refuse(BadExtension, path, e.reissue(), "the certificate of %s has an unreadable key usage", cert.Subject())
		return
	case !present || !critical:
		return
	}
	demand := func(wanted gnutls.KeyUsage, code Code, what string) {
		if usage&wanted == 0 {
			e.refuse(code, path, e.reissue(), "the critical key usage of %s does not include %s", cert.Subject(), what)
		}
	}
	if asCA {
		demand(gnutls.CertSign, UsageCertSign, "certificate signing (keyCertSign)")
		return
	}
	demand(gnutls.DigitalSignature, UsageSignature, "digital signatures (digitalSignature)")
	if e.encipherment {
		demand(gnutls.KeyEncipherment, UsageEncipher, "key encipherment (keyEncipherment)")
	}
}

func (e *examination) checkPurpose(cert *gnutls.Certificate, path string) {
	purposes, critical, err := cert.Purposes()
	if err != nil {
		e.refuse(BadExtension, path, e.reissue(), "the certificate of %s has an unreadable extended key usage", cert.Subject())
		return
	}
	if critical && !allows(purposes, e.role) {
		e.refuse(EKUWrongRole, path, e.reissue(), "%s", wrongRole(cert, purposes, e.role))
	}
}

// allows reports whether extended key usages, if there are any, permit the role.
func allows(purposes []asn1.ObjectIdentifier, role Role) bool {
	wanted := purposeOf(role)
	return len(purposes) == 0 || slices.ContainsFunc(purposes, func(p asn1.ObjectIdentifier) bool {
		return p.Equal(wanted) || p.Equal(gnutls.PurposeAny)
	})
}

func purposeOf(role Role) asn1.ObjectIdentifier {
	if role == Server {
		return gnutls.PurposeServer
	}
	return gnutls.PurposeClient
}

func wrongRole(cert *gnutls.Certificate, purposes []asn1.ObjectIdentifier, role Role) string {
	return fmt.Sprintf("the extended key usage of %s is %s; a %s needs %s",
		cert.Subject(), purposeNames(purposes), role, purposeName(purposeOf(role)))
}

func purposeNames(purposes []asn1.ObjectIdentifier) string {
	names := make([]string, len(purposes))
	for i, p := range purposes {
		names[i] = purposeName(p)
	}
	return strings.Join(names, ", ")
}

func purposeName(p asn1.ObjectIdentifier) string {
	switch {
	case p.Equal(gnutls.PurposeServer):
		return "serverAuth"
	case p.Equal(gnutls.PurposeClient):
		return "clientAuth"
	case p.Equal(gnutls.PurposeAny):
		return "anyExtendedKeyUsage"
	}
	return p.String()
}
