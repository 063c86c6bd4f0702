package certtool

import (
	"context"
	"errors"
	"fmt"

	"vncsec/templates"
)

// generateSelfSigned is --generate-self-signed: a certificate that is signed with its
// own key, which --load-request leaves to --load-privkey, too.
func (t *tool) generateSelfSigned(ctx context.Context) error {
	fmt.Fprint(t.info(), "Generating a self signed certificate...\n")
	d := &draft{tool: t, purpose: templates.SelfSigned}
	if err := d.complete(ctx); err != nil {
		return err
	}
	if d.key == nil {
		var err error
		if d.key, err = t.loadPrivateKey(ctx, true); err != nil {
			return err
		}
	}
	if !sameKey(d.public, d.key.Public()) {
		return errors.New("the private key of --load-privkey is not that of the certificate: nobody could verify its signature")
	}
	return t.finish(ctx, &d.cert, &authority{cert: &d.cert, public: d.public, key: d.key})
}
