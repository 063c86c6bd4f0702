package probe

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"slices"
	"testing"
	"time"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// noon is the present of these tests.
var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// certificate makes one that is good for a year, but for a change; it is signed by itself
// if that is wanted.
func certificate(t *testing.T, bySelf bool, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"vnc.example.org"},
		NotBefore: noon.AddDate(0, 0, -1), NotAfter: noon.AddDate(1, 0, 0),
	}
	template.Subject.CommonName = "vnc.example.org"
	if change != nil {
		change(template)
	}
	parent, signer := template, key
	if !bySelf {
		parent = &x509.Certificate{}
		parent.Subject.CommonName = "authority"
		if signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// x509Facts are those of a good server with a certificate.
func x509Facts(cert *x509.Certificate, change func(*TLSFacts)) *TLSFacts {
	f := &TLSFacts{
		Version: "TLS 1.3", version: tls.VersionTLS13, Old: OldRefused, belowMinimum: OldRefused,
		Chain: []CertificateFacts{describe(cert, noon)}, chain: []*x509.Certificate{cert},
		Name: "vnc.example.org", NameFits: true, Trusted: true, ClientCertificate: Demanded,
	}
	if change != nil {
		change(f)
	}
	return f
}

// TestJudge gives each kind of weakness, and demands exactly its code.
func TestJudge(t *testing.T) {
	fine := certificate(t, false, nil)
	own := certificate(t, true, nil)
	with := func(change func(*x509.Certificate)) *x509.Certificate { return certificate(t, false, change) }
	rsa1024 := with(nil)
	rsa1024.PublicKey = &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 1023), E: 65537}
	sha1 := with(nil)
	sha1.SignatureAlgorithm = x509.SHA1WithRSA

	types := func(list ...rfb.SecurityType) []rfb.SecurityType { return list }
	subs := func(list ...rfb.SubType) []rfb.SubType { return list }
	venCrypt := types(rfb.SecurityVeNCrypt)
	x509VNC := subs(rfb.SubTypeX509VNC)
	sasl := func(method string, mechanisms ...string) []SASLOffer { return []SASLOffer{{method, mechanisms}} }
	for _, tt := range []struct {
		name   string
		types  []rfb.SecurityType
		subs   []rfb.SubType
		tls    *TLSFacts
		sasl   []SASLOffer
		expect Expectations
		local  bool
		want   []string
	}{
		{name: "certificates and password", types: venCrypt, subs: x509VNC, tls: x509Facts(fine, nil)},
		{name: "certificates demanded", types: venCrypt, subs: subs(rfb.SubTypeX509None), tls: x509Facts(fine, nil)},
		{name: "local without anything", types: types(rfb.SecurityNone, rfb.SecurityVNC), local: true},
		{name: "none", types: types(rfb.SecurityNone), want: []string{"critical no-authentication"}},
		{name: "password", types: types(rfb.SecurityVNC), want: []string{"critical password-without-tls"}},
		{name: "password beside TLS", types: types(rfb.SecurityVeNCrypt, rfb.SecurityVNC), subs: x509VNC, tls: x509Facts(fine, nil), want: []string{"critical password-without-tls"}},
		{name: "password as a sub-type", types: venCrypt, subs: subs(rfb.SubTypeX509VNC, 2), tls: x509Facts(fine, nil), want: []string{"critical password-without-tls"}},
		{name: "plain", types: venCrypt, subs: subs(rfb.SubTypePlain), want: []string{"critical plain-without-tls"}},
		{name: "anonymous TLS", types: venCrypt, subs: subs(rfb.SubTypeTLSVNC, rfb.SubTypeTLSPlain), want: []string{"warning tls-anonymous"}},
		{name: "anonymous TLS and nothing else", types: venCrypt, subs: subs(rfb.SubTypeTLSNone), want: []string{"warning tls-anonymous", "warning no-authentication"}},
		{name: "anonymous TLS of old", types: types(rfb.SecurityTLS), local: true, want: []string{"warning tls-anonymous"}},
		{name: "certificates only asked for", types: venCrypt, subs: subs(rfb.SubTypeX509None), tls: x509Facts(fine, func(f *TLSFacts) { f.ClientCertificate = Asked }), want: []string{"warning no-authentication"}},

		{name: "a type of others", types: types(30, rfb.SecurityVeNCrypt), subs: x509VNC, tls: x509Facts(fine, nil), want: []string{"warning method-not-judged"}},
		{name: "a type without a name, and none", types: types(rfb.SecurityNone, 200), want: []string{"critical no-authentication", "warning method-not-judged"}},
		{name: "a sub-type without a name", types: venCrypt, subs: subs(rfb.SubTypeX509VNC, 266), tls: x509Facts(fine, nil), want: []string{"warning method-not-judged"}},
		{name: "a type of others that only this machine reaches", types: types(5), local: true},

		{name: "Kerberos without TLS", types: types(rfb.SecuritySASL), sasl: sasl("sasl", "GSSAPI")},
		{name: "SCRAM without TLS", types: types(rfb.SecuritySASL), sasl: sasl("sasl", "GSSAPI", "SCRAM-SHA-256"), want: []string{"critical sasl-without-tls"}},
		{name: "DIGEST-MD5 without TLS", types: types(rfb.SecuritySASL), sasl: sasl("sasl", "DIGEST-MD5"), want: []string{"warning sasl-weak-without-tls"}},
		{name: "DIGEST-MD5 that only this machine reaches", types: types(rfb.SecuritySASL), sasl: sasl("sasl", "DIGEST-MD5"), local: true},
		{name: "DIGEST-MD5 inside TLS", types: venCrypt, subs: subs(rfb.SubTypeX509SASL), tls: x509Facts(fine, nil), sasl: sasl("x509-sasl", "DIGEST-MD5")},
		{name: "PLAIN without TLS", types: types(rfb.SecuritySASL), sasl: sasl("sasl", "SCRAM-SHA-256", "plain"), want: []string{"critical sasl-shows-password"}},
		{name: "PLAIN on a UNIX socket", types: types(rfb.SecuritySASL), sasl: sasl("sasl", "PLAIN"), local: true},
		{name: "PLAIN inside TLS", types: venCrypt, subs: subs(rfb.SubTypeX509SASL), tls: x509Facts(fine, nil), sasl: sasl("x509-sasl", "PLAIN")},
		{name: "ANONYMOUS", types: venCrypt, subs: subs(rfb.SubTypeX509SASL), tls: x509Facts(fine, nil), sasl: sasl("x509-sasl", "PLAIN", "anonymous"), want: []string{"critical sasl-anonymous"}},
		{name: "no mechanism", types: types(rfb.SecuritySASL), sasl: sasl("sasl"), want: []string{"warning sasl-no-mechanism"}},

		{name: "TLS 1.0 only", types: venCrypt, subs: x509VNC, tls: x509Facts(fine, func(f *TLSFacts) { f.version = tls.VersionTLS10 }), want: []string{"critical tls-old"}},
		{name: "TLS 1.0 too", types: venCrypt, subs: x509VNC, tls: x509Facts(fine, func(f *TLSFacts) { f.Old = "TLS 1.0" }), want: []string{"warning tls-old"}},
		{name: "RC4", types: venCrypt, subs: x509VNC, tls: x509Facts(fine, func(f *TLSFacts) { f.suite = tls.TLS_RSA_WITH_RC4_128_SHA }), want: []string{"warning tls-weak-cipher"}},
		{name: "untrusted", types: venCrypt, subs: x509VNC, tls: x509Facts(fine, func(f *TLSFacts) { f.Trusted = false }), want: []string{"warning cert-untrusted"}},
		{name: "self-signed", types: venCrypt, subs: x509VNC, tls: x509Facts(own, func(f *TLSFacts) { f.Trusted = false }), want: []string{"warning cert-self-signed"}},
		{name: "self-signed and trusted", types: venCrypt, subs: x509VNC, tls: x509Facts(own, nil)},
		{name: "another name", types: venCrypt, subs: x509VNC, tls: x509Facts(fine, func(f *TLSFacts) { f.NameFits = false }), want: []string{"critical cert-wrong-name"}},
		{name: "no name asked for", types: venCrypt, subs: x509VNC, tls: x509Facts(fine, func(f *TLSFacts) { f.Name, f.NameFits = "", false })},
		{name: "expired", types: venCrypt, subs: x509VNC, tls: x509Facts(with(func(c *x509.Certificate) { c.NotAfter = noon.Add(-time.Second) }), func(f *TLSFacts) { f.Trusted = false }), want: []string{"critical cert-expired"}},
		{name: "not yet valid", types: venCrypt, subs: x509VNC, tls: x509Facts(with(func(c *x509.Certificate) { c.NotBefore = noon.Add(time.Hour) }), func(f *TLSFacts) { f.Trusted = false }), want: []string{"critical cert-not-yet-valid"}},
		{name: "29 days", types: venCrypt, subs: x509VNC, tls: x509Facts(with(func(c *x509.Certificate) { c.NotBefore, c.NotAfter = noon.AddDate(-1, 0, 0), noon.AddDate(0, 0, 29) }), nil), want: []string{"warning cert-expires-soon"}},
		{name: "29 of 30 days", types: venCrypt, subs: x509VNC, tls: x509Facts(with(func(c *x509.Certificate) { c.NotAfter = noon.AddDate(0, 0, 29) }), nil)},
		{name: "29 of 30 days wanted", types: venCrypt, subs: x509VNC, tls: x509Facts(with(func(c *x509.Certificate) { c.NotAfter = noon.AddDate(0, 0, 29) }), nil), expect: Expectations{MinDays: 30}, want: []string{"critical cert-expires-soon"}},
		{name: "30 of 30 days wanted", types: venCrypt, subs: x509VNC, tls: x509Facts(with(func(c *x509.Certificate) { c.NotAfter = noon.AddDate(0, 0, 30) }), nil), expect: Expectations{MinDays: 30}},
		{name: "days wanted, no TLS there", types: types(rfb.SecurityNone), local: true, expect: Expectations{MinDays: 1}, want: []string{"critical cert-missing"}},
		{name: "days wanted, no certificates in TLS", types: venCrypt, subs: subs(rfb.SubTypeTLSVNC), expect: Expectations{MinDays: 1}, want: []string{"warning tls-anonymous", "critical cert-missing"}},
		{name: "RSA 1024", types: venCrypt, subs: x509VNC, tls: x509Facts(rsa1024, nil), want: []string{"warning cert-weak-key"}},
		{name: "SHA-1", types: venCrypt, subs: x509VNC, tls: x509Facts(sha1, nil), want: []string{"critical cert-weak-signature"}},

		{name: "required and there", types: venCrypt, subs: x509VNC, tls: x509Facts(fine, nil), expect: Expectations{Require: methods(t, "vencrypt", "X509Vnc")}},
		{name: "required and missing", types: venCrypt, subs: x509VNC, tls: x509Facts(fine, nil), expect: Expectations{Require: methods(t, "x509-sasl")}, want: []string{"critical method-missing"}},
		{name: "refused and there", types: types(rfb.SecurityVNC), local: true, expect: Expectations{Refuse: methods(t, "none", "VncAuth")}, want: []string{"critical method-offered"}},
		{name: "TLS 1.3 wanted", types: venCrypt, subs: x509VNC, tls: x509Facts(fine, func(f *TLSFacts) { f.belowMinimum = "TLS 1.2" }), expect: Expectations{MinTLS: tls.VersionTLS13}, want: []string{"critical tls-below-minimum"}},
		{name: "TLS 1.3 wanted, 1.2 there", types: venCrypt, subs: x509VNC, tls: x509Facts(fine, func(f *TLSFacts) { f.version = tls.VersionTLS12 }), expect: Expectations{MinTLS: tls.VersionTLS13}, want: []string{"critical tls-below-minimum"}},
		{name: "TLS 1.3 wanted, nobody knows", types: venCrypt, subs: x509VNC, tls: x509Facts(fine, func(f *TLSFacts) { f.belowMinimum = OldUnknown }), expect: Expectations{MinTLS: tls.VersionTLS13}, want: []string{"warning tls-below-minimum"}},
		{name: "TLS wanted, none there", types: types(rfb.SecurityNone), local: true, expect: Expectations{MinTLS: tls.VersionTLS12}, want: []string{"critical tls-below-minimum"}},
		{name: "log-in wanted", types: types(rfb.SecurityVNC), local: true, expect: Expectations{Login: true}, want: []string{"critical login-not-tried"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			i := &inspection{
				target: Target{Expect: tt.expect}, now: noon, types: tt.types, subTypes: tt.subs,
				report: &Report{Local: tt.local, TLS: tt.tls, SASL: tt.sasl, Login: &LoginFacts{}},
			}
			i.judge()
			var got []string
			for _, f := range i.report.Findings {
				got = append(got, string(f.Severity)+" "+string(f.Code))
				if f.Message == "" || f.Cure == "" {
					t.Errorf("the finding is not whole: %+v", f)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("findings %q, want %q", got, tt.want)
			}
		})
	}
}

func methods(t *testing.T, names ...string) []security.Method {
	t.Helper()
	var list []security.Method
	for _, name := range names {
		m, err := ParseMethod(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, m)
	}
	return list
}

// TestHinders shows that secrets go only where they are safe.
func TestHinders(t *testing.T) {
	cert := certificate(t, false, nil)
	password := Login{Password: []byte("secret")}
	anyway := Login{Password: []byte("secret"), Anyway: true}
	user := Login{User: "alice", Password: []byte("secret"), SASL: func(security.SASLParams) (security.SASLClient, error) { return nil, nil }}
	untrusted := x509Facts(cert, func(f *TLSFacts) { f.Trusted, f.ClientCertificate = false, NotAsked })
	elsewhere := x509Facts(cert, func(f *TLSFacts) { f.NameFits, f.ClientCertificate = false, NotAsked })
	proved := x509Facts(cert, func(f *TLSFacts) { f.ClientCertificate = NotAsked })
	for _, tt := range []struct {
		method string
		login  Login
		tls    *TLSFacts
		local  bool
		ok     bool
	}{
		{"none", Login{}, nil, false, true},
		{"vnc", Login{}, nil, true, false},
		{"vnc", password, nil, true, true},
		{"vnc", password, nil, false, false},
		{"vnc", anyway, nil, false, true},
		{"x509-vnc", password, untrusted, false, false},
		{"x509-vnc", password, elsewhere, true, false},
		{"x509-vnc", anyway, untrusted, false, true},
		{"x509-vnc", password, proved, false, true},
		{"x509-vnc", user, proved, false, false},
		{"x509-plain", user, proved, false, true},
		{"x509-plain", password, proved, false, false},
		{"x509-plain", user, untrusted, false, false},
		{"x509-sasl", user, untrusted, false, false},
		{"x509-sasl", user, proved, false, true},
		{"x509-sasl", password, proved, false, false},
		{"sasl", user, nil, true, true},
		{"sasl", user, nil, false, false},
		{"sasl", Login{User: "alice", Password: []byte("secret"), SASL: user.SASL, Anyway: true}, nil, false, true},
		{"sasl", Login{SASL: user.SASL}, nil, false, true}, // by Kerberos
		{"x509-none", Login{}, untrusted, false, true},
		{"x509-none", Login{}, x509Facts(cert, nil), false, false}, // which demands a certificate
		{"x509-none", Login{Certificate: &tls.Certificate{}}, x509Facts(cert, nil), false, true},
		{"x509-none", Login{}, nil, false, false},
	} {
		i := &inspection{target: Target{Login: tt.login}, report: &Report{TLS: tt.tls, Local: tt.local}}
		if why := i.hinders(methods(t, tt.method)[0]); (why == "") != tt.ok {
			t.Errorf("%s with %+v, local %v: hindered by %q", tt.method, tt.login, tt.local, why)
		}
	}
}

// TestChooseSaysWhy names the reason for each method: the last one alone would be misleading.
func TestChooseSaysWhy(t *testing.T) {
	untrusted := x509Facts(certificate(t, false, nil), func(f *TLSFacts) { f.Trusted, f.ClientCertificate = false, NotAsked })
	i := &inspection{
		types: []rfb.SecurityType{rfb.SecurityVeNCrypt, rfb.SecurityVNC}, subTypes: []rfb.SubType{rfb.SubTypeX509VNC},
		target: Target{Login: Login{Password: []byte("secret")}}, report: &Report{TLS: untrusted},
	}
	const want = "the server does not prove who it is, and so gets no secret (x509-vnc); there is no TLS, and who listens could guess the password (vnc)"
	if _, why := i.choose(); why != want {
		t.Errorf("got  %q\nwant %q", why, want)
	}
}

func TestParse(t *testing.T) {
	for name, want := range map[string]security.Method{
		"none":      {Type: rfb.SecurityNone},
		"VncAuth":   {Type: rfb.SecurityVNC},
		"x509plain": {Type: rfb.SecurityVeNCrypt, SubType: rfb.SubTypeX509Plain},
		"TLSNone":   {Type: rfb.SecurityVeNCrypt, SubType: rfb.SubTypeTLSNone},
		"ra2ne-256": {Type: 130},
	} {
		if got, err := ParseMethod(name); got != want || err != nil {
			t.Errorf("%s is %v, %v", name, got, err)
		}
	}
	for _, e := range Decodable() {
		if got, err := ParseEncoding(e.String()); got != e || err != nil {
			t.Errorf("%v is %v, %v", e, got, err)
		}
	}
	if _, err := ParseMethod("x509"); err == nil {
		t.Error("x509 is taken for a type")
	}
	if _, err := ParseEncoding("Cursor"); err == nil {
		t.Error("a pseudo-encoding can be asked for")
	}
}
