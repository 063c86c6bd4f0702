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
	} else if found, fault := t.numbersIn(data); fault == nil && (err != nil || found.old) {
		return t.writeNumbers(found)
	} else if err != nil && t.opts.inder {
		err = keys.ErrTag // certtool tries one encoding after the other
	} else if err != nil && errors.Is(fault, text.ErrInvalidPrivateKey) {
		err = fault
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

// numbers are those of a key as they stand in a file, whether they fit together or not.
type numbers struct {
	*text.PrivateKey
	der   []byte // how they were read
	label string // of the oldest form of such keys
	old   bool   // there is one besides PKCS #8
}

// numbersIn reads a key that is not encrypted, also of a kind that cannot be used here,
// such as one on the curve secp192r1.
func (t *tool) numbersIn(data []byte) (numbers, error) {
	if t.opts.inder {
		return newNumbers("", data)
	}
	for _, label := range []string{keys.LabelPKCS1, keys.LabelSEC1, keys.LabelDSA, keys.LabelPKCS8} {
		if der, err := unarmor(data, label); err == nil {
			return newNumbers(label, der)
		}
	}
	return numbers{}, keys.ErrNone
}

func newNumbers(label string, der []byte) (numbers, error) {
	key, err := text.ParsePrivateKey(label, der)
	if err != nil {
		return numbers{}, err
	}
	n := numbers{PrivateKey: key, der: der, label: keys.LabelPKCS8}
	if label, der, ok := key.Traditional(); ok {
		n.label, n.der, n.old = label, der, true
	}
	return n, nil
}

// writeNumbers describes a key and writes it in its oldest form.
func (t *tool) writeNumbers(n numbers) error {
	if !n.old && t.password != nil && *t.password != "" {
		return errors.New("privkey_export_pkcs8: encrypting keys of this kind is not supported by vncsec")
	}
	if t.outText() {
		t.writeText(string(n.Text(t.opts.cprint)))
	}
	t.writeSecret(n.label, n.der)
	t.judgeNumbers(n.PrivateKey)
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
