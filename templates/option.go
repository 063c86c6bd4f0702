package templates

import (
	"crypto/x509"
	"slices"
	"strings"

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
	Pair   Kind = "pair" // "OID value"
)

// Applies is the set of things that an option has a meaning for.
type Applies uint

// What certtool makes from templates.
const (
	SelfSigned Applies = 1 << iota
	Signed
	Request
	CRL
	Proxy
	Update
	KeyFile
	PKCS12

	certs    = SelfSigned | Signed
	subjects = certs | Request
)

// Option is what is known of one option of the language.
type Option struct {
	Name    string
	Alias   string // another name; certtool ignores it where Name occurs as well
	Kind    Kind
	Multi   bool // may be repeated; of another one certtool takes the first
	NeedsCA bool // certtool ignores it without the option ca
	Applies Applies
	Doc     string

	// set puts a value into a profile. It is nil for options that are not built
	// yet.
	set setter
}

// Options lists all options of certtool, in the order of its documentation.
// Options that come with a number, policy1 to policy8, are listed once each.
func Options() []Option { return slices.Clone(options) }

// lookup finds an option by its exact name or alias, which is how certtool does.
func lookup(name string) (Option, bool) {
	for _, option := range options {
		if name == option.Name || option.Alias != "" && name == option.Alias {
			return option, true
		}
	}
	return Option{}, false
}

// maxOptionName is the length of inhibit_anypolicy_skip_certs.
const maxOptionName = 28

// nearestOption finds the option that a wrong name most likely meant.
func nearestOption(name string) (string, bool) {
	if other, ok := otherNames[strings.ToLower(name)]; ok {
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
var otherNames = map[string]string{
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

// options is the one table of the language.
var options = slices.Concat(nameOptions, validityOptions, usageOptions, alternativeNameOptions, otherExtensionOptions, policyOptions(), otherOptions)

// nameOptions make the subject.
var nameOptions = []Option{
	{Name: "country", Kind: Text, Applies: subjects, Doc: "country of the subject, as two letters",
		set: part("C", func(p *Profile) *string { return &p.Subject.Country })},
	{Name: "state", Kind: Text, Applies: subjects, Doc: "state or province of the subject",
		set: part("ST", func(p *Profile) *string { return &p.Subject.State })},
	{Name: "locality", Kind: Text, Applies: subjects, Doc: "city of the subject",
		set: part("L", func(p *Profile) *string { return &p.Subject.Locality })},
	{Name: "organization", Alias: "o", Kind: Text, Multi: true, Applies: subjects, Doc: "organization of the subject",
		set: parts("O", func(p *Profile) *[]string { return &p.Subject.Organizations })},
	{Name: "unit", Alias: "ou", Kind: Text, Multi: true, Applies: subjects, Doc: "organizational unit of the subject",
		set: parts("OU", func(p *Profile) *[]string { return &p.Subject.Units })},
	{Name: "cn", Kind: Text, Applies: subjects | Proxy, Doc: "common name of the subject",
		set: part("CN", func(p *Profile) *string { return &p.Subject.CommonName })},
	{Name: "uid", Kind: Text, Applies: subjects, Doc: "user id of the subject",
		set: part("UID", func(p *Profile) *string { return &p.Subject.UserID })},
	{Name: "dc", Kind: Text, Multi: true, Applies: subjects, Doc: "domain component of the subject, one label",
		set: parts("DC", func(p *Profile) *[]string { return &p.Subject.DomainComponents })},
	{Name: "dn_oid", Kind: Pair, Multi: true, Applies: subjects, Doc: "further part of the subject, as an OID and its text",
		set: setSubjectAttribute},
	{Name: "pkcs9_email", Kind: Text, Applies: certs, Doc: "e-mail address within the subject; email is the better place",
		set: part("EMAIL", func(p *Profile) *string { return &p.Subject.Email })},
	{Name: "dn", Kind: Text, Applies: subjects | Proxy, Doc: "the whole subject as one RFC 4514 string; other parts are added after it",
		set: setDN},
}

var validityOptions = []Option{
	{Name: "serial", Kind: Text, Applies: certs | Proxy, Doc: "serial number, decimal or 0x and hexadecimal; random by default",
		set: setSerial},
	{Name: "expiration_days", Kind: Number, Applies: certs | Proxy | Update, Doc: "days from now to the end; -1 for none",
		set: setDays},
	{Name: "expiration_date", Kind: Date, Applies: certs | Proxy | Update, Doc: "end of the validity; wins over expiration_days",
		set: setNotAfter},
	{Name: "activation_date", Kind: Date, Applies: certs | Proxy | Update, Doc: "start of the validity",
		set: setNotBefore},
}

var usageOptions = []Option{
	{Name: "ca", Kind: Flag, Applies: subjects, Doc: "the certificate is that of a certificate authority",
		set: func(p *Profile, _ string) error { p.CA = true; return nil }},
	{Name: "path_len", Kind: Number, NeedsCA: true, Applies: subjects | Proxy, Doc: "how many further authorities may follow; -1 for any number",
		set: setPathLen},
	{Name: "signing_key", Kind: Flag, Applies: subjects, Doc: "the key signs: TLS handshakes need it", set: usage(x509.KeyUsageDigitalSignature)},
	{Name: "encryption_key", Kind: Flag, Applies: subjects, Doc: "an RSA key takes encrypted keys", set: usage(x509.KeyUsageKeyEncipherment)},
	{Name: "key_agreement", Kind: Flag, Applies: certs, Doc: "the key agrees on keys", set: usage(x509.KeyUsageKeyAgreement)},
	{Name: "data_encipherment", Kind: Flag, Applies: certs, Doc: "the key takes encrypted data", set: usage(x509.KeyUsageDataEncipherment)},
	{Name: "non_repudiation", Kind: Flag, Applies: certs, Doc: "signatures are a commitment", set: usage(x509.KeyUsageContentCommitment)},
	{Name: "cert_signing_key", Kind: Flag, NeedsCA: true, Applies: subjects, Doc: "the key signs certificates", set: usage(x509.KeyUsageCertSign)},
	{Name: "crl_signing_key", Kind: Flag, NeedsCA: true, Applies: subjects, Doc: "the key signs revocation lists", set: usage(x509.KeyUsageCRLSign)},
	{Name: "tls_www_server", Kind: Flag, Applies: subjects, Doc: "for TLS servers", set: purpose(TLSServer)},
	{Name: "tls_www_client", Kind: Flag, Applies: subjects, Doc: "for TLS clients", set: purpose(TLSClient)},
	{Name: "code_signing_key", Kind: Flag, Applies: subjects, Doc: "for signing programs", set: purpose(CodeSigning)},
	{Name: "email_protection_key", Kind: Flag, Applies: subjects, Doc: "for protecting e-mail", set: purpose(EmailProtection)},
	{Name: "time_stamping_key", Kind: Flag, Applies: subjects, Doc: "for time stamping", set: purpose(TimeStamping)},
	{Name: "ocsp_signing_key", Kind: Flag, Applies: subjects, Doc: "for signing OCSP answers", set: purpose(OCSPSigning)},
	{Name: "ipsec_ike_key", Kind: Flag, Applies: subjects, Doc: "for IPsec", set: purpose(IPsecIKE)},
	{Name: "key_purpose_oid", Kind: Text, Multi: true, Applies: subjects, Doc: "OID of a further purpose",
		set: addPurposeOID},
}

var alternativeNameOptions = []Option{
	{Name: "dns_name", Kind: Text, Multi: true, Applies: subjects | Proxy, Doc: "host name that the certificate is for",
		set: texts(HostName, func(p *Profile) *[]string { return &p.DNSNames })},
	{Name: "uri", Kind: Text, Multi: true, Applies: subjects | Proxy, Doc: "URI that the certificate is for",
		set: texts(absoluteURI, func(p *Profile) *[]string { return &p.URIs })},
	{Name: "ip_address", Kind: Text, Multi: true, Applies: subjects | Proxy, Doc: "IPv4 or IPv6 address that the certificate is for",
		set: addIP},
	{Name: "email", Kind: Text, Multi: true, Applies: subjects, Doc: "e-mail address that the certificate is for",
		set: texts(mailAddress, func(p *Profile) *[]string { return &p.Emails })},
	{Name: "other_name", Kind: Pair, Multi: true, Applies: subjects | Proxy, Doc: "name of another type, as an OID and the hexadecimal DER value"},
	{Name: "other_name_octet", Kind: Pair, Multi: true, Applies: subjects | Proxy, Doc: "name of another type, as an OID and a text that becomes an OCTET STRING"},
	{Name: "other_name_utf8", Kind: Pair, Multi: true, Applies: subjects | Proxy, Doc: "name of another type, as an OID and a text that becomes a UTF8String"},
	{Name: "xmpp_name", Kind: Text, Multi: true, Applies: subjects | Proxy, Doc: "XMPP address that the certificate is for"},
	{Name: "krb5_principal", Kind: Text, Multi: true, Applies: subjects | Proxy, Doc: "Kerberos principal that the certificate is for"},
}

var otherExtensionOptions = []Option{
	{Name: "crl_dist_points", Kind: Text, Multi: true, Applies: certs, Doc: "URI of the issuer's revocation list",
		set: texts(absoluteURI, func(p *Profile) *[]string { return &p.CRLDistributionPoints })},
	{Name: "ocsp_uri", Kind: Text, Multi: true, Applies: certs | Proxy, Doc: "URI of the issuer's OCSP server",
		set: texts(absoluteURI, func(p *Profile) *[]string { return &p.OCSPServers })},
	{Name: "ca_issuers_uri", Kind: Text, Multi: true, Applies: certs | Proxy, Doc: "URI of the issuer's certificate",
		set: texts(absoluteURI, func(p *Profile) *[]string { return &p.CAIssuers })},
	{Name: "inhibit_anypolicy_skip_certs", Kind: Number, Applies: certs | Proxy, Doc: "after how many certificates the policy any counts no more"},
	{Name: "nc_permit_dns", Kind: Text, Multi: true, NeedsCA: true, Applies: certs, Doc: "domain that the authority may certify"},
	{Name: "nc_exclude_dns", Kind: Text, Multi: true, NeedsCA: true, Applies: certs, Doc: "domain that the authority may not certify"},
	{Name: "nc_permit_email", Kind: Text, Multi: true, NeedsCA: true, Applies: certs, Doc: "e-mail addresses that the authority may certify"},
	{Name: "nc_exclude_email", Kind: Text, Multi: true, NeedsCA: true, Applies: certs, Doc: "e-mail addresses that the authority may not certify"},
	{Name: "nc_permit_ip", Kind: Text, Multi: true, NeedsCA: true, Applies: certs, Doc: "network, as address/prefix, that the authority may certify"},
	{Name: "nc_exclude_ip", Kind: Text, Multi: true, NeedsCA: true, Applies: certs, Doc: "network, as address/prefix, that the authority may not certify"},
	{Name: "tls_feature", Kind: Number, Multi: true, Applies: subjects, Doc: "TLS extension that the server must speak; 5 is must-staple"},
	{Name: "add_extension", Kind: Pair, Multi: true, Applies: subjects | Proxy, Doc: "further extension, as an OID and its hexadecimal value"},
	{Name: "add_critical_extension", Kind: Pair, Multi: true, Applies: subjects | Proxy, Doc: "further critical extension, as an OID and its hexadecimal value"},
	{Name: "subject_unique_id", Kind: Hex, Applies: certs | Proxy, Doc: "the old subjectUniqueID field"},
	{Name: "issuer_unique_id", Kind: Hex, Applies: certs | Proxy, Doc: "the old issuerUniqueID field"},
	{Name: "honor_crq_extensions", Kind: Flag, Applies: certs, Doc: "take over all extensions of the request"},
	{Name: "honor_crq_ext", Kind: Text, Multi: true, Applies: certs, Doc: "OID of an extension of the request to take over"},
	{Name: "proxy_policy_language", Kind: Text, Applies: Proxy, Doc: "OID of the proxy's policy language"},
}

// policyOptions lists policy1 to policy8, each with a text and an address.
func policyOptions() []Option {
	var all []Option
	for _, number := range "12345678" {
		name := "policy" + string(number)
		all = append(all,
			Option{Name: name, Kind: Text, Applies: certs | Proxy, Doc: "OID of a certificate policy"},
			Option{Name: name + "_txt", Kind: Text, Applies: certs | Proxy, Doc: "notice to the users of the policy"},
			Option{Name: name + "_url", Kind: Text, Applies: certs | Proxy, Doc: "address of the policy's practice statement"})
	}
	return all
}

var otherOptions = []Option{
	{Name: "challenge_password", Kind: Text, Applies: Request, Doc: "password within the request"},
	{Name: "crl_next_update", Kind: Number, Applies: CRL, Doc: "days to the next revocation list; -1 for none"},
	{Name: "crl_next_update_date", Kind: Date, Applies: CRL, Doc: "date of the next revocation list; wins over crl_next_update"},
	{Name: "crl_this_update_date", Kind: Date, Applies: CRL, Doc: "date of the revocation list"},
	{Name: "crl_revocation_date", Kind: Date, Applies: CRL, Doc: "date of the revocations"},
	{Name: "crl_number", Kind: Text, Applies: CRL, Doc: "number of the revocation list, written as serial is"},
	{Name: "password", Kind: Text, Applies: KeyFile | PKCS12, Doc: "password of the key or PKCS #12 file"},
	{Name: "pkcs12_key_name", Kind: Text, Applies: PKCS12, Doc: "name of the key within the PKCS #12 file"},
}
