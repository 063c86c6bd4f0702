package certtool

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"fmt"

	"vncsec/ca/tbs"
	"vncsec/internal/gnutls"
	"vncsec/issue/certtool/keys"
	"vncsec/templates"
)

// generateCertificate is --generate-certificate: one that an authority signs, for a key
// or for a request.
func (t *tool) generateCertificate(ctx context.Context) error {
	fmt.Fprint(t.info(), "Generating a signed certificate...\n")
	issuer, err := t.loadAuthority(ctx)
	if err != nil {
		return err
	}
	t.warnNoCA(issuer.cert, t.opts.loadCACertificate)
	d := &draft{tool: t, issuer: issuer.cert, purpose: templates.Signed}
	if err := d.complete(ctx); err != nil {
		return err
	}
	return t.finish(ctx, &d.cert, issuer)
}

// draft is a certificate before it is signed.
type draft struct {
	tool    *tool
	issuer  *tbs.Certificate // nil: it will be signed with its own key
	purpose templates.Applies

	cert    tbs.Certificate
	key     keys.Private     // nil: only the public key is there
	public  crypto.PublicKey // what the certificate is for
	request *tbs.Request     // nil: there is none
}

// complete loads what the certificate is for, asks what it shall hold, and fills it in.
func (d *draft) complete(ctx context.Context) error {
	if err := d.load(ctx); err != nil {
		return err
	}
	s := subject{purpose: d.purpose, plain: d.tool.opts.v1, public: d.public, fromRequest: d.request != nil}
	if d.issuer != nil {
		s.caEnd = d.issuer.NotAfter
	}
	p, err := d.tool.profile(ctx, s)
	if err != nil {
		return err
	}
	if err := d.fill(p); err != nil {
		return err
	}
	return d.restrict(p)
}

// load reads --load-request or, without one, the key.
func (d *draft) load(ctx context.Context) (err error) {
	if d.request, err = d.tool.signedRequest(); err != nil {
		return err
	}
	if d.request != nil {
		d.purpose = templates.FromRequest
		d.cert.Subject, d.cert.PublicKey = d.request.Subject, d.request.PublicKey
		if d.public, err = keys.ParsePublic(d.request.PublicKey); err != nil {
			return fmt.Errorf("set_crq: %w", err)
		}
		return nil
	}
	if d.key, err = d.tool.loadPrivateKey(ctx, false); err != nil {
		return err
	}
	if d.public, err = d.tool.loadPublicKey(d.key, true); err != nil {
		return err
	}
	if d.cert.PublicKey, err = keys.MarshalPublic(d.public); err != nil {
		return fmt.Errorf("set_key: %w", err)
	}
	return nil
}

// signedRequest reads --load-request, and makes sure that the owner of the key has made
// the request. Without the option it returns nil.
func (t *tool) signedRequest() (*tbs.Request, error) {
	loaded, err := t.loadRequest()
	if err != nil || loaded == nil {
		return nil, err
	}
	if err := gnutls.RequestSigned(loaded.DER); err != nil {
		return nil, fmt.Errorf("set_crq: the request in %s does not verify: %w", t.opts.loadRequest.value, err)
	}
	request, err := tbs.ParseRequest(loaded.DER)
	if err != nil {
		return nil, fmt.Errorf("error importing certificate request: %s: %w", t.opts.loadRequest.value, err)
	}
	return request, nil
}

// fill puts what a profile asks for into the certificate.
func (d *draft) fill(p *templates.Profile) (err error) {
	if d.cert.Subject == nil {
		if d.cert.Subject, err = d.name(p); err != nil {
			return err
		}
	}
	d.cert.Issuer = d.cert.Subject
	if d.issuer != nil {
		d.cert.Issuer = d.issuer.Subject
	}
	d.cert.Serial = p.Serial
	if p.Serial == nil {
		d.cert.Serial = tbs.Minimal(newSerial())
	}
	d.cert.NotBefore, d.cert.NotAfter = p.NotBefore, p.NotAfter
	if p.NoEnd {
		d.cert.NotAfter = tbs.NoEnd
	}
	return d.extend(p)
}

// name is the subject: for proxies that of the issuer with something behind it.
func (d *draft) name(p *templates.Profile) ([]byte, error) {
	if d.purpose == templates.Proxy {
		return tbs.Append(d.issuer.Subject, p.Subject.Attributes())
	}
	return tbs.Name(p.Subject.Attributes())
}

// extend adds the extensions, and sets the version.
func (d *draft) extend(p *templates.Profile) error {
	keyID := sha1.Sum(d.cert.PublicKey)
	frame := tbs.Frame{
		Usage:         d.usage(p),
		UsageCritical: true,
		SubjectKeyID:  keyID[:],
		Version1:      d.tool.opts.v1,
		Proxy:         d.purpose == templates.Proxy,
	}
	if language := p.ProxyPolicyLanguage.String(); frame.Proxy && language != "" && language != languageInheritAll && language != languageIndependent {
		d.tool.logf("Reading non-standard proxy policy not supported.\n")
	}
	if d.issuer != nil {
		frame.AuthorityKeyID = d.issuer.Extensions.SubjectKeyID()
	}
	if d.request != nil {
		d.cert.Extensions = tbs.Honored(p, d.request.Extensions)
		d.warnMissing(p)
	}
	d.cert.Version = 1
	if !d.tool.opts.v1 {
		d.cert.Version = 3
		d.cert.SetUniqueIDs(p.SubjectUniqueID, p.IssuerUniqueID)
	}
	return d.cert.Extensions.AddCertificate(p, frame)
}

// usage is the keyUsage. Who was asked twice whether the key signs, for IPsec, may have
// said no first.
func (d *draft) usage(p *templates.Profile) x509.KeyUsage {
	usage := tbs.CertificateUsage(p, tbs.KindOf(d.cert.PublicKey))
	if d.tool.signsForIPsec {
		usage &^= x509.KeyUsageContentCommitment
	}
	return usage
}

// warnMissing tells of extensions that the request should have had.
func (d *draft) warnMissing(p *templates.Profile) {
	for _, id := range p.HonorExtensions {
		if !d.request.Extensions.Has(id) {
			d.tool.logf("Warning: honor_crq_ext: the request does not ask for the extension %s\n", printable(id))
		}
	}
}

// restrict makes the key in the certificate of the kind that --key-type asks for: an
// RSA key may become one for RSA-PSS only.
func (d *draft) restrict(*templates.Profile) error {
	kind, asked := kindOf(d.public), d.tool.requested
	if asked == unknownKey || asked == kind {
		return nil
	}
	public, ok := d.public.(*rsa.PublicKey)
	if !ok || asked != rsaPSSKey {
		return fmt.Errorf("cannot set certificate type (%s) incompatible with the key (%s)", asked, kind)
	}
	params, err := d.tool.pssParams()
	if err != nil {
		return err
	}
	if params.Hash == 0 {
		return says("You must provide the hash algorithm and optionally the salt size for RSA-PSS")
	}
	d.public = &keys.PSSPublic{PublicKey: public, Params: params}
	d.cert.PublicKey, err = keys.MarshalPublic(d.public)
	return err
}
