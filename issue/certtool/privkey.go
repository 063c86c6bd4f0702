package certtool

import (
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"

	"github.com/cloudflare/circl/sign/ed448"

	"vncsec/issue/certtool/keys"
)

// generatePrivateKey is --generate-privkey.
func (t *tool) generatePrivateKey(ctx context.Context) error {
	key, err := t.newPrivateKey(ctx)
	if err != nil {
		return err
	}
	return t.writePrivateKey(ctx, key)
}

// newPrivateKey makes the key that the options describe.
func (t *tool) newPrivateKey(context.Context) (keys.Private, error) {
	kind := t.requested
	if kind == unknownKey {
		kind = rsaKey
	}
	switch kind {
	case rsaKey, rsaPSSKey:
		return t.newRSAKey(kind)
	case dsaKey:
		return t.newDSAKey()
	case ecdsaKey, ed25519Key, ed448Key, x25519Key, x448Key:
		return t.newCurveKey(kind)
	}
	return nil, fmt.Errorf("--key-type %s is not supported by vncsec", nameOfKind(kind))
}

func nameOfKind(kind keyKind) string {
	for _, row := range keyKinds {
		if row.kind == kind {
			return row.names[0]
		}
	}
	return "unknown"
}

// newRSAKey makes a key with the public exponent 65537.
func (t *tool) newRSAKey(kind keyKind) (keys.Private, error) {
	if t.opts.curve.given {
		return nil, fmt.Errorf("privkey_generate: --curve %s is not for keys of type %s", t.opts.curve.value, kind)
	}
	bits, err := t.keySize(kind)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(t.info(), "Generating a %d bit %s private key...\n", bits, kind)
	const smallest, largest = 1024, 16384
	if bits < smallest || bits > largest {
		return nil, fmt.Errorf("privkey_generate: vncsec makes RSA keys of %d to %d bits, not of %d", smallest, largest, bits)
	}
	var params keys.PSSParams
	if kind == rsaPSSKey {
		if params, err = t.pssParams(); err != nil {
			return nil, err
		}
	}
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil || kind == rsaKey {
		return key, err
	}
	return &keys.PSSPrivate{PrivateKey: key, Params: params}, nil
}

// newDSAKey makes a key with parameters of its own.
func (t *tool) newDSAKey() (keys.Private, error) {
	if t.opts.curve.given {
		return nil, fmt.Errorf("privkey_generate: --curve %s is not for keys of type %s", t.opts.curve.value, dsaKey)
	}
	bits, err := t.keySize(dsaKey)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(t.info(), "Generating a %d bit %s private key...\n", bits, dsaKey)
	if bits > 1024 {
		t.logf("Note that DSA keys with size over 1024 may cause incompatibility problems when used with earlier than TLS 1.2 versions.\n\n")
	}
	key, err := keys.GenerateDSA(rand.Reader, bits)
	if err != nil {
		return nil, fmt.Errorf("privkey_generate: %w", err)
	}
	return key, nil
}

// pssParams are the restrictions of an RSA-PSS key: those of --hash and --salt-size,
// none without both. The salt is as long as the hash if it is not given.
func (t *tool) pssParams() (keys.PSSParams, error) {
	switch {
	case t.hash == 0 && t.opts.saltSize.given:
		return keys.PSSParams{}, says("You must provide the hash algorithm and optionally the salt size for RSA-PSS")
	case t.hash == 0:
		return keys.PSSParams{}, nil
	}
	params := keys.PSSParams{Hash: t.hash, Salt: t.hash.Size()}
	if t.opts.saltSize.given {
		params.Salt = t.opts.saltSize.value
	}
	if params.Salt < 0 {
		return params, fmt.Errorf("--salt-size %d is less than 0", params.Salt)
	}
	_, err := params.Algorithm()
	return params, err
}

// newCurveKey makes a key on an elliptic curve.
func (t *tool) newCurveKey(kind keyKind) (keys.Private, error) {
	c, bits, err := t.newKeyCurve(kind)
	if err != nil {
		return nil, err
	}
	switch named := ""; {
	case kind == x25519Key || kind == x448Key:
		fmt.Fprintf(t.info(), "Generating a %d bit %s private key...\n", bits, kind)
	default:
		if t.opts.curve.given {
			named = "(" + c.name + ")"
		}
		fmt.Fprintf(t.info(), "Generating a %d bit %s private key %s...\n", bits, kind, named)
		if bits < 256 {
			t.logf("Note that ECDSA keys with size less than 256 are not widely supported.\n\n")
		}
	}
	switch {
	case kind == ed25519Key:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	case kind == ed448Key:
		_, key, err := ed448.GenerateKey(rand.Reader)
		return key, err
	case kind == x25519Key:
		return ecdh.X25519().GenerateKey(rand.Reader)
	case kind == x448Key:
		return keys.GenerateX448(), nil
	case c.ecdsa == nil:
		return nil, fmt.Errorf("privkey_generate: keys on the curve %s are not supported by vncsec", c.name)
	}
	return ecdsa.GenerateKey(c.ecdsa, rand.Reader)
}

// newKeyCurve finds the curve of a new key, and the size that certtool says it has.
func (t *tool) newKeyCurve(kind keyKind) (c curve, bits int, err error) {
	if t.opts.curve.given {
		c, _ = findCurve(t.opts.curve.value)
		fits := c.ecdsa != nil || c.unknown
		switch kind {
		case ed25519Key:
			fits = c.name == "Ed25519"
		case ed448Key:
			fits = c.name == "Ed448"
		case x25519Key:
			fits = c.name == "X25519"
		case x448Key:
			fits = c.name == "X448"
		}
		if !fits {
			return c, 0, fmt.Errorf("privkey_generate: the curve %s is not for keys of type %s", c.name, kind)
		}
		return c, c.bits, nil
	}
	bits, err = t.keySize(kind)
	return curveOfSize(bits), bits, err
}

// needsPKCS8 tells whether keys of a kind have no older format.
func needsPKCS8(key keys.Private) bool {
	switch kindOf(key.Public()) {
	case rsaKey, ecdsaKey, dsaKey:
		return false
	}
	return true
}

// writePrivateKey adds a key to the output, as PKCS #8 if that is asked for or its kind
// needs it, encrypted if there is a password. Only keys that are not encrypted are
// described above the PEM block.
func (t *tool) writePrivateKey(ctx context.Context, key keys.Private) error {
	if needsPKCS8(key) && !t.pkcs8 {
		if t.opts.verbose {
			t.logf("Assuming --pkcs8 is given; %s private keys can only be exported in PKCS#8 format\n", kindOf(key.Public()))
		}
		t.pkcs8 = true
		if t.password == nil {
			t.password = new(string)
		}
	}
	if !t.pkcs8 {
		label, der, ok := keys.MarshalTraditional(key)
		if !ok {
			return errors.New("privkey_export: the key cannot be encoded")
		}
		if err := t.describeKey(key); err != nil {
			return err
		}
		t.writeSecret(label, der)
		return nil
	}
	return t.writePKCS8(ctx, key, false)
}

// writePKCS8 adds a key to the output as PKCS #8, with a new password if there is one.
func (t *tool) writePKCS8(ctx context.Context, key keys.Private, confirm bool) error {
	password, plain, err := t.keyPassword(ctx, confirm)
	if err != nil {
		return err
	}
	cipher, none, err := t.cipher()
	if err != nil {
		return err
	}
	if !plain && !none {
		der, err := keys.SealPKCS8(key, cipher, password)
		if err != nil {
			return fmt.Errorf("privkey_export_pkcs8: %w", err)
		}
		t.writeSecret(keys.LabelSealed, der)
		return nil
	}
	der, err := keys.MarshalPKCS8(key)
	if err != nil {
		return fmt.Errorf("privkey_export_pkcs8: %w", err)
	}
	if !confirm { // --to-p8 writes the PEM block alone
		if err := t.describeKey(key); err != nil {
			return err
		}
	}
	t.writeSecret(keys.LabelPKCS8, der)
	return nil
}

// describeKey adds the description of a private key, if there shall be one.
func (t *tool) describeKey(key keys.Private) error {
	if !t.outText() {
		return nil
	}
	description, err := t.keyText(key)
	if err != nil {
		return err
	}
	t.out.secret = true
	t.writeText(description)
	return nil
}

// toPKCS8 is --to-p8.
func (t *tool) toPKCS8(ctx context.Context) error {
	t.logf("Generating a PKCS #8 key structure...\n")
	file := t.opts.loadPrivkey
	if !file.given {
		return errors.New("missing --load-privkey")
	}
	data, err := readFile(file.value)
	if err != nil {
		return unreadable("load-privkey", file, err)
	}
	defer clear(data)
	key, err := t.openKey(ctx, data, t.pin)
	if err != nil {
		return fmt.Errorf("error importing private key: %s: %w", file.value, err)
	}
	return t.writePKCS8(ctx, key, true)
}

// toRSA is --to-rsa: it drops the mark that a key is for RSA-PSS only.
func (t *tool) toRSA(ctx context.Context) error {
	key, err := t.readKeyInput(ctx)
	if err != nil {
		return err
	}
	switch key := key.(type) {
	case *keys.PSSPrivate:
		t.writeRSA(key.PrivateKey)
	case *rsa.PrivateKey:
		t.writeRSA(key)
	default:
		return fmt.Errorf("unexpected key type: %s", kindOf(key.Public()))
	}
	return nil
}

func (t *tool) writeRSA(key *rsa.PrivateKey) {
	label, der, _ := keys.MarshalTraditional(key)
	t.writeSecret(label, der)
}

// readKeyInput reads the private key that is the action's input. How an encrypted one is
// encrypted goes to the output.
func (t *tool) readKeyInput(ctx context.Context) (keys.Private, error) {
	data, err := t.readInfile()
	if err != nil {
		return nil, err
	}
	defer clear(data)
	key, err := keys.Parse(data, t.opts.inder, nil)
	var sealed *keys.SealedError
	if errors.As(err, &sealed) {
		key, err = t.openForInfo(ctx, data, sealed)
	}
	if err != nil {
		return nil, fmt.Errorf("import error: %w", err)
	}
	return key, nil
}

// keyText describes a private key with all its numbers.
func (t *tool) keyText(key keys.Private) (string, error) {
	private, err := privateText(key)
	if err != nil {
		return "", err
	}
	return string(private.Text(t.opts.cprint)), nil
}
