package certtool_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The values that the options are tried with, by what the options take. What is a
// good value for one option is a bad one for others.
var (
	textValues = []string{
		"", "x", "two words", "Größe", "a,b", "a, b", "o'clock", "a_b", "user@example.com", "*.example.com",
		`"quoted"`, `'single'`, `"with ' inside"`, `"escaped \" quote"`, `a\,b`, `\first`, `"a\b"`, "ends with blanks  ",
		`"kept blanks  "`, "# no comment", "x # y", "= x", ": x", "🐨", "\"\"", "''", "#0c0178", "semi;colon", "a+b",
		strings.Repeat("long", 60), strings.Repeat("ü", 300), "a\\\nb", "\"a\\\nb\"", "\"a\nb\"", "1", "-1", "true", "\x80\xff", "tab\there",
		"C=DE,CN=x", "cn = a, O = b ,C=DE", "unclosed\"quote", "~!$%^&*()[]{}<>|`", "x\r",
	}
	numberValues = []string{
		"", "0", "1", "-1", "-2", "-3", "5", "007", "010", "0x10", "365", "3650", "99999", "2147483647", "2147483648", "4294967295",
		"4294967296", "9223372036854775807", "9223372036854775808", "-2147483648", "-2147483649", "1e3", "+7", "7x", "x7", "3.5", "- 1", "\"12\"", "12 # y", "200", "255", "256", "65535", "65536",
	}
	flagValues = []string{"", " = false", " = no", " = 0", ": 1", " =", " = \"\"", " true", "\t", "  ", "=", "\r"}
	oidValues  = []string{
		"", "1.2.3", "1.2", "1", "1.", ".1", "1..2", "0.0", "2.999.1", "3.1", "1.40", "1.39.5", "2.5.29.15", "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.21.1", "1.3.6.1.5.5.7.21.2",
		"1.2.4294967295", "1.2.4294967296", "1.2.18446744073709551616", "2.4294967295", "01.2.3", "1.02.3", "1.2.3 ", "1.2.3 x", "a.b", "-1.2", "1.2.-3", "serverAuth", "2.5.29.37.0", "1.2.840.113549.1.9.1", "\"1.2.3\"", "2.40.1", "2.16.840.1.101.3.2.1.48.1", "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20.21.22.23.24.25", "1.2,3",
	}
	hexValues = []string{"00", "0a0B", "0", "abc", "0x12", "zz", "12 34", "ff", "80", "\"0102\"", "12:34", strings.Repeat("ab", 300), "0102 # x", "7f00", "-1"}
	serials   = []string{
		"", "0", "1", "7", "007", "127", "128", "255", "256", "32767", "32768", "9223372036854775806", "9223372036854775807", "9223372036854775808", "99999999999999999999", "-1", "-5",
		"0x1", "0x01", "0x00", "0x", "0x7f", "0x0080", "0x80", "0xff", "0x0001", "0x000000", "0x1234567890abcdeffedcba0987654321abcdef12", "0x7fffffffffffffffffffffffffffffffffffffff", "0x8000000000000000000000000000000000000000", "0x1234567890abcdeffedcba0987654321abcdef1234",
		"0x12345", "0xzz", "0X12", "12x", "x", "1 2", "1.5", "+3", "0x12 34", "0x12:34", "\"8\"", " 9", "1e5", "0x1234567890abcdefABCDEF",
	}
	dateValues = []string{
		"", "2031-12-30 23:59:58", "2031-12-30", "2031-12-30T23:59:58", "2031-12-30T23:59:58Z", "2031-12-30T23:59:58+02:00", "2031-12-30 23:59:58 -0530", "@1600000000", "@-1", "@0",
		"02/03/2021", "2/3", "30 Dec 2031 10:11", "Dec 30, 2031", "30-Dec-2031", "20310203", "Wed, 03 Feb 2021 04:05:06 +0100", "tomorrow", "yesterday", "now", "today", "3 years", "+10 years", "1 month ago", "2021-02-03 + 400 days",
		"2031-02-29", "2028-02-29", "2031-13-01", "garbage", "next monday", "monday", "noon", "midnight", "10:00", "10:00 pm", "2049-12-31 23:59:59", "2050-01-01", "1949-12-31", "1950-01-01", "1900-01-01", "9999-12-31", "9999-12-30 22:59:59", "9999-12-30 23:00:00", "10000-01-01", "0000-01-01", "0001-01-01",
		"31-12-30", "70-01-01", "69-01-01", "99/12/31", "12/31/99", "2031-12-30 24:00", "2031-12-30 23:60", "2031-12-30 23:59:60", "2031-12-30 23:59:61", "2031-12-30 25:00", "2031-12-30 12:00 UTC", "2031-12-30 12:00 EST", "2031-12-30 12:00 EDT", "2031-12-30 12:00 CET DST", "TZ=\"Asia/Tokyo\" 2031-12-30 12:00", "2031-12-30 12:00 Z", "2031-12-30 12:00 A",
		"last year", "next year", "a year", "12 months", "1 fortnight", "2 weeks ago", "third day", "this week", "2031-12-30 1 day", "2031-12-30 1 day ago", "2031-12-30 +1", "2031-12-30 12", "(comment) 2031-12-30", "2031-12-30 12:00:00.5", "2031-12-30 12:00:00,999", "2031-12-30 12:00 a.m.", "12am 2031-12-30", "12pm 2031-12-30", "2031-12-30 13:00 pm", "jan 1 2031", "1 jan", "sept 3 2031", "2031/12/30", "2031-1-2", "\"2031-12-30 10:00:00\"", "2031-12-30 23:59:58 # x", "-1", "0", "1600000000", "201", "1230", "2031", "20311230T101112", "2031-12-30 -1 day", "2031-12-30 - 1 day", "tomorrow 10:00", "1 hour", "-1 hour", "2 hours ago", "90 minutes", "100 seconds",
	}
	hostValues  = []string{"", "a.example", "A.Example", "*.example", "two words", "a..b", "bücher.example", "BÜCHER.Example", "ß.example", "xn--bcher-kva.example", "xn--a.example", "日本.jp", "a\u200db.example", "ﬁ.example", "-a.example", "ü-.example", "a_ü.example", "*.ü.example", strings.Repeat("a", 64) + ".ü", strings.Repeat("ü", 64) + ".x", strings.Repeat("ab.", 100) + "ü", "ü..x", ".ü", "ü.", "localhost", "192.0.2.1", "☃.net", "\u0300a.x", "\xfc.x", "e\u0301.x", "ÀÉ.X", "a b.ü", "faß.de", "ς.gr", "１.x", "a。ü", "שלום.il", "aש.il", "ـ.x", "٠۰.x", "·l.x", "l·l.ü", "\u00ad.ü", "a@ü.x", "xn--ü.x", "ü--a.x", "ab--ü.x", "🐨.x", "🐨", "#ü", "ü/x:1"}
	uriValues   = []string{"", "https://example.com/", "x", "a b", "http://bücher.example/", "http://x/ü", "http://x/%20", "urn:uuid:1", "HTTP://EXAMPLE.COM/A", "http://[2001:db8::1]/", "x\ty", "~", "http://x/a,b;c?d=e&f#g", "\"http://x/#y\"", "\x7f", "ldap://x/cn=y,c=z?a?b", "mailto:a@b"}
	emailValues = []string{"", "a@example.com", "A@Example.COM", "a", "@example.com", "a@", "a@b@c", "ä@example.com", "a@bücher.example", "a b@example.com", "a@BÜCHER.example", "a@x y", "\"a@b\"", "a@ü..x", "@ü.x", "a@b@ü.x", "a.b+c@ß.de", "a@" + strings.Repeat("ü", 64) + ".x"}
	ipValues    = []string{"", "192.0.2.1", "192.0.2", "192.0.2.256", "192.0.2.1.1", "192.000.002.001", "0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::1", "2001:DB8::1", "2001:db8::g", "2001:db8:0:0:0:0:0:1", "2001:db8:0:0:0:0:0:0:1", "::ffff:192.0.2.1", "fe80::1%eth0", "[::1]", "192.0.2.1/24", "192.0.2.1 ", "x", "1", "0x7f.1", "127.1", "192.0.2.1:80", "1:2:3:4:5:6:7::", "1::2::3", "::1.2.3.4", "12345::", "1234567890.1234567890", "\"10.0.0.1\"", "192.0.2.01", "192.0.2.+1", "-1.0.0.0"}
	cidrValues  = []string{"", "192.0.2.0/24", "192.0.2.77/24", "192.0.2.0", "192.0.2.0/0", "192.0.2.0/32", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/x", "192.0.2.0/", "192.0.2.0/24x", "192.0.2.0/024", "0.0.0.0/0", "2001:db8::/32", "2001:db8::1/64", "2001:db8::/128", "2001:db8::/129", "2001:db8::", "::/0", "192.0.2/24", "192.0.2.0/255.255.255.0", "192.0.2.0 /24", "192.0.2.0/ 24", "192.0.2.0/+24", "/24", "x/24", "::ffff:192.0.2.0/120", "192.0.2.0/24/24", "2001:db8:1234:5678:9abc:def0:1234:5678/61", "10.1.2.3/9", "192.0.2.0/4294967320"}
	krbValues   = []string{"", "u@R", "a/b@R", "a/b/c@R", "a/b/c/d/e/f@R", "a/b/c/d/e/f/g@R", "krbtgt/R@R", "u@d@R", "a/b@c@R", "u", "@R", "u@", "@", "@@", "u@@R", "/@R", "a/@R", "ü@R", "u@Ü", "a b@R", "krbtgt@R", "krbtgt/a/b@R", "K/M@R", "u\\@d@R", "WELLKNOWN/ANONYMOUS@R", "kadmin/admin@R", "a//b@R"}
	dnValues    = []string{
		"", "CN=x", "cn=x,o=y,c=de", "CN = x , O = y", "CN=x,", ",CN=x", "CN=x,,O=y", "CN=", "=x", "CN", "CN=x;O=y", "CN=x+O=y", "CN=a\\,b", "CN=\"a,b\"", "CN=#0c0178", "1.2.3.4=#0c0178", "1.2.3.4=x", "2.5.4.3=x", "2.5.4.9=street", "commonName=x", "emailAddress=a@b", "EMAIL=a@b", "email=ü@b", "DC=com,DC=example", "UID=u", "S=x", "ST=x", "street=x,title=t,description=d", "serialNumber=1_2,telephoneNumber=+49 1",
		"surName=s,initials=i,generationQualifier=jr,givenName=g", "pseudonym=p,dnQualifier=q,postalCode=1,name=n", "businessCategory=b,placeOfBirth=p,gender=m", "countryOfCitizenship=DE,countryOfResidence=FR", "userPrincipalName=u@x,XmppAddr=x@y", "jurisdictionOfIncorporationLocalityName=l,jurisdictionOfIncorporationStateOrProvinceName=s,jurisdictionOfIncorporationCountryName=DE", "OGRN=123,SNILS=456,OGRNIP=789,INN=012", "C=Deutschland", "C=ü", "CN=Größe", "CN=a=b", "CN= x  y ", "\"CN=x,O=y\"", "CN=#zz", "CN=#", "CN=#0", "OID.2.5.4.3=x", "cn=x,cn=y", "CN=x, ", "dc=ü", "CN=x y z,OU=*,OU=_", "2.5.4.65=jackal", "2.5.4.999=x", "CN=#3003020101", "DNQUALIFIER=x", "CN=x\tO=y", "CN=\xff", "c = DE, st = Hessen , l=Kassel,o = a b , ou=c, cn=d",
		"XmppAddr=#0c0178", "CN=x,1.2.3=#05 00", "CN=#0500,O=y", "CN=#0C0178", "CN =x", "C N=x", "CN=x=", "CN=,O=y", "CN= ,O=y", "CN=x ;O", "cn=+", "cn=<x>", "cn=\\23x", "cn='x'", "CN=" + strings.Repeat("x", 300), "L=x,T=y", "title=Dr.", "SN=x", "GN=x", "postalCode=12345,street=a 1",
	}
	extensionPairs = []string{
		"", "1.2.3.4", "1.2.3.4 ", "1.2.3.4 0500", "1.2.3.4 0x0500", "1.2.3.4 05 00", "1.2.3.4  0500", "1.2.3.4\t0500", "1.2.3.4 octet_string(0500)", "1.2.3.4 octet_string(0x0500)", "1.2.3.4 octet_string(0500", "1.2.3.4 utf8(x)", "1.2.3.4 octet_string 0500", "1.2.3.4 OCTET_STRING(0500)", "1.2.3.4 octet_string(zz)", "1.2.3.4 zz", "1.2.3.4 0", "1.2.3.4 05:00", "1.2.3.4 octet_string(0500) x", "x 0500", "1 0500", "1.2 0500", "1.2.3.4294967296 0500", "2.999 0500", "3.1 0500", "1.50 0500",
		"2.5.29.19 3000", "2.5.29.15 03020780", "2.5.29.17 300482026162", "2.5.29.14 0401aa", "2.5.29.35 3000", "2.5.29.37 300a06082b06010505070301", "2.5.29.31 3000", "1.3.6.1.5.5.7.1.1 3000", "2.5.29.32 3000", "2.5.29.30 3000", "2.5.29.54 020105", "1.3.6.1.5.5.7.1.24 3003020105", "1.3.6.1.5.5.7.1.14 300c300a06082b06010505071501", "\"1.2.3.4 0500\"", "1.2.3.4 \"0500\"", "1.2.3.4 " + strings.Repeat("ab", 700), "1.2.3.4 ffff", "\"1.2.3.4 octet_string(cafe)\"", "1.2.3.4 octet_string(0)", "1.2.3.4 octet_string(CAFE)x", "1.2.3.4 )(", "1.2.3.4 (0500)", "2.5.29.19 30030101ff", "2.5.29.17 3000", "2.5.29.17 0500", "2.5.29.15 0500", "2.5.29.37 0500", "2.5.29.31 0500", "2.5.29.30 0500",
	}
	namePairs = []string{
		"", "1.2.3.4", "1.2.3.4 ", "1.2.3.4 text", "1.2.3.4 two words", "1.2.3.4\ttext", "1.2.3.4 Größe", "1.2.3.4  0500", "1.2.3.4 0500", "1.2.3.4 0x0500", "x text", "1 text", "1.2 0500", "1.3.6.1.5.5.7.8.5 a@b", "1.3.6.1.5.5.7.8.9 ü@b", "1.3.6.1.4.1.311.20.2.3 u@d", "1.3.6.1.5.2.2 3000", "2.999 0500", "1.2.3.4 zz", "1.2.3.4 0", "\"1.2.3.4 text\"", "1.2.3.4 30", "1.2.3.4 ff", "1.2.3.4 0c0178", "1.2.3.4 \xff", "1.2.3.4 0c01780c0179", "1.2.3.4294967296 0500",
	}
	dnPairs     = []string{"", "2.5.4.12", "2.5.4.12 Dr.", "2.5.4.12 ", "2.5.4.65 jackal", "2.5.4.3 cn", "2.5.4.6 DE", "2.5.4.6 Deutschland", "2.5.4.6 ü", "1.2.3.4 x", "cn x", "CN x", "2.5.4.5 1_2", "2.5.4.20 +49", "1.3.6.1.4.1.311.60.2.1.3 DE", "0.9.2342.19200300.100.1.25 ü", "1.2.840.113549.1.9.1 a@b", "1.2.643.100.1 1x", "2.5.4.12 Größe", "2.5.4.12\tDr.", "2.5.4.12 Dr. # x", "2.5.4.12 \"x\"", "\"2.5.4.12 x\"", "2.5.4.97 NTRDE-1", "2.5.4.12 #0c0178", "2.5.4.3 " + strings.Repeat("x", 300), "1.3.6.1.5.5.7.8.5 x@y", "1.3.6.1.4.1.311.20.2.3 u@d", "2.5.4.17 1", "2.5.4.16 x", "2.5.4.45 x", "2.5.4.13 d"}
	policyTexts = []string{"", "short", strings.Repeat("x", 200), strings.Repeat("x", 201), strings.Repeat("ü", 100), strings.Repeat("ü", 101), "Größe", "🐨", "\xff", "\"a\nb\"", "a, b"}
)

// flagOptions are the options that take no value.
var flagOptions = []string{
	"ca",
	"signing_key",
	"encryption_key",
	"key_agreement",
	"data_encipherment",
	"non_repudiation",
	"cert_signing_key",
	"crl_signing_key",
	"tls_www_server",
	"tls_www_client",
	"code_signing_key",
	"email_protection_key",
	"time_stamping_key",
	"ocsp_signing_key",
	"ipsec_ike_key",
	"honor_crq_extensions",
}

// optionValues holds every other option of the language with the values to try.
var optionValues = map[string][]string{
	"country": textValues, "state": textValues, "locality": textValues, "organization": textValues, "o": textValues,
	"unit": textValues, "ou": textValues, "cn": textValues, "uid": textValues, "dc": textValues, "dn_oid": dnPairs,
	"pkcs9_email": emailValues, "dn": dnValues,

	"serial": serials, "expiration_days": numberValues, "expiration_date": dateValues, "activation_date": dateValues,

	"path_len": numberValues,

	"key_purpose_oid": oidValues,

	"dns_name": hostValues, "uri": uriValues, "ip_address": ipValues, "email": emailValues,
	"other_name": namePairs, "other_name_octet": namePairs, "other_name_utf8": namePairs,
	"xmpp_name": append(emailValues, hostValues...), "krb5_principal": krbValues,

	"crl_dist_points": uriValues, "ocsp_uri": uriValues, "ca_issuers_uri": uriValues,
	"policy1": oidValues, "policy1_txt": policyTexts, "policy1_url": uriValues,
	"policy2": oidValues, "policy8": oidValues, "policy9": oidValues,
	"inhibit_anypolicy_skip_certs": numberValues,
	"nc_permit_dns":                hostValues, "nc_exclude_dns": hostValues,
	"nc_permit_email": emailValues, "nc_exclude_email": emailValues,
	"nc_permit_ip": cidrValues, "nc_exclude_ip": cidrValues,
	"tls_feature": numberValues, "add_extension": extensionPairs, "add_critical_extension": extensionPairs,
	"subject_unique_id": hexValues, "issuer_unique_id": hexValues,
	"honor_crq_ext": oidValues, "proxy_policy_language": oidValues,

	"challenge_password": textValues, "password": textValues, "pkcs12_key_name": textValues,
	"crl_next_update": numberValues, "crl_next_update_date": dateValues, "crl_this_update_date": dateValues,
	"crl_revocation_date": dateValues, "crl_number": serials,
}

// companions are what an option needs beside it to have an effect.
var companions = map[string]string{
	"path_len": "ca\n", "cert_signing_key": "ca\n", "crl_signing_key": "ca\n",
	"nc_permit_dns": "ca\n", "nc_exclude_dns": "ca\n", "nc_permit_email": "ca\n", "nc_exclude_email": "ca\n",
	"nc_permit_ip": "ca\n", "nc_exclude_ip": "ca\n",
	"policy1_txt": "policy1 = 1.2.3\n", "policy1_url": "policy1 = 1.2.3\n",
	"policy2": "policy1 = 1.2.3\n",
}

// sweepKinds are the calls that every option is tried with.
var sweepKinds = []string{"self", "signed", "request", "from-request", "crl", "update", "proxy"}

// sweep lists each option with each of its values, alone and with what it needs.
func sweep() []differentialCase {
	var all []differentialCase
	add := func(option string, i int, line string) {
		c := differentialCase{
			name: fmt.Sprintf("sweep/%s-%d", option, i), kinds: sweepKinds, zone: "UTC", template: []byte(line),
		}
		all = append(all, c)
		if with := companions[option]; with != "" {
			c.name += "-with"
			c.template = []byte(with + line)
			all = append(all, c)
		}
	}
	for _, option := range flagOptions {
		for i, value := range flagValues {
			add(option, i, option+value+"\n")
		}
	}
	for _, option := range slices.Sorted(maps.Keys(optionValues)) {
		for i, value := range optionValues[option] {
			add(option, i, option+" = "+value+"\n")
		}
	}
	return all
}
