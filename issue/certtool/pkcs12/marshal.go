package pkcs12

import (
	"crypto"
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"

	"vncsec/internal/pbe"
)

// macSaltSize is the number of octets of a new MAC's salt.
const macSaltSize = 8

// Marshal encodes safes as a DER file with a MAC of the given hash. Safes that are
// marked as encrypted are, with the cipher and the password.
func Marshal(safes []Safe, cipher pbe.Cipher, password pbe.Password, hash crypto.Hash) ([]byte, error) {
	var contents []contentInfo
	for _, safe := range safes {
		content, err := marshalSafe(safe, cipher, password)
		if err != nil {
			return nil, err
		}
		contents = append(contents, content)
	}
	content, err := asn1.Marshal(contents)
	if err != nil {
		return nil, err
	}
	authSafe, err := newContent(oidData, content)
	if err != nil {
		return nil, err
	}
	mac, err := seal(content, password, hash)
	if err != nil {
		return nil, err
	}
	const version = 3
	return asn1.Marshal(pfx{Version: version, AuthSafe: authSafe, MAC: mac})
}

// seal computes the MAC over the contents of a file.
func seal(content []byte, password pbe.Password, hash crypto.Hash) (macData, error) {
	for _, row := range hashes {
		if row.hash != hash {
			continue
		}
		mac := MAC{Hash: hash, Salt: make([]byte, macSaltSize), Rounds: pbe.Rounds}
		rand.Read(mac.Salt)
		return macData{
			MAC: digestInfo{
				Algorithm: pkix.AlgorithmIdentifier{Algorithm: row.oid, Parameters: asn1.NullRawValue},
				Digest:    mac.compute(content, password),
			},
			Salt:   mac.Salt,
			Rounds: mac.Rounds,
		}, nil
	}
	return macData{}, fmt.Errorf("the hash %s is not supported for PKCS #12 files", hash)
}

// newContent wraps data as a ContentInfo.
func newContent(oid asn1.ObjectIdentifier, value any) (contentInfo, error) {
	der, err := asn1.Marshal(value)
	return contentInfo{Type: oid, Content: explicit(der)}, err
}

// explicit puts the tag [0] around an encoded value.
func explicit(der []byte) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: der}
}

func marshalSafe(safe Safe, cipher pbe.Cipher, password pbe.Password) (contentInfo, error) {
	bags := make([]safeBag, len(safe.Bags))
	for i, bag := range safe.Bags {
		encoded, err := marshalBag(bag)
		if err != nil {
			return contentInfo{}, err
		}
		bags[i] = encoded
	}
	der, err := asn1.Marshal(bags)
	if err != nil {
		return contentInfo{}, err
	}
	if !safe.Encrypted {
		return newContent(oidData, der)
	}
	algorithm, sealed, err := pbe.Seal(cipher, der, password)
	if err != nil {
		return contentInfo{}, err
	}
	return newContent(oidEncryptedData, encryptedData{
		Content: encryptedContentInfo{Type: oidData, Algorithm: algorithm, Content: sealed},
	})
}

func marshalBag(bag Bag) (safeBag, error) {
	value := bag.Data
	var err error
	switch bag.Kind {
	case Certificate:
		value, err = asn1.Marshal(typedValue{ID: oidX509, Value: bag.Data})
	case CRL:
		value, err = asn1.Marshal(typedValue{ID: oidX509CRL, Value: bag.Data})
	}
	if err != nil {
		return safeBag{}, err
	}
	encoded := safeBag{ID: bagOIDs[bag.Kind], Value: explicit(value)}
	if bag.Name != "" {
		err = encoded.add(oidFriendlyName, asn1.RawValue{Tag: asn1.TagBMPString, Bytes: encodeBMP(bag.Name)})
	}
	if err == nil && bag.ID != nil {
		err = encoded.add(oidLocalKeyID, bag.ID)
	}
	return encoded, err
}

// add appends an attribute with one value.
func (b *safeBag) add(oid asn1.ObjectIdentifier, value any) error {
	der, err := asn1.Marshal(value)
	if err != nil {
		return err
	}
	b.Attributes = append(b.Attributes, attribute{
		ID:     oid,
		Values: asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: der},
	})
	return nil
}
