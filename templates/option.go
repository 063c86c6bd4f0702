package templates

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/cryptobyte/asn1"

	"vncsec/internal/nearest"
)

// Kind is the form of an option's value.
type Kind string

// The kinds of values.
const (
	Text   Kind = "text"
	Number Kind = "number" // decimal
	Flag   Kind = "flag"   // no value: the name alone switches it on
	Hex    Kind = "hex"    // hexadecimal digits without 0x
	Date   Kind = "date"
	Pair   Kind = "pair"   // "OID value"
	Serial Kind = "serial" // decimal, or 0x and hexadecimal digits
)

// Applies is the set of things that an option has a meaning for.
type Applies uint

// What certtool makes from templates.
const (
	SelfSigned  Applies = 1 << iota // from a key
	Signed                          // from a key
	FromRequest                     // a certificate, self-signed or signed, from a request
	Request
	CRL
	Proxy
	Update
	KeyFile
	PKCS12

	// Plain goes together with one of the others: a certificate of version 1, or a request
	// without extensions. certtool leaves out most of them, and does not read their
	// values.
	Plain

	keyed    = SelfSigned | Signed
	certs    = keyed | FromRequest // but for proxies
	allCerts = certs | Proxy

	everything = allCerts | Request | CRL | Update | KeyFile | PKCS12
)

// appliesNames are the names of single bits, in their order.
var appliesNames = []string{"self-signed certificates", "certificates", "certificates from requests", "requests", "revocation lists", "proxy certificates", "updates", "key files", "PKCS #12 files"}

// String lists what an option is for.
func (a Applies) String() string {
	var names []string
	for bit, name := range appliesNames {
		if a&(1<<bit) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// Option is what is known of one option of the language.
type Option struct {
	Name    string
	Alias   string // another name; certtool ignores it where Name occurs as well
	Kind    Kind
	Multi   bool // may be repeated; of another one certtool takes the first
	NeedsCA bool // certtool ignores it without the option ca, but in proxies
	Applies Applies
	Extra   Applies // certtool ignores it there in what is Plain
	Doc     string

	read  reader                   // how certtool reads a value
	check func(value string) error // what vncsec demands of it beyond that; nil: nothing
}

// Options lists all options of certtool, in the order in which it reads them for a
// certificate.
// Options that come with a number, policy1 to policy8, are listed once each.
func Options() []Option { return slices.Clone(options) }

// lookup finds an option by its exact name or alias, which is how certtool does.
func lookup(name string) (Option, bool) {
	i, found := optionIndex()[name]
	if !found {
		return Option{}, false
	}
	return options[i], true
}

// optionIndex finds the place of names and aliases in the table.
var optionIndex = sync.OnceValue(func() map[string]int {
	index := map[string]int{}
	for i, option := range options {
		index[option.Name] = i
		if option.Alias != "" {
			index[option.Alias] = i
		}
	}
	return index
})

// maxOptionName is the length of inhibit_anypolicy_skip_certs.
const maxOptionName = 28

// nearestOption finds the option that a wrong name most likely meant.
func nearestOption(name string) (string, bool) {
	if other, ok := otherNames()[strings.ToLower(name)]; ok {
		return other, true
	}
	if len(name) > 2*maxOptionName {
		return "", false
	}
	var names []string
	for _, option := range options {
		names = append(names, option.Name)
	}
	return nearest.Word(name, names)
}

// otherNames holds what OpenSSL, RFC 4514 and common sense call certtool's options.
var otherNames = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"c": "country", "st": "state", "l": "locality", "s": "state",
		"common_name": "cn", "commonname": "cn", "name": "cn",
		"organizationalunit": "unit", "organizational_unit": "unit", "organisation": "organization",
		"city": "locality", "province": "state",
		"san": "dns_name", "subjectaltname": "dns_name", "dns": "dns_name", "hostname": "dns_name", "host": "dns_name",
		"ip": "ip_address", "ipaddress": "ip_address",
		"days": "expiration_days", "validity": "expiration_days",
		"mail": "email", "emailaddress": "pkcs9_email",
		"server": "tls_www_server", "serverauth": "tls_www_server",
		"client": "tls_www_client", "clientauth": "tls_www_client",
		"digitalsignature": "signing_key", "keyencipherment": "encryption_key",
		"keycertsign": "cert_signing_key", "crlsign": "crl_signing_key",
		"is_ca": "ca", "pathlen": "path_len",
	}
})

// options is the one table of the language. Its order is that in which certtool
// reads values for a certificate, and so finds faults.
var options = slices.Concat(nameOptions, validityOptions, addedExtensionOptions, extra(usageOptions), extra(alternativeNameOptions), extra(policyOptions()), extra(constraintOptions), otherOptions)

// extra marks options that certificates of version 1 are without.
func extra(options []Option) []Option {
	for i := range options {
		options[i].Extra = allCerts
	}
	return options
}

// requestOrder is the order for requests: what stands in it comes last there.
var requestOrder = sync.OnceValue(func() []Option {
	last := []string{
		"dns_name", "uri", "ip_address", "email", "other_name", "other_name_octet", "other_name_utf8", "xmpp_name", "krb5_principal",
		"add_extension", "add_critical_extension", "challenge_password", "key_purpose_oid", "tls_feature",
	}
	rank := func(option Option) int { return slices.Index(last, option.Name) }
	return slices.SortedStableFunc(slices.Values(options), func(a, b Option) int { return rank(a) - rank(b) })
})

// nameOptions make the subject, with two extensions that certtool sets along.
var nameOptions = []Option{
	{Name: "dn", Kind: Text, Applies: keyed | Request | Proxy, Doc: "the whole subject as one RFC 4514 string; other parts are added after it",
		read: readDN, check: checkDN},
	{Name: "country", Kind: Text, Applies: keyed | Request, Doc: "country of the subject, as two letters",
		read: part("set_dn", func(s *Subject) *string { return &s.Country }), check: attribute("C")},
	{Name: "state", Kind: Text, Applies: keyed | Request, Doc: "state or province of the subject",
		read: part("set_dn", func(s *Subject) *string { return &s.State }), check: attribute("ST")},
	{Name: "locality", Kind: Text, Applies: keyed | Request, Doc: "city of the subject",
		read: part("set_dn", func(s *Subject) *string { return &s.Locality }), check: attribute("L")},
	{Name: "organization", Alias: "o", Kind: Text, Multi: true, Applies: keyed | Request, Doc: "organization of the subject",
		read: parts("set_dn", func(s *Subject) *[]string { return &s.Organizations }), check: attribute("O")},
	{Name: "unit", Alias: "ou", Kind: Text, Multi: true, Applies: keyed | Request, Doc: "organizational unit of the subject",
		read: parts("set_dn", func(s *Subject) *[]string { return &s.Units }), check: attribute("OU")},
	{Name: "cn", Kind: Text, Applies: keyed | Request | Proxy, Doc: "common name of the subject",
		read: readCN, check: attribute("CN")},
	{Name: "uid", Kind: Text, Applies: keyed | Request, Doc: "user id of the subject",
		read: part("set_dn", func(s *Subject) *string { return &s.UserID }), check: attribute("UID")},
	{Name: "dc", Kind: Text, Multi: true, Applies: keyed | Request, Doc: "domain component of the subject, one label",
		read: parts("set_dn_by_oid", func(s *Subject) *[]string { return &s.DomainComponents }), check: attribute("DC")},
	{Name: "dn_oid", Kind: Pair, Multi: true, Applies: keyed | Request, Doc: "further part of the subject, as an OID and its text",
		read: readSubjectAttribute, check: checkSubjectAttribute},
	{Name: "key_purpose_oid", Kind: Text, Multi: true, Applies: keyed | Request, Extra: Request, Doc: "OID of a further purpose",
		read: readPurposeOID, check: checkOID},
	{Name: "pkcs9_email", Kind: Text, Applies: keyed, Doc: "e-mail address within the subject; email is the better place",
		read: part("set_dn", func(s *Subject) *string { return &s.Email }), check: attribute("EMAIL")},
	{Name: "tls_feature", Kind: Number, Multi: true, Applies: keyed | Request, Extra: Request, Doc: "TLS extension that the server must speak; 5 is must-staple",
		read: readFeature, check: checkNumber(0, 0xffff)},
}

var validityOptions = []Option{
	{Name: "serial", Kind: Serial, Applies: allCerts, Doc: "serial number, decimal or 0x and hexadecimal; random by default",
		read: readCertSerial, check: checkSerial},
	{Name: "activation_date", Kind: Date, Applies: allCerts | Update, Doc: "start of the validity; now by default",
		read: date(func(p *Profile) *time.Time { return &p.NotBefore }), check: checkDate},
	{Name: "expiration_date", Kind: Date, Applies: allCerts | Update, Doc: "end of the validity; wins over expiration_days",
		read: date(func(p *Profile) *time.Time { return &p.NotAfter }), check: checkDate},
	{Name: "expiration_days", Kind: Number, Applies: allCerts | Update, Doc: "days from now to the end; -1 for none",
		read: days(func(p *Profile) *int { return &p.Days }), check: checkDays},
}

var addedExtensionOptions = []Option{
	{Name: "honor_crq_ext", Kind: Text, Multi: true, Applies: FromRequest, Doc: "OID of an extension of the request to take over",
		read: texts(func(p *Profile) *[]string { return &p.HonorExtensions }), check: checkOID},
	{Name: "honor_crq_extensions", Kind: Flag, Applies: FromRequest, Doc: "take over all extensions of the request",
		read: flag(func(p *Profile) { p.HonorAllExtensions = true })},
	{Name: "add_extension", Kind: Pair, Multi: true, Applies: allCerts | Request, Doc: "further extension, as an OID and its hexadecimal value",
		read: readExtension(false), check: checkExtension},
	{Name: "add_critical_extension", Kind: Pair, Multi: true, Applies: allCerts | Request, Doc: "further critical extension, as an OID and its hexadecimal value",
		read: readExtension(true), check: checkExtension},
	{Name: "proxy_policy_language", Kind: Text, Applies: Proxy, Extra: Proxy, Doc: "OID of the proxy's policy language",
		read: readProxyLanguage, check: checkOID},
}

var usageOptions = []Option{
	{Name: "ca", Kind: Flag, Applies: certs | Request, Doc: "the certificate is that of a certificate authority",
		read: flag(func(p *Profile) { p.CA = true })},
	{Name: "path_len", Kind: Number, NeedsCA: true, Applies: allCerts | Request, Doc: "how many further authorities may follow; -1 for any number",
		read: number(func(p *Profile) **int { return &p.PathLen }), check: checkNumber(-1, 127)},
	{Name: "tls_www_client", Kind: Flag, Applies: allCerts | Request, Doc: "for TLS clients", read: purpose(TLSClient)},
	{Name: "subject_unique_id", Kind: Hex, Applies: allCerts, Doc: "the old subjectUniqueID field",
		read: uniqueID(func(p *Profile) *[]byte { return &p.SubjectUniqueID }), check: checkHex},
	{Name: "issuer_unique_id", Kind: Hex, Applies: allCerts, Doc: "the old issuerUniqueID field",
		read: uniqueID(func(p *Profile) *[]byte { return &p.IssuerUniqueID }), check: checkHex},
	{Name: "ipsec_ike_key", Kind: Flag, Applies: allCerts | Request, Doc: "for IPsec", read: purpose(IPsecIKE)},
	{Name: "tls_www_server", Kind: Flag, Applies: allCerts | Request, Doc: "for TLS servers", read: purpose(TLSServer)},
	{Name: "signing_key", Kind: Flag, Applies: allCerts | Request, Doc: "the key signs: TLS handshakes need it", read: usage(x509.KeyUsageDigitalSignature)},
	{Name: "encryption_key", Kind: Flag, Applies: allCerts | Request, Doc: "an RSA key takes encrypted keys", read: usage(x509.KeyUsageKeyEncipherment)},
	{Name: "key_agreement", Kind: Flag, Applies: allCerts, Doc: "the key agrees on keys", read: usage(x509.KeyUsageKeyAgreement)},
	{Name: "data_encipherment", Kind: Flag, Applies: allCerts, Doc: "the key takes encrypted data", read: usage(x509.KeyUsageDataEncipherment)},
	{Name: "non_repudiation", Kind: Flag, Applies: allCerts, Doc: "signatures are a commitment", read: usage(x509.KeyUsageContentCommitment)},
	{Name: "ocsp_signing_key", Kind: Flag, Applies: allCerts | Request, Doc: "for signing OCSP answers", read: purpose(OCSPSigning)},
	{Name: "code_signing_key", Kind: Flag, Applies: allCerts | Request, Doc: "for signing programs", read: purpose(CodeSigning)},
	{Name: "time_stamping_key", Kind: Flag, Applies: allCerts | Request, Doc: "for time stamping", read: purpose(TimeStamping)},
	{Name: "email_protection_key", Kind: Flag, Applies: allCerts | Request, Doc: "for protecting e-mail", read: purpose(EmailProtection)},
	{Name: "cert_signing_key", Kind: Flag, NeedsCA: true, Applies: certs | Request, Doc: "the key signs certificates", read: usage(x509.KeyUsageCertSign)},
	{Name: "crl_signing_key", Kind: Flag, NeedsCA: true, Applies: certs | Request, Doc: "the key signs revocation lists", read: usage(x509.KeyUsageCRLSign)},
}

var alternativeNameOptions = []Option{
	{Name: "dns_name", Kind: Text, Multi: true, Applies: allCerts | Request, Doc: "host name that the certificate is for",
		read: altName(toASCII, func(p *Profile) *[]string { return &p.DNSNames }), check: checkDNSName},
	{Name: "uri", Kind: Text, Multi: true, Applies: allCerts | Request, Doc: "URI that the certificate is for",
		read: altName(printOnly, func(p *Profile) *[]string { return &p.URIs }), check: absoluteURI},
	{Name: "ip_address", Kind: Text, Multi: true, Applies: allCerts | Request, Doc: "IPv4 or IPv6 address that the certificate is for",
		read: readIP, check: checkIP},
	{Name: "other_name", Kind: Pair, Multi: true, Applies: allCerts | Request, Doc: "name of another type, as an OID and the hexadecimal DER value",
		read: otherName(readHex), check: checkOtherName(checkHexDER)},
	{Name: "other_name_octet", Kind: Pair, Multi: true, Applies: allCerts | Request, Doc: "name of another type, as an OID and a text that becomes an OCTET STRING",
		read: otherName(wrapped(asn1.OCTET_STRING)), check: checkOtherName(upTo(1024))},
	{Name: "other_name_utf8", Kind: Pair, Multi: true, Applies: allCerts | Request, Doc: "name of another type, as an OID and a text that becomes a UTF8String",
		read: otherName(wrapped(asn1.UTF8String)), check: checkOtherName(upTo(1024))},
	{Name: "xmpp_name", Kind: Text, Multi: true, Applies: allCerts | Request, Doc: "XMPP address that the certificate is for",
		read: typedName("set_subject_alt_name(XMPP)", oidXMPP, xmppName), check: checkXMPP},
	{Name: "krb5_principal", Kind: Text, Multi: true, Applies: allCerts | Request, Doc: "Kerberos principal that the certificate is for",
		read: typedName("set_subject_alt_name(GNUTLS_SAN_OTHERNAME_KRB5PRINCIPAL)", oidKRB5Principal, krb5PrincipalName), check: checkKRB5},
	{Name: "email", Kind: Text, Multi: true, Applies: certs | Request, Doc: "e-mail address that the certificate is for",
		read: readMail, check: checkMail},
}

const maxPolicies = 8

// policyOptions lists inhibit_anypolicy_skip_certs, then policy1 to policy8, each
// with a text and an address.
func policyOptions() []Option {
	all := []Option{{Name: "inhibit_anypolicy_skip_certs", Kind: Number, Applies: allCerts, Doc: "after how many certificates the policy any counts no more; -1 for never",
		read: number(func(p *Profile) **int { return &p.InhibitAnyPolicy }), check: checkNumber(-1, 127)}}
	for n := 1; n <= maxPolicies; n++ {
		name := fmt.Sprintf("policy%d", n)
		oid, text, url := policy(n)
		all = append(all,
			Option{Name: name, Kind: Text, Applies: allCerts, Doc: "OID of a certificate policy", read: oid, check: checkOID},
			Option{Name: name + "_txt", Kind: Text, Applies: allCerts, Doc: "notice to the users of the policy", read: text, check: checkNotice},
			Option{Name: name + "_url", Kind: Text, Applies: allCerts, Doc: "address of the policy's practice statement", read: url, check: absoluteURI})
	}
	return all
}

var constraintOptions = []Option{
	{Name: "nc_permit_ip", Kind: Text, Multi: true, NeedsCA: true, Applies: certs, Doc: "network, as address/prefix, that the authority may certify",
		read: network(permitted), check: checkNetwork},
	{Name: "nc_exclude_ip", Kind: Text, Multi: true, NeedsCA: true, Applies: certs, Doc: "network, as address/prefix, that the authority may not certify",
		read: network(excluded), check: checkNetwork},
	{Name: "nc_permit_dns", Kind: Text, Multi: true, NeedsCA: true, Applies: certs, Doc: "domain that the authority may certify",
		read: texts(func(p *Profile) *[]string { return &p.Permitted.DNS }), check: checkDomain},
	{Name: "nc_exclude_dns", Kind: Text, Multi: true, NeedsCA: true, Applies: certs, Doc: "domain that the authority may not certify",
		read: texts(func(p *Profile) *[]string { return &p.Excluded.DNS }), check: checkDomain},
	{Name: "nc_permit_email", Kind: Text, Multi: true, NeedsCA: true, Applies: certs, Doc: "e-mail addresses that the authority may certify",
		read: texts(func(p *Profile) *[]string { return &p.Permitted.Emails }), check: checkMailDomain},
	{Name: "nc_exclude_email", Kind: Text, Multi: true, NeedsCA: true, Applies: certs, Doc: "e-mail addresses that the authority may not certify",
		read: texts(func(p *Profile) *[]string { return &p.Excluded.Emails }), check: checkMailDomain},
	{Name: "ocsp_uri", Kind: Text, Multi: true, Applies: allCerts, Doc: "URI of the issuer's OCSP server",
		read: mapped("set OCSP URI (%s)", printOnly, func(p *Profile) *[]string { return &p.OCSPServers }), check: absoluteURI},
	{Name: "ca_issuers_uri", Kind: Text, Multi: true, Applies: allCerts, Doc: "URI of the issuer's certificate",
		read: mapped("set CA ISSUERS URI (%s)", printOnly, func(p *Profile) *[]string { return &p.CAIssuers }), check: absoluteURI},
}

func permitted(p *Profile) *Subtrees { return &p.Permitted }
func excluded(p *Profile) *Subtrees  { return &p.Excluded }

var otherOptions = []Option{
	{Name: "crl_dist_points", Kind: Text, Multi: true, Applies: certs, Doc: "URI of the issuer's revocation list",
		read: texts(func(p *Profile) *[]string { return &p.CRLDistributionPoints }), check: absoluteURI},
	{Name: "challenge_password", Kind: Text, Applies: Request, Doc: "password within the request",
		read: readChallenge},
	{Name: "crl_revocation_date", Kind: Date, Applies: CRL, Doc: "date of the revocations; now by default",
		read: date(func(p *Profile) *time.Time { return &p.CRL.RevocationDate }), check: checkDate},
	{Name: "crl_this_update_date", Kind: Date, Applies: CRL, Doc: "date of the revocation list; now by default",
		read: date(func(p *Profile) *time.Time { return &p.CRL.ThisUpdate }), check: checkDate},
	{Name: "crl_next_update_date", Kind: Date, Applies: CRL, Doc: "date of the next revocation list; wins over crl_next_update",
		read: date(func(p *Profile) *time.Time { return &p.CRL.NextUpdate }), check: checkDate},
	{Name: "crl_next_update", Kind: Number, Applies: CRL, Doc: "days to the next revocation list; -1 for none",
		read: days(func(p *Profile) *int { return &p.CRL.NextUpdateDays }), check: checkDays},
	{Name: "crl_number", Kind: Serial, Applies: CRL, Doc: "number of the revocation list, written as serial is",
		read: readCRLNumber, check: checkSerial},
	{Name: "password", Kind: Text, Applies: KeyFile | PKCS12, Doc: "password of the key or PKCS #12 file",
		read: optional(func(p *Profile) **string { return &p.Password })},
	{Name: "pkcs12_key_name", Kind: Text, Applies: PKCS12, Doc: "name of the key within the PKCS #12 file",
		read: optional(func(p *Profile) **string { return &p.PKCS12KeyName })},
}
