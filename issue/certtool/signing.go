package certtool

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"vncsec/ca/tbs"
	"vncsec/issue/certtool/keys"
	"vncsec/issue/certtool/text"
)

// authority is who signs: the certificate of an issuer, and its key.
type authority struct {
	cert   *tbs.Certificate
	public crypto.PublicKey
	key    keys.Private
}

// loadAuthority reads --load-ca-privkey and --load-ca-certificate.
func (t *tool) loadAuthority(ctx context.Context) (*authority, error) {
	key, err := t.loadCAKey(ctx)
	if err != nil {
		return nil, err
	}
	cert, err := t.loadCACertificate()
	if err != nil {
		return nil, err
	}
	return newAuthority(cert, key, t.opts.loadCACertificate)
}

// newAuthority puts the certificate of a file and a key together. Unlike in certtool
// they must belong together: nobody could verify what is signed with another key.
func newAuthority(loaded *certificate, key keys.Private, file textValue) (*authority, error) {
	cert, err := tbs.ParseCertificate(loaded.DER)
	if err != nil {
		return nil, fmt.Errorf("error importing CA certificate: %s: %w", file.value, err)
	}
	public, err := keys.ParsePublic(cert.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("error importing CA certificate: %s: %w", file.value, err)
	}
	a := &authority{cert: cert, public: public, key: key}
	if !sameKey(public, key.Public()) {
		return nil, fmt.Errorf("the private key of --load-ca-privkey is not that of the certificate in %s: nobody could verify what it signs", file.value)
	}
	return a, nil
}

// sameKey tells whether two public keys are the same, whatever they may be used for.
func sameKey(a, b crypto.PublicKey) bool {
	key, ok := plainKey(a).(interface{ Equal(crypto.PublicKey) bool })
	return ok && key.Equal(plainKey(b))
}

// plainKey is the RSA key within an RSA-PSS key.
func plainKey(key crypto.PublicKey) crypto.PublicKey {
	if pss, ok := key.(*keys.PSSPublic); ok {
		return pss.PublicKey
	}
	return key
}

// schemeKey is a public key as package tbs knows it.
func schemeKey(key crypto.PublicKey) crypto.PublicKey {
	if key, ok := key.(*keys.DSAPublic); ok {
		return key.PublicKey
	}
	return plainKey(key)
}

// warnNoCA tells that the issuer is no authority, which certtool does not look at.
func (t *tool) warnNoCA(issuer *tbs.Certificate, file textValue) {
	if !issuer.Extensions.IsCA() {
		t.logf("Warning: the certificate in %s is not that of an authority (it lacks the option ca): what it signs will not be trusted\n", file.value)
	}
}

// scheme chooses how an authority signs. RSA keys sign by RSASSA-PSS if that is asked
// for or their certificate allows nothing else.
func (t *tool) scheme(a *authority, pss bool) (crypto.Signer, tbs.Scheme, error) {
	signer, ok := a.key.(crypto.Signer)
	if !ok {
		return nil, tbs.Scheme{}, fmt.Errorf("keys of type %s cannot sign", kindOf(a.key.Public()))
	}
	public, isRSA := plainKey(a.public).(*rsa.PublicKey)
	certified, onlyPSS := a.public.(*keys.PSSPublic)
	_, keyOnlyPSS := a.key.(*keys.PSSPrivate)
	switch {
	case !isRSA && pss:
		return nil, tbs.Scheme{}, errors.New("--sign-params rsa-pss needs an RSA key")
	case !pss && !onlyPSS && keyOnlyPSS:
		return nil, tbs.Scheme{}, errors.New("the key is for RSA-PSS only, and its certificate for RSA: give --sign-params rsa-pss")
	case !pss && !onlyPSS:
		scheme, err := tbs.SchemeOf(schemeKey(a.public), t.hash)
		return signer, scheme, err
	}
	restricted, err := pssRestriction(a.key, certified)
	if err != nil {
		return nil, tbs.Scheme{}, err
	}
	hash := t.hash
	switch {
	case restricted.Hash != 0 && onlyPSS:
		hash = restricted.Hash
	case restricted.Hash != 0 && restricted.Hash != pssHash(public, hash):
		return nil, tbs.Scheme{}, fmt.Errorf("the key signs with %s only", restricted.Hash)
	}
	scheme, err := tbs.PSS(public, hash, restricted.Salt)
	return signer, scheme, err
}

func pssHash(public *rsa.PublicKey, hash crypto.Hash) crypto.Hash {
	if hash == 0 {
		return tbs.DefaultHash(public)
	}
	return hash
}

// pssRestriction is what an RSA-PSS key may be used with: that of its certificate, or
// without one there its own. GnuTLS demands that both name the same hash.
func pssRestriction(key keys.Private, certified *keys.PSSPublic) (keys.PSSParams, error) {
	own, keyOnlyPSS := key.(*keys.PSSPrivate)
	switch {
	case certified == nil && !keyOnlyPSS:
		return keys.PSSParams{}, nil
	case certified == nil:
		return own.Params, nil
	case keyOnlyPSS && (own.Params.Hash != certified.Params.Hash || own.Params.Salt > certified.Params.Salt):
		return keys.PSSParams{}, errors.New("the RSA-PSS parameters of the key do not fit those of its certificate")
	}
	return certified.Params, nil
}

// sign signs a certificate.
func (t *tool) sign(contents *tbs.Certificate, a *authority) ([]byte, error) {
	signer, scheme, err := t.scheme(a, t.signPSS)
	if err != nil {
		return nil, fmt.Errorf("crt_sign: %w", err)
	}
	der, err := tbs.Sign(contents, signer, scheme)
	if err != nil {
		return nil, fmt.Errorf("crt_sign: %w", err)
	}
	return der, nil
}

// finish signs a new certificate, shows it and asks whether it is right, and writes it.
func (t *tool) finish(ctx context.Context, contents *tbs.Certificate, a *authority) error {
	der, err := t.sign(contents, a)
	if err != nil {
		return err
	}
	options := t.textOptions()
	options.Unsigned = true
	if cert, err := text.ParseCertificate(der); err == nil {
		fmt.Fprintf(t.info(), "%s\n", cert.Text(options))
	}
	t.warnUnreadable(der)
	if err := t.confirm(ctx); err != nil {
		return err
	}
	fmt.Fprint(t.info(), "\n\nSigning certificate...\n")
	t.writeDER(pemCertificate, der)
	return nil
}

// warnUnreadable tells of a certificate that certtool makes and not all programs read.
func (t *tool) warnUnreadable(der []byte) {
	if _, err := x509.ParseCertificate(der); err != nil {
		t.logf("Warning: some programs will not read this certificate: %s\n", strings.TrimPrefix(err.Error(), "x509: "))
	}
}
