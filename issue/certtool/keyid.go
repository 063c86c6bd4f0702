package certtool

import (
	"context"
	"crypto"
	"fmt"

	"vncsec/issue/certtool/text"
)

// keyID is --key-id: a hash of the public key, by which keys are told apart.
func (t *tool) keyID(ctx context.Context) error {
	key, err := t.findPublicKey(ctx)
	if err != nil {
		return err
	}
	hash := t.hash
	switch hash {
	case 0:
		hash = crypto.SHA1
	case crypto.SHA1, crypto.SHA256, crypto.SHA512:
	default:
		return text.Error("Cannot calculate key ID with the provided hash (use sha1, sha256 or sha512)")
	}
	der, err := key.DER()
	if err != nil {
		return fmt.Errorf("get_key_id: %w", err)
	}
	t.writeText(hexDigest(hash, der) + "\n")
	return nil
}

// hexDigest hashes data and writes the hash in hexadecimal.
func hexDigest(hash crypto.Hash, data []byte) string {
	h := hash.New()
	h.Write(data)
	return fmt.Sprintf("%x", h.Sum(nil))
}
