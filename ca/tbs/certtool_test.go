package tbs_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vncsec/ca/tbs"
	"vncsec/internal/peertest"
	"vncsec/templates"
)

// fixed holds what is random or of the clock otherwise.
const fixed = "serial = 0x0badcafe\nactivation_date = 2020-01-02 03:04:05 UTC\nexpiration_date = 2040-01-02 03:04:05 UTC\n" +
	"crl_number = 7\ncrl_this_update_date = 2020-01-02 UTC\ncrl_next_update_date = 2030-01-02 UTC\ncrl_revocation_date = 2019-01-02 UTC\n"

// extensionCases are templates that each ask for one extension, or for one in two ways.
var extensionCases = []string{
	"",
	"cn = x",
	"ca",
	"ca\npath_len = 0",
	"ca\npath_len = 300",
	"ca\ncert_signing_key\ncrl_signing_key\nsigning_key",
	"ca\ntls_www_server\nipsec_ike_key\nencryption_key",
	"ca\nipsec_ike_key",
	"signing_key",
	"encryption_key",
	"signing_key\nencryption_key\nkey_agreement\ndata_encipherment\nnon_repudiation",
	"ipsec_ike_key\nencryption_key",
	"tls_www_client",
	"tls_www_server\nsigning_key",
	"email_protection_key\ntime_stamping_key\ncode_signing_key\nocsp_signing_key\ntls_www_server\ntls_www_client\nipsec_ike_key",
	"key_purpose_oid = 1.2.3\nkey_purpose_oid = 1.3.6.1.5.5.7.3.1\ntls_www_server",
	"dns_name = a.example\nuri = http://a/\nip_address = 192.0.2.1\nip_address = 2001:db8::1\nemail = a@b.example",
	"email = a@b.example\ncode_signing_key",
	"email = a@b.example\ntls_www_client",
	"email = a@b.example\nother_name = 1.2.3 0500\nother_name_utf8 = 1.2.3.4 ü\nother_name_octet = 2.999.1 o\nxmpp_name = a@b\nkrb5_principal = a/b@C",
	"crl_dist_points = http://a/\ncrl_dist_points = http://b/",
	"ca_issuers_uri = http://a/\nocsp_uri = http://b/\nca_issuers_uri = http://c/",
	"policy1 = 1.2.3\npolicy1_txt = Grüße\npolicy1_url = http://a/\npolicy2 = 1.2.4\npolicy3 = 1.2.5\npolicy3_url = http://b/",
	"inhibit_anypolicy_skip_certs = 0",
	"inhibit_anypolicy_skip_certs = 40000",
	"ca\nnc_permit_dns = a\nnc_permit_dns =\nnc_permit_email = .b\nnc_permit_ip = 192.0.2.1/23\nnc_exclude_ip = 2001:db8::1/33\nnc_exclude_dns = c\nnc_exclude_email = d@e",
	"ca\nnc_exclude_ip = 0.0.0.0/0",
	"tls_feature = 5\ntls_feature = 0\ntls_feature = 65535",
	"subject_unique_id = 00ff\nissuer_unique_id = 01",
	"add_extension = 1.2.3 0x0500\nadd_critical_extension = 1.2.4 octet_string(0102)\nadd_extension = 1.2.3 05",
	// Extensions that are there already.
	"add_extension = 2.5.29.15 03020780",
	"add_extension = 2.5.29.15 03020780\nencryption_key",
	"add_extension = 2.5.29.19 3000\nca",
	"add_critical_extension = 2.5.29.17 3003820161\ndns_name = b",
	"add_critical_extension = 2.5.29.17 3003820161\nemail = c@d",
	"add_extension = 2.5.29.17 300ba00906022a03a0030c0161\ndns_name = b",
	"add_extension = 2.5.29.17 300488022a03\ndns_name = b",
	"add_extension = 2.5.29.17 3010a40e300c310a300806035504030c0161\ndns_name = b",
	"add_extension = 2.5.29.17 3010a40e300c310a300806035504030c0161",
	"add_extension = 2.5.29.17 3000\ndns_name = b",
	"add_extension = 2.5.29.17 0500\ndns_name = b",
	"add_extension = 2.5.29.17 0500",
	"add_critical_extension = 2.5.29.37 300406022a03\ntls_www_client\ncode_signing_key",
	"add_extension = 2.5.29.37 0500\ntls_www_client",
	"add_extension = 2.5.29.37 30020600\ntls_www_client",
	"add_critical_extension = 2.5.29.32 3006300406022a03\npolicy1 = 1.2.9",
	"add_extension = 2.5.29.32 3022302006022a03301a301806082b06010505070202300c1e0a00480065006c006c00f6\npolicy1 = 1.2.9",
	"add_extension = 2.5.29.32 3027302506022a03301f301d06082b060105050702023011300a0c036f726730030201011a03766973\npolicy1 = 1.2.9",
	"add_extension = 2.5.29.32 3016301406022a03300e300c06082b060105050702023000\npolicy1 = 1.2.9",
	"add_extension = 2.5.29.32 3010300e06022a033008300606022a040500\npolicy1 = 1.2.9",
	"add_extension = 2.5.29.32 3010300e06022a033008300606022a040500",
	"add_extension = 2.5.29.32 3018301606022a033010300e06082b060105050702011602753a\npolicy1 = 1.2.9",
	"add_extension = 2.5.29.31 300b3009a007a0058603613a2f\ncrl_dist_points = c:/",
	"add_critical_extension = 2.5.29.31 30163009a007a0058603613a2f3009a007a0058603623a2f\ncrl_dist_points = c:/\ncrl_dist_points = d:/",
	"add_extension = 2.5.29.31 3011300fa007a0058603613a2fa2048602693a\ncrl_dist_points = c:/",
	"add_extension = 2.5.29.31 3000\ncrl_dist_points = c:/",
	"add_extension = 2.5.29.31 0500\ncrl_dist_points = c:/",
	"add_critical_extension = 1.3.6.1.5.5.7.1.1 301b300f06082b060105050730018203646e73300806022a038602753a\nocsp_uri = b:/",
	"add_extension = 1.3.6.1.5.5.7.1.1 0500\nca_issuers_uri = b:/",
	"add_extension = 1.3.6.1.5.5.7.1.24 30030201ff\ntls_feature = 5",
	"add_extension = 2.5.29.14 04020102",
	"add_extension = 2.5.29.35 30048002ffff",
	"add_extension = 2.5.29.54 020101\ninhibit_anypolicy_skip_certs = 3",
	"add_extension = 2.5.29.30 3000\nca\nnc_permit_dns = a",
	// Names, dates and serial numbers.
	"dn = CN=a,O=b,C=DE\ncountry = X\nstate = a_b\nlocality = Zürich\no = a\no = b\nou = c\nuid = d\ndc = e\ndc = f\ndn_oid = 2.5.4.12 Dr.\npkcs9_email = a@b",
	"dn = 1.2.3.4=#0c0161,CN=#130162",
	"dn_oid = 1.2.643.100.1 12\ndn_oid = 1.3.6.1.5.5.7.8.5 x\ndn_oid = 1.2.840.113549.1.9.20 ab\ndn_oid = 1.2.840.113549.1.9.4 abc",
}

// timeCases replace the fixed dates and serial number.
var timeCases = []string{
	"serial = 1\nactivation_date = 1930-05-06 UTC\nexpiration_date = 2049-12-31 23:59:59 UTC",
	"serial = 0xff\nactivation_date = 2050-01-01 00:00:00 UTC\nexpiration_date = 9999-12-30 22:59:59 UTC",
	"serial = 0x00ff\nactivation_date = 2020-01-01 UTC\nexpiration_date = 9999-12-30 23:00:00 UTC",
	"serial = 0x0000000000000001\nactivation_date = @-1\nexpiration_days = -1",
	"serial = 9223372036854775806\nactivation_date = 1850-01-01 UTC\nexpiration_date = 1969-12-31 23:59:58 UTC",
	"serial = 0x7fffffffffffffffffffffffffffffffffffffff\nactivation_date = 2020-01-01 UTC\nexpiration_date = 2021-01-01 UTC",
}

// peer runs the real certtool in a folder with an RSA key, with which everything is
// signed, so that equal contents make equal files.
type peer struct {
	dir    string
	key    *rsa.PrivateKey
	public []byte
	issuer []byte // of issuer.pem

	refused int // templates that both programs refuse
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	peertest.Need(t, "certtool")
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{dir: t.TempDir(), key: key, public: must(x509.MarshalPKIXPublicKey(key.Public()))}
	p.write(t, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(key))}))
	p.issuer = p.run(t, "cn = Issuer\norganization = Zwölf\nca\ncert_signing_key\n"+fixed, "--generate-self-signed", "--load-privkey", "key.pem")
	p.write(t, "issuer.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.issuer}))
	return p
}

func (p *peer) write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// run returns the DER that certtool makes from a template, nil if it refuses.
func (p *peer) run(t *testing.T, template string, args ...string) []byte {
	t.Helper()
	p.write(t, "template.info", []byte(template))
	cmd := exec.Command("certtool", append(args, "--template", "template.info", "--outder")...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "TZ=UTC")
	out, err := cmd.Output()
	if err != nil {
		return nil
	}
	return out
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// read returns certtool's reading of a template.
func read(template string, purpose templates.Applies) (*templates.Profile, error) {
	t, _, err := templates.Read("test.info", []byte(template))
	if err != nil {
		return nil, err
	}
	return t.Certtool(purpose, time.Unix(1600000000, 0))
}

// certificateOf fills in a certificate as certtool does; without an issuer it will be
// signed with its own key.
func certificateOf(p *templates.Profile, public []byte, issuer *tbs.Certificate, version int, proxy bool) (*tbs.Certificate, error) {
	subject, err := tbs.Name(p.Subject.Attributes())
	if proxy && err == nil {
		subject, err = tbs.Append(issuer.Subject, p.Subject.Attributes())
	}
	if err != nil {
		return nil, err
	}
	keyID := sha1.Sum(public)
	frame := tbs.Frame{Usage: tbs.CertificateUsage(p, tbs.KindOf(public)), UsageCritical: true, SubjectKeyID: keyID[:], Version1: version == 1, Proxy: proxy}
	cert := &tbs.Certificate{Version: version, Serial: p.Serial, Issuer: subject, NotBefore: p.NotBefore, NotAfter: p.NotAfter, Subject: subject, PublicKey: public}
	if p.NoEnd {
		cert.NotAfter = tbs.NoEnd
	}
	if cert.Serial == nil {
		cert.Serial = []byte{1}
	}
	if issuer != nil {
		cert.Issuer, frame.AuthorityKeyID = issuer.Subject, issuer.Extensions.SubjectKeyID()
	}
	if version > 1 {
		cert.SetUniqueIDs(p.SubjectUniqueID, p.IssuerUniqueID)
	}
	return cert, cert.Extensions.AddCertificate(p, frame)
}

// requestOf fills in a request as certtool does.
func requestOf(p *templates.Profile, public []byte, usual bool) (*tbs.Request, error) {
	subject, err := tbs.Name(p.Subject.Attributes())
	if err != nil {
		return nil, err
	}
	r := &tbs.Request{Subject: subject, PublicKey: public, ChallengePassword: p.ChallengePassword}
	return r, r.Extensions.AddRequest(p, tbs.RequestUsage(p, tbs.KindOf(public)), usual)
}

// way is one of certtool's actions and what does the same here.
type way struct {
	args    string
	purpose templates.Applies
	build   func(*templates.Profile, *peer) (tbs.Contents, error)
}

const withIssuer = " --load-ca-certificate issuer.pem --load-ca-privkey key.pem"

func ways(issuer *tbs.Certificate) map[string]way {
	certificate := func(issuer *tbs.Certificate, version int, proxy bool) func(*templates.Profile, *peer) (tbs.Contents, error) {
		return func(p *templates.Profile, peer *peer) (tbs.Contents, error) {
			return certificateOf(p, peer.public, issuer, version, proxy)
		}
	}
	request := func(usual bool) func(*templates.Profile, *peer) (tbs.Contents, error) {
		return func(p *templates.Profile, peer *peer) (tbs.Contents, error) { return requestOf(p, peer.public, usual) }
	}
	return map[string]way{
		"self-signed":  {"--generate-self-signed --load-privkey key.pem", templates.SelfSigned, certificate(nil, 3, false)},
		"signed":       {"--generate-certificate --load-privkey key.pem" + withIssuer, templates.Signed, certificate(issuer, 3, false)},
		"version 1":    {"--v1 --generate-self-signed --load-privkey key.pem", templates.SelfSigned, certificate(nil, 1, false)},
		"proxy":        {"--generate-proxy --load-privkey key.pem --load-certificate issuer.pem --load-ca-privkey key.pem", templates.Proxy, certificate(issuer, 3, true)},
		"request":      {"--generate-request --load-privkey key.pem", templates.Request, request(true)},
		"bare request": {"--generate-request --no-crq-extensions --load-privkey key.pem", templates.Request, request(false)},
		"list":         {"--generate-crl --load-certificate issuer.pem" + withIssuer, templates.CRL, listOf(issuer)},
	}
}

func listOf(issuer *tbs.Certificate) func(*templates.Profile, *peer) (tbs.Contents, error) {
	return func(p *templates.Profile, _ *peer) (tbs.Contents, error) {
		l := &tbs.RevocationList{Issuer: issuer.Subject, ThisUpdate: p.CRL.ThisUpdate, NextUpdate: p.CRL.NextUpdate}
		if p.CRL.NoNextUpdate {
			l.NextUpdate = tbs.NoEnd
		}
		if err := l.Revoke(issuer.Serial, p.CRL.RevocationDate); err != nil {
			return nil, err
		}
		number := p.CRL.Number
		if number == nil {
			number = []byte{1}
		}
		return l, l.Extensions.SetList(issuer.Extensions.SubjectKeyID(), number)
	}
}

// TestCerttoolMakesTheSameOctets compares whole structures, signature included.
func TestCerttoolMakesTheSameOctets(t *testing.T) {
	p := newPeer(t)
	issuer := must(tbs.ParseCertificate(p.issuer))
	all := ways(issuer)
	for i, text := range extensionCases {
		for _, name := range []string{"self-signed", "signed", "request"} {
			t.Run(fmt.Sprintf("%s/extension %d", name, i), func(t *testing.T) { p.same(t, text+"\n"+fixed, all[name]) })
		}
		if i%4 == 0 {
			t.Run(fmt.Sprintf("proxy/extension %d", i), func(t *testing.T) { p.same(t, text+"\n"+fixed, all["proxy"]) })
			t.Run(fmt.Sprintf("bare request/extension %d", i), func(t *testing.T) { p.same(t, text+"\n"+fixed, all["bare request"]) })
		}
	}
	for i, text := range timeCases {
		t.Run(fmt.Sprintf("times %d", i), func(t *testing.T) { p.same(t, text, all["self-signed"]) })
	}
	if refused, most := p.refused, len(extensionCases); refused > most {
		t.Errorf("%d templates are refused by both programs, more than %d: the test proves little", refused, most)
	}
	for name, text := range map[string]string{
		"version 1":           "cn = x\nca\ndns_name = a\nsubject_unique_id = 01\n",
		"version 1 extended":  "cn = x\nadd_extension = 1.2.3 0500\n",
		"version 1 revoked":   "cn = x\ncrl_dist_points = http://a/\n",
		"proxy":               "cn = x\ndn = O=y\npath_len = 2\nproxy_policy_language = 1.2.3\nsigning_key\ndns_name = a\n",
		"request":             "cn = x\nchallenge_password = secret\n",
		"request with names":  "cn = x\nchallenge_password = Grüße, die viel länger als die Erweiterungen und deshalb hinter ihnen sind: Grüße, Grüße, Grüße\ndns_name = a\n",
		"bare request":        "cn = x\nca\n",
		"list":                "",
		"list for ever":       "crl_next_update = -1\n",
		"list of the future":  "crl_next_update_date = 2055-01-01 UTC\ncrl_this_update_date = 2051-01-01 UTC\ncrl_revocation_date = 2050-01-01 UTC\n",
		"list with a number ": "crl_number = 0x00ffff\n",
	} {
		t.Run(name, func(t *testing.T) {
			kind := name
			for known := range all {
				if strings.HasPrefix(name, known) {
					kind = known
				}
			}
			if strings.HasPrefix(name, "list") && text != "" {
				p.sameMeaning(t, text, all[kind])
				return
			}
			p.same(t, text+fixed, all[kind])
		})
	}
}

// same demands what certtool makes, or that both refuse.
func (p *peer) same(t *testing.T, text string, w way) {
	t.Helper()
	args := strings.Fields(w.args)
	if w.purpose == templates.Request {
		args = append(args, "--no-text")
	}
	want := p.run(t, text, args...)
	got, err := p.build(text, w)
	switch {
	case want == nil && err == nil:
		t.Errorf("certtool refuses, we do not:\n%s\n%x", text, got)
	case want == nil:
		p.refused++
	case err != nil:
		t.Errorf("certtool does not refuse, we do: %v\n%s\n%x", err, text, want)
	case !bytes.Equal(want, got):
		t.Errorf("not the same:\n%s\ncerttool %x\nours     %x", text, want, got)
	}
}

// sameMeaning is same for lists whose times the template does not fix all: it sets those
// that are missing.
func (p *peer) sameMeaning(t *testing.T, text string, w way) {
	t.Helper()
	for line := range strings.Lines(fixed) {
		name, _, _ := strings.Cut(line, " ")
		if !strings.Contains(text, name) {
			text += line
		}
	}
	p.same(t, text, w)
}

func (p *peer) build(text string, w way) ([]byte, error) {
	profile, err := read(text, w.purpose)
	if err != nil {
		return nil, err
	}
	contents, err := w.build(profile, p)
	if err != nil {
		return nil, err
	}
	return tbs.Sign(contents, p.key, must(tbs.SchemeOf(p.key.Public(), 0)))
}

// TestHonored takes extensions over from a request as certtool does.
func TestHonored(t *testing.T) {
	p := newPeer(t)
	request := p.run(t, "cn = x\ndns_name = a\nca\npath_len = 1\ncert_signing_key\ntls_www_client\nkey_purpose_oid = 1.2.3\nadd_extension = 1.2.3 0500\nadd_critical_extension = 2.5.29.32 3006300406022a03\n",
		"--generate-request", "--load-privkey", "key.pem", "--no-text")
	p.write(t, "request.pem", pem.EncodeToMemory(&pem.Block{Type: "NEW CERTIFICATE REQUEST", Bytes: request}))
	parsed := must(tbs.ParseRequest(request))
	issuer := must(tbs.ParseCertificate(p.issuer))
	w := way{"--generate-certificate --load-request request.pem" + withIssuer, templates.FromRequest, func(profile *templates.Profile, _ *peer) (tbs.Contents, error) {
		cert, err := certificateOf(profile, parsed.PublicKey, issuer, 3, false)
		if err != nil {
			return nil, err
		}
		cert.Subject = parsed.Subject
		cert.Extensions = tbs.Honored(profile, parsed.Extensions)
		keyID := sha1.Sum(parsed.PublicKey)
		return cert, cert.Extensions.AddCertificate(profile, tbs.Frame{
			Usage: tbs.CertificateUsage(profile, tbs.RSAKey), UsageCritical: true,
			SubjectKeyID: keyID[:], AuthorityKeyID: issuer.Extensions.SubjectKeyID(),
		})
	}}
	for _, text := range []string{
		"",
		"honor_crq_extensions",
		"honor_crq_extensions\nca\ncert_signing_key",
		"honor_crq_extensions\ndns_name = b\nemail = a@b\ntls_www_server\ncode_signing_key\nencryption_key\npolicy1 = 1.2.9",
		"honor_crq_ext = 2.5.29.37\nhonor_crq_ext = 2.5.29.17\nhonor_crq_ext = 9.9\ntls_www_client",
		"honor_crq_ext = 1.2.3\nadd_critical_extension = 1.2.3 0101ff",
		"honor_crq_ext = 1.2.3\nhonor_crq_extensions",
	} {
		p.same(t, text+"\n"+fixed, w)
	}
}
