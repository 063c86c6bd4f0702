package certtool

import (
	"context"
	"errors"
	"fmt"

	"vncsec/ca/tbs"
	"vncsec/issue/certtool/text"
	"vncsec/templates"
)

// generateCRL is --generate-crl: a revocation list with the certificates of
// --load-certificate, besides those that the list of --load-crl has.
func (t *tool) generateCRL(ctx context.Context) error {
	fmt.Fprint(t.info(), "Generating a signed CRL...\n")
	issuer, err := t.loadAuthority(ctx)
	if err != nil {
		return err
	}
	t.warnNoCA(issuer.cert, t.opts.loadCACertificate)
	list, err := t.baseList()
	if err != nil {
		return err
	}
	if err := t.fillList(ctx, list, issuer); err != nil {
		return err
	}
	signer, scheme, err := t.scheme(issuer, false)
	if err != nil {
		return fmt.Errorf("crl_privkey_sign: %w", err)
	}
	der, err := tbs.Sign(list, signer, scheme)
	if err != nil {
		return fmt.Errorf("crl_privkey_sign: %w", err)
	}
	fmt.Fprint(t.info(), "\n")
	if t.outText() {
		described, err := text.ParseCRL(der)
		if err != nil {
			return fmt.Errorf("crl_print: %w", err)
		}
		fmt.Fprintf(t.info(), "%s\n", described.Text(t.textOptions()))
	}
	t.writeDER(pemCRL, der)
	return nil
}

// baseList is the list of --load-crl, or an empty one.
func (t *tool) baseList() (*tbs.RevocationList, error) {
	lists, err := t.loadCRLs()
	if err != nil {
		return nil, err
	}
	switch len(lists) {
	case 0:
		return new(tbs.RevocationList), nil
	case 1:
		list, err := tbs.ParseRevocationList(lists[0].DER)
		if err != nil {
			return nil, fmt.Errorf("Error loading CRLs: %s: %w", t.opts.loadCRL.value, err)
		}
		return list, nil
	}
	return nil, errors.New("load_crl: too many CRLs present")
}

// fillList revokes certificates, and puts what a profile asks for into the list.
func (t *tool) fillList(ctx context.Context, list *tbs.RevocationList, issuer *authority) error {
	certs, err := t.loadCertificates(false)
	if err != nil {
		return err
	}
	p, err := t.profile(ctx, subject{purpose: templates.CRL})
	if err != nil {
		return err
	}
	for _, loaded := range certs {
		cert, err := tbs.ParseCertificate(loaded.DER)
		if err == nil {
			err = list.Revoke(cert.Serial, p.CRL.RevocationDate)
		}
		if err != nil {
			return fmt.Errorf("crl_set_crt: %w", err)
		}
	}
	if err := retime(list, p.CRL); err != nil {
		return err
	}
	if list.Issuer, err = reissue(list.Issuer, issuer.cert.Subject); err != nil {
		return fmt.Errorf("crl_privkey_sign: %w", err)
	}
	number := p.CRL.Number
	if number == nil {
		number = tbs.Minimal(newCRLNumber(t.env.Now()))
	}
	return list.Extensions.SetList(issuer.cert.Extensions.SubjectKeyID(), number)
}

// retime sets the times of a list, which may be one that was read.
func retime(list *tbs.RevocationList, p templates.CRLProfile) error {
	next := p.NextUpdate
	if p.NoNextUpdate {
		next = tbs.NoEnd
	}
	if list.Issuer == nil { // a new one
		list.ThisUpdate, list.NextUpdate = p.ThisUpdate, next
		return nil
	}
	if err := setTime("this_update", &list.ThisUpdate, p.ThisUpdate); err != nil {
		return err
	}
	if list.NextUpdate.IsZero() {
		list.NextUpdate = next
		return nil
	}
	return setTime("next_update", &list.NextUpdate, next)
}
