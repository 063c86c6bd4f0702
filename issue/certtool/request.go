package certtool

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"

	"vncsec/ca/tbs"
	"vncsec/issue/certtool/keys"
	"vncsec/templates"
)

// generateRequest is --generate-request: a PKCS #10 request for a certificate. Without
// --load-privkey it makes the key as well, and both go into the output.
func (t *tool) generateRequest(ctx context.Context) error {
	t.logf("Generating a PKCS #10 certificate request...\n")
	key, err := t.keyForRequest(ctx)
	if err != nil {
		return err
	}
	p, err := t.profile(ctx, subject{purpose: templates.Request, plain: t.opts.noCRQExtensions, public: key.Public()})
	if err != nil {
		return err
	}
	request, err := t.newRequest(p, key)
	if err != nil {
		return err
	}
	signer, scheme, err := t.scheme(&authority{public: key.Public(), key: key}, false)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	der, err := tbs.Sign(request, signer, scheme)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	description, err := t.requestText(der)
	if err != nil {
		return fmt.Errorf("crq_print: %w", err)
	}
	t.out.own = true
	t.writeText(description)
	t.writeDER(pemRequest, der)
	return nil
}

// keyForRequest loads the key, or makes one and writes it.
func (t *tool) keyForRequest(ctx context.Context) (keys.Private, error) {
	key, err := t.loadPrivateKey(ctx, false)
	if err != nil || key != nil {
		return key, err
	}
	if t.opts.loadPubkey.given {
		return nil, errors.New("--load-pubkey was specified without corresponding --load-privkey")
	}
	if key, err = t.newPrivateKey(ctx); err != nil {
		return nil, err
	}
	return key, t.writePrivateKey(ctx, key)
}

// newRequest puts what a profile asks for into a request.
func (t *tool) newRequest(p *templates.Profile, key keys.Private) (*tbs.Request, error) {
	request := &tbs.Request{ChallengePassword: p.ChallengePassword}
	var err error
	if request.Subject, err = tbs.Name(p.Subject.Attributes()); err != nil {
		return nil, err
	}
	if request.PublicKey, err = keys.MarshalPublic(key.Public()); err != nil {
		return nil, fmt.Errorf("set_key: %w", err)
	}
	kind, usual := tbs.KindOf(request.PublicKey), !t.opts.noCRQExtensions
	if usual && kind != tbs.RSAKey && p.KeyUsage&x509.KeyUsageKeyEncipherment != 0 {
		t.logf("warning: this algorithm does not support encryption; disabling the encryption flag\n")
	}
	return request, request.Extensions.AddRequest(p, tbs.RequestUsage(p, kind), usual)
}
