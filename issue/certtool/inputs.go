package certtool

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"vncsec/issue/certtool/keys"
	"vncsec/templates"
)

// maxInput bounds what is read from one file, in bytes. The longest revocation lists
// have some ten million.
const maxInput = 64 << 20

// readAll reads a stream up to maxInput.
func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err == nil && len(data) > maxInput {
		err = fmt.Errorf("it has more than %d bytes", maxInput)
	}
	return data, err
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f)
}

// infiles holds the options that name the input of an action when --infile does not.
var infiles = []struct {
	action string
	option func(*options) *textValue
}{
	{"certificate-info", func(o *options) *textValue { return &o.loadCertificate }},
	{"crq-info", func(o *options) *textValue { return &o.loadRequest }},
	{"pubkey-info", func(o *options) *textValue { return &o.loadPubkey }},
	{"key-info", func(o *options) *textValue { return &o.loadPrivkey }},
	{"to-rsa", func(o *options) *textValue { return &o.loadPrivkey }},
	{"crl-info", func(o *options) *textValue { return &o.loadCRL }},
}

// infile names the file that the action reads; not given: standard input.
func (t *tool) infile() textValue {
	if t.opts.infile.given {
		return t.opts.infile
	}
	for _, in := range infiles {
		if option := in.option(t.opts); t.opts.given[in.action] && option.given {
			return *option
		}
	}
	return textValue{}
}

// checkInfile finds out early that the input is missing.
func (t *tool) checkInfile() error {
	in := t.infile()
	if !in.given {
		return nil
	}
	if info, err := os.Stat(in.value); err == nil && !info.Mode().IsRegular() {
		return nil // opening a pipe would wait, and take what is in it
	}
	f, err := os.Open(in.value)
	if err != nil {
		return says("Cannot open %s for reading", in.value)
	}
	return f.Close()
}

// readInfile reads the action's input whole: --infile, the --load- option that some
// actions take instead, or standard input.
func (t *tool) readInfile() ([]byte, error) {
	in := t.infile()
	if !in.given {
		data, err := readAll(t.in)
		if err != nil {
			return nil, fmt.Errorf("error reading standard input: %w", cause(err))
		}
		return data, nil
	}
	data, err := readFile(in.value)
	if err != nil {
		return nil, fmt.Errorf("error reading %s: %w", in.value, cause(err))
	}
	return data, nil
}

// loadTemplate reads --template, if there is one.
func (t *tool) loadTemplate() error {
	name := t.opts.template
	if !name.given {
		return nil
	}
	t.opts.batch = true
	data, err := readFile(name.value)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("configFileLoad: No such file or directory\nError loading template: %s", name.value)
	case err != nil:
		return fmt.Errorf("configFileLoad: %w\nError loading template: %s", cause(err), name.value)
	}
	template, warnings, err := templates.Read(name.value, data)
	for _, warning := range warnings {
		t.logf("%s\n", printable(warning.String()))
	}
	if err != nil {
		return err
	}
	t.template = template
	return nil
}

// unreadable is certtool's message for a file that cannot be read, with the reason,
// which certtool leaves out.
func unreadable(option string, file textValue, err error) error {
	return fmt.Errorf("error reading file at --%s: %s: %w", option, file.value, cause(err))
}

// isToken tells whether a file name is the address of a key in a hardware token or in
// the system's store (RFC 7512).
func isToken(file textValue) bool {
	for _, scheme := range []string{"pkcs11:", "tpmkey:", "system:"} {
		if strings.HasPrefix(file.value, scheme) {
			return true
		}
	}
	return false
}

// loadPrivateKey reads the key of --load-privkey. Without the option it returns nil,
// or, if mandatory is set, certtool's error.
func (t *tool) loadPrivateKey(ctx context.Context, mandatory bool) (keys.Private, error) {
	file := t.opts.loadPrivkey
	if !file.given {
		if mandatory {
			return nil, errors.New("missing --load-privkey")
		}
		return nil, nil
	}
	return t.readPrivateKey(ctx, "load-privkey", file)
}

// loadCAKey reads the key of --load-ca-privkey, which must be given.
func (t *tool) loadCAKey(ctx context.Context) (keys.Private, error) {
	file := t.opts.loadCAPrivkey
	if !file.given {
		return nil, errors.New("missing --load-ca-privkey")
	}
	return t.readPrivateKey(ctx, "load-ca-privkey", file)
}

// readPrivateKey reads the key in a file that an option names.
func (t *tool) readPrivateKey(ctx context.Context, option string, file textValue) (keys.Private, error) {
	if isToken(file) {
		return nil, fmt.Errorf("error importing key at %s: keys in hardware tokens are not supported by vncsec", file.value)
	}
	data, err := readFile(file.value)
	if err != nil {
		return nil, unreadable(option, file, err)
	}
	defer clear(data)
	key, err := t.openKey(ctx, data, t.pin)
	if err != nil {
		return nil, fmt.Errorf("error loading file at --%s: %s: %w", option, file.value, err)
	}
	return key, nil
}

// loadPublicKey finds the public key that a certificate is made for: that of the
// private key if there is one, else that of --load-pubkey. Without both it returns nil,
// or, if mandatory is set, certtool's error.
func (t *tool) loadPublicKey(private keys.Private, mandatory bool) (crypto.PublicKey, error) {
	file := t.opts.loadPubkey
	switch {
	case private != nil:
		return private.Public(), nil
	case file.given:
		return t.readPublicKey(file)
	case mandatory:
		return nil, says("Could not determine the public key for the operation.\nYou must specify --load-privkey or --load-pubkey if missing.")
	}
	return nil, nil
}

// readPublicKey reads a public key, or that of a certificate.
func (t *tool) readPublicKey(file textValue) (crypto.PublicKey, error) {
	if isToken(file) {
		return nil, fmt.Errorf("importing public key: %s: keys in hardware tokens are not supported by vncsec", file.value)
	}
	data, err := readFile(file.value)
	if err != nil {
		return nil, unreadable("load-pubkey", file, err)
	}
	der := data
	if !t.opts.inder {
		block := findPEM(data, pemPublicKey, pemCertificate, pemOldCertificate)
		if block == nil {
			return nil, errors.New("import error: could not find a valid PEM header; check if your key has the PUBLIC KEY header")
		}
		der = block.Bytes
		if block.Type != pemPublicKey {
			if der, err = publicKeyOf(der); err != nil {
				return nil, fmt.Errorf("importing public key: %s: %w", file.value, err)
			}
		}
	}
	key, err := keys.ParsePublic(der)
	if err != nil {
		return nil, fmt.Errorf("importing public key: %s: %w", file.value, err)
	}
	return key, nil
}

// loadCertificate reads the first certificate of --load-certificate; without the
// option it returns nil, or, if mandatory is set, certtool's error.
func (t *tool) loadCertificate(mandatory bool) (*certificate, error) {
	list, err := t.loadCertificates(mandatory)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// loadCertificates reads all certificates of --load-certificate; without the option
// there are none, or, if mandatory is set, certtool's error.
func (t *tool) loadCertificates(mandatory bool) ([]*certificate, error) {
	file := t.opts.loadCertificate
	if !file.given {
		if mandatory {
			return nil, errors.New("missing --load-certificate")
		}
		return nil, nil
	}
	data, err := readFile(file.value)
	if err != nil {
		return nil, says("Could not open %s: %w", file.value, cause(err))
	}
	list, err := t.parseCertificates(data)
	if err != nil {
		return nil, fmt.Errorf("Error loading certificates: %s: %w", file.value, err)
	}
	return list, nil
}

// loadCACertificate reads the first certificate of --load-ca-certificate, which must
// be given.
func (t *tool) loadCACertificate() (*certificate, error) {
	file := t.opts.loadCACertificate
	if !file.given {
		return nil, errors.New("missing --load-ca-certificate")
	}
	if isToken(file) {
		return nil, fmt.Errorf("error importing CA certificate: %s: hardware tokens are not supported by vncsec", file.value)
	}
	data, err := readFile(file.value)
	if err != nil {
		return nil, unreadable("load-ca-certificate", file, err)
	}
	der := data
	if !t.opts.inder {
		block := findPEM(data, pemCertificate, pemOldCertificate)
		if block == nil {
			return nil, fmt.Errorf("error importing CA certificate: %s: %w", file.value, keys.ErrHeader)
		}
		der = block.Bytes
	}
	cert, err := newCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("error importing CA certificate: %s: %w", file.value, err)
	}
	return cert, nil
}

// loadRequest reads --load-request; without the option it returns nil.
func (t *tool) loadRequest() (*request, error) {
	file := t.opts.loadRequest
	if !file.given {
		return nil, nil
	}
	data, err := readFile(file.value)
	if err != nil {
		return nil, unreadable("load-request", file, err)
	}
	der := data
	if !t.opts.inder {
		block := findPEM(data, pemRequest, pemOtherRequest)
		if block == nil {
			return nil, errors.New("import error: could not find a valid PEM header")
		}
		der = block.Bytes
	}
	if err := checkSigned(der); err != nil {
		return nil, fmt.Errorf("error importing certificate request: %s: %w", file.value, err)
	}
	req := &request{DER: der}
	if parsed, err := x509.ParseCertificateRequest(der); err == nil {
		req.X509 = parsed
	}
	return req, nil
}

// loadCRLs reads the lists of --load-crl, PEM or DER; without the option there are none.
func (t *tool) loadCRLs() ([]*revocationList, error) {
	file := t.opts.loadCRL
	if !file.given {
		return nil, nil
	}
	data, err := readFile(file.value)
	if err != nil {
		return nil, says("Could not open %s: %w", file.value, cause(err))
	}
	encodings := allPEM(data, pemCRL)
	if len(encodings) == 0 {
		encodings = [][]byte{data}
	}
	var lists []*revocationList
	for _, der := range encodings {
		if err := checkSigned(der); err != nil {
			return nil, fmt.Errorf("Error loading CRLs: %s: %w", file.value, err)
		}
		list := &revocationList{DER: der}
		if parsed, err := x509.ParseRevocationList(der); err == nil {
			list.X509 = parsed
		}
		lists = append(lists, list)
	}
	return lists, nil
}

// certificate is one that was read. Go reads less than GnuTLS does: X509 is nil where
// it refuses, and the DER form is what counts then.
type certificate struct {
	DER  []byte
	X509 *x509.Certificate
}

// request is a certificate request that was read; X509 as in certificate.
type request struct {
	DER  []byte
	X509 *x509.CertificateRequest
}

// revocationList is a CRL that was read; X509 as in certificate.
type revocationList struct {
	DER  []byte
	X509 *x509.RevocationList
}

// errNoCertificate is certtool's message for a file without certificates.
var errNoCertificate = says("No certificate was found.")

// parseCertificates reads certificates: all of PEM data, or, with --inder, one in DER.
func (t *tool) parseCertificates(data []byte) ([]*certificate, error) {
	encodings := allPEM(data, pemCertificate, pemOldCertificate)
	switch {
	case len(encodings) == 0 && t.opts.inder:
		encodings = [][]byte{data}
	case len(encodings) == 0:
		return nil, errNoCertificate
	}
	var list []*certificate
	for _, der := range encodings {
		cert, err := newCertificate(der)
		if err != nil {
			return nil, err
		}
		list = append(list, cert)
	}
	return list, nil
}

func newCertificate(der []byte) (*certificate, error) {
	if err := checkSigned(der); err != nil {
		return nil, err
	}
	cert := &certificate{DER: der}
	if parsed, err := x509.ParseCertificate(der); err == nil {
		cert.X509 = parsed
	}
	return cert, nil
}

// checkSigned tells whether data are a signed structure of X.509: contents, algorithm
// and signature (RFC 5280 section 4.1, RFC 2986 section 4).
func checkSigned(der []byte) error {
	input := cryptobyte.String(der)
	var outer, contents, algorithm, signature cryptobyte.String
	ok := input.ReadASN1(&outer, asn1.SEQUENCE) && input.Empty() &&
		outer.ReadASN1(&contents, asn1.SEQUENCE) &&
		outer.ReadASN1(&algorithm, asn1.SEQUENCE) &&
		outer.ReadASN1(&signature, asn1.BIT_STRING) && outer.Empty()
	if !ok {
		return keys.ErrTag
	}
	return nil
}

// publicKeyOf takes the SubjectPublicKeyInfo out of a certificate (RFC 5280 section
// 4.1), whatever else is in it.
func publicKeyOf(der []byte) ([]byte, error) {
	input := cryptobyte.String(der)
	var outer, contents, spki cryptobyte.String
	version := asn1.Tag(0).Constructed().ContextSpecific()
	ok := input.ReadASN1(&outer, asn1.SEQUENCE) &&
		outer.ReadASN1(&contents, asn1.SEQUENCE) &&
		contents.SkipOptionalASN1(version) &&
		contents.SkipASN1(asn1.INTEGER) && // serial number
		contents.SkipASN1(asn1.SEQUENCE) && // signature algorithm
		contents.SkipASN1(asn1.SEQUENCE) && // issuer
		contents.SkipASN1(asn1.SEQUENCE) && // validity
		contents.SkipASN1(asn1.SEQUENCE) && // subject
		contents.ReadASN1Element(&spki, asn1.SEQUENCE)
	if !ok {
		return nil, keys.ErrTag
	}
	return spki, nil
}

// findPEM returns the first block with one of the labels, nil without one.
func findPEM(data []byte, labels ...string) *pem.Block {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		for _, label := range labels {
			if block.Type == label {
				return block
			}
		}
	}
	return nil
}

// allPEM returns the contents of all blocks with one of the labels.
func allPEM(data []byte, labels ...string) (contents [][]byte) {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		for _, label := range labels {
			if block.Type == label {
				contents = append(contents, block.Bytes)
			}
		}
	}
	return contents
}

// cause takes the bare reason out of the errors of package os, which name the system
// call and repeat the file.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// printable replaces what could steer a terminal in text that comes from a file.
func printable(text string) string {
	return string(bytes.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, []byte(text)))
}
