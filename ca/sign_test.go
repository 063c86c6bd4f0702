package ca

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vncsec/ca/tbs"
	"vncsec/internal/peertest"
	"vncsec/templates"
)

func profile(t testing.TB, text string) *templates.Profile {
	t.Helper()
	template, err := templates.Parse("test.info", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return must(template.Profile())
}

// manual reads a template of QEMU's manual.
func manual(t testing.TB, name string) string {
	t.Helper()
	return string(must(os.ReadFile(filepath.Join("..", "templates", "testdata", "manual", name))))
}

const caInfo = "cn = Test Organization\nca\ncert_signing_key\ncrl_signing_key\n"

// authority makes an authority with one of the keys that all tests share.
func authority(t testing.TB, text string, keyType KeyType, now func() time.Time) *Authority {
	t.Helper()
	key := testKey(t, keyType)
	p := profile(t, text)
	start := Trust{Now: now}.now()
	valid := must(validityOf(p, start, start.AddDate(defaultCAYears, 0, 0)))
	cert := must(sign(p, key.Public(), valid, issuer{key: key}))
	return must(newAuthority(cert, key, now))
}

// TestPeersAcceptEveryKeyType signs server and client certificates of every key
// type by authorities of every key type, from the templates of QEMU's manual.
func TestPeersAcceptEveryKeyType(t *testing.T) {
	peertest.Need(t, "certtool", "openssl")
	for _, caType := range KeyTypes() {
		for _, keyType := range KeyTypes() {
			t.Run(string(caType)+"/"+string(keyType), func(t *testing.T) {
				a := authority(t, manual(t, "ca.info"), caType, nil)
				caPath := writeTemp(t, "ca.pem", MarshalCertificate(a.Certificate()))
				for _, as := range []role{server, client} {
					acceptedAs(t, a, as, keyType, caPath)
				}
			})
		}
	}
}

func acceptedAs(t *testing.T, a *Authority, as role, keyType KeyType, caPath string) {
	t.Helper()
	cert, err := a.Sign(profile(t, manual(t, as.name+".info")), testKey(t, keyType).Public())
	if err != nil {
		t.Fatal(err)
	}
	if err := verify([]*x509.Certificate{cert}, as, a.Trust()); err != nil {
		t.Error(err)
	}
	path := writeTemp(t, "cert.pem", MarshalCertificate(cert))
	run(t, "openssl", "verify", "-x509_strict", "-purpose", "ssl"+as.name, "-CAfile", caPath, path)
	purpose := map[string]string{"server": "1.3.6.1.5.5.7.3.1", "client": "1.3.6.1.5.5.7.3.2"}[as.name]
	run(t, "certtool", "--verify", "--load-ca-certificate", caPath, "--infile", path, "--verify-purpose", purpose)
	other := map[string]string{"server": "sslclient", "client": "sslserver"}[as.name]
	if out, err := runError("openssl", "verify", "-purpose", other, "-CAfile", caPath, path); err == nil {
		t.Errorf("openssl accepts a %s certificate as %s: %s", as.name, other, out)
	}
	qemuLoads(t, cert)
}

// qemuLoads applies the checks that QEMU 7.2.0, the strictest one, makes when it
// loads its own certificate (crypto/tlscredsx509.c).
func qemuLoads(t *testing.T, cert *x509.Certificate) {
	t.Helper()
	const wanted = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	if extension(cert, tbs.OIDKeyUsage.String()).Critical && cert.KeyUsage&wanted != wanted {
		t.Errorf("QEMU 7.2.0 refuses the key usage %b, which is critical", cert.KeyUsage)
	}
	if cert.IsCA {
		t.Error("QEMU refuses its own certificate as that of a CA")
	}
}

func extension(cert *x509.Certificate, oid string) pkix.Extension {
	for _, e := range cert.Extensions {
		if e.Id.String() == oid {
			return e
		}
	}
	return pkix.Extension{}
}

// TestCerttoolMakesTheSame compares names and extensions with certtool's, byte by
// byte and in their order, for RSA keys, where both choose the same.
func TestCerttoolMakesTheSame(t *testing.T) {
	peertest.Need(t, "certtool")
	a := authority(t, caInfo+"path_len = 3\n", RSA2048, nil)
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	caKey := write("ca-key.pem", must(MarshalKey(a.key, nil)))
	caCert := write("ca-cert.pem", MarshalCertificate(a.cert))
	key := testKey(t, RSA3072)
	keyPath := write("key.pem", must(MarshalKey(key, nil)))

	subject := "cn = Zoë's host\ncountry = GB\nuid = u\nou = A & B\no = a, b\no = c\ndc = example\ndc = org\nstate = L\nlocality = M\npkcs9_email = a@example.org\ndn_oid = 2.5.4.12 Dr.\ndn_oid = 2.5.4.5 77\n"
	for name, text := range map[string]string{
		"manual server":     manual(t, "server.info"),
		"manual client":     manual(t, "client.info"),
		"whole subject":     subject,
		"dn":                "dn = CN = a b ,ou=c,O=d,2.5.4.6=GB, title=Dr., street=S, UID=u, XmppAddr=x, gender=F, OGRN=12, postalCode=77,DC=de,email=a@example.org,\n",
		"dn and parts":      "dn = CN=a,C=GB\ncn = b\norganization = c\n",
		"jurisdiction":      "cn = x\ndn_oid = 1.3.6.1.4.1.311.60.2.1.3 GB\ndn_oid = 1.3.6.1.4.1.311.60.2.1.1 Town\ndn_oid = 1.2.643.3.131.1.1 123\ndn_oid = 1.3.6.1.5.5.7.9.2 Rome\ndn_oid = 2.5.4.65 p&q\n",
		"both roles":        "cn = x\ntls_www_server\ntls_www_client\nsigning_key\nencryption_key\n",
		"all usages":        "cn = x\nencryption_key\nsigning_key\nkey_agreement\ndata_encipherment\nnon_repudiation\n",
		"all purposes":      "cn = x\ntls_www_server\ncode_signing_key\nemail_protection_key\ntime_stamping_key\nocsp_signing_key\ntls_www_client\n",
		"purpose by OID":    "cn = x\nkey_purpose_oid = 1.2.3\nkey_purpose_oid = 1.3.6.1.5.5.7.3.3\ntls_www_client\ndns_name = a\n",
		"names":             "cn = x\nip_address = 192.0.2.1\nip_address = 2001:db8::1\nuri = http://a/b\ndns_name = b.example\ndns_name = *.c.example\nemail = a@example.org\ntls_www_client\n",
		"only mail":         "cn = x\nemail = a@example.org\ncode_signing_key\n",
		"server with names": "cn = x\ntls_www_server\ndns_name = x.example\nencryption_key\nsigning_key\n",
		"services":          "cn = x\ncrl_dist_points = http://a/1\ncrl_dist_points = http://a/2\nca_issuers_uri = http://a/3\nocsp_uri = http://a/4\nocsp_uri = http://a/5\n",
		"intermediate":      "cn = Middle\nca\npath_len = 0\ncert_signing_key\ncrl_signing_key\n",
		"no path length":    "cn = Middle\nca\ncert_signing_key\n",
		"dates":             "cn = x\nactivation_date = 2026-01-02 03:04:05 UTC\nexpiration_date = 2027-01-02 03:04:05 UTC\nserial = 0x0102\n",
		"date after 2049":   "cn = x\nca\nexpiration_date = 2055-01-02 03:04:05 UTC\n",
		"constraints":       "cn = Middle\nca\ncert_signing_key\nnc_permit_dns = example.org\nnc_exclude_dns = bad.example.org\nnc_permit_ip = 192.0.2.0/24\nnc_exclude_ip = 2001:db8::/32\nnc_permit_email = example.org\nnc_exclude_email = a@example.org\n",
		"policies":          "cn = Middle\nca\ncert_signing_key\npolicy1 = 1.2.3.4\npolicy1_txt = Some text\npolicy1_url = http://a/policy\npolicy2 = 1.2.3.5\ninhibit_anypolicy_skip_certs = 2\n",
		"other names":       "cn = x\nother_name = 1.2.3.4 0500\nother_name_octet = 1.2.3.5 o\nother_name_utf8 = 1.2.3.6 u\nxmpp_name = a@example.org\nkrb5_principal = vnc/a.example.org@EXAMPLE.ORG\n",
		"features":          "cn = x\ntls_feature = 5\ntls_feature = 17\nadd_extension = 1.2.3.4 0x0500\nadd_critical_extension = 1.2.3.5 octet_string(0102)\n",
		"large serial":      "cn = x\nserial = 0x7fffffffffffffffffffffffffffffffffffffff\n",
	} {
		t.Run(name, func(t *testing.T) {
			info := write("t.info", []byte(text))
			out := run(t, "certtool", "--generate-certificate", "--load-privkey", keyPath,
				"--load-ca-certificate", caCert, "--load-ca-privkey", caKey, "--template", info)
			want := must(ParseCertificates(out))[0]

			p := profile(t, text)
			valid := must(validityOf(p, time.Now(), time.Now().AddDate(1, 0, 0)))
			got, err := sign(p, key.Public(), valid, issuer{a.key, a.cert.RawSubject, a.cert.SubjectKeyId})
			if err != nil {
				t.Fatal(err)
			}
			sameCertificate(t, p, want, got)
		})
	}
}

// TestRefusedProfiles has what certtool would drop or merge without a word.
func TestRefusedProfiles(t *testing.T) {
	a := authority(t, caInfo, ECDSAP256, nil)
	for text, reason := range map[string]string{
		"cn = x\nadd_extension = 2.5.29.15 030205a0":                                  "made from options of its own",
		"cn = x\nadd_extension = 1.2.3.4 0500\nadd_critical_extension = 1.2.3.4 0500": "asked for twice",
		"cn = x\nca\ncert_signing_key\nipsec_ike_key":                                 "is not for IPsec",
		"cn = x\nsubject_unique_id = 00ff":                                            "unique identifiers",
		"cn = x\nadd_critical_extension = 1.2.3.4 0500":                               "option add_critical_extension; add_extension",
		"cn = x\nadd_extension = 2.5.29.36 0500":                                      "extension 2.5.29.36: invalid policy constraints",
		"dn = CN=#0c02c328":                                                           "(template options of the name, such as dn)",
	} {
		_, err := a.Sign(profile(t, text), testKey(t, ECDSAP256).Public())
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%q: got %v, want that it %s", text, err, reason)
		}
	}
}

func sameCertificate(t *testing.T, p *templates.Profile, want, got *x509.Certificate) {
	t.Helper()
	wantExtensions := lines(want.Extensions)
	if p.KeyUsage&x509.KeyUsageKeyEncipherment == 0 && !p.CA {
		// Ours is not critical then, see usageIsCritical.
		for i := range wantExtensions {
			wantExtensions[i] = strings.Replace(wantExtensions[i], tbs.OIDKeyUsage.String()+" critical", tbs.OIDKeyUsage.String(), 1)
		}
	}
	if diff := cmp.Diff(wantExtensions, lines(got.Extensions)); diff != "" {
		t.Errorf("extensions (-certtool +vncsec):\n%s", diff)
	}
	if !bytes.Equal(want.RawSubject, got.RawSubject) || !bytes.Equal(want.RawIssuer, got.RawIssuer) {
		t.Errorf("certtool: %s by %s\n%x\nvncsec: %s by %s\n%x", want.Subject, want.Issuer, want.RawSubject, got.Subject, got.Issuer, got.RawSubject)
	}
	if want.SignatureAlgorithm != got.SignatureAlgorithm || want.Version != got.Version {
		t.Errorf("certtool signs with %s, vncsec with %s", want.SignatureAlgorithm, got.SignatureAlgorithm)
	}
	if p.Serial != nil && want.SerialNumber.Cmp(got.SerialNumber) != 0 {
		t.Errorf("certtool has the serial %x, vncsec %x", want.SerialNumber, got.SerialNumber)
	}
	if p.Serial != nil && !p.NotAfter.IsZero() && !bytes.Equal(want.Raw, got.Raw) {
		t.Errorf("the certificates differ:\n%x\n%x", want.Raw, got.Raw)
	}
	if !p.NotAfter.IsZero() && !want.NotAfter.Equal(got.NotAfter) {
		t.Errorf("certtool's ends on %s, vncsec's on %s", want.NotAfter, got.NotAfter)
	}
}

func lines(extensions []pkix.Extension) []string {
	var all []string
	for _, e := range extensions {
		critical := ""
		if e.Critical {
			critical = " critical"
		}
		all = append(all, e.Id.String()+critical+" "+hex.EncodeToString(e.Value))
	}
	return all
}

// TestPeersPrintWhatWasAskedFor reads certificates with the peers' own eyes.
func TestPeersPrintWhatWasAskedFor(t *testing.T) {
	peertest.Need(t, "certtool", "openssl")
	a := authority(t, caInfo, ECDSAP256, nil)
	cert := must(a.Sign(profile(t, "country = GB\nstate = London\nlocality = City\norganization = Acme\ncn = vnc1.example.org\n"+
		"dns_name = vnc1.example.org\nip_address = 192.0.2.7\nip_address = 2001:db8::7\nserial = 4660\n"+
		"tls_www_server\nencryption_key\nsigning_key\ncrl_dist_points = http://example.org/ca.crl\nexpiration_days = 30\n"), testKey(t, RSA2048).Public()))
	path := writeTemp(t, "cert.pem", MarshalCertificate(cert))

	text := string(run(t, "openssl", "x509", "-noout", "-text", "-in", path))
	for _, want := range []string{
		"Subject: C = GB, ST = London, L = City, O = Acme, CN = vnc1.example.org", "Issuer: CN = Test Organization",
		"DNS:vnc1.example.org, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:7", "Serial Number: 4660 (0x1234)",
		"TLS Web Server Authentication", "X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment", "URI:http://example.org/ca.crl", "CA:FALSE",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("openssl does not print %q:\n%s", want, text)
		}
	}
	text = string(run(t, "certtool", "-i", "--infile", path))
	for _, want := range []string{
		"Subject: CN=vnc1.example.org,O=Acme,L=City,ST=London,C=GB", "DNSname: vnc1.example.org", "IPAddress: 192.0.2.7", "IPAddress: 2001:db8::7",
		"TLS WWW Server.", "Digital signature.", "Key encipherment.", "Certificate Authority (CA): FALSE",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("certtool does not print %q:\n%s", want, text)
		}
	}
	if days := time.Until(cert.NotAfter).Hours() / 24; days < 29.9 || days > 30.1 {
		t.Errorf("valid for %f days, want 30", days)
	}
}

func TestDefaultsOfValidityAndSerial(t *testing.T) {
	clock := func() time.Time { return testNow }
	a := authority(t, caInfo, ECDSAP256, clock)
	if want := testNow.AddDate(10, 0, 0); !a.cert.NotAfter.Equal(want) || !a.cert.NotBefore.Equal(testNow.Add(-backDate)) {
		t.Errorf("the CA is valid from %s to %s", a.cert.NotBefore, a.cert.NotAfter)
	}
	public := testKey(t, Ed25519).Public()
	leaf := must(a.Sign(profile(t, "cn = x"), public))
	if !leaf.NotAfter.Equal(testNow.AddDate(0, 0, 365)) || !leaf.NotBefore.Equal(testNow.Add(-backDate)) {
		t.Errorf("the leaf is valid from %s to %s", leaf.NotBefore, leaf.NotAfter)
	}
	if again := must(a.Sign(profile(t, "cn = x"), public)); again.SerialNumber.Cmp(leaf.SerialNumber) == 0 || leaf.SerialNumber.BitLen() > 128 || leaf.SerialNumber.BitLen() < 64 {
		t.Errorf("serials %x and %x", leaf.SerialNumber, again.SerialNumber)
	}

	// Near the end of the CA, what was not asked for is cut and what was asked for is refused.
	a.Now = func() time.Time { return testNow.AddDate(10, 0, -100) }
	if leaf := must(a.Sign(profile(t, "cn = x"), public)); !leaf.NotAfter.Equal(a.cert.NotAfter) {
		t.Errorf("the leaf ends on %s, its CA on %s", leaf.NotAfter, a.cert.NotAfter)
	}
	if _, err := a.Sign(profile(t, "cn = x\nexpiration_days = 101"), public); err == nil || !strings.Contains(err.Error(), "at most 100 days") {
		t.Errorf("got %v, want the days that are left", err)
	}
	a.Now = func() time.Time { return testNow.AddDate(11, 0, 0) }
	_, err := a.Sign(profile(t, "cn = x"), public)
	wantCode(t, err, CodeExpired)
	a.Now = func() time.Time { return testNow.Add(-time.Minute) }
	if leaf := must(a.Sign(profile(t, "cn = x"), public)); leaf.NotBefore.Before(a.cert.NotBefore) {
		t.Errorf("the leaf is valid from %s, its CA from %s", leaf.NotBefore, a.cert.NotBefore)
	}
}

func TestSignRefuses(t *testing.T) {
	a := authority(t, caInfo+"path_len = 0\n", ECDSAP256, nil)
	weak, _ := pem.Decode([]byte(weakRSA))
	for text, test := range map[string]struct {
		public crypto.PublicKey
		want   string
	}{
		"tls_www_server":            {testKey(t, ECDSAP256).Public(), "no name"},
		"cn = Test Organization":    {testKey(t, ECDSAP256).Public(), "same name as the authority"},
		"cn = Middle\nca":           {testKey(t, ECDSAP256).Public(), "path length is 0"},
		"cn = x\nca\nsigning_key":   {testKey(t, ECDSAP256).Public(), "cert_signing_key"},
		"cn = x\nkey_agreement":     {testKey(t, Ed25519).Public(), "key_agreement"},
		"cn = x\ndata_encipherment": {testKey(t, ECDSAP256).Public(), "data_encipherment"},
		"cn = x\nactivation_date = 9998-01-01\nexpiration_days = 2": {testKey(t, ECDSAP256).Public(), "before it becomes valid"},
		"cn = weak": {must(x509.ParsePKIXPublicKey(weak.Bytes)), "1024 bits is too weak"},
	} {
		if _, err := a.Sign(profile(t, text), test.public); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %v, want %q", text, err, test.want)
		}
	}
}

// weakRSA is a public key of 1024 bits.
const weakRSA = `-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC1SEaV8Epd34zZnPqo+YagPNRj
SDvsN4Y5+saXsjJhH5zqXA63wUgCLcyLadd748vWYecpSvT9MswK6vvAir6etI6P
v5caL7Zl7YU6G2HwuYAxD2ZlxuqFBN7py0u9zwQGL5wRPCTAW+nHAcKXnKNNsOI1
jBn72MPGH0HxwvG/qwIDAQAB
-----END PUBLIC KEY-----
`

// FuzzSign makes certificates of whatever templates.Parse accepts.
func FuzzSign(f *testing.F) {
	a := authority(f, caInfo, ECDSAP256, func() time.Time { return testNow })
	public := testKey(f, ECDSAP256).Public()
	for _, name := range []string{"ca.info", "server.info", "client.info"} {
		f.Add(manual(f, name))
	}
	f.Add("cn = x\ndn_oid = 2.5.4.5 a\nip_address = ::1\nuri = a:b\nemail = a@b\ndc = x\nkey_purpose_oid = 2.999\nserial = 0x7f\nactivation_date = @1\nexpiration_date = 2030-01-01\ncrl_dist_points = a:/")
	f.Fuzz(func(t *testing.T, text string) {
		template, err := templates.Parse("fuzz.info", []byte(text))
		if err != nil {
			return
		}
		p := must(template.Profile())
		cert, err := a.Sign(p, public)
		if err != nil {
			return
		}
		if cert.Subject.CommonName != p.Subject.CommonName || cert.IsCA != p.CA || len(cert.IPAddresses) != len(p.IPs) || len(cert.DNSNames) != len(p.DNSNames) {
			t.Errorf("asked for %+v, got %+v", p, cert)
		}
		if len(cert.UnhandledCriticalExtensions) > 0 {
			t.Errorf("critical extensions that nobody understands: %v", cert.UnhandledCriticalExtensions)
		}
	})
}
