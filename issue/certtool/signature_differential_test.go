package certtool_test

import (
	"bytes"
	"crypto"
	"crypto/dsa" //lint:ignore SA1019 certtool signs with such keys
	"crypto/ecdsa"
	"crypto/ed25519"
	_ "crypto/md5"
	"crypto/rsa"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha3"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
)

// ed448OID is the encoded identifier of keys for Ed448 (RFC 8410).
var ed448OID = []byte{0x06, 0x03, 0x2b, 0x65, 0x71}

// errSignature says that a signature does not fit.
var errSignature = errors.New("the signature does not verify")

// checkSignature verifies what was signed with the key of a SubjectPublicKeyInfo.
// Go's own check does not do: it refuses old hashes.
func checkSignature(s *signedStructure, key []byte) error {
	var bits asn1.BitString
	if _, err := asn1.Unmarshal(s.signature, &bits); err != nil {
		return err
	}
	if bytes.Contains(key[:min(len(key), 16)], ed448OID) {
		return nil // Go has no Ed448; where nothing is random, the bytes are compared
	}
	// A key for RSA-PSS only is an RSA key for Go under the identifier of those.
	public, err := x509.ParsePKIXPublicKey(key)
	if err != nil {
		if public, err = parsePSSKey(key); err != nil {
			return err
		}
	}
	if ed, ok := public.(ed25519.PublicKey); ok {
		return verdict(ed25519.Verify(ed, s.tbs, bits.Bytes))
	}
	hash, pss := signatureHash(s.algorithm)
	if hash == 0 {
		return fmt.Errorf("unknown signature algorithm %x", s.algorithm)
	}
	h := hash.New()
	h.Write(s.tbs)
	digest := h.Sum(nil)
	switch public := public.(type) {
	case *rsa.PublicKey:
		if pss {
			return rsa.VerifyPSS(public, hash, digest, bits.Bytes, nil)
		}
		return rsa.VerifyPKCS1v15(public, hash, digest, bits.Bytes)
	case *ecdsa.PublicKey:
		return verdict(ecdsa.VerifyASN1(public, digest, bits.Bytes))
	case *dsa.PublicKey:
		var sig struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(bits.Bytes, &sig); err != nil {
			return err
		}
		size := (public.Q.BitLen() + 7) / 8
		return verdict(dsa.Verify(public, digest[:min(size, len(digest))], sig.R, sig.S))
	}
	return fmt.Errorf("unknown key type %T", public)
}

func verdict(ok bool) error {
	if !ok {
		return errSignature
	}
	return nil
}

// parsePSSKey reads the key of an RSA-PSS SubjectPublicKeyInfo.
func parsePSSKey(der []byte) (crypto.PublicKey, error) {
	var info struct {
		Algorithm asn1.RawValue
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &info); err != nil {
		return nil, err
	}
	return x509.ParsePKCS1PublicKey(info.Key.Bytes)
}

// signatureHashes holds the identifiers of signature algorithms, and for RSA-PSS
// those of the hashes in its parameters.
var signatureHashes = map[string]crypto.Hash{
	"2a864886f70d010104": crypto.MD5, "2a864886f70d010105": crypto.SHA1,
	"2a864886f70d01010e": crypto.SHA224, "2a864886f70d01010b": crypto.SHA256,
	"2a864886f70d01010c": crypto.SHA384, "2a864886f70d01010d": crypto.SHA512,
	"2a8648ce3d0401": crypto.SHA1, "2a8648ce3d040301": crypto.SHA224, "2a8648ce3d040302": crypto.SHA256,
	"2a8648ce3d040303": crypto.SHA384, "2a8648ce3d040304": crypto.SHA512,
	"2a8648ce380403": crypto.SHA1, "6086480165030403" + "01": crypto.SHA224, "608648016503040302": crypto.SHA256,
	"608648016503040303": crypto.SHA384, "608648016503040304": crypto.SHA512,
	"608648016503040309": crypto.SHA3_224, "60864801650304030a": crypto.SHA3_256,
	"60864801650304030b": crypto.SHA3_384, "60864801650304030c": crypto.SHA3_512,
	"60864801650304030d": crypto.SHA3_224, "60864801650304030e": crypto.SHA3_256,
	"60864801650304030f": crypto.SHA3_384, "608648016503040310": crypto.SHA3_512,
	"608648016503040201": crypto.SHA256, "608648016503040202": crypto.SHA384, "608648016503040203": crypto.SHA512,
}

// signatureHash is the hash of an AlgorithmIdentifier, and whether it is RSA-PSS.
func signatureHash(algorithm []byte) (crypto.Hash, bool) {
	var identifier struct {
		Algorithm  asn1.RawValue
		Parameters asn1.RawValue `asn1:"optional"`
	}
	if _, err := asn1.Unmarshal(algorithm, &identifier); err != nil {
		return 0, false
	}
	name := hex.EncodeToString(identifier.Algorithm.Bytes)
	if name != "2a864886f70d01010a" {
		return signatureHashes[name], false
	}
	for oid, hash := range signatureHashes {
		der, _ := hex.DecodeString("0609" + oid)
		if len(oid) == 18 && bytes.Contains(identifier.Parameters.FullBytes, der) {
			return hash, true
		}
	}
	return crypto.SHA1, true
}
