package certtool

import (
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"strings"

	"vncsec/internal/pbe"
)

// cipher is the cipher of --pkcs-cipher; none says that nothing is to be encrypted.
func (t *tool) cipher() (cipher pbe.Cipher, none bool, err error) {
	name := t.opts.pkcsCipher
	lower := strings.ToLower(name.value)
	cipher, known := ciphers[lower]
	switch {
	case !name.given:
		return pbe.AES128, false, nil
	case lower == "none":
		return 0, true, nil
	case strings.HasPrefix(lower, "gost28147-"):
		return 0, false, fmt.Errorf("--pkcs-cipher %s is not supported by vncsec", name.value)
	case !known:
		return 0, false, fmt.Errorf("unknown cipher %s", name.value)
	}
	return cipher, false, nil
}

// ciphers holds the names of --pkcs-cipher.
var ciphers = map[string]pbe.Cipher{
	"3des":        pbe.TripleDES,
	"3des-pkcs12": pbe.PKCS12_3DES,
	"arcfour":     pbe.PKCS12_RC4,
	"aes-128":     pbe.AES128,
	"aes-192":     pbe.AES192,
	"aes-256":     pbe.AES256,
	"rc2-40":      pbe.PKCS12_RC2,
}

// sealedText describes how a PKCS #8 key is encrypted, in GnuTLS's form. Every line
// begins with the indent.
func sealedText(algorithm pkix.AlgorithmIdentifier, indent string) string {
	if _, err := pbe.Describe(algorithm); err != nil { // GnuTLS leaves the indent out
		name := algorithm.Algorithm.String()
		if unsupported := new(pbe.UnsupportedError); errors.As(err, &unsupported) && unsupported.What == "cipher" {
			name += "/" + unsupported.OID.String()
		}
		return fmt.Sprintf("PKCS #8 information:\n\tSchema: unsupported (%s)\n", name)
	}
	return indent + "PKCS #8 information:\n" + encryptionText(algorithm, indent+"\t") + "\n"
}

// encryptionText describes an encryption with a password, in GnuTLS's form.
func encryptionText(algorithm pkix.AlgorithmIdentifier, indent string) string {
	info, err := pbe.Describe(algorithm)
	if err != nil {
		return fmt.Sprintf("%sSchema: unsupported (%s)\n", indent, algorithm.Algorithm)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%sCipher: %s\n", indent, cipherNames[info.Cipher].cipher)
	fmt.Fprintf(&b, "%sSchema: %s (%s)\n", indent, cipherNames[info.Cipher].scheme, info.OID)
	fmt.Fprintf(&b, "%sSalt: %x\n", indent, info.Salt)
	fmt.Fprintf(&b, "%sSalt size: %d\n", indent, len(info.Salt))
	fmt.Fprintf(&b, "%sIteration count: %d\n", indent, info.Rounds)
	return b.String()
}

// cipherNames holds GnuTLS's names of ciphers and schemes.
var cipherNames = map[pbe.Cipher]struct{ cipher, scheme string }{
	pbe.AES128:      {"AES-128-CBC", "PBES2-AES128-CBC"},
	pbe.AES192:      {"AES-192-CBC", "PBES2-AES192-CBC"},
	pbe.AES256:      {"AES-256-CBC", "PBES2-AES256-CBC"},
	pbe.TripleDES:   {"3DES-CBC", "PBES2-3DES-CBC"},
	pbe.PKCS12_3DES: {"3DES-CBC", "PKCS12-3DES-SHA1"},
	pbe.PKCS12_RC4:  {"ARCFOUR-128", "PKCS12-ARCFOUR-SHA1"},
	pbe.PKCS12_RC2:  {"RC2-40", "PKCS12-RC2-40-SHA1"},
}
