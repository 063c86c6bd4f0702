package certtool

import (
	"context"
	"errors"
	"fmt"

	"vncsec/templates"
)

// The languages of proxies that have no policy to read (RFC 3820 section 3.8.2): who may
// do all that the issuer may, and who may do nothing by being a proxy.
const (
	languageInheritAll  = "1.3.6.1.5.5.7.21.1"
	languageIndependent = "1.3.6.1.5.5.7.21.2"
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
		return errors.New("--load-request is not supported by vncsec for --generate-proxy: the name must be that of the issuer with something added (RFC 3820 section 3.4)")
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
