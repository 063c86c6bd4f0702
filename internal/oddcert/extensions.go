package oddcert

import (
	"encoding/asn1"
	"net"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Bits of the first octet of a key usage.
const (
	DigitalSignature = 0x80
	KeyEncipherment  = 0x20
	CertSign         = 0x04
	CRLSign          = 0x02
)

// Purposes of an extended key usage.
var (
	ServerAuth  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}
	ClientAuth  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 2}
	CodeSigning = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 3}
	AnyPurpose  = asn1.ObjectIdentifier{2, 5, 29, 37, 0}
)

// BasicConstraints makes that extension; no limit of the path is -1.
func BasicConstraints(critical, isCA bool, pathLen int) Extension {
	return Extension{asn1.ObjectIdentifier{2, 5, 29, 19}, critical, build(func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			if isCA {
				b.AddASN1Boolean(true)
			}
			if pathLen >= 0 {
				b.AddASN1Int64(int64(pathLen))
			}
		})
	})}
}

// KeyUsage makes that extension from the bits of its first octet.
func KeyUsage(critical bool, bits byte) Extension {
	unused := byte(0)
	for ; unused < 8 && bits&(1<<unused) == 0; unused++ {
	}
	value := []byte{3, 2, unused, bits}
	if bits == 0 {
		value = []byte{3, 1, 0}
	}
	return Extension{asn1.ObjectIdentifier{2, 5, 29, 15}, critical, value}
}

// ExtKeyUsage makes that extension.
func ExtKeyUsage(critical bool, purposes ...asn1.ObjectIdentifier) Extension {
	return Extension{asn1.ObjectIdentifier{2, 5, 29, 37}, critical, build(func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, p := range purposes {
				b.AddASN1ObjectIdentifier(p)
			}
		})
	})}
}

// GeneralName is a name in subjectAltName or nameConstraints, with the tag number
// of its kind.
type GeneralName struct {
	Tag   uint8
	Value []byte
}

// DNS, Email, URI and IP make general names.
func DNS(name string) GeneralName     { return GeneralName{2, []byte(name)} }
func Email(name string) GeneralName   { return GeneralName{1, []byte(name)} }
func URI(name string) GeneralName     { return GeneralName{6, []byte(name)} }
func IP(address string) GeneralName   { return GeneralName{7, shortest(net.ParseIP(address))} }
func Net(cidr string) GeneralName     { return network(cidr) }
func (n GeneralName) tag() cbasn1.Tag { return cbasn1.Tag(n.Tag).ContextSpecific() }

func shortest(ip net.IP) []byte {
	if v4 := ip.To4(); v4 != nil {
		return v4
	}
	return ip
}

func network(cidr string) GeneralName {
	_, n, err := net.ParseCIDR(cidr)
	if err != nil {
		panic(err)
	}
	return GeneralName{7, append(shortest(n.IP), n.Mask...)}
}

// SubjectAltName makes that extension.
func SubjectAltName(critical bool, names ...GeneralName) Extension {
	return Extension{asn1.ObjectIdentifier{2, 5, 29, 17}, critical, build(func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, n := range names {
				b.AddASN1(n.tag(), func(b *cryptobyte.Builder) { b.AddBytes(n.Value) })
			}
		})
	})}
}

// NameConstraints makes that extension.
func NameConstraints(permitted, excluded []GeneralName) Extension {
	return Extension{asn1.ObjectIdentifier{2, 5, 29, 30}, true, build(func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addSubtrees(b, 0, permitted)
			addSubtrees(b, 1, excluded)
		})
	})}
}

func addSubtrees(b *cryptobyte.Builder, tag uint8, names []GeneralName) {
	if len(names) == 0 {
		return
	}
	b.AddASN1(cbasn1.Tag(tag).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
		for _, n := range names {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(n.tag(), func(b *cryptobyte.Builder) { b.AddBytes(n.Value) })
			})
		}
	})
}

// SubjectKeyID and AuthorityKeyID make those extensions.
func SubjectKeyID(id string) Extension {
	return Extension{asn1.ObjectIdentifier{2, 5, 29, 14}, false, build(func(b *cryptobyte.Builder) { b.AddASN1OctetString([]byte(id)) })}
}

// AuthorityKeyID names the key of the issuer.
func AuthorityKeyID(id string) Extension {
	return Extension{asn1.ObjectIdentifier{2, 5, 29, 35}, false, build(func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes([]byte(id)) })
		})
	})}
}

// Unknown makes an extension that nobody knows.
func Unknown(critical bool) Extension {
	return Extension{asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 1}, critical, []byte{5, 0}}
}

// TLSFeatures makes that extension; 5 is OCSP must-staple.
func TLSFeatures(features ...int64) Extension {
	return Extension{asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}, false, build(func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, f := range features {
				b.AddASN1Int64(f)
			}
		})
	})}
}
