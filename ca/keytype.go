package ca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"strings"
)

// KeyType is a kind of key that can be made, by the name it has on the command
// line. The empty KeyType is DefaultKeyType.
type KeyType string

// The key types, all of which GnuTLS, OpenSSL and Go speak. Browsers and old
// viewers may lack Ed25519.
const (
	ECDSAP256 KeyType = "ecdsa-p256"
	ECDSAP384 KeyType = "ecdsa-p384"
	Ed25519   KeyType = "ed25519"
	RSA2048   KeyType = "rsa-2048"
	RSA3072   KeyType = "rsa-3072"
	RSA4096   KeyType = "rsa-4096"
)

// DefaultKeyType makes the fastest handshakes of those that everything speaks.
const DefaultKeyType = ECDSAP256

// generators says how a key of each type is made, in the order of KeyTypes.
var generators = []struct {
	keyType  KeyType
	generate func() (crypto.Signer, error)
}{
	{ECDSAP256, func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }},
	{ECDSAP384, func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P384(), rand.Reader) }},
	{RSA2048, func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) }},
	{RSA3072, func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 3072) }},
	{RSA4096, func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 4096) }},
	{Ed25519, func() (crypto.Signer, error) {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}},
}

// KeyTypes lists all key types, the default one first.
func KeyTypes() []KeyType {
	types := make([]KeyType, len(generators))
	for i, g := range generators {
		types[i] = g.keyType
	}
	return types
}

// ParseKeyType finds a key type by its name; case does not matter.
func ParseKeyType(name string) (KeyType, error) {
	for _, keyType := range KeyTypes() {
		if strings.EqualFold(name, string(keyType)) {
			return keyType, nil
		}
	}
	return "", fmt.Errorf("ca: unknown key type %q (known: %s)", name, joinKeyTypes())
}

func joinKeyTypes() string {
	names := make([]string, len(generators))
	for i, keyType := range KeyTypes() {
		names[i] = string(keyType)
	}
	return strings.Join(names, ", ")
}

// String is the name of the type, that of DefaultKeyType for the empty one.
func (t KeyType) String() string {
	if t == "" {
		return string(DefaultKeyType)
	}
	return string(t)
}

// Generate makes a new key of the type.
func (t KeyType) Generate() (crypto.Signer, error) {
	for _, g := range generators {
		if string(g.keyType) != t.String() {
			continue
		}
		key, err := g.generate()
		if err != nil {
			return nil, fmt.Errorf("ca: making a key of type %s: %w", t, err)
		}
		return key, nil
	}
	return nil, fmt.Errorf("ca: unknown key type %q (known: %s)", string(t), joinKeyTypes())
}
