package keys

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/md5"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
)

// openSSLCiphers holds the ciphers of OpenSSL's old encryption that GnuTLS reads, too.
var openSSLCiphers = map[string]struct {
	keySize int
	new     func(key []byte) (cipher.Block, error)
}{
	"DES-CBC":      {8, des.NewCipher},
	"DES-EDE3-CBC": {24, des.NewTripleDESCipher},
	"AES-128-CBC":  {16, aes.NewCipher},
	"AES-192-CBC":  {24, aes.NewCipher},
	"AES-256-CBC":  {32, aes.NewCipher},
}

// openOpenSSL decrypts a PEM block with a DEK-Info header (RFC 1421 section 4.6.1.3): a
// CBC cipher whose key is made from password and initialization vector with MD5.
func openOpenSSL(block *pem.Block, password []byte) ([]byte, error) {
	name, ivHex, _ := strings.Cut(block.Headers["DEK-Info"], ",")
	scheme, ok := openSSLCiphers[strings.ToUpper(strings.TrimSpace(name))]
	if !ok {
		return nil, fmt.Errorf("the key is encrypted with the unsupported cipher %q", name)
	}
	iv, err := hex.DecodeString(strings.TrimSpace(ivHex))
	if err != nil || len(iv) < 8 {
		return nil, ErrBase64
	}
	key := openSSLKey(password, iv[:8], scheme.keySize)
	defer clear(key)
	c, err := scheme.new(key)
	if err != nil {
		return nil, err
	}
	size := c.BlockSize()
	if len(iv) != size || len(block.Bytes) == 0 || len(block.Bytes)%size != 0 {
		return nil, ErrDecrypt
	}
	plain := make([]byte, len(block.Bytes))
	cipher.NewCBCDecrypter(c, iv).CryptBlocks(plain, block.Bytes)
	n := int(plain[len(plain)-1])
	if n < 1 || n > size || !bytes.HasSuffix(plain, bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, ErrDecrypt
	}
	return plain[:len(plain)-n], nil
}

// openSSLKey is EVP_BytesToKey with MD5 and one round.
func openSSLKey(password, salt []byte, size int) []byte {
	var key, digest []byte
	for len(key) < size {
		h := md5.New()
		h.Write(digest)
		h.Write(password)
		h.Write(salt)
		digest = h.Sum(nil)
		key = append(key, digest...)
	}
	return key[:size]
}
