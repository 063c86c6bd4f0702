package rfb

import "fmt"

// SecurityType is a security type number (RFC 6143 section 7.1.2 and the registry
// of rfbproto).
type SecurityType uint8

// The security types that vncsec speaks.
const (
	SecurityInvalid  SecurityType = 0
	SecurityNone     SecurityType = 1
	SecurityVNC      SecurityType = 2
	SecurityVeNCrypt SecurityType = 19
	SecuritySASL     SecurityType = 20
)

// SecurityTLS is TLS without certificates (rfbproto, TLS), which vncsec only knows by
// name.
const SecurityTLS SecurityType = 18

// securityNames are QEMU's words (query-vnc) for the types that it has, and the
// registry's for the others.
var securityNames = map[SecurityType]string{
	SecurityInvalid:  "invalid",
	SecurityNone:     "none",
	SecurityVNC:      "vnc",
	5:                "ra2",
	6:                "ra2ne",
	16:               "tight",
	17:               "ultra",
	SecurityTLS:      "tls",
	SecurityVeNCrypt: "vencrypt",
	SecuritySASL:     "sasl",
	21:               "md5",
	22:               "xvp",
	30:               "apple-dh",
	113:              "ms-logon-2",
	129:              "ra2-256",
	130:              "ra2ne-256",
}

// String names the type.
func (t SecurityType) String() string {
	if name, ok := securityNames[t]; ok {
		return name
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// Named tells whether String knows a name.
func (t SecurityType) Named() bool {
	_, ok := securityNames[t]
	return ok
}

// SubType is a VeNCrypt sub-type number (rfbproto, VeNCrypt).
type SubType uint32

// The VeNCrypt sub-types that vncsec speaks.
const (
	SubTypeX509None  SubType = 260
	SubTypeX509VNC   SubType = 261
	SubTypeX509Plain SubType = 262
	SubTypeX509SASL  SubType = 263
)

// The VeNCrypt sub-types that vncsec only knows by name: Plain has no TLS, and the TLS of
// the others has no certificates.
const (
	SubTypePlain    SubType = 256
	SubTypeTLSNone  SubType = 257
	SubTypeTLSVNC   SubType = 258
	SubTypeTLSPlain SubType = 259
	SubTypeTLSSASL  SubType = 264
)

// subTypeNames are QEMU's words (query-vnc-servers).
var subTypeNames = map[SubType]string{
	SubTypePlain:     "plain",
	SubTypeTLSNone:   "tls-none",
	SubTypeTLSVNC:    "tls-vnc",
	SubTypeTLSPlain:  "tls-plain",
	SubTypeX509None:  "x509-none",
	SubTypeX509VNC:   "x509-vnc",
	SubTypeX509Plain: "x509-plain",
	SubTypeX509SASL:  "x509-sasl",
	SubTypeTLSSASL:   "tls-sasl",
}

// String names the sub-type. TigerVNC offers security types as sub-types as well: those
// without TLS, under their own numbers.
func (t SubType) String() string {
	if t > 0 && t < 256 && SecurityType(t).Named() {
		return SecurityType(t).String()
	}
	if name, ok := subTypeNames[t]; ok {
		return name
	}
	return fmt.Sprintf("sub-type %d", uint32(t))
}

// Anonymous tells whether the sub-type's TLS has no certificates, so that the server does
// not prove who it is.
func (t SubType) Anonymous() bool {
	switch t {
	case SubTypeTLSNone, SubTypeTLSVNC, SubTypeTLSPlain, SubTypeTLSSASL:
		return true
	}
	return false
}

// X509 tells whether the server proves who it is by a certificate.
func (t SubType) X509() bool {
	return t >= SubTypeX509None && t <= SubTypeX509SASL
}
