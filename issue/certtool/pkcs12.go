package certtool

import (
	"context"
	"crypto"
	"crypto/sha1"
	"errors"
	"fmt"
	"strings"

	"vncsec/internal/pbe"
	"vncsec/issue/certtool/keys"
	"vncsec/issue/certtool/pkcs12"
	"vncsec/templates"
)

// toPKCS12 is --to-p12: certificates, revocation lists, the authority's certificate and
// the key, each in a safe of its own as GnuTLS has it.
func (t *tool) toPKCS12(ctx context.Context) error {
	t.logf("Generating a PKCS #12 structure...\n")
	in, err := t.loadForPKCS12(ctx)
	if err != nil {
		return err
	}
	name, err := t.pkcs12Name(ctx)
	if err != nil {
		return err
	}
	password, plain, err := t.keyPassword(ctx, true)
	if err != nil {
		return err
	}
	cipher, none, err := t.cipher()
	if err != nil {
		return err
	}
	plain = plain || none
	safes := in.safes(name, !plain)
	if in.key != nil {
		bag, err := keyBag(in.key, name, cipher, password, plain)
		if err != nil {
			return fmt.Errorf("key_export[0]: %w", err)
		}
		safes = append(safes, pkcs12.Safe{Bags: []pkcs12.Bag{bag}})
	}
	hash := t.hash
	if hash == 0 {
		hash = crypto.SHA256
	}
	der, err := pkcs12.Marshal(safes, cipher, password, hash)
	if err != nil {
		return fmt.Errorf("pkcs12_export: %w", err)
	}
	t.writeSecret(pemPKCS12, der)
	return nil
}

// forPKCS12 is what goes into a PKCS #12 file.
type forPKCS12 struct {
	key          keys.Private // nil: none
	certificates []*certificate
	ca           *certificate // nil: none
	lists        []*revocationList
}

func (t *tool) loadForPKCS12(ctx context.Context) (in forPKCS12, err error) {
	if t.opts.loadPrivkey.given {
		if in.key, err = t.loadPrivateKey(ctx, true); err != nil {
			return in, err
		}
	}
	if in.certificates, err = t.loadCertificates(false); err != nil {
		return in, err
	}
	if t.opts.loadCACertificate.given {
		if in.ca, err = t.loadCACertificate(); err != nil {
			return in, err
		}
	}
	if in.lists, err = t.loadCRLs(); err != nil {
		return in, err
	}
	if in.key == nil && in.certificates == nil && in.ca == nil && in.lists == nil {
		err = says("You must specify one of\n\t--load-privkey\n\t--load-certificate\n\t--load-ca-certificate\n\t--load-crl")
	}
	return in, err
}

// safes are those without the key. Only the first certificate has the name, and all of
// --load-certificate an identifier that ties them to their keys.
func (in forPKCS12) safes(name string, encrypted bool) (safes []pkcs12.Safe) {
	add := func(bag pkcs12.Bag) {
		safes = append(safes, pkcs12.Safe{Bags: []pkcs12.Bag{bag}, Encrypted: encrypted})
	}
	for i, cert := range in.certificates {
		bag := pkcs12.Bag{Kind: pkcs12.Certificate, Data: cert.DER, ID: keyIDOf(cert)}
		if i == 0 {
			bag.Name = name
		}
		add(bag)
	}
	for _, list := range in.lists {
		add(pkcs12.Bag{Kind: pkcs12.CRL, Data: list.DER})
	}
	if in.ca != nil {
		add(pkcs12.Bag{Kind: pkcs12.Certificate, Data: in.ca.DER})
	}
	return safes
}

// keyIDOf is GnuTLS's identifier of a certificate's key: the SHA-1 of its
// SubjectPublicKeyInfo.
func keyIDOf(cert *certificate) []byte {
	spki, err := publicKeyOf(cert.DER)
	if err != nil {
		return nil
	}
	id := sha1.Sum(spki)
	return id[:]
}

func keyBag(key keys.Private, name string, cipher pbe.Cipher, password pbe.Password, plain bool) (pkcs12.Bag, error) {
	spki, err := keys.MarshalPublic(key.Public())
	if err != nil {
		return pkcs12.Bag{}, err
	}
	id := sha1.Sum(spki)
	bag := pkcs12.Bag{Kind: pkcs12.SealedKey, Name: name, ID: id[:]}
	if plain {
		// GnuTLS 3.7 marks it as encrypted nevertheless, and OpenSSL cannot read that.
		bag.Kind = pkcs12.Key
		bag.Data, err = keys.MarshalPKCS8(key)
		return bag, err
	}
	bag.Data, err = keys.SealPKCS8(key, cipher, password)
	return bag, err
}

// pkcs12Name is the friendly name: of --p12-name, of the template, or asked for.
func (t *tool) pkcs12Name(ctx context.Context) (string, error) {
	switch {
	case t.opts.p12Name.given:
		return t.opts.p12Name.value, nil
	case t.template != nil:
		profile, err := t.template.Certtool(templates.PKCS12, t.env.Now())
		if err != nil || profile.PKCS12KeyName != nil {
			return *profile.PKCS12KeyName, err
		}
		return "Anonymous", nil
	case t.opts.batch:
		return "Anonymous", nil
	}
	q := &questions{tool: t, ctx: ctx, answers: new(templates.Template)}
	q.needed("pkcs12_key_name", "Enter a name for the key: ")
	if q.err != nil {
		return "", q.err
	}
	return q.answers.Values("pkcs12_key_name")[0], nil
}

// p12Info is --p12-info.
func (t *tool) p12Info(ctx context.Context) error {
	data, err := t.readInfile()
	if err != nil {
		return err
	}
	der := data
	if !t.opts.inder {
		block := findPEM(data, pemPKCS12)
		if block == nil {
			return fmt.Errorf("p12_import: %w", keys.ErrHeader)
		}
		der = block.Bytes
	}
	file, err := pkcs12.Parse(der)
	if err != nil {
		return fmt.Errorf("p12_import: %w", err)
	}
	t.describeMAC(file.MAC)
	password, _, err := t.keyPassword(ctx, false)
	if err != nil {
		return err
	}
	failed := false
	if err := file.Verify(password); err != nil {
		failed = true
		t.logf("verify_mac: %s\n", err)
	}
	for i := range file.Safes {
		if err := t.describeSafe(i, &file.Safes[i], password); err != nil {
			failed = true
			t.logf("bag_decrypt: %s\n", err)
		}
	}
	if failed {
		t.logf("There were errors parsing the structure\n")
		return errVerdict
	}
	return nil
}

// describe adds a line of description to the output, if there shall be any.
func (t *tool) describe(format string, args ...any) {
	if t.outText() {
		t.writeText(fmt.Sprintf(format, args...))
	}
}

func (t *tool) describeMAC(mac *pkcs12.MAC) {
	if mac == nil {
		return
	}
	t.describe("MAC info:\n")
	if mac.Hash == 0 {
		t.describe("\tMAC: unknown (%s)\n", mac.OID)
		return
	}
	t.describe("\tMAC: %s (%s)\n", strings.ReplaceAll(mac.Hash.String(), "-", ""), mac.OID)
	t.describe("\tSalt: %x\n\tSalt size: %d\n\tIteration count: %d\n\n", mac.Salt, len(mac.Salt), mac.Rounds)
}

// describeSafe opens a safe and writes what is in it.
func (t *tool) describeSafe(i int, safe *pkcs12.Safe, password pbe.Password) error {
	if i > 0 {
		t.describe("\n")
	}
	t.describe("BAG #%d\n", i)
	if safe.Encrypted {
		t.describe("\tType: Encrypted\n")
		t.describe("%s", encryptionText(safe.Algorithm, "\t"))
		t.describe("\n\tDecrypting...\n")
		if err := safe.Open(password); errors.Is(err, pbe.ErrPassword) || errors.Is(err, pbe.ErrDamaged) {
			return keys.ErrDecrypt
		} else if err != nil {
			return err
		}
	}
	t.describe("\tElements: %d\n", len(safe.Bags))
	for _, bag := range safe.Bags {
		t.describeBag(bag)
	}
	return nil
}

// bagLabels holds the labels of PEM blocks for bags.
var bagLabels = map[pkcs12.Kind]string{
	pkcs12.Key:         keys.LabelPKCS8,
	pkcs12.SealedKey:   keys.LabelSealed,
	pkcs12.Certificate: pemCertificate,
	pkcs12.CRL:         "CRL",
}

func (t *tool) describeBag(bag pkcs12.Bag) {
	t.describe("\tType: %s\n", bag.Kind)
	if bag.Kind == pkcs12.SealedKey {
		algorithm, err := keys.SealedAlgorithm(bag.Data)
		if err != nil { // as GnuTLS 3.7 writes keys without a password
			t.describe("PKCS #8 information:\n\tSchema: unencrypted key\n")
		} else {
			t.describe("%s", sealedText(algorithm, "\t"))
		}
	}
	if bag.Name != "" {
		t.describe("\tFriendly name: %s\n", printable(bag.Name))
	}
	if len(bag.ID) > 0 {
		t.describe("\tKey ID: %s\n", colons(bag.ID))
	}
	label, known := bagLabels[bag.Kind]
	if !known {
		return
	}
	if bag.Kind == pkcs12.Key || bag.Kind == pkcs12.SealedKey {
		t.out.secret = true
	}
	t.writePEM(label, bag.Data)
}

// colons writes octets in upper-case hexadecimal with colons between them.
func colons(data []byte) string {
	return strings.ReplaceAll(fmt.Sprintf("% X", data), " ", ":")
}
