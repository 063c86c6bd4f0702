package certtool_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
)

// output runs a command line with a template and returns what it writes and says.
func (s site) output(t *testing.T, template string, args ...string) (status int, out, messages string) {
	t.Helper()
	path := write(t, s.dir, "test.info", template, 0o600)
	for i, arg := range args {
		if strings.Contains(arg, ".") {
			args[i] = s.path(arg)
		}
	}
	var stdout bytes.Buffer
	status, messages = ours(t, "", &stdout, append(args, "--template", path)...)
	return status, stdout.String(), messages
}

const (
	certify = "--generate-certificate --load-ca-certificate ca.pem --load-ca-privkey ca.key"
	byLeaf  = "--generate-certificate --load-ca-certificate leaf.pem --load-ca-privkey key.key"
	update  = "--update-certificate --load-ca-certificate ca.pem --load-ca-privkey ca.key"
	revoke  = "--generate-crl --load-ca-certificate ca.pem --load-ca-privkey ca.key"
)

// TestIssuingTells has what the actions warn of, or refuse, beyond certtool.
func TestIssuingTells(t *testing.T) {
	s := newSite(t)
	mustRun(t, "--generate-request", "--load-privkey", s.path("key.key"), "--template", s.path("leaf.info"), "--outfile", s.path("leaf.csr"))
	mustRun(t, "--generate-request", "--load-privkey", s.path("other.key"), "--template", s.path("leaf.info"), "--outfile", s.path("other.csr"))
	request, err := os.ReadFile(s.path("leaf.csr"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(request)
	block.Bytes[len(block.Bytes)-1] ^= 1
	write(t, s.dir, "forged.csr", string(pem.EncodeToMemory(block)), 0o600)
	mustRun(t, "--generate-privkey", "--key-type", "rsa", "--bits", "2048", "--outfile", s.path("rsa.key"))
	mustRun(t, "--generate-privkey", "--key-type", "x25519", "--outfile", s.path("x.key"))
	mustRun(t, "--generate-self-signed", "--v1", "--load-privkey", s.path("key.key"), "--template", s.path("leaf.info"), "--outfile", s.path("v1.pem"))
	mustRun(t, "--generate-crl", "--load-ca-certificate", s.path("ca.pem"), "--load-ca-privkey", s.path("ca.key"), "--template", s.path("leaf.info"), "--outfile", s.path("base.crl"))

	for _, test := range []struct {
		args, template string
		status         int
		want           string // in the messages; empty: no warning
	}{
		{certify + " --load-privkey key.key", "cn = x", 0, ""},
		{certify + " --load-request leaf.csr", "cn = x", 0, ""},
		{byLeaf + " --load-privkey key.key", "cn = x", 0, "Warning: the certificate in " + s.path("leaf.pem") + " is not that of an authority"},
		{certify + " --load-request leaf.csr", "honor_crq_ext = 1.2.3", 0, "the request does not ask for the extension 1.2.3"},
		{certify + " --load-request forged.csr", "cn = x", 1, "forged.csr does not verify"},
		{certify + " --load-privkey key.key", "serial = 0xff", 0, "Warning: some programs will not read this certificate: negative serial number"},
		{certify + " --load-privkey key.key --sign-params rsa-pss", "cn = x", 1, "--sign-params rsa-pss needs an RSA key"},
		{certify + " --load-privkey key.key --v1", "crl_dist_points = http://x/", 1, "crt_sign: Error in the certificate."},
		{certify + " --load-privkey key.key --key-type rsa", "cn = x", 1, "cannot set certificate type (RSA) incompatible with the key (EC/ECDSA)"},
		{certify + " --load-privkey rsa.key --key-type rsa-pss", "cn = x", 1, "You must provide the hash algorithm"},
		{certify + " --load-privkey rsa.key --key-type rsa-pss --hash sha256", "cn = x", 0, "RSA-PSS"},
		{certify, "cn = x", 1, "You must specify --load-privkey or --load-pubkey if missing."},
		{"--generate-self-signed --load-request other.csr --load-privkey key.key", "", 1, "not that of the certificate"},
		{"--generate-self-signed --load-privkey x.key", "cn = x", 1, "keys of type ECDH (X25519) cannot sign"},
		{"--generate-self-signed --load-privkey key.key --hash md5", "cn = x", 1, "The signature algorithm is not supported."},
		{"--generate-request --load-pubkey key.key", "cn = x", 1, "without corresponding --load-privkey"},
		{"--generate-request --load-privkey key.key", "encryption_key", 0, "this algorithm does not support encryption"},
		{update + " --load-certificate leaf.pem", "expiration_days = 3", 0, ""},
		{update + " --load-certificate leaf.pem --load-privkey rsa.key", "expiration_days = 3", 0, "Updating public key"},
		{update + " --load-certificate v1.pem", "expiration_days = 3", 1, "does not update certificates of version 1"},
		{update + " --load-certificate leaf.pem", "expiration_days = -1", 1, "set_expiration: certtool cannot change a date before 2050"},
		{revoke + " --load-certificate leaf.pem", "", 0, ""},
		{revoke + " --load-crl base.crl", "crl_next_update = -1", 1, "next_update: certtool cannot change"},
		{"--generate-crl --load-ca-certificate leaf.pem --load-ca-privkey key.key", "", 0, "is not that of an authority"},
		{"--generate-proxy --load-certificate leaf.pem --load-ca-privkey key.key --load-privkey other.key", "cn = proxy\nexpiration_days = 100", 0, ""},
		{"--generate-proxy --load-certificate leaf.pem --load-ca-privkey other.key --load-privkey other.key", "cn = proxy", 1, "not that of the certificate"},
		{"--generate-proxy --load-certificate leaf.pem --load-ca-privkey key.key --load-request other.csr", "", 1, "--load-request is not supported by vncsec"},
	} {
		status, out, messages := s.output(t, test.template, strings.Fields(test.args)...)
		switch {
		case status != test.status || !strings.Contains(messages, test.want):
			t.Errorf("%s with %q: status %d, %s\nwant %q", test.args, test.template, status, messages, test.want)
		case test.want == "" && strings.Contains(messages, "arning:"):
			t.Errorf("%s with %q: %s", test.args, test.template, messages)
		case (status == 0) != strings.Contains(out, "-----BEGIN "):
			t.Errorf("%s with %q: status %d, output %q", test.args, test.template, status, out)
		}
	}
}

// TestBundleOfAuthorities: the first certificate of the file signs.
func TestBundleOfAuthorities(t *testing.T) {
	s := newSite(t)
	var bundle []byte
	for _, name := range []string{"ca.pem", "leaf.pem"} {
		data, err := os.ReadFile(s.path(name))
		if err != nil {
			t.Fatal(err)
		}
		bundle = append(bundle, data...)
	}
	write(t, s.dir, "bundle.pem", string(bundle), 0o600)
	status, out, messages := s.output(t, "cn = x", "--generate-certificate", "--load-ca-certificate", "bundle.pem", "--load-ca-privkey", "ca.key", "--load-privkey", "key.key")
	if block, _ := pem.Decode([]byte(out)); status != 0 || issuerOf(block) != "CN=CA" {
		t.Errorf("status %d, issuer %s: %s", status, issuerOf(block), messages)
	}
}

func issuerOf(block *pem.Block) string {
	if block == nil {
		return "no certificate"
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return err.Error()
	}
	return cert.Issuer.String()
}

// TestRequestWithNewKey writes key and request into one file that is the owner's alone.
func TestRequestWithNewKey(t *testing.T) {
	s := newSite(t)
	mustRun(t, "--generate-request", "--ecdsa", "--template", s.path("leaf.info"), "--outfile", s.path("both.pem"))
	data, err := os.ReadFile(s.path("both.pem"))
	if err != nil {
		t.Fatal(err)
	}
	var labels []string
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		labels = append(labels, block.Type)
	}
	if got := fmt.Sprint(labels); got != "[EC PRIVATE KEY NEW CERTIFICATE REQUEST]" {
		t.Errorf("the file has %s", got)
	}
	if info, err := os.Stat(s.path("both.pem")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if status, messages := ours(t, "", io.Discard, "--generate-certificate", "--load-ca-certificate", s.path("ca.pem"), "--load-ca-privkey", s.path("ca.key"),
		"--load-request", s.path("both.pem"), "--template", s.path("leaf.info")); status != 0 {
		t.Error(messages)
	}
}
