package certtool_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// noDigits finds hexadecimal values without digits, of which no two runs of certtool
// make the same (see differences.md).
var noDigits = regexp.MustCompile(`(?m)unique_id[\s:=]*(["']|$)|extension.*0x\s*["']?$`)

// generator makes templates at random, the same ones for the same seed.
type generator struct{ *rand.Rand }

func newGenerator(seed uint64) generator { return generator{rand.New(rand.NewPCG(seed, 0))} }

// randomCase is a template with a call for it.
func (g generator) randomCase(name string) differentialCase {
	c := differentialCase{
		name:  name,
		kinds: []string{g.pick(slices.Sorted(maps.Keys(kinds)))},
		files: map[string]string{},
		zone:  "UTC",
	}
	if g.one(10) {
		c.zone = g.pick([]string{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati"})
	}
	if g.one(3) {
		c.files["key"] = g.pick([]string{"p256", "p384", "p521", "ed25519", "ed448", "pss", "pss384", "dsa", "x25519"})
	}
	if g.one(4) {
		name := g.pick([]string{"p256", "p384", "ed25519", "pss", "pss384", "dsa"})
		c.files["ca"], c.files["cakey"] = name+"-ca", name
	} else if g.one(4) {
		c.files["ca"] = g.pick([]string{"v1ca", "umlautca"})
	}
	c.files["csr"] = g.pick([]string{"plain", "full", "bare", "ca", "p256"})
	if c.kinds[0] == "self-request" {
		delete(c.files, "key")
		c.files["csr"] = g.pick([]string{"plain", "full", "bare", "ca"})
	}
	c.files["crl"] = g.pick([]string{"base", "empty"})
	c.files["cert"] = g.pick([]string{"leaf", "full", "full", "v1"})
	c.args = g.arguments()
	for c.template == nil || noDigits.Match(c.template) {
		c.template = []byte(g.template())
	}
	return c
}

func (g generator) arguments() []string {
	var args []string
	if g.one(15) {
		args = append(args, "--v1")
	}
	if g.one(10) {
		args = append(args, "--hash", g.pick([]string{"sha1", "sha224", "sha256", "SHA384", "sha512", "md5", "rmd160", "sha3-256", "nonsense"}))
	}
	if g.one(15) {
		args = append(args, "--no-crq-extensions")
	}
	if g.one(20) {
		args = append(args, "--sign-params", g.pick([]string{"rsa-pss", "nonsense"}))
	}
	return args
}

// template is some options, most with good values, in any way of writing.
func (g generator) template() string {
	var b strings.Builder
	if g.one(3) { // so that the whole of it is the same in each run
		b.WriteString("serial = 5\nactivation_date = 2020-02-03 04:05:06\nexpiration_date = 2040-02-03 04:05:06\n")
	}
	for range 1 + g.IntN(12) {
		b.WriteString(g.line())
	}
	text := b.String()
	if g.one(20) {
		text = g.damage(text)
	}
	return text
}

// line is an option, or something else that can stand in a template.
func (g generator) line() string {
	switch g.IntN(30) {
	case 0:
		return "# cn = comment\n"
	case 1:
		return "\n"
	case 2:
		return g.pick([]string{"unknown = 1\n", "CN = capital\n", "policy_x = 1\n", "Policy1 = 1.2.3\n", "cn:x = 1\n", "policy1_foo = x\n", "_x\n", "dns-name = x\n", "ca;\n"})
	case 3:
		return g.policies()
	}
	if g.one(3) {
		return g.indent() + g.pick(flagOptions) + g.pick(flagValues) + "\n"
	}
	option := g.pick(slices.Sorted(maps.Keys(optionValues)))
	value := g.pick(optionValues[option])
	if good := goodValues[option]; good != nil && !g.one(5) {
		value = g.pick(good)
	}
	if g.one(40) {
		value = g.pick(optionValues[g.pick(slices.Sorted(maps.Keys(optionValues)))])
	}
	end := "\n"
	if g.one(60) {
		end = g.pick([]string{" \n", "\r\n", "\\\n", " # x\n", "\n\n", " "})
	}
	return companions[option] + g.indent() + option + g.delimiter() + value + end
}

// policies are several in a row, which certtool reads up to the first gap.
func (g generator) policies() string {
	var b strings.Builder
	for range 1 + g.IntN(4) {
		n := 1 + g.IntN(5)
		fmt.Fprintf(&b, "policy%d = 1.2.3.%d\n", n, n)
		if g.one(2) {
			fmt.Fprintf(&b, "policy%d_txt = %s\n", n, g.pick(policyTexts))
		}
		if g.one(2) {
			fmt.Fprintf(&b, "policy%d_url = http://x/%d\n", n, n)
		}
	}
	return b.String()
}

func (g generator) delimiter() string {
	if g.one(4) {
		return g.pick([]string{"=", ": ", " ", "\t", " : ", "\t=\t", ":=", " = = "})
	}
	return " = "
}

func (g generator) indent() string {
	if g.one(8) {
		return g.pick([]string{" ", "\t", "    ", "\v", "\f", "\r", "\b"})
	}
	return ""
}

// damage changes some bytes.
func (g generator) damage(text string) string {
	bytes := []byte(text)
	for range 1 + g.IntN(4) {
		i := g.IntN(len(bytes))
		switch g.IntN(4) {
		case 0:
			bytes[i] = "\x01\x80\xff\"'\\\n\r\t #=:[1a"[g.IntN(16)]
		case 1:
			bytes = slices.Delete(bytes, i, i+1)
		case 2:
			bytes = slices.Insert(bytes, i, []byte(g.pick([]string{"\"", "'", "\\", "\n", "\xef\xbb\xbf", "\r\n", "#", " ", "="}))...)
		case 3:
			bytes = bytes[:i]
		}
		if len(bytes) == 0 {
			break
		}
	}
	return string(bytes)
}

func (g generator) one(in int) bool { return g.IntN(in) == 0 }

func (g generator) pick(values []string) string { return values[g.IntN(len(values))] }

// goodValues are those that certtool accepts, for options with which most of the
// others end a run.
var goodValues = map[string][]string{
	"country": {"DE", "Deutschland", "x y"}, "state": {"Hessen", "Größe", "o'x"}, "locality": {"Kassel", "a_b"},
	"organization": {"Org", "Two  Words", "Größe", "a,b"}, "o": {"short"}, "unit": {"Unit", "\"quoted # unit\""}, "ou": {"u"},
	"cn": {"name", "a.example", "ü"}, "uid": {"u", "u_1"}, "dc": {"example", "com", "ü"},
	"dn_oid":      {"2.5.4.12 Dr.", "2.5.4.65 jackal", "2.5.4.5 1_2", "2.5.4.12 Größe"},
	"pkcs9_email": {"a@b.example"}, "dn": {"CN=x,O=y,C=DE", "cn = a, 2.5.4.9=s", "CN=#0c0178,OU=z", "serialNumber=1,DC=a"},
	"serial":          {"1", "007", "0x7f", "128", "0x0080", "0x1234567890abcdeffedcba0987654321abcdef12"},
	"expiration_days": {"1", "30", "-1", "-2", "99999", "0", "x"},
	"expiration_date": {"2031-12-30 23:59:58", "2055-01-01", "2031-12-30", "@1900000000", "9999-12-31", "+10 years"},
	"activation_date": {"2021-12-30 23:59:58", "2021-12-30T23:59:58+02:00", "@1600000000", "yesterday", "2051-01-01"},
	"key_purpose_oid": {"1.2.3.4", "1.3.6.1.5.5.7.3.1", "2.999"},
	"ip_address":      {"192.0.2.1", "2001:db8::1", "::ffff:1.2.3.4"}, "uri": {"https://x.example/", "x"},
	"dns_name": {"a.example", "bücher.example", "*.b.example", "two words"}, "email": {"a@b.example", "a@ü.example", "A@B"},
	"other_name": {"1.2.3.4 0500", "1.2.3.4 0c0178"}, "other_name_octet": {"1.2.3.4 text", "1.2.3 ü"},
	"other_name_utf8": {"1.2.3.4 text", "1.3.6.1.5.5.7.8.5 a@b"}, "xmpp_name": {"a@b.example", "plain"},
	"krb5_principal":  {"u@R", "a/b@R", "krbtgt/R@R", "u@d@R"},
	"crl_dist_points": {"http://x/crl", "http://y/crl"}, "ocsp_uri": {"http://x/ocsp"}, "ca_issuers_uri": {"http://x/ca"},
	"policy1": {"1.2.3", "2.999.1"}, "policy1_txt": {"text", "Größe"}, "policy1_url": {"http://x/"},
	"policy2": {"1.2.4"}, "inhibit_anypolicy_skip_certs": {"0", "1", "128", "-1", "70000"},
	"nc_permit_dns": {"example.com", ".example.com", "", "ü"}, "nc_exclude_dns": {"example.org"},
	"nc_permit_email": {"a@b", "example.com"}, "nc_exclude_email": {".example.com"},
	"nc_permit_ip": {"192.0.2.77/24", "2001:db8::/32"}, "nc_exclude_ip": {"10.0.0.0/8", "::/0"},
	"tls_feature": {"5", "17", "x", "-1", "300"}, "add_extension": {"1.2.3.4 0500", "1.2.3.5 octet_string(00)", "2.5.29.17 300482026162", "2.5.29.15 03020780", "2.5.29.37 300a06082b06010505070301"},
	"add_critical_extension": {"1.2.3.4 0500", "1.2.3.5 octet_string(00)", "2.5.29.19 30030101ff"},
	"subject_unique_id":      {"0102", "ff"}, "issuer_unique_id": {"00", "abcd"},
	"honor_crq_ext": {"2.5.29.17", "2.5.29.15", "2.5.29.37", "1.2.3.5", "1.2.3.9", "2.5.29.19", "1.3.6.1.5.5.7.1.24"}, "proxy_policy_language": {"1.3.6.1.5.5.7.21.1", "1.3.6.1.5.5.7.21.2", "1.2.3"},
	"crl_next_update": {"1", "43", "-1", "x"}, "crl_next_update_date": {"2041-01-01", "2055-01-01"},
	"crl_this_update_date": {"2021-01-01", "yesterday"}, "crl_revocation_date": {"2020-01-01 10:00", "2051-01-01"},
	"crl_number": {"5", "0x1234", "128"},
}
