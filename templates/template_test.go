package templates

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"crypto/x509"
	"encoding/asn1"
	"net/netip"

	"github.com/google/go-cmp/cmp"
)

func TestManualTemplates(t *testing.T) {
	org := []string{"Name of your organization"}
	const signAndEncrypt = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	for file, want := range map[string]*Profile{
		"ca.info": {Subject: Subject{CommonName: "Name of your organization"}, CA: true, KeyUsage: x509.KeyUsageCertSign},
		"server.info": {Subject: Subject{Organizations: org, CommonName: "server.foo.example.com"},
			Purposes: TLSServer, KeyUsage: signAndEncrypt},
		"client.info": {Subject: Subject{Country: "GB", State: "London", Locality: "City Of London", Organizations: org, CommonName: "hostname.foo.example.com"},
			Purposes: TLSClient, KeyUsage: signAndEncrypt},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", "manual", file))
		if err != nil {
			t.Fatal(err)
		}
		wantProfile(t, string(data), want)
	}
}

func TestBuiltinTemplates(t *testing.T) {
	for role, want := range map[Role]*Profile{
		CA:     {CA: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign},
		Server: {Purposes: TLSServer, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment},
		Client: {Purposes: TLSClient, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment},
	} {
		template, err := Default(role)
		if err != nil {
			t.Fatal(err)
		}
		got, err := template.Profile()
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", role, err, diff)
		}
	}
	if _, err := Default("viewer"); err == nil || !strings.Contains(err.Error(), `"client"`) {
		t.Errorf("got %v, want the roles named", err)
	}
}

func TestEveryOptionMakesItsField(t *testing.T) {
	two, notice, statement := 2, "a text", "http://p.example"
	for text, want := range map[string]*Profile{
		"country = GB":                       {Subject: Subject{Country: "GB"}},
		"state = London":                     {Subject: Subject{State: "London"}},
		"locality = City":                    {Subject: Subject{Locality: "City"}},
		"organization = a\norganization = b": {Subject: Subject{Organizations: []string{"a", "b"}}},
		"o = a\no = b":                       {Subject: Subject{Organizations: []string{"a", "b"}}},
		"ou = a\nou = b":                     {Subject: Subject{Units: []string{"a", "b"}}},
		"cn = Doe, Jane":                     {Subject: Subject{CommonName: "Doe, Jane"}},
		"uid = jd":                           {Subject: Subject{UserID: "jd"}},
		"dc = example\ndc = org":             {Subject: Subject{DomainComponents: []string{"example", "org"}}},
		"dn_oid = 2.5.4.12 Dr. h. c.":        {Subject: Subject{Others: []Attribute{{Type: asn1.ObjectIdentifier{2, 5, 4, 12}, Value: "Dr. h. c."}}}},
		"dn = CN = a b ,o=c,2.5.4.6=GB,": {Subject: Subject{DN: []Attribute{
			{Type: asn1.ObjectIdentifier{2, 5, 4, 6}, Value: "GB"}, {Type: asn1.ObjectIdentifier{2, 5, 4, 10}, Value: "c"}, {Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: "a b"}}}},
		"pkcs9_email = a@example.org":                       {Subject: Subject{Email: "a@example.org"}},
		"serial = 007":                                      {Serial: []byte{7}},
		"serial = 0x00ff":                                   {Serial: []byte{0, 255}},
		"expiration_days = 30":                              {Days: 30},
		"expiration_days = -1":                              {NoEnd: true},
		"expiration_date = 2031-12-30":                      {NotAfter: time.Date(2031, 12, 30, 0, 0, 0, 0, time.Local).UTC()},
		`expiration_date = "2031-12-30 23:59"`:              {NotAfter: time.Date(2031, 12, 30, 23, 59, 0, 0, time.Local).UTC()},
		"activation_date = 2021-02-03T04:05:06Z":            {NotBefore: time.Date(2021, 2, 3, 4, 5, 6, 0, time.UTC)},
		"activation_date = 2021-02-03 04:05:06 +02:00":      {NotBefore: time.Date(2021, 2, 3, 2, 5, 6, 0, time.UTC)},
		"activation_date = 2021-02-03 04:05:06 UTC":         {NotBefore: time.Date(2021, 2, 3, 4, 5, 6, 0, time.UTC)},
		"activation_date = Wed, 03 Feb 2021 04:05:06 +0100": {NotBefore: time.Date(2021, 2, 3, 3, 5, 6, 0, time.UTC)},
		"activation_date = 30 Dec 2031 10:11":               {NotBefore: time.Date(2031, 12, 30, 10, 11, 0, 0, time.Local).UTC()},
		"activation_date = 20310203":                        {NotBefore: time.Date(2031, 2, 3, 0, 0, 0, 0, time.Local).UTC()},
		"activation_date = @1600000000":                     {NotBefore: time.Unix(1600000000, 0).UTC()},
		"ca\npath_len = 2":                                  {CA: true, PathLen: &two},
		"ca = true\npath_len = -1":                          {CA: true},
		"signing_key\nencryption_key\nkey_agreement\ndata_encipherment\nnon_repudiation": {
			KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageKeyAgreement | x509.KeyUsageDataEncipherment | x509.KeyUsageContentCommitment},
		"ca\ncert_signing_key\ncrl_signing_key": {CA: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign},
		"tls_www_server\ntls_www_client\ncode_signing_key\nemail_protection_key\ntime_stamping_key\nocsp_signing_key\nipsec_ike_key": {
			Purposes: TLSServer | TLSClient | CodeSigning | EmailProtection | TimeStamping | OCSPSigning | IPsecIKE},
		"key_purpose_oid = 1.2.3":            {PurposeOIDs: []asn1.ObjectIdentifier{{1, 2, 3}}},
		"dns_name = a.example\ndns_name = b": {DNSNames: []string{"a.example", "b"}},
		"dns_name = *.example.org":           {DNSNames: []string{"*.example.org"}},
		"uri = https://example.org/?a=b#c":   {URIs: []string{"https://example.org/?a=b#c"}},
		"ip_address = 192.0.2.1\nip_address = 2001:DB8::1": {
			IPs: []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}},
		"email = a@example.org":                       {Emails: []string{"a@example.org"}},
		"crl_dist_points = http://example.org/ca.crl": {CRLDistributionPoints: []string{"http://example.org/ca.crl"}},
		"ocsp_uri = http://ocsp.example.org":          {OCSPServers: []string{"http://ocsp.example.org"}},
		"ca_issuers_uri = http://example.org/ca.crt":  {CAIssuers: []string{"http://example.org/ca.crt"}},
		"dns_name = BÜCHER.Example":                   {DNSNames: []string{"xn--bcher-kva.example"}},
		"dn = CN=#0c0161,1.2.3=#0500": {Subject: Subject{DN: []Attribute{
			{Type: asn1.ObjectIdentifier{1, 2, 3}, Raw: []byte{5, 0}}, {Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Raw: []byte{12, 1, 'a'}}}}},
		"dn_oid = 1.2.840.113556.1.4.656 a@b":         {Subject: Subject{Others: []Attribute{{Type: asn1.ObjectIdentifier{1, 2, 840, 113556, 1, 4, 656}, Value: "a@b"}}}},
		"activation_date = 02/03/2021":                {NotBefore: time.Date(2021, 2, 3, 0, 0, 0, 0, time.Local).UTC()},
		"activation_date = 2021-02-03 UTC + 400 days": {NotBefore: time.Date(2022, 3, 10, 0, 0, 0, 0, time.UTC)},
		// The kinds of other names stand in certtool's order, not in the file's.
		"krb5_principal = h@R\nxmpp_name = a@b\nother_name_utf8 = 1.2.3 ü\nother_name_octet = 1.2.4 x y\nother_name = 1.2.5 0500": {OtherNames: []OtherName{
			{asn1.ObjectIdentifier{1, 2, 5}, []byte{5, 0}}, {asn1.ObjectIdentifier{1, 2, 4}, []byte("\x04\x03x y")}, {asn1.ObjectIdentifier{1, 2, 3}, []byte("\x0c\x02ü")},
			{oidXMPP, []byte("\x0c\x03a@b")},
			{oidKRB5Principal, []byte("\x30\x15\xa0\x03\x1b\x01\x52\xa1\x0e\x30\x0c\xa0\x03\x02\x01\x01\xa1\x05\x30\x03\x1b\x01\x68")}}},
		"inhibit_anypolicy_skip_certs = 2":  {InhibitAnyPolicy: &two},
		"inhibit_anypolicy_skip_certs = -1": {},
		"policy2 = 1.2.4\npolicy1_url = http://p.example\npolicy1 = 1.2.3\npolicy1_txt = a text": {Policies: []Policy{
			{OID: asn1.ObjectIdentifier{1, 2, 3}, Text: &notice, URL: &statement}, {OID: asn1.ObjectIdentifier{1, 2, 4}}}},
		"ca\nnc_permit_dns = example.org\nnc_exclude_dns = a.example.org\nnc_permit_email = .example.org\nnc_exclude_email = a@example.org\nnc_permit_ip = 192.0.2.0/24\nnc_exclude_ip = 2001:db8::/32": {CA: true,
			Permitted: Subtrees{IPs: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, DNS: []string{"example.org"}, Emails: []string{".example.org"}},
			Excluded:  Subtrees{IPs: []netip.Prefix{netip.MustParsePrefix("2001:db8::/32")}, DNS: []string{"a.example.org"}, Emails: []string{"a@example.org"}}},
		"tls_feature = 5\ntls_feature = 17": {TLSFeatures: []int{5, 17}},
		"add_critical_extension = 1.2.3 octet_string(0xff)\nadd_extension = 1.2.4 0x0500\nadd_extension = 1.2.5 0500": {Extensions: []Extension{
			{asn1.ObjectIdentifier{1, 2, 4}, false, []byte{5, 0}}, {asn1.ObjectIdentifier{1, 2, 5}, false, []byte{5, 0}}, {asn1.ObjectIdentifier{1, 2, 3}, true, []byte{4, 1, 255}}}},
		"subject_unique_id = 0a0B\nissuer_unique_id = ff": {SubjectUniqueID: []byte{10, 11}, IssuerUniqueID: []byte{255}},
	} {
		wantProfile(t, text, want)
	}
}

func wantProfile(t *testing.T, text string, want *Profile) {
	t.Helper()
	template, err := Parse("t.info", []byte(text))
	if err != nil {
		t.Errorf("%q: %v", text, err)
		return
	}
	got, err := template.Profile()
	if err != nil {
		t.Errorf("%q: %v", text, err)
		return
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b }), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("%q:\n%s", text, diff)
	}
}

// TestFaults has one template for each way to be wrong, and the beginning and a
// part of the message that says so.
func TestFaults(t *testing.T) {
	for text, want := range map[string][2]string{
		"cnn = x":                               {"1:1:", `unknown option "cnn" (did you mean "cn"?)`},
		"\n  CN = x":                            {"2:3:", `names are in lower case (did you mean "cn"?)`},
		"cn:x":                                  {"1:1:", `unknown option "cn:x"`},
		"days = 3":                              {"1:1:", `did you mean "expiration_days"?`},
		"subjectAltName = a":                    {"1:1:", `did you mean "dns_name"?`},
		"policy_foo = 1.2":                      {"1:1:", `unknown option "policy_foo"`},
		"ca = false":                            {"1:1:", `whatever its value, here "false"`},
		"ca = no":                               {"1:1:", "leave the line out"},
		"ca = 0":                                {"1:1:", "leave the line out"},
		"ca tls_www_server":                     {"1:1:", `a flag has no value, found "tls_www_server"`},
		"cn = x # main":                         {"1:8:", "a comment after a value"},
		"cn = # main":                           {"1:6:", "a comment after a value"},
		"cn = x ":                               {"1:7:", "blanks at the end"},
		"cn = x\t\nca":                          {"1:7:", "blanks at the end"},
		"cn = x\r\nca\r\n":                      {"1:7:", "carriage return"},
		"\ufeffcn = x":                          {"1:1:", "byte order mark"},
		"cn = x\n1 = 2":                         {"2:1:", `'1' cannot start an option`},
		"[server]\ncn = x":                      {"1:1:", `'[' cannot start an option`},
		`cn = "x" "`:                            {"1:10:", `'"' cannot start an option`},
		"cn = Doe\\, Jane":                      {"1:9:", "drops a backslash"},
		`cn = "a\\b"`:                           {"1:8:", "drops a backslash"},
		"cn = \"x\nca\n":                        {"1:6:", "quote is not closed"},
		"cn = \"x\ny\"":                         {"1:6:", "more than one line"},
		"cn = a\\\nb":                           {"1:6:", "more than one line"},
		"cn = a\x00b":                           {"1:7:", "zero byte"},
		"cn == x":                               {"1:5:", "second delimiter"},
		"cn = a\xe9b":                           {"1:7:", "not UTF-8"},
		"cn = a\xffb":                           {"1:7:", "a byte 0xff"},
		"cn =":                                  {"1:1:", "the value is empty"},
		"cn = a\ncn = b":                        {"2:1:", "given already, in line 1"},
		"ca\nca":                                {"2:1:", "given already"},
		"o = a\norganization = b":               {"2:1:", "given already as o, in line 1"},
		"country = Germany":                     {"1:1:", "two letters"},
		"cn = " + strings.Repeat("x", 65):       {"1:1:", "65 characters, at most 64"},
		"dc = example.org":                      {"1:1:", "one dc for each"},
		"dn_oid = 2.5.4.12":                     {"1:1:", "not an OID, a blank and a text"},
		"dn = Jane":                             {"1:1:", `"Jane" is not a name, = and a text`},
		"dn = CN=Doe, Jane":                     {"1:1:", `" Jane" is not a name, = and a text; a text with a comma`},
		"dn = CN=":                              {"1:1:", "is not a name, = and a text"},
		"dn = CN=a+OU=b":                        {"1:1:", "has a +"},
		"dn = CN=#0c01":                         {"1:1:", "not the DER encoding"},
		"dn = commonName=x":                     {"1:1:", `"commonName" is neither the name`},
		"dn = CN=x, C=Germany":                  {"1:1:", "two letters"},
		"dn_oid = 2.5.4.20 +49_1":               {"1:1:", "a telephoneNumber must not have"},
		"dn_oid = CN x":                         {"1:1:", "not an object identifier"},
		"dn_oid = 1.2.3 x":                      {"1:1:", `"1.2.3" is neither the name nor the OID`},
		"serial = abc":                          {"1:1:", "not a number"},
		"serial = -5":                           {"1:1:", "not a number"},
		"serial = 0":                            {"1:1:", "greater than 0"},
		"serial = 0x" + strings.Repeat("f", 40): {"1:1:", "20 octets"},
		"expiration_days = ten":                 {"1:1:", `"ten" is not a decimal number`},
		"expiration_days = 0x10":                {"1:1:", "not a decimal number"},
		"expiration_days = 0":                   {"1:1:", "certtool takes 365 days"},
		"expiration_days = -2":                  {"1:1:", "end before the beginning"},
		"expiration_days = 99999999":            {"1:1:", "beyond the year 9999"},
		"expiration_date = 2031-02-29":          {"1:1:", "not a date"},
		"expiration_date = soon":                {"1:1:", "not a date"},
		"expiration_date = 2031-01-01 00:00:00 XYZ":                  {"1:1:", "not a date"},
		"activation_date = 1900-01-01":                               {"1:1:", "1950"},
		"expiration_days = 3\nexpiration_date = 2031-01-01":          {"1:1:", "expiration_date says"},
		"activation_date = 2032-01-01\nexpiration_date = 2031-01-01": {"2:1:", "before it becomes valid"},
		"path_len = 1":                            {"1:1:", "no effect without the option ca"},
		"cert_signing_key":                        {"1:1:", "no effect without the option ca"},
		"ca\npath_len = many":                     {"2:1:", "not a decimal number"},
		"ca\npath_len = 1000":                     {"2:1:", "between -1 and 127"},
		"key_purpose_oid = serverAuth":            {"1:1:", "not an object identifier"},
		"key_purpose_oid = 1.2.99999999999":       {"1:1:", "2147483647"},
		"dns_name = two words":                    {"1:1:", "' ' cannot be part of one"},
		"dns_name = a..b":                         {"1:1:", "is empty"},
		"dns_name = bücher-.example":              {"1:1:", "no form in ASCII"},
		"dns_name = 192.0.2.1":                    {"1:1:", "give it as ip_address"},
		"dns_name = 192.0.2.300":                  {"1:1:", "only digits"},
		"dns_name = *.org":                        {"1:1:", "stands for too much"},
		"dns_name = a*.example.org":               {"1:1:", "whole first label"},
		"dns_name = -a.example":                   {"1:1:", "hyphen"},
		"dns_name = " + strings.Repeat("a", 64):   {"1:1:", "at most 63"},
		"dns_name = " + strings.Repeat("a.", 127): {"1:1:", "at most 253"},
		"ip_address = 192.0.2.300":                {"1:1:", "not an IPv4 or IPv6 address"},
		"ip_address = fe80::1%eth0":               {"1:1:", "not an IPv4 or IPv6 address"},
		"email = nobody":                          {"1:1:", "not an e-mail address"},
		"email = a@*.example.org":                 {"1:1:", "no mail goes to"},
		"uri = example.org":                       {"1:1:", "not a URI"},
		"dn_oid = 1.2.840.113549.1.9.7 x":         {"1:1:", "not a part of names"},
		"dn = 1.2.3=x":                            {"1:1:", "neither the name nor the OID"},
		"dn = \" \"":                              {"1:1:", "not a name, = and a text"},
		"serial = 0x7":                            {"1:1:", "odd number of digits (write 0x07)"},
		"serial = 9223372036854775807":            {"1:1:", "decimal numbers only up to 9223372036854775806"},
		"other_name = 1.2.3 zz":                   {"1:1:", "hexadecimal digits"},
		"other_name = 1.2.3 0c02":                 {"1:1:", "not the DER encoding"},
		"other_name = x 0500":                     {"1:1:", "not an object identifier"},
		"other_name_utf8 = 1.2.3":                 {"1:1:", "not an OID, a blank and a text"},
		"xmpp_name = josé@example.org":            {"1:1:", "other_name_utf8 = 1.3.6.1.5.5.7.8.5"},
		"krb5_principal = host":                   {"1:1:", "not a principal"},
		"krb5_principal = a/b/c/d/e/f/g@R":        {"1:1:", "at most six parts"},
		"policy1 = x":                             {"1:1:", "not an object identifier"},
		"policy1 = 1.2\npolicy1_txt = " + strings.Repeat("x", 201): {"2:1:", "at most 200"},
		"policy1 = 1.2\npolicy1_url = x":                           {"2:1:", "not a URI"},
		"ca\nnc_permit_dns = .example.org":                         {"2:1:", "write example.org"},
		"ca\nnc_permit_dns = *.example.org":                        {"2:1:", "write example.org"},
		"ca\nnc_permit_ip = 192.0.2.1/24":                          {"2:1:", "write 192.0.2.0/24"},
		"ca\nnc_permit_ip = 192.0.2.1":                             {"2:1:", "address/prefix"},
		"ca\nnc_exclude_email = a@":                                {"2:1:", "not an e-mail address"},
		"tls_feature = 70000":                                      {"1:1:", "between 0 and 65535"},
		"inhibit_anypolicy_skip_certs = -2":                        {"1:1:", "between -1 and 127"},
		"add_extension = 1.2.3 0x":                                 {"1:1:", "neither hexadecimal digits"},
		"add_extension = 1.2.3 ff":                                 {"1:1:", "not the DER encoding"},
		"add_extension = 1.2.3 octet_string(00)x":                  {"1:1:", "not octet_string"},
		"add_critical_extension = 1.2.3":                           {"1:1:", "not an OID, a blank and a text"},
		"subject_unique_id = 0x0102":                               {"1:1:", "without 0x"},
		"issuer_unique_id = 1":                                     {"1:1:", "even number"},
		"challenge_password = x":                                   {"1:1:", "it is for requests"},
		"crl_number = 1":                                           {"1:1:", "it is for revocation lists"},
		"crl_next_update_date = 2031-01-01":                        {"1:1:", "it is for revocation lists"},
		"password = x":                                             {"1:1:", "it is for key files, PKCS #12 files"},
		"pkcs12_key_name = x":                                      {"1:1:", "it is for PKCS #12 files"},
		"honor_crq_extensions":                                     {"1:1:", "it is for certificates from requests"},
		"honor_crq_ext = 2.5.29.17":                                {"1:1:", "it is for certificates from requests"},
		"proxy_policy_language = 1.2.3":                            {"1:1:", "it is for proxy certificates"},
		"uri = http://example.org/a b":                             {"1:1:", "not a URI"},
	} {
		_, err := Parse("t.info", []byte(text))
		var faults Errors
		if !errors.As(err, &faults) {
			t.Errorf("%q: got %v, want Errors", text, err)
			continue
		}
		if got := faults[0].Error(); !strings.HasPrefix(got, "templates: t.info:"+want[0]) || !strings.Contains(got, want[1]) {
			t.Errorf("%q: got %q, want %q and %q", text, got, want[0], want[1])
		}
	}
}

func TestAllFaultsAreReportedInOrder(t *testing.T) {
	_, err := Parse("server.info", []byte("cnn = x\norganization = Acme \nca = no\nexpiration_days = soon\n"))
	want := `templates: server.info:1:1: unknown option "cnn" (did you mean "cn"?)
templates: server.info:2:20: organization: the blanks at the end of the line would become part of the value (remove them, or put the value into quotes)
templates: server.info:3:1: ca: certtool switches a flag on whatever its value, here "no" (leave the line out to switch it off)
templates: server.info:4:1: expiration_days: "soon" is not a decimal number: certtool takes 365 days for it (write a number from 1 on, or -1 for no end)`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	var first *Error
	if !errors.As(err, &first) || first.At.Line != 1 {
		t.Errorf("the single faults are not reachable: %+v", first)
	}
}

func TestChangingATemplate(t *testing.T) {
	original, err := Parse("t.info", []byte("o = a\no = b\ncn = x\n"))
	if err != nil {
		t.Fatal(err)
	}
	changed := original.Clone()
	changed.Set("organization", "c")
	changed.Add("dns_name", "x.example")
	if diff := cmp.Diff([]string{"c"}, changed.Values("o")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a", "b"}, original.Values("organization")); diff != "" {
		t.Errorf("the original changed:\n%s", diff)
	}
	if !changed.Has("dns_name") || original.Has("dns_name") {
		t.Error("Has does not tell what was added")
	}
	changed.Set("country", "Germany")
	if _, err := changed.Profile(); err == nil || !strings.HasPrefix(err.Error(), `templates: country: "Germany"`) {
		t.Errorf("got %v, want an error without a place", err)
	}
	for _, value := range []string{"a\nb", "a\x00", "a\xff"} {
		changed := original.Clone()
		changed.Set("state", value)
		if _, err := changed.Profile(); err == nil {
			t.Errorf("the state %q was accepted", value)
		}
	}
}

// TestOptionTable checks what the rest relies on, and that the table has all of
// certtool's options: 70, with policy1 to policy8 and their texts and addresses
// counted as one and the two aliases on their own.
func TestOptionTable(t *testing.T) {
	seen, count := map[string]bool{}, 0
	for _, option := range Options() {
		for _, name := range []string{option.Name, option.Alias} {
			if name == "" {
				continue
			}
			if seen[name] {
				t.Errorf("%s is in the table twice", name)
			}
			seen[name] = true
			if !strings.HasPrefix(name, "policy") {
				count++
			}
		}
		if option.Doc == "" || option.Kind == "" || option.Applies == 0 {
			t.Errorf("%s is not described: %+v", option.Name, option)
		}
	}
	for _, option := range options {
		decoded := option.Kind == Hex || option.Kind == Pair || option.Kind == Serial
		if decoded != slices.Contains(loadOrder, option.Name) {
			t.Errorf("%s is missing in the order of loading, or has no place there", option.Name)
		}
	}
	if count != 69 {
		t.Errorf("the table has %d names besides policy*, want 69", count)
	}
	for _, other := range otherNames() {
		if !seen[other] {
			t.Errorf("the unknown option %s is suggested", other)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, test := range grammar {
		f.Add(test.text)
	}
	f.Add("ca = false\ncnn = \"\xff\\\nx\r\n\ufeff1")
	f.Fuzz(func(t *testing.T, text string) {
		template, err := Parse("fuzz.info", []byte(text))
		if err != nil {
			var faults Errors
			if !errors.As(err, &faults) || len(faults) == 0 || faults.Error() == "" {
				t.Fatalf("not a list of faults: %v", err)
			}
			return
		}
		if _, err := template.Profile(); err != nil {
			t.Errorf("parsed, but makes no profile: %v", err)
		}
	})
}
