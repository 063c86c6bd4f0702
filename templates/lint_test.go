package templates

import (
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var lintNow = time.Date(2026, 8, 15, 12, 0, 0, 0, time.UTC)

// TestLint has a template for every code, and where and how bad it is found.
func TestLint(t *testing.T) {
	authority := &x509.Certificate{NotAfter: lintNow.AddDate(0, 0, 100)}
	sound := "cn = x\ntls_www_server\nsigning_key\nencryption_key\ndns_name = x.example\nexpiration_days = 10\n"
	many := func(n int, line string) string { return strings.Repeat(line+"\n", n) }
	for _, test := range []struct {
		text string
		role Role
		want []string
	}{
		{sound, Server, nil},
		{"ca\ncert_signing_key\ncrl_number = 1\nchallenge_password = x\npassword = y\nproxy_policy_language = 1.2.3\nhonor_crq_extensions", "", nil},
		{"\ufeffcn = x", "", []string{"1:1 error byte-order-mark"}},
		{"cn = x\n[x]", "", []string{"2:1 error unreadable-rest"}},
		{"cn = x\r\n", "", []string{"1:7 error carriage-return"}},
		{"cn = x\x00", "", []string{"1:7 error zero-byte"}},
		{"cn = \xe9", "", []string{"1:6 error not-utf8"}},
		{"cn = \xff", "", []string{"1:1 error empty-value", "1:6 error not-utf8"}},
		{`cn = a\,b`, "", []string{"1:7 error lost-backslash"}},
		{`cn = "x`, "", []string{"1:6 error unclosed-quote"}},
		{"cn = \"a\tb\"", "", []string{"1:6 error control-character"}},
		{"cn = x ", "", []string{"1:7 error trailing-blanks"}},
		{"cn == x", "", []string{"1:5 error second-delimiter"}},
		{"cn = x # y", "", []string{"1:8 error trailing-comment"}},
		{"foo = x", "", []string{"1:1 error unknown-option"}},
		{"policy9 = 1.2", "", []string{"1:1 error unknown-option"}},
		{"CN = x", "", []string{"1:1 error wrong-case"}},
		{"ca = no\ncert_signing_key", "", []string{"1:1 error flag-value"}},
		{"cn =", "", []string{"1:1 error empty-value"}},
		{"country = Germany", "", []string{"1:1 error bad-value"}},
		{"ca\ncert_signing_key\npath_len = one", "", []string{"3:1 error not-a-number"}},
		{"tls_feature = must", "", []string{"1:1 error not-a-number"}},
		{"expiration_days = 30d", "", []string{"1:1 error not-a-number"}},
		{"expiration_days = soon", "", []string{"1:1 error days-replaced"}},
		{"expiration_days = 0x10", "", []string{"1:1 error days-replaced"}},
		{"expiration_days = 0", "", []string{"1:1 error days-replaced"}},
		{"crl_next_update = 0", "", []string{"1:1 error days-replaced"}},
		{"serial = 0xff", "", []string{"1:1 error negative-serial"}},
		{"activation_date = 02/03/2021", "", []string{"1:1 warning ambiguous-date"}},
		{"activation_date = 2021-02-03 10:11 +1 day", "", []string{"1:1 warning ambiguous-date"}},
		{"cn = x\ncn = y", "", []string{"2:1 error repeated"}},
		{"ou = x\nunit = y", "", []string{"2:1 error alias-pair"}},
		{many(130, "dns_name = x"), "", []string{"129:1 error too-many-values"}},
		{many(65, "dn_oid = 2.5.4.12 x"), "", []string{"65:1 error too-many-values"}},
		{"policy1 = 1.2\npolicy3 = 1.3", "", []string{"2:1 error policy-gap"}},
		{"policy2_txt = x", "", []string{"1:1 error policy-gap"}},
		{"cert_signing_key", "", []string{"1:1 error no-effect"}},
		{"nc_permit_dns = x.example", "", []string{"1:1 error no-effect"}},
		{"path_len = 1", "", nil}, // of a proxy
		{"tls_www_client\nexpiration_days = 5\ncrl_number = 1", Client, []string{"3:1 error no-effect"}},
		{sound + "email = a@example.org", Server, []string{"7:1 warning no-effect"}},
		{"expiration_days = 3\nexpiration_date = 2031-01-01", "", []string{"1:1 error two-ends"}},
		{"activation_date = 2032-01-01\nexpiration_date = 2031-01-01", "", []string{"2:1 error reversed-validity"}},
		{"tls_www_client\nactivation_date = 2032-01-01\nexpiration_days = 30", Client, []string{"3:1 warning reversed-validity"}},
		{"cn = x\ntls_www_server\nsigning_key\nexpiration_days = 10", "", []string{"2:1 warning missing-san"}},
		{"cn = x\ntls_www_server\nip_address = 192.0.2.1", "", []string{"2:1 warning missing-usage"}},
		{"cn = x\nca", "", []string{"2:1 warning missing-usage"}},
		{"cn = x\nexpiration_days = 10", Client, []string{"1:1 warning missing-usage"}},
		{sound + "ca\ncert_signing_key", Server, []string{"7:1 warning bad-value"}},
		{"tls_www_client", Client, []string{"1:1 warning beyond-ca"}},
		{"tls_www_client\nexpiration_date = 2031-01-01", Client, []string{"2:1 warning beyond-ca"}},
		{"tls_www_client\nexpiration_days = -1", Client, []string{"2:1 warning beyond-ca"}},
	} {
		var got []string
		options := LintOptions{For: test.role, Now: lintNow}
		if test.role != "" {
			options.Authority = authority
		}
		for _, finding := range Lint("t.info", []byte(test.text), options) {
			got = append(got, fmt.Sprintf("%d:%d %s %s", finding.At.Line, finding.At.Column, finding.Severity, finding.Code))
			if finding.File != "t.info" || finding.Reason == "" {
				t.Errorf("%q: not explained: %+v", test.text, finding.Error)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%.80q as %q:\n%s", test.text, test.role, diff)
		}
	}
}

// TestReadWarns compares the warnings of Read: certtool's own, and its silent traps,
// but nothing that only vncsec demands.
func TestReadWarns(t *testing.T) {
	for text, want := range map[string][]string{
		"cn = x\n":                  nil,
		"country = Germany":         nil, // no trap: it is in the certificate as it looks
		"foo = 1\nca\nca":           {"Warning: skipping unknown option 'foo'", "Warning: multiple options found for 'ca'; only the first will be taken into account.", "Warning: t.info:2:1: ca: certtool makes an authority that may sign no certificates (add cert_signing_key)"},
		"CN = x":                    {`Warning: t.info:1:1: unknown option "CN": certtool skips it without a word, names are in lower case (did you mean "cn"?)`},
		"policy_foo = x":            {`Warning: t.info:1:1: unknown option "policy_foo"`},
		"ca = no\ncert_signing_key": {`Warning: t.info:1:1: ca: certtool switches a flag on whatever its value, here "no" (leave the line out to switch it off)`},
		"expiration_days = x":       {`Warning: t.info:1:1: expiration_days: "x" is not a decimal number: certtool takes 365 days for it (write a number from 1 on, or -1 for no end)`},
	} {
		_, warnings, err := Read("t.info", []byte(text))
		var got []string
		for _, warning := range warnings {
			got = append(got, warning.String())
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v\n%s", text, err, diff)
		}
	}
}

// FuzzLint looks for templates that stop Lint or certtool's reading, and holds both
// together with Parse.
func FuzzLint(f *testing.F) {
	for _, test := range grammar {
		f.Add(test.text)
	}
	f.Add("policy1 = 1.2\ndn = CN=#0c0161,O=x\nkrb5_principal = a/b@C\nnc_permit_ip = ::/0\ndns_name = bücher.de\nca\nserial = 0xff")
	f.Add("dn = 1.2.3=#30800000\nadd_extension = 1.2 octet_string(00)\ntls_feature = 5\nother_name = 1.2 00\nchallenge_password = ü")
	f.Fuzz(func(t *testing.T, text string) {
		errors := 0
		for _, finding := range Lint("fuzz.info", []byte(text), LintOptions{For: Server, Now: lintNow}) {
			if finding.Severity == Fault {
				errors++
			}
		}
		if _, err := Parse("fuzz.info", []byte(text)); (err == nil) != (errors == 0) {
			t.Fatalf("Lint finds %d errors, Parse %v", errors, err)
		}
		template, _, err := Read("fuzz.info", []byte(text))
		if err != nil {
			return
		}
		for purpose := SelfSigned; purpose <= PKCS12; purpose <<= 1 {
			profile, err := template.Certtool(purpose, lintNow)
			if (profile == nil) == (err == nil) {
				t.Fatalf("%s: %v, %v", purpose, profile, err)
			}
		}
	})
}

// BenchmarkLint reads and lints the server template of QEMU's manual.
func BenchmarkLint(b *testing.B) {
	text := []byte("organization = Name of your organization\ncn = server.foo.example.com\ndns_name = server.foo.example.com\ntls_www_server\nencryption_key\nsigning_key\n")
	for b.Loop() {
		if len(Lint("server.info", text, LintOptions{For: Server, Now: lintNow})) > 0 {
			b.Fatal("it has findings")
		}
	}
}
