package tbs

import (
	encoding "encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Methods of access to an issuer's services (RFC 5280 section 4.2.2.1).
var (
	oidOCSP      = encoding.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1}
	oidCAIssuers = encoding.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 2}
)

// addAccess appends URIs to the authorityInfoAccess.
func (e *Extensions) addAccess(method encoding.ObjectIdentifier, uris []string) error {
	if len(uris) == 0 {
		return nil
	}
	var old []byte
	if x := e.Get(OIDAuthorityInfo); x != nil {
		list, err := open(x.Value, asn1.SEQUENCE)
		if err != nil {
			return err
		}
		old = list
		if err := checkAccess(list); err != nil {
			return err
		}
	}
	return e.set(OIDAuthorityInfo, false, asn1.SEQUENCE, func(b *builder) {
		b.AddBytes(old)
		for _, uri := range uris {
			b.AddASN1(asn1.SEQUENCE, func(b *builder) {
				addOID(b, method)
				uriName(uri).add(b)
			})
		}
	})
}

// checkAccess demands a list that GnuTLS writes again as it was.
func checkAccess(list cryptobyte.String) error {
	for !list.Empty() {
		var one cryptobyte.String
		if !list.ReadASN1(&one, asn1.SEQUENCE) || !one.SkipASN1(asn1.OBJECT_IDENTIFIER) {
			return errTag
		}
		name, err := readGeneralName(&one)
		switch {
		case err != nil:
			return err
		case !one.Empty():
			return errTag
		case name.tag == nameOther:
			return errInternal
		}
	}
	return nil
}

// distributionPoint says where revocation lists are (RFC 5280 section 4.2.1.13).
type distributionPoint struct {
	names   []generalName
	reasons []byte // contents of the BIT STRING; nil: all
}

// addDistributionPoints appends URIs to the cRLDistributionPoints. All lead to one
// point, as with GnuTLS, and that may be one which is there already.
func (e *Extensions) addDistributionPoints(uris []string) error {
	if len(uris) == 0 {
		return nil
	}
	var points []distributionPoint
	if x := e.Get(OIDCRLDistribution); x != nil {
		var err error
		if points, err = readPoints(x.Value); err != nil {
			return err
		}
	}
	if len(points) == 0 || points[len(points)-1].reasons != nil {
		points = append(points, distributionPoint{})
	}
	last := &points[len(points)-1]
	for _, uri := range uris {
		last.names = append(last.names, uriName(uri))
	}
	return e.set(OIDCRLDistribution, false, asn1.SEQUENCE, func(b *builder) {
		for _, point := range points {
			b.AddASN1(asn1.SEQUENCE, point.add)
		}
	})
}

func (p distributionPoint) add(b *builder) {
	b.AddASN1(explicit(0), func(b *builder) {
		b.AddASN1(explicit(0), func(b *builder) {
			for _, name := range p.names {
				name.add(b)
			}
		})
	})
	if p.reasons != nil {
		addBytes(b, implicit(1), p.reasons)
	}
}

// readPoints reads the points that have names. GnuTLS drops their issuers, and joins
// neighbours with the same reasons.
func readPoints(value []byte) (points []distributionPoint, err error) {
	list, err := open(value, asn1.SEQUENCE)
	if err != nil {
		return nil, err
	}
	for !list.Empty() {
		var one cryptobyte.String
		if !list.ReadASN1(&one, asn1.SEQUENCE) {
			return nil, errTag
		}
		point, err := readPoint(&one)
		switch n := len(points); {
		case err != nil:
			return nil, err
		case len(point.names) == 0:
			return points, nil // where GnuTLS stops
		case n > 0 && string(points[n-1].reasons) == string(point.reasons):
			points[n-1].names = append(points[n-1].names, point.names...)
		default:
			points = append(points, point)
		}
	}
	return points, nil
}

func readPoint(s *cryptobyte.String) (p distributionPoint, err error) {
	var location, names, reasons cryptobyte.String
	var named, limited bool
	ok := s.ReadOptionalASN1(&location, &named, explicit(0)) &&
		(!named || location.PeekASN1Tag(explicit(0)) && location.ReadASN1(&names, explicit(0)) && location.Empty()) &&
		s.ReadOptionalASN1(&reasons, &limited, implicit(1)) &&
		s.SkipOptionalASN1(explicit(2)) && s.Empty()
	if !ok {
		return p, errTag
	}
	if limited {
		p.reasons = reasons
	}
	for !names.Empty() {
		name, err := readGeneralName(&names)
		switch {
		case err != nil:
			return p, err
		case name.tag == nameOther:
			return p, errInternal
		}
		p.names = append(p.names, name)
	}
	return p, nil
}
