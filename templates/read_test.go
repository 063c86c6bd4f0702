package templates

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var readNow = time.Date(2026, 8, 15, 12, 0, 0, 0, time.UTC)

// dated is a profile with the dates that certtool chooses by itself.
func dated(p Profile) *Profile {
	p.NotBefore, p.NotAfter = readNow, readNow.AddDate(0, 0, 365)
	return &p
}

// TestCerttoolReadsValues has what certtool makes of values that vncsec's own
// commands mostly refuse.
func TestCerttoolReadsValues(t *testing.T) {
	zero, one, three, empty, x := 0, 1, 3, "", "x"
	all := func(n int) (list []string) {
		for i := range n {
			list = append(list, fmt.Sprint("n", i))
		}
		return list
	}
	for text, want := range map[string]*Profile{
		"":                                    dated(Profile{}),
		"cn = a\ncn = b\nCN = c":              dated(Profile{Subject: Subject{CommonName: "a"}}),
		"ou = a\nunit = b\nou = c":            dated(Profile{Subject: Subject{Units: []string{"b"}}}),
		"ou = a\nou = c":                      dated(Profile{Subject: Subject{Units: []string{"a", "c"}}}),
		"country = Germany \xe9":              dated(Profile{Subject: Subject{Country: "Germany \xe9"}}),
		"cn = x\x00y":                         dated(Profile{Subject: Subject{CommonName: "x"}}),
		"ca = false":                          dated(Profile{CA: true}),
		"path_len = 3":                        dated(Profile{}),
		"path_len = 3x\nca":                   dated(Profile{CA: true, PathLen: &three}),
		"path_len = many\nca":                 dated(Profile{CA: true, PathLen: &zero}),
		"path_len = 4294967297\nca":           dated(Profile{CA: true, PathLen: &one}),
		"path_len = -7\nca":                   dated(Profile{CA: true}),
		"cert_signing_key":                    dated(Profile{}),
		"nc_permit_ip = rubbish":              dated(Profile{}),
		"nc_permit_ip = 192.0.2.77/ 24x\nca":  dated(Profile{CA: true, Permitted: Subtrees{IPs: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}}),
		"nc_exclude_dns =\nca":                dated(Profile{CA: true, Excluded: Subtrees{DNS: []string{""}}}),
		"serial = 0xff":                       dated(Profile{Serial: []byte{0xff}}),
		"serial = 0xffff80":                   dated(Profile{Serial: []byte{0x80}}),
		"serial = 0x000080":                   dated(Profile{Serial: []byte{0, 0x80}}),
		"serial = +256":                       dated(Profile{Serial: []byte{1, 0}}),
		"dns_name = two words\ndns_name =":    dated(Profile{DNSNames: []string{"two words", ""}}),
		"dns_name = *.a_ü.de":                 dated(Profile{DNSNames: []string{".xn--a-eha.de"}}),
		"dns_name = Faß.de\ndns_name = ☺ß.de": dated(Profile{DNSNames: []string{"xn--fa-hia.de", "xn--ss-3wx.de"}}),
		"email = a@b@bü.de":                   dated(Profile{Emails: []string{"a@xn--bb-yka.de"}}),
		"email = a@b\ntls_www_server":         dated(Profile{Purposes: TLSServer}),
		"policy1 = 1.2\npolicy1_txt =\npolicy3 = 1.3\nPOLICY2 = 1.4":              dated(Profile{Policies: []Policy{{OID: asn1.ObjectIdentifier{1, 2}, Text: &empty}}}),
		"policy1_url = x\npolicy1 = 7":                                            dated(Profile{Policies: []Policy{{OID: asn1.ObjectIdentifier{}, URL: &x}}}),
		"key_purpose_oid = 1..3.":                                                 dated(Profile{PurposeOIDs: []asn1.ObjectIdentifier{{1, 0, 3, 0}}}),
		"tls_feature = 4294967301\ntls_feature = status":                          dated(Profile{TLSFeatures: []int{5, 0}}),
		"inhibit_anypolicy_skip_certs = x":                                        dated(Profile{InhibitAnyPolicy: &zero}),
		"add_extension = 1.2 octet_stringx(0xff)y":                                dated(Profile{Extensions: []Extension{{asn1.ObjectIdentifier{1, 2}, false, []byte{4, 1, 255}}}}),
		"add_extension = 1.2 octet_string()":                                      dated(Profile{Extensions: []Extension{{asn1.ObjectIdentifier{1, 2}, false, []byte{4, 0}}}}),
		"add_extension = \"x ff\"":                                                nil,
		"other_name_octet = \"1.2  x y \"":                                        dated(Profile{OtherNames: []OtherName{{asn1.ObjectIdentifier{1, 2}, []byte("\x04\x04x y ")}}}),
		"dn = cn = a , O=\"b\";c,":                                                dated(Profile{Subject: Subject{DN: []Attribute{{Type: asn1.ObjectIdentifier{2, 5, 4, 10}, Value: `"b";c`}, {Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: "a"}}}}),
		"dn_oid = 1.2.840.113549.1.9.20 ab":                                       dated(Profile{Subject: Subject{Others: []Attribute{{Type: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 20}, Value: "ab"}}}}),
		strings.Join(append([]string{""}, all(130)...), "\ndns_name = "):          dated(Profile{DNSNames: all(128)}),
		"honor_crq_ext = x\nchallenge_password = y\ncrl_number = 1\npassword = z": dated(Profile{}),
		"non_repudiation\nipsec_ike_key":                                          dated(Profile{KeyUsage: x509.KeyUsageContentCommitment, Purposes: IPsecIKE}),
	} {
		wantCerttool(t, text, SelfSigned, want)
	}
}

// wantCerttool compares certtool's reading for one purpose; nil is an error.
func wantCerttool(t *testing.T, text string, purpose Applies, want *Profile) {
	t.Helper()
	template, _, err := Read("t.info", []byte(text))
	if err != nil {
		t.Errorf("%q: %v", text, err)
		return
	}
	got, err := template.Certtool(purpose, readNow)
	if (want == nil) != (err != nil) {
		t.Errorf("%q: %v", text, err)
	}
	prefixes := cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })
	if diff := cmp.Diff(want, got, prefixes, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("%q for %s:\n%s", text, purpose, diff)
	}
}

// TestCerttoolPurposes has what is read for each thing that certtool makes, and what
// is not even looked at.
func TestCerttoolPurposes(t *testing.T) {
	password := "z"
	year := readNow.AddDate(0, 0, 365)
	text := `dn = C=DE
cn = x
pkcs9_email = a@b
key_purpose_oid = 1.2
tls_feature = 5
dns_name = d
email = e@f
ca
cert_signing_key
non_repudiation
path_len = 1
crl_dist_points = u
ocsp_uri = o
honor_crq_ext = 1.2
honor_crq_extensions
proxy_policy_language = 1.3.6.1.5.5.7.21.2
challenge_password = c
crl_number = 5
password = z
`
	de := Attribute{Type: asn1.ObjectIdentifier{2, 5, 4, 6}, Value: "DE"}
	one := 1
	key := Profile{
		Subject: Subject{DN: []Attribute{de}, CommonName: "x", Email: "a@b"}, NotBefore: readNow, NotAfter: year,
		CA: true, PathLen: &one, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageContentCommitment, PurposeOIDs: []asn1.ObjectIdentifier{{1, 2}},
		DNSNames: []string{"d"}, Emails: []string{"e@f"}, CRLDistributionPoints: []string{"u"}, OCSPServers: []string{"o"}, TLSFeatures: []int{5},
	}
	request := key
	request.Subject.Email, request.NotBefore, request.NotAfter = "", time.Time{}, time.Time{}
	request.KeyUsage, request.CRLDistributionPoints, request.OCSPServers = x509.KeyUsageCertSign, nil, nil
	request.ChallengePassword = "c"
	from := key
	from.Subject, from.PurposeOIDs, from.TLSFeatures = Subject{}, nil, nil
	from.HonorAllExtensions, from.HonorExtensions = true, []string{"1.2"}
	proxy := Profile{
		Subject: Subject{DN: []Attribute{de}, CommonName: "x"}, NotBefore: readNow, NotAfter: year, PathLen: &one,
		KeyUsage: x509.KeyUsageContentCommitment, DNSNames: []string{"d"}, OCSPServers: []string{"o"},
		ProxyPolicyLanguage: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 21, 2},
	}
	for purpose, want := range map[Applies]Profile{
		SelfSigned: key, Signed: key, FromRequest: from, Request: request, Proxy: proxy,
		Update:  {NotBefore: readNow, NotAfter: year},
		CRL:     {CRL: CRLProfile{Number: []byte{5}, ThisUpdate: readNow, NextUpdate: year, RevocationDate: readNow}},
		KeyFile: {Password: &password}, PKCS12: {Password: &password},
	} {
		wantCerttool(t, text, purpose, &want)
	}
}

// TestCerttoolDates has certtool's rules for days and dates.
func TestCerttoolDates(t *testing.T) {
	for text, want := range map[string]*Profile{
		"expiration_days = 10":                              {NotBefore: readNow, NotAfter: readNow.AddDate(0, 0, 10)},
		"expiration_days = 0x10":                            dated(Profile{}),
		"expiration_days = 0":                               dated(Profile{}),
		"expiration_days = -3":                              dated(Profile{}),
		"expiration_days = -1":                              {NotBefore: readNow, NoEnd: true},
		"expiration_days = -2":                              {NotBefore: readNow, NotAfter: readNow.AddDate(0, 0, -2)},
		"expiration_days = 4294967295":                      {NotBefore: readNow, NoEnd: true}, // an int of 32 bits
		"expiration_days = 2147483647":                      {NotBefore: readNow, NotAfter: time.Unix(readNow.Unix()+2147483647*86400, 0).UTC()},
		"expiration_days = 1\nexpiration_date = 2031-01-01": {NotBefore: readNow, NotAfter: time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)},
		"activation_date = tomorrow\nexpiration_date =":     {NotBefore: readNow.AddDate(0, 0, 1), NotAfter: time.Date(2026, 8, 15, 0, 0, 0, 0, time.UTC)},
		"activation_date = 2031-02-29":                      nil,
	} {
		wantCerttool(t, text, Signed, want)
	}
	for text, want := range map[string]CRLProfile{
		"crl_next_update = -1": {ThisUpdate: readNow, RevocationDate: readNow, NoNextUpdate: true},
		"crl_this_update_date = 2020-01-01\ncrl_next_update_date = 2020-02-01\ncrl_revocation_date = 2019-01-01\nexpiration_date = rubbish": {
			ThisUpdate: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NextUpdate: time.Date(2020, 2, 1, 0, 0, 0, 0, time.UTC),
			RevocationDate: time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		wantCerttool(t, text, CRL, &Profile{CRL: want})
	}
}

// TestLoadRefusesUninitialisedMemory: certtool takes what happens to be there for
// hexadecimal values without digits.
func TestLoadRefusesUninitialisedMemory(t *testing.T) {
	for _, text := range []string{"subject_unique_id =", "issuer_unique_id = \"\""} {
		if _, _, err := Read("t.info", []byte(text)); err == nil || !strings.Contains(err.Error(), "uninitialised memory") {
			t.Errorf("%q: %v", text, err)
		}
	}
	template, _, err := Read("t.info", []byte("add_extension = 1.2.3 0x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := template.Certtool(Signed, readNow); err == nil || !strings.Contains(err.Error(), "uninitialised memory") {
		t.Errorf("got %v", err)
	}
}

// TestToASCII has the results of libidn2 2.3.3 with the flags of GnuTLS.
func TestToASCII(t *testing.T) {
	for name, want := range map[string]string{
		"":                      "",
		"Two Words_":            "Two Words_",
		"BÜCHER.Example":        "xn--bcher-kva.example",
		"faß.de":                "xn--fa-hia.de",
		"☺faß.de":               "xn--fass-zo3b.de",
		"ü..de.":                "xn--tda..de.",
		"*.ü":                   ".xn--tda",
		"a b\tü":                "xn--ab-yka",
		"℀.de":                  ".de",
		"。ü":                    ".xn--tda",
		"a\u0301.de":            "xn--1ca.de",
		"XN--BCHER-KVA.ü":       "xn--bcher-kva.xn--tda",
		"-ü":                    "",
		"ab--ü":                 "",
		"\u0301a":               "",
		"\u200d.de":             "",
		"אa.de":                 "",
		"xn--zzzzzzzz99.ü":      "",
		"a\xc3":                 "",
		strings.Repeat("ü", 64): "",
	} {
		got, err := toASCII(name)
		if got != want || (err != nil) != (want == "" && name != "") {
			t.Errorf("%q is %q, %v, want %q", name, got, err, want)
		}
	}
}
