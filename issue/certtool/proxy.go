package certtool

import (
	"context"
	"errors"
	"fmt"

	"vncsec/templates"
)

// generateProxy is --generate-proxy: a certificate that the owner of another one, in
// --load-certificate, makes for somebody to act for him (RFC 3820).
func (t *tool) generateProxy(ctx context.Context) error {
	fmt.Fprint(t.info(), "Generating a proxy certificate...\n")
	key, err := t.loadCAKey(ctx)
	if err != nil {
		return err
	}
	owner, err := t.loadCertificate(true)
	if err != nil {
		return err
	}
	if t.opts.loadRequest.given {
		return errors.New("--load-request is not supported by vncsec for --generate-proxy")
	}
	issuer, err := newAuthority(owner, key, t.opts.loadCertificate)
	if err != nil {
		return err
	}
	d := &draft{tool: t, issuer: issuer.cert, purpose: templates.Proxy}
	if err := d.complete(ctx); err != nil {
		return err
	}
	return t.finish(ctx, &d.cert, issuer)
}
