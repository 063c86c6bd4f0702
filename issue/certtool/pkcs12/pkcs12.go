// Package pkcs12 reads and writes the files in which keys and certificates travel
// together (RFC 7292), in the shape that GnuTLS gives them.
//
// A file holds safes, each encrypted or not, a safe holds bags, and a bag holds a key,
// a certificate or a revocation list with its name.
package pkcs12

import (
	"crypto"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"

	"vncsec/internal/pbe"
)

// Kind is what a bag holds.
type Kind int

// The kinds of bags of RFC 7292 section 4.2.
const (
	Unknown Kind = iota
	Key
	SealedKey
	Certificate
	CRL
	Secret
)

// String is GnuTLS's name of the kind.
func (k Kind) String() string {
	switch k {
	case Key:
		return "PKCS #8 Key"
	case SealedKey:
		return "PKCS #8 Encrypted key"
	case Certificate:
		return "Certificate"
	case CRL:
		return "CRL"
	case Secret:
		return "Secret"
	}
	return "Unknown"
}

// Bag is one item of a file.
type Bag struct {
	Kind Kind
	Data []byte // DER of the key, certificate or list
	Name string // friendlyName; empty: none
	ID   []byte // localKeyID, which ties a key to its certificate; nil: none
}

// Safe is a group of bags.
type Safe struct {
	Bags []Bag

	Encrypted bool
	Algorithm pkix.AlgorithmIdentifier // of an encrypted one
	sealed    []byte
}

// MAC is what protects a file from changes.
type MAC struct {
	OID    asn1.ObjectIdentifier
	Hash   crypto.Hash // 0: unknown
	Salt   []byte
	Rounds int
	digest []byte
}

// File is a PKCS #12 file.
type File struct {
	Safes []Safe
	MAC   *MAC // nil: there is none

	content []byte // what the MAC is over
}

// Object identifiers of PKCS #7, #9 and #12.
var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidEncryptedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	oidFriendlyName  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 20}
	oidLocalKeyID    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 21}
	oidX509          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 22, 1}
	oidX509CRL       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 23, 1}
)

// bagOIDs holds the identifiers of the kinds of bags.
var bagOIDs = map[Kind]asn1.ObjectIdentifier{
	Key:         {1, 2, 840, 113549, 1, 12, 10, 1, 1},
	SealedKey:   {1, 2, 840, 113549, 1, 12, 10, 1, 2},
	Certificate: {1, 2, 840, 113549, 1, 12, 10, 1, 3},
	CRL:         {1, 2, 840, 113549, 1, 12, 10, 1, 4},
	Secret:      {1, 2, 840, 113549, 1, 12, 10, 1, 5},
}

// hashes holds the hashes of MACs.
var hashes = []struct {
	hash crypto.Hash
	oid  asn1.ObjectIdentifier
}{
	{crypto.SHA256, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}},
	{crypto.SHA1, asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}},
	{crypto.SHA224, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 4}},
	{crypto.SHA384, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}},
	{crypto.SHA512, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}},
	{crypto.MD5, asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 5}},
}

// The structures of RFC 7292 section 4 and RFC 2315.
type (
	pfx struct {
		Version  int
		AuthSafe contentInfo
		MAC      macData `asn1:"optional"`
	}
	contentInfo struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"tag:0,explicit,optional"`
	}
	macData struct {
		MAC    digestInfo
		Salt   []byte
		Rounds int `asn1:"optional,default:1"`
	}
	digestInfo struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}
	encryptedData struct {
		Version int
		Content encryptedContentInfo
	}
	encryptedContentInfo struct {
		Type      asn1.ObjectIdentifier
		Algorithm pkix.AlgorithmIdentifier
		Content   []byte `asn1:"tag:0,optional"`
	}
	safeBag struct {
		ID         asn1.ObjectIdentifier
		Value      asn1.RawValue `asn1:"tag:0,explicit"`
		Attributes []attribute   `asn1:"set,optional"`
	}
	attribute struct {
		ID     asn1.ObjectIdentifier
		Values asn1.RawValue `asn1:"set"`
	}
	typedValue struct { // CertBag, CRLBag
		ID    asn1.ObjectIdentifier
		Value []byte `asn1:"tag:0,explicit"`
	}
)

// unmarshal accepts nothing after the value.
func unmarshal(der []byte, value any) error {
	if rest, err := asn1.Unmarshal(der, value); err != nil || len(rest) > 0 {
		return ErrDamaged
	}
	return nil
}

// MaxSafes bounds how many safes a file may have, each of which costs time to decrypt.
const MaxSafes = 64

// Parse reads a DER file. Encrypted safes stay closed.
func Parse(der []byte) (*File, error) {
	var outer pfx
	if err := unmarshal(der, &outer); err != nil {
		return nil, err
	}
	if !outer.AuthSafe.Type.Equal(oidData) {
		return nil, fmt.Errorf("PKCS #12 files signed with a key are not supported by vncsec")
	}
	f := new(File)
	if err := unmarshal(outer.AuthSafe.Content.Bytes, &f.content); err != nil {
		return nil, err
	}
	f.MAC = newMAC(outer.MAC)
	var contents []contentInfo
	if err := unmarshal(f.content, &contents); err != nil {
		return nil, err
	}
	if len(contents) > MaxSafes {
		return nil, fmt.Errorf("the PKCS #12 file has %d safes, at most %d are read", len(contents), MaxSafes)
	}
	for _, content := range contents {
		safe, err := parseSafe(content)
		if err != nil {
			return nil, err
		}
		f.Safes = append(f.Safes, safe)
	}
	return f, nil
}

func newMAC(data macData) *MAC {
	if data.Salt == nil {
		return nil
	}
	mac := &MAC{OID: data.MAC.Algorithm.Algorithm, Salt: data.Salt, Rounds: data.Rounds, digest: data.MAC.Digest}
	for _, row := range hashes {
		if row.oid.Equal(mac.OID) {
			mac.Hash = row.hash
		}
	}
	return mac
}

func parseSafe(content contentInfo) (safe Safe, err error) {
	switch {
	case content.Type.Equal(oidData):
		var data []byte
		if err := unmarshal(content.Content.Bytes, &data); err != nil {
			return safe, err
		}
		safe.Bags, err = parseBags(data)
		return safe, err
	case content.Type.Equal(oidEncryptedData):
		var data encryptedData
		if err := unmarshal(content.Content.Bytes, &data); err != nil {
			return safe, err
		}
		return Safe{Encrypted: true, Algorithm: data.Content.Algorithm, sealed: data.Content.Content}, nil
	}
	return safe, errors.New("PKCS #12 files encrypted for a key are not supported by vncsec")
}

func parseBags(der []byte) ([]Bag, error) {
	var encoded []safeBag
	if err := unmarshal(der, &encoded); err != nil {
		return nil, err
	}
	bags := make([]Bag, len(encoded))
	for i, e := range encoded {
		bag, err := parseBag(e)
		if err != nil {
			return nil, err
		}
		bags[i] = bag
	}
	return bags, nil
}

func parseBag(e safeBag) (bag Bag, err error) {
	for kind, oid := range bagOIDs {
		if oid.Equal(e.ID) {
			bag.Kind = kind
		}
	}
	bag.Data = e.Value.Bytes
	if bag.Kind == Certificate || bag.Kind == CRL {
		var value typedValue
		if err := unmarshal(e.Value.Bytes, &value); err != nil {
			return bag, err
		}
		bag.Data = value.Value
	}
	for _, a := range e.Attributes {
		if err := bag.take(a); err != nil {
			return bag, err
		}
	}
	return bag, nil
}

// take reads an attribute of a bag.
func (b *Bag) take(a attribute) error {
	switch {
	case a.ID.Equal(oidLocalKeyID):
		return unmarshal(a.Values.Bytes, &b.ID)
	case a.ID.Equal(oidFriendlyName):
		var name asn1.RawValue
		if err := unmarshal(a.Values.Bytes, &name); err != nil {
			return err
		}
		if name.Tag != asn1.TagBMPString || len(name.Bytes)%2 != 0 {
			return ErrDamaged
		}
		b.Name = decodeBMP(name.Bytes)
	}
	return nil
}

// Open decrypts a safe.
func (s *Safe) Open(password pbe.Password) error {
	if !s.Encrypted {
		return nil
	}
	plain, err := pbe.Open(s.Algorithm, s.sealed, password)
	if err != nil {
		return err
	}
	bags, err := parseBags(plain)
	if err != nil { // a wrong password whose padding is right by chance
		return pbe.ErrPassword
	}
	s.Bags = bags
	return nil
}
