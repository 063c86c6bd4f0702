package certtool

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/net/idna"

	"vncsec/internal/gnutls"
	"vncsec/issue/certtool/text"
)

// verify is --verify: a chain against the authorities of --load-ca-certificate, or
// against those that the system trusts.
func (t *tool) verify(context.Context) error {
	t.noteProfile()
	data, err := t.readInfile()
	if err != nil {
		return err
	}
	v := newChainVerifier(t)
	if err := v.loadTrust(); err != nil {
		return err
	}
	return v.verify(data)
}

// verifyChain is --verify-chain: a chain against its last certificate, and against the
// revocation lists in the same file.
func (t *tool) verifyChain(context.Context) error {
	t.noteProfile()
	if t.opts.loadCACertificate.given {
		return text.Error("This option cannot be combined with --load-ca-certificate")
	}
	data, err := t.readInfile()
	if err != nil {
		return err
	}
	v := newChainVerifier(t)
	if err := v.loadChainAsTrust(data); err != nil {
		return err
	}
	return v.verify(data)
}

// noteProfile says what certtool says to who verifies without a profile.
func (t *tool) noteProfile() {
	if t.opts.verifyProfile.given || t.opts.verifyAllowBroken {
		return
	}
	t.logf("Note that no verification profile was selected. In the future the medium profile will be enabled by default.\n" +
		"Use --verify-profile low to apply the default verification of NORMAL priority string.\n")
}

// chainVerifier is one verification of a chain.
type chainVerifier struct {
	*tool
	list  gnutls.TrustList
	texts map[*gnutls.Certificate]*text.Certificate
	lists map[*gnutls.CRL]*text.CRL
	fault error // of a report
}

func newChainVerifier(t *tool) *chainVerifier {
	v := &chainVerifier{
		tool:  t,
		texts: make(map[*gnutls.Certificate]*text.Certificate),
		lists: make(map[*gnutls.CRL]*text.CRL),
	}
	v.list = gnutls.TrustList{Now: t.env.Now(), AllowBroken: t.opts.verifyAllowBroken, Report: v.report}
	return v
}

// verify holds the chain in PEM data against the list and writes the answer.
func (v *chainVerifier) verify(data []byte) error {
	if err := v.chooseProfile(); err != nil {
		return err
	}
	chain, err := v.certificates(data, false)
	if err != nil {
		return fmt.Errorf("error parsing CRTs: %w", err)
	}
	status, err := v.list.Verify(chain, gnutls.Expected{
		Purpose:  v.opts.verifyPurpose.value,
		Hostname: asciiHost(v.opts.verifyHostname.value),
		Email:    asciiEmail(v.opts.verifyEmail.value),
	})
	switch {
	case err != nil:
		return fmt.Errorf("vncsec cannot verify this chain: %w", err)
	case v.fault != nil:
		return v.fault
	}
	v.writeText("Chain verification output: " + verdict(status) + "\n\n")
	if status != 0 {
		return errVerdict
	}
	return nil
}

// certificates reads certificates for the verification and for its reports.
func (v *chainVerifier) certificates(data []byte, inder bool) ([]*gnutls.Certificate, error) {
	described, err := certificatesIn(data, inder)
	if err != nil {
		return nil, err
	}
	certs := make([]*gnutls.Certificate, len(described))
	for i, cert := range described {
		if certs[i], err = gnutls.Parse(cert.DER()); err != nil {
			return nil, fmt.Errorf("certificate %d: %w", i+1, err)
		}
		v.texts[certs[i]] = cert
	}
	return certs, nil
}

// report writes one step of a verification.
func (v *chainVerifier) report(step gnutls.Step) {
	err := v.describeStep(step)
	if v.fault == nil {
		v.fault = err
	}
}

func (v *chainVerifier) describeStep(step gnutls.Step) error {
	cert := v.texts[step.Certificate]
	issuer, err := nonEmpty(cert.Issuer())
	if err != nil {
		return fmt.Errorf("gnutls_x509_crt_get_issuer_dn: %w", err)
	}
	subject, err := cert.Subject()
	if err != nil {
		return fmt.Errorf("gnutls_x509_crt_get_dn: %w", err)
	}
	if subject == "" {
		subject = "(null)" // which is what C prints
	}
	v.writeText("\tSubject: " + subject + "\n\tIssuer: " + issuer + "\n")
	if step.Issuer != nil {
		name, err := nonEmpty(v.texts[step.Issuer].Subject())
		if err != nil {
			return fmt.Errorf("gnutls_x509_crt_get_issuer_dn: %w", err)
		}
		v.writeText("\tChecked against: " + name + "\n")
	}
	v.writeText("\tSignature algorithm: " + cert.SignatureAlgorithm() + "\n")
	if step.CRL != nil {
		crl := v.lists[step.CRL]
		name, err := nonEmpty(crl.Issuer())
		if err != nil {
			return fmt.Errorf("gnutls_x509_crl_get_issuer_dn: %w", err)
		}
		number, ok := crl.Number()
		if !ok {
			number = "unnumbered"
		}
		v.writeText("\tChecked against CRL[" + number + "] of: " + name + "\n")
	}
	v.writeText("\tOutput: " + verdict(step.Status) + "\n\n")
	return nil
}

func nonEmpty(name string, err error) (string, error) {
	if err == nil && name == "" {
		err = text.ErrUnavailable
	}
	return name, err
}

// asciiHost gives the ASCII form of an international host name.
func asciiHost(name string) string {
	if ascii, err := idna.Lookup.ToASCII(name); err == nil && printable(name) == name && !isASCII(name) {
		return ascii
	}
	return name
}

func asciiEmail(address string) string {
	at := strings.IndexByte(address, '@')
	return address[:at+1] + asciiHost(address[at+1:])
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

// verdict puts a status into GnuTLS's words.
func verdict(status gnutls.Status) string {
	if status == 0 {
		return "Verified. The certificate is trusted. "
	}
	return "Not verified. " + reasons(status)
}

func reasons(status gnutls.Status) string {
	words := "The certificate is NOT trusted. "
	for _, r := range statusWords {
		if status&r.flag != 0 {
			words += r.words + " "
		}
	}
	return words
}

// statusWords hold what is said for each flag, in the order in which it is said.
var statusWords = []struct {
	flag  gnutls.Status
	words string
}{
	{gnutls.Revoked, "The certificate chain is revoked."},
	{gnutls.RevocationOld, "The revocation or OCSP data are old and have been superseded."},
	{gnutls.RevocationFuture, "The revocation or OCSP data are issued with a future date."},
	{gnutls.IssuerUnknown, "The certificate issuer is unknown."},
	{gnutls.IssuerNotCA, "The certificate issuer is not a CA."},
	{gnutls.Insecure, "The certificate chain uses insecure algorithm."},
	{gnutls.ConstraintsViolated, "The certificate chain violates the signer's constraints."},
	{gnutls.WrongPurpose, "The certificate chain does not match the intended purpose."},
	{gnutls.NotActivated, "The certificate chain uses not yet valid certificate."},
	{gnutls.Expired, "The certificate chain uses expired certificate."},
	{gnutls.BadSignature, "The signature in the certificate is invalid."},
	{gnutls.WrongOwner, "The name in the certificate does not match the expected."},
	{gnutls.UnknownCritical, "The certificate contains an unknown critical extension."},
}
