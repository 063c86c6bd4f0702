package certtool

import (
	"context"
	"errors"
	"fmt"

	"vncsec/issue/certtool/keys"
	"vncsec/issue/certtool/text"
)

// keyInfo is --key-info: a private key with all its numbers, out of its encryption.
func (t *tool) keyInfo(ctx context.Context) error {
	data, err := t.readInfile()
	if err != nil {
		return err
	}
	defer clear(data)
	key, err := keys.Parse(data, t.opts.inder, nil)
	var sealed *keys.SealedError
	if errors.As(err, &sealed) {
		key, err = t.openForInfo(ctx, data, sealed)
	} else if err != nil {
		if other, ok := t.otherKey(data); ok {
			return t.writeOtherKey(other)
		}
	}
	if err != nil {
		return fmt.Errorf("import error: %w", err)
	}
	t.pkcs8 = false
	if err := t.writePrivateKey(ctx, key); err != nil {
		return err
	}
	private, err := privateText(key)
	if err != nil {
		return fmt.Errorf("privkey_export: %w", err)
	}
	t.judgeNumbers(private)
	return nil
}

// openForInfo tells how the key is encrypted and opens it with the password of the
// options, the template or the person that is asked.
func (t *tool) openForInfo(ctx context.Context, data []byte, sealed *keys.SealedError) (keys.Private, error) {
	t.logf("Encrypted structure detected...\n")
	if len(sealed.Algorithm.Algorithm) > 0 {
		if description := sealedText(sealed.Algorithm, ""); t.opts.outder {
			t.logf("%s", description)
		} else {
			t.writeText(description)
		}
	}
	password, _, err := t.keyPassword(ctx, false)
	if err != nil {
		return nil, err
	}
	return keys.Parse(data, t.opts.inder, &password)
}

// privateText gives the numbers of a key.
func privateText(key keys.Private) (*text.PrivateKey, error) {
	der, err := keys.MarshalPKCS8(key)
	if err != nil {
		return nil, err
	}
	defer clear(der)
	return text.ParsePrivateKey(keys.LabelPKCS8, der)
}

// judgeNumbers warns where the numbers of a key do not fit together.
func (t *tool) judgeNumbers(key *text.PrivateKey) {
	if !key.Valid() {
		t.writeText("\n** Private key parameters validation failed **\n\n")
	}
}

// otherKey is a key that can be described, but not used.
type otherKey struct {
	*text.PrivateKey
	pkcs8 []byte // how it was read, if it was PKCS #8
}

// otherKey reads a key of a kind that Go's library lacks, such as DSA.
func (t *tool) otherKey(data []byte) (otherKey, bool) {
	if t.opts.inder {
		key, err := text.ParsePrivateKey("", data)
		return otherKey{key, data}, err == nil
	}
	for _, label := range []string{keys.LabelPKCS1, keys.LabelSEC1, keys.LabelDSA, keys.LabelPKCS8} {
		der, err := unarmor(data, label)
		if err != nil {
			continue
		}
		key, err := text.ParsePrivateKey(label, der)
		return otherKey{key, der}, err == nil
	}
	return otherKey{}, false
}

// writeOtherKey describes such a key and writes it in its oldest form.
func (t *tool) writeOtherKey(key otherKey) error {
	if t.outText() {
		t.writeText(string(key.Text(t.opts.cprint)))
	}
	if label, der, ok := key.Traditional(); ok {
		t.writeSecret(label, der)
	} else if t.password == nil || *t.password == "" {
		t.writeSecret(keys.LabelPKCS8, key.pkcs8)
	} else {
		return errors.New("privkey_export_pkcs8: encrypting keys of this kind is not supported by vncsec")
	}
	t.judgeNumbers(key.PrivateKey)
	return nil
}

// p8Info is --p8-info: how a PKCS #8 key is encrypted, without opening it.
func (t *tool) p8Info(context.Context) error {
	data, err := t.readInfile()
	if err != nil {
		return err
	}
	defer clear(data)
	der := data
	if !t.opts.inder {
		if der, err = unarmor(data, keys.LabelSealed); err != nil {
			if _, plain := unarmor(data, keys.LabelPKCS8); plain != nil {
				return fmt.Errorf("PKCS #8 read error: %w", err)
			}
			t.writeText(plainPKCS8)
			return nil
		}
	}
	algorithm, err := keys.SealedAlgorithm(der)
	if err == nil {
		t.writeText(sealedText(algorithm, ""))
		return nil
	}
	if _, plain := text.ParsePrivateKey(keys.LabelPKCS8, der); plain == nil && t.opts.inder {
		t.writeText(plainPKCS8)
		return nil
	}
	return fmt.Errorf("PKCS #8 read error: %w", err)
}

// plainPKCS8 is what is said of a key that is not encrypted.
const plainPKCS8 = "PKCS #8 information:\n\tSchema: unencrypted key\n"
