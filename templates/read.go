package templates

import (
	"crypto/x509"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
)

// reading is the state of reading one template into a profile.
type reading struct {
	profile *Profile
	purpose Applies // zero: vncsec's own reading, of all options
	now     time.Time

	// unreadable is why GnuTLS cannot read the alternative names that there are: it
	// reads them again for each one that it adds. nil: it can.
	unreadable error
}

// reader puts a value into the profile as certtool does. Its error is certtool's,
// word for word.
type reader func(r *reading, value string) error

// part makes the reader of a part of the subject that occurs once. The label is
// what certtool calls the place in its error.
func part(label string, field func(*Subject) *string) reader {
	return func(r *reading, value string) error {
		if value == "" {
			return fmt.Errorf("%s: %w", label, errRequest)
		}
		*field(&r.profile.Subject) = value
		return nil
	}
}

// parts makes the reader of a part of the subject that may be repeated.
func parts(label string, field func(*Subject) *[]string) reader {
	return func(r *reading, value string) error {
		if value == "" {
			return fmt.Errorf("%s: %w", label, errRequest)
		}
		list := field(&r.profile.Subject)
		*list = append(*list, value)
		return nil
	}
}

// readCN reads the cn, whose error has another label in a request.
func readCN(r *reading, value string) error {
	label := "set_dn_by_oid"
	if r.purpose&Request != 0 {
		label = "set_dn"
	}
	return part(label, func(s *Subject) *string { return &s.CommonName })(r, value)
}

// readSubjectAttribute reads a dn_oid, such as "2.5.4.12 Dr.".
func readSubjectAttribute(r *reading, value string) error {
	oid, text, _ := splitPair(value)
	t, err := attributeType(oid)
	if err != nil || oid != t.OID.String() {
		return fmt.Errorf("set_dn_oid: %w", errUnsupported)
	}
	r.profile.Subject.Others = append(r.profile.Subject.Others, Attribute{Type: t.OID, Value: text})
	return nil
}

// splitPair splits "OID value" at the first blank, or if there is none at the
// first tab. The error is what vncsec says of a value without both.
func splitPair(value string) (oid, text string, err error) {
	oid, text, found := cutPair(value)
	if !found || text == "" {
		return oid, text, fmt.Errorf("%q is not an OID, a blank and a text", value)
	}
	return oid, text, nil
}

func cutPair(value string) (oid, text string, found bool) {
	oid, text, found = strings.Cut(value, " ")
	if !found {
		oid, text, found = strings.Cut(value, "\t")
	}
	return oid, strings.TrimLeft(text, horizontalBlanks), found
}

// optional makes the reader of a text that occurs once, and whose absence means
// something else than the empty one.
func optional(field func(*Profile) **string) reader {
	return func(r *reading, value string) error { *field(r.profile) = &value; return nil }
}

// texts makes the reader of a text that may be repeated.
func texts(field func(*Profile) *[]string) reader {
	return func(r *reading, value string) error {
		list := field(r.profile)
		*list = append(*list, value)
		return nil
	}
}

// mapped makes the reader of a text that is converted.
func mapped(label string, convert func(string) (string, error), field func(*Profile) *[]string) reader {
	return func(r *reading, value string) error {
		converted, err := convert(value)
		if err != nil {
			return fmt.Errorf("%s: %w", strings.ReplaceAll(label, "%s", value), err)
		}
		return texts(field)(r, converted)
	}
}

// altName makes the reader of an alternative name that is converted.
func altName(convert func(string) (string, error), field func(*Profile) *[]string) reader {
	return func(r *reading, value string) error {
		if err := r.mayAddName("set_subject_alt_name"); err != nil {
			return err
		}
		converted, err := convert(value)
		if err != nil {
			return fmt.Errorf("set_subject_alt_name: %w", err)
		}
		if converted == "" {
			r.unreadable = errUnknownName
		}
		return texts(field)(r, converted)
	}
}

// mayAddName tells whether a further alternative name can be added.
func (r *reading) mayAddName(label string) error {
	if r.unreadable != nil {
		return fmt.Errorf("%s: %w", label, r.unreadable)
	}
	return nil
}

// printOnly refuses what GnuTLS does not take in a URI.
func printOnly(value string) (string, error) {
	if !isPrint(value) {
		return "", errFeature
	}
	return value, nil
}

func flag(set func(*Profile)) reader {
	return func(r *reading, _ string) error { set(r.profile); return nil }
}

func usage(usage x509.KeyUsage) reader { return flag(func(p *Profile) { p.KeyUsage |= usage }) }

// purpose makes the reader of a flag for the extended key usage, to which GnuTLS
// adds nothing that it cannot read again.
func purpose(purpose Purposes) reader {
	return func(r *reading, _ string) error {
		if slices.ContainsFunc(r.profile.PurposeOIDs, isDegenerate) {
			return fmt.Errorf("key_kp: %w", errDER)
		}
		r.profile.Purposes |= purpose
		return nil
	}
}

// number makes the reader of a number of which negative ones ask for nothing.
func number(field func(*Profile) **int) reader {
	return func(r *reading, value string) error {
		if n := readInt(value); n >= 0 {
			*field(r.profile) = &n
		}
		return nil
	}
}

// maxPurposes and maxFeatures are as many as GnuTLS keeps in a certificate.
const maxPurposes, maxFeatures = 64, 64

func readPurposeOID(r *reading, value string) error {
	oid, err := readOID(value)
	switch {
	case slices.ContainsFunc(r.profile.PurposeOIDs, isDegenerate):
		err = errDER
	case err != nil:
	case checkArcs(oid) != nil && r.purpose&Request != 0:
		err = errGeneric
	case checkArcs(oid) != nil:
		err = errValue
	case len(r.profile.PurposeOIDs) == maxPurposes && r.purpose&Request == 0:
		err = errRequest
	}
	if err != nil {
		return fmt.Errorf("set_key_purpose_oid (%s): %w", value, err)
	}
	r.profile.PurposeOIDs = append(r.profile.PurposeOIDs, oid)
	return nil
}

func readFeature(r *reading, value string) error {
	feature := readUint(value)
	if feature > 0xffff {
		return fmt.Errorf("gnutls_x509_tlsfeatures_add: %w", errRequest)
	}
	if len(r.profile.TLSFeatures) == maxFeatures {
		return fmt.Errorf("gnutls_x509_tlsfeatures_add: %w", errInternal)
	}
	r.profile.TLSFeatures = append(r.profile.TLSFeatures, int(feature))
	return nil
}

// readIP reads an address of IPv6 if there is a colon or it is too long for one of
// IPv4.
func readIP(r *reading, value string) error {
	family := "IPv4"
	if strings.Contains(value, ":") || len(value) > 16 {
		family = "IPv6"
	}
	addr, err := netip.ParseAddr(value)
	if err != nil || addr.Zone() != "" {
		return says("Error in %s address %s", family, value)
	}
	if err := r.mayAddName("set_subject_alt_name"); err != nil {
		return err
	}
	r.profile.IPs = append(r.profile.IPs, addr)
	return nil
}

// readMail leaves the addresses of servers out of certificates.
func readMail(r *reading, value string) error {
	if r.purpose&(SelfSigned|Signed|FromRequest) != 0 && r.profile.Purposes&TLSServer != 0 {
		return nil
	}
	return altName(mailToASCII, func(p *Profile) *[]string { return &p.Emails })(r, value)
}

// network makes the reader of a network for name constraints.
func network(side func(*Profile) *Subtrees) reader {
	return func(r *reading, value string) error {
		prefix, err := readNetwork(value)
		if err != nil {
			return fmt.Errorf("error parsing IP constraint: %w", err)
		}
		list := &side(r.profile).IPs
		*list = append(*list, prefix)
		return nil
	}
}

// readNetwork reads address/prefix; the bits of the host are cleared.
func readNetwork(value string) (netip.Prefix, error) {
	address, length, found := strings.Cut(value, "/")
	bits, rest := readNumber(length)
	if !found || bits == 0 && rest == length {
		return netip.Prefix{}, errCIDR
	}
	addr, err := netip.ParseAddr(address)
	if err != nil || addr.Zone() != "" || addr.Is4() == strings.Contains(value, ":") || uint32(bits) > uint32(addr.BitLen()) {
		return netip.Prefix{}, errCIDR
	}
	return netip.PrefixFrom(addr, int(uint32(bits))).Masked(), nil
}

// policy makes the readers of policyN, policyN_txt and policyN_url. certtool stops
// at the first N that is missing.
func policy(n int) (oid, text, url reader) {
	is := func(r *reading) bool { return len(r.profile.Policies) == n }
	oid = func(r *reading, value string) error {
		if len(r.profile.Policies) != n-1 {
			return nil
		}
		id, err := encodeOID(value)
		if n > 1 && isUnreadable(r.profile.Policies[n-2]) {
			err = errDER
		}
		if err != nil {
			return fmt.Errorf("set_policy: %w", err)
		}
		r.profile.Policies = append(r.profile.Policies, Policy{OID: id})
		return nil
	}
	text = func(r *reading, value string) error {
		switch {
		case !is(r):
		case len(value) > maxNotice:
			return fmt.Errorf("set_policy: %w", errRequest)
		default:
			r.profile.Policies[n-1].Text = &value
		}
		return nil
	}
	url = func(r *reading, value string) error {
		if is(r) {
			r.profile.Policies[n-1].URL = &value
		}
		return nil
	}
	return oid, text, url
}

// isUnreadable tells whether GnuTLS, which reads the policies again for each one
// that it adds, cannot.
func isUnreadable(p Policy) bool {
	return isDegenerate(p.OID) || p.Text != nil && *p.Text == "" || p.URL != nil && *p.URL == ""
}

// maxNotice is the length of a user notice in octets (RFC 5280 section 4.2.1.4).
const maxNotice = 200

func uniqueID(field func(*Profile) *[]byte) reader {
	return func(r *reading, value string) (err error) {
		*field(r.profile), err = readHex(value)
		return err
	}
}

func readProxyLanguage(r *reading, value string) error {
	oid, err := readOID(value)
	if err != nil {
		err = errNotFound
	} else {
		err = checkArcs(oid)
	}
	if err != nil {
		return fmt.Errorf("set_proxy: %w", err)
	}
	r.profile.ProxyPolicyLanguage = oid
	return nil
}

// readChallenge prepares the password as GnuTLS does (RFC 8265 section 4.2).
func readChallenge(r *reading, value string) (err error) {
	switch {
	case isPrint(value): // also the empty one, which precis refuses
		r.profile.ChallengePassword = value
		return nil
	case !utf8.ValidString(value):
		return fmt.Errorf("set_pass: %w", errUTF8)
	}
	if r.profile.ChallengePassword, err = precis.OpaqueString.String(value); err != nil {
		return fmt.Errorf("set_pass: %w", errPassword)
	}
	return nil
}

// days makes the reader of a number of days.
func days(field func(*Profile) *int) reader {
	return func(r *reading, value string) error { *field(r.profile) = readInt(value); return nil }
}
