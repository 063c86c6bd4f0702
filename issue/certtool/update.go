package certtool

import (
	"context"
	"fmt"
	"time"

	"vncsec/ca/tbs"
	"vncsec/issue/certtool/keys"
	"vncsec/templates"
)

// updateCertificate is --update-certificate: an authority signs a certificate again,
// with new dates and, if one is loaded, a new key. All else stays.
func (t *tool) updateCertificate(ctx context.Context) error {
	fmt.Fprint(t.info(), "Generating a signed certificate...\n")
	issuer, err := t.loadAuthority(ctx)
	if err != nil {
		return err
	}
	t.warnNoCA(issuer.cert, t.opts.loadCACertificate)
	loaded, err := t.loadCertificate(true)
	if err != nil {
		return err
	}
	cert, err := tbs.ParseCertificate(loaded.DER)
	if err != nil {
		return fmt.Errorf("Error loading certificates: %s: %w", t.opts.loadCertificate.value, err)
	}
	t.logf("Activation/Expiration time.\n")
	p, err := t.profile(ctx, subject{purpose: templates.Update})
	if err != nil {
		return err
	}
	if err := setDates(cert, p); err != nil {
		return err
	}
	if err := t.replaceKey(ctx, cert); err != nil {
		return err
	}
	if cert.Issuer, err = reissue(cert.Issuer, issuer.cert.Subject); err != nil {
		return fmt.Errorf("crt_sign: %w", err)
	}
	t.logf("\n\nSigning certificate...\n")
	der, err := t.sign(cert, issuer)
	if err != nil {
		return err
	}
	t.warnUnreadable(der)
	t.writeDER(pemCertificate, der)
	return nil
}

// setDates gives a certificate a new validity, in the bounds of certtool's update: only
// version 3, and no date that needs another type of time.
func setDates(cert *tbs.Certificate, p *templates.Profile) error {
	notAfter := p.NotAfter
	if p.NoEnd {
		notAfter = tbs.NoEnd
	}
	if err := setTime("set_activation", &cert.NotBefore, p.NotBefore); err != nil {
		return err
	}
	if err := setTime("set_expiration", &cert.NotAfter, notAfter); err != nil {
		return err
	}
	if cert.Version < 3 {
		return fmt.Errorf("crt_sign: certtool does not update certificates of version %d, only of version 3", cert.Version)
	}
	return nil
}

// setTime replaces a time that was read. As in GnuTLS its type must stay.
func setTime(label string, field *time.Time, t time.Time) error {
	if !tbs.SameTimeType(*field, t) {
		return fmt.Errorf("%s: certtool cannot change a date before 2050 (%s) to one after (%s), nor back, in what it has read: make a new certificate or list",
			label, field.Format(time.DateOnly), t.UTC().Format(time.DateOnly))
	}
	*field = t
	return nil
}

// reissue replaces the name of an issuer. As in GnuTLS it must not have fewer parts than
// the one that was read.
func reissue(old, name []byte) ([]byte, error) {
	before, after := tbs.NameLength(old), tbs.NameLength(name)
	if after < before {
		return nil, fmt.Errorf("the name of the authority has %d parts, that of the former issuer %d: certtool cannot replace a name by a shorter one", after, before)
	}
	return name, nil
}

// replaceKey puts the key of --load-privkey or --load-pubkey, if there is one, into a
// certificate.
func (t *tool) replaceKey(ctx context.Context, cert *tbs.Certificate) error {
	private, err := t.loadPrivateKey(ctx, false)
	if err != nil {
		return err
	}
	public, err := t.loadPublicKey(private, false)
	if err != nil || public == nil {
		return err
	}
	t.logf("Updating public key\n")
	if cert.PublicKey, err = keys.MarshalPublic(public); err != nil {
		return fmt.Errorf("cannot set public key: %w", err)
	}
	return nil
}
