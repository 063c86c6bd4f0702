package certtool

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"slices"
	"strings"

	"github.com/cloudflare/circl/sign/ed448"

	"vncsec/issue/certtool/keys"
)

// keyKind is an algorithm that a key is for.
type keyKind int

// The kinds of keys that certtool 3.7.9 knows.
const (
	unknownKey keyKind = iota
	rsaKey
	rsaPSSKey
	dsaKey
	ecdsaKey
	ed25519Key
	ed448Key
	x25519Key
	x448Key
	gost01Key
	gost12Key256
	gost12Key512
)

// keyKinds holds for each kind the names that --key-type has for it, and the one that
// GnuTLS's messages have.
var keyKinds = []struct {
	kind  keyKind
	names []string
	title string
}{
	{rsaKey, []string{"rsa"}, "RSA"},
	{rsaPSSKey, []string{"rsa-pss"}, "RSA-PSS"},
	{dsaKey, []string{"dsa"}, "DSA"},
	{ecdsaKey, []string{"ecdsa", "ecc"}, "EC/ECDSA"},
	{ed25519Key, []string{"ed25519", "eddsa"}, "EdDSA (Ed25519)"},
	{ed448Key, []string{"ed448"}, "EdDSA (Ed448)"},
	{x25519Key, []string{"x25519"}, "ECDH (X25519)"},
	{x448Key, []string{"x448"}, "ECDH (X448)"},
	{gost01Key, []string{"gost01"}, "GOST R 34.10-2001"},
	{gost12Key256, []string{"gost12-256"}, "GOST R 34.10-2012-256"},
	{gost12Key512, []string{"gost12-512"}, "GOST R 34.10-2012-512"},
}

// String is GnuTLS's name of the kind.
func (k keyKind) String() string {
	for _, row := range keyKinds {
		if row.kind == k {
			return row.title
		}
	}
	return "Unknown"
}

// kindOf tells of which kind a public key is.
func kindOf(public crypto.PublicKey) keyKind {
	switch public := public.(type) {
	case *rsa.PublicKey:
		return rsaKey
	case *keys.PSSPublic:
		return rsaPSSKey
	case *ecdsa.PublicKey:
		return ecdsaKey
	case ed25519.PublicKey:
		return ed25519Key
	case ed448.PublicKey:
		return ed448Key
	case *keys.DSAPublic:
		return dsaKey
	case *keys.X448Public:
		return x448Key
	case *ecdh.PublicKey:
		if public.Curve() == ecdh.X25519() {
			return x25519Key
		}
	}
	return unknownKey
}

// chooseKeyKind reads --key-type and the options that it replaces.
func (t *tool) chooseKeyKind() error {
	switch {
	case t.opts.rsa:
		t.requested = rsaKey
	case t.opts.dsa:
		t.requested = dsaKey
	case t.opts.ecdsa:
		t.requested = ecdsaKey
	}
	name := t.opts.keyType
	if !name.given {
		return nil
	}
	for _, row := range keyKinds {
		if slices.Contains(row.names, strings.ToLower(name.value)) {
			t.requested = row.kind
			return nil
		}
	}
	return fmt.Errorf("unknown key type: %s", name.value)
}

// hashes holds the hashes of --hash that vncsec can sign with.
var hashes = map[string]crypto.Hash{
	"md5":      crypto.MD5,
	"sha1":     crypto.SHA1,
	"sha224":   crypto.SHA224,
	"sha256":   crypto.SHA256,
	"sha384":   crypto.SHA384,
	"sha512":   crypto.SHA512,
	"sha3-224": crypto.SHA3_224,
	"sha3-256": crypto.SHA3_256,
	"sha3-384": crypto.SHA3_384,
	"sha3-512": crypto.SHA3_512,
	"rmd160":   crypto.RIPEMD160,
}

// otherHashes are those that GnuTLS knows besides.
var otherHashes = []string{"md2", "md5+sha1", "gostr341194", "streebog-256", "streebog-512", "shake-128", "shake-256", "ripemd160"}

// chooseHash reads --hash.
func (t *tool) chooseHash() error {
	name := t.opts.hash
	if !name.given {
		return nil
	}
	lower := strings.ToLower(name.value)
	hash, known := hashes[lower]
	switch {
	case known:
		t.hash = hash
	case slices.Contains(otherHashes, lower):
		return fmt.Errorf("--hash %s is not supported by vncsec", name.value)
	default:
		return fmt.Errorf("invalid hash: %s", name.value)
	}
	if hash == crypto.MD5 {
		t.logf("Warning: MD5 is broken, and should not be used any more for digital signatures.\n")
	}
	return nil
}

// chooseSignature reads --sign-params.
func (t *tool) chooseSignature() error {
	for name := range strings.SplitSeq(t.opts.signParams.value, ",") {
		switch {
		case name == "":
		case strings.EqualFold(name, "rsa-pss"):
			t.signPSS = true
		default:
			return says("Unknown signature parameter: %s", name)
		}
	}
	return nil
}
