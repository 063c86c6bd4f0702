package certtool_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fixtures is the folder with what the cases load. The real certtool makes it, so
// that nothing in it depends on what is tested.
type fixtures struct{ dir string }

// fixtureFiles says how the files are made: by name, certtool's arguments and,
// where there is one, the template. %s is the folder. Dates and serials are fixed.
var fixtureFiles = []struct{ name, args, template string }{
	// Keys. The RSA ones have 2048 bits, which are made quickly.
	{"rsa.key", "--generate-privkey --key-type rsa --bits 2048", ""},
	{"ca.key", "--generate-privkey --key-type rsa --bits 2048", ""},
	{"p256.key", "--generate-privkey --key-type ecdsa --curve secp256r1", ""},
	{"p384.key", "--generate-privkey --key-type ecdsa --curve secp384r1", ""},
	{"p521.key", "--generate-privkey --key-type ecdsa --curve secp521r1", ""},
	{"ed25519.key", "--generate-privkey --key-type ed25519", ""},
	{"ed448.key", "--generate-privkey --key-type ed448", ""},
	{"x25519.key", "--generate-privkey --key-type x25519", ""},
	{"pss.key", "--generate-privkey --key-type rsa-pss --bits 2048", ""},
	{"pss384.key", "--generate-privkey --key-type rsa-pss --bits 2048 --hash sha384", ""},
	{"dsa.key", "--generate-privkey --key-type dsa --bits 2048", ""},

	// Authorities: the usual one, others with keys of other types, one whose
	// certificate is that of no authority, one of version 1 (and so without a key
	// identifier).
	{"ca.pem", "--generate-self-signed --load-privkey %s/ca.key", authorityTemplate},
	{"p256-ca.pem", "--generate-self-signed --load-privkey %s/p256.key", authorityTemplate},
	{"p384-ca.pem", "--generate-self-signed --load-privkey %s/p384.key", authorityTemplate},
	{"ed25519-ca.pem", "--generate-self-signed --load-privkey %s/ed25519.key", authorityTemplate},
	{"pss-ca.pem", "--generate-self-signed --load-privkey %s/pss.key", authorityTemplate},
	{"pss384-ca.pem", "--generate-self-signed --load-privkey %s/pss384.key", authorityTemplate},
	{"dsa-ca.pem", "--generate-self-signed --load-privkey %s/dsa.key", authorityTemplate},
	{"leafca.pem", "--generate-self-signed --load-privkey %s/rsa.key", "cn = no authority\n" + fixedDates},
	{"v1ca.pem", "--generate-self-signed --load-privkey %s/ca.key --v1", "cn = version 1\n" + fixedDates},
	{"umlautca.pem", "--generate-self-signed --load-privkey %s/ca.key", "ca\ncert_signing_key\norganization = Größe\ncountry = DE\n" + fixedDates},

	// Certificates to update, to revoke, and to issue proxies with.
	{"leaf.pem", signed, "cn = leaf\ndns_name = leaf.example\nsigning_key\nencryption_key\ntls_www_server\n" + fixedDates},
	{"revoked.pem", signed, "cn = revoked\nserial = 0x0badc0de\n" + fixedDates},
	{"v1.pem", signed + " --v1", "cn = version 1\n" + fixedDates},
	{"full.pem", signed, fullTemplate + fixedDates},

	// Requests.
	{"plain.csr", "--generate-request --load-privkey %s/rsa.key", "cn = plain\n"},
	{"full.csr", "--generate-request --load-privkey %s/rsa.key", fullTemplate},
	{"bare.csr", "--generate-request --load-privkey %s/rsa.key --no-crq-extensions", "organization = Bare\nou = b\nou = a\ncn = bare\n"},
	{"ca.csr", "--generate-request --load-privkey %s/rsa.key", "cn = sub\nca\npath_len = 1\ncert_signing_key\ncrl_signing_key\nadd_critical_extension = 1.2.3.9 0500\n"},
	{"p256.csr", "--generate-request --load-privkey %s/p256.key", "cn = curve\ndns_name = curve.example\nemail = a@curve.example\ntls_www_client\ncode_signing_key\n"},

	{"arcs.csr", "--generate-request --load-privkey %s/rsa.key", arcsTemplate + "policy1 = 1.2.18446744073709551616\n"},
	{"arcsca.pem", "--generate-self-signed --load-privkey %s/ca.key", "cn = large arcs\nca\n" + arcsTemplate + fixedDates},

	// Revocation lists.
	{"base.crl", "--generate-crl --load-ca-certificate %s/ca.pem --load-ca-privkey %s/ca.key --load-certificate %s/leaf.pem", listTemplate},
	{"empty.crl", "--generate-crl --load-ca-certificate %s/ca.pem --load-ca-privkey %s/ca.key", listTemplate},
}

const (
	fixedDates        = "activation_date = 2020-01-02 03:04:05\nexpiration_date = 2048-01-02 03:04:05\n"
	authorityTemplate = "cn = Test Authority\norganization = Differences\ncountry = DE\nserial = 7\nca\ncert_signing_key\ncrl_signing_key\n" + fixedDates
	signed            = "--generate-certificate --load-ca-certificate %s/ca.pem --load-ca-privkey %s/ca.key --load-privkey %s/rsa.key"
	listTemplate      = "crl_number = 3\ncrl_this_update_date = 2021-01-02\ncrl_next_update_date = 2047-01-02\ncrl_revocation_date = 2020-06-07\n"

	// arcsTemplate has numbers in object identifiers that do not fit into 31 bits.
	arcsTemplate = "add_extension = 1.2.3.4294967295.7 0500\nadd_extension = 2.999.4294967296 0500\nkey_purpose_oid = 1.2.9223372036854775807\n"

	// fullTemplate asks for every kind of extension that a request can hold.
	fullTemplate = `country = DE
state = Hessen
locality = Kassel
organization = Full
unit = Half
cn = full
uid = u
dc = example
dns_name = full.example
uri = https://full.example/
ip_address = 192.0.2.1
ip_address = 2001:db8::1
email = full@full.example
other_name_utf8 = 1.2.3.4 text
krb5_principal = host/full@REALM
key_purpose_oid = 1.2.3.4.5
tls_www_server
tls_www_client
signing_key
encryption_key
tls_feature = 5
challenge_password = secret
add_extension = 1.2.3.5 040101
add_critical_extension = 1.2.3.6 octet_string(0badcafe)
`
)

// newFixtures makes the folder, which is there until the test ends.
func newFixtures(t testing.TB) fixtures {
	t.Helper()
	f := fixtures{t.TempDir()}
	for _, file := range fixtureFiles {
		args := strings.Fields(strings.ReplaceAll(file.args, "%s", f.dir))
		args = append(args, "--no-text", "--outfile", f.path(file.name))
		if file.template != "" {
			template := f.path(file.name + ".info")
			if err := os.WriteFile(template, []byte(file.template), 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, "--template", template)
		}
		cmd := exec.Command("certtool", args...)
		cmd.Env = append(os.Environ(), "TZ=UTC")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("make %s: %v\n%s", file.name, err, out)
		}
	}
	return f
}

// path is where a file of the folder is.
func (f fixtures) path(name string) string { return filepath.Join(f.dir, name) }
