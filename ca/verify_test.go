package ca

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"vncsec/ca/tbs"
)

// identity is a certificate with its key, made with crypto/x509 alone so that
// verification is not tested with the code that signs.
type identity struct {
	cert *x509.Certificate
	key  crypto.Signer
}

var testNow = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// testCA makes a CA certificate signed by issuer, or by itself if that is nil.
func testCA(t testing.TB, name string, issuer *identity, change func(*x509.Certificate)) *identity {
	t.Helper()
	return testIdentity(t, name, issuer, func(c *x509.Certificate) {
		c.IsCA = true
		c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
		c.ExtKeyUsage = nil
		c.DNSNames = nil
		if change != nil {
			change(c)
		}
	})
}

// testIdentity makes an end certificate that is good for both roles.
func testIdentity(t testing.TB, name string, issuer *identity, change func(*x509.Certificate)) *identity {
	t.Helper()
	key := must(ECDSAP256.Generate())
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               pkix.Name{CommonName: name},
		DNSNames:              []string{name},
		NotBefore:             testNow.AddDate(-1, 0, 0),
		NotAfter:              testNow.AddDate(1, 0, 0),
		BasicConstraintsValid: true,
		MaxPathLen:            -1,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if change != nil {
		change(template)
	}
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.cert, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	return &identity{must(x509.ParseCertificate(der)), key}
}

// testCRL makes a revocation list as certtool and openssl make it.
func testCRL(t testing.TB, issuer *identity, change func(*x509.RevocationList), revoked ...*identity) *x509.RevocationList {
	t.Helper()
	template := &x509.RevocationList{
		Number:     big.NewInt(1),
		ThisUpdate: testNow.AddDate(0, 0, -1),
		NextUpdate: testNow.AddDate(0, 0, 1),
	}
	for _, r := range revoked {
		template.RevokedCertificateEntries = append(template.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: r.cert.SerialNumber, RevocationTime: testNow})
	}
	if change != nil {
		change(template)
	}
	signerCert := *issuer.cert
	signerCert.KeyUsage |= x509.KeyUsageCRLSign // crypto/x509 insists where QEMU does not
	der, err := x509.CreateRevocationList(rand.Reader, template, &signerCert, issuer.key)
	if err != nil {
		t.Fatal(err)
	}
	return must(ParseCRLs(pem.EncodeToMemory(&pem.Block{Type: pemCRL, Bytes: der})))[0]
}

func trusting(roots ...*identity) Trust {
	trust := Trust{Now: func() time.Time { return testNow }}
	for _, root := range roots {
		trust.Roots = append(trust.Roots, root.cert)
	}
	return trust
}

func wantCode(t *testing.T, err error, want Code, words ...string) {
	t.Helper()
	var verifyErr *VerifyError
	switch {
	case want == "" && err == nil:
		return
	case !errors.As(err, &verifyErr):
		t.Errorf("got error %v, want code %q", err, want)
	case verifyErr.Code != want:
		t.Errorf("got code %q (%v), want %q", verifyErr.Code, err, want)
	default:
		for _, word := range words {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%q does not say %q", err, word)
			}
		}
	}
}

func TestVerifyRolesAndUses(t *testing.T) {
	root := testCA(t, "Root", nil, nil)
	usages := func(usages ...x509.ExtKeyUsage) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.ExtKeyUsage = usages }
	}
	for name, test := range map[string]struct {
		change         func(*x509.Certificate)
		server, client Code
	}{
		"both roles":      {nil, "", ""},
		"no extKeyUsage":  {usages(), "", ""},
		"server only":     {usages(x509.ExtKeyUsageServerAuth), "", CodeWrongUsage},
		"client only":     {usages(x509.ExtKeyUsageClientAuth), CodeWrongUsage, ""},
		"any purpose":     {usages(x509.ExtKeyUsageAny), "", ""},
		"code signing":    {usages(x509.ExtKeyUsageCodeSigning), CodeWrongUsage, CodeWrongUsage},
		"no keyUsage":     {func(c *x509.Certificate) { c.KeyUsage = 0 }, "", ""},
		"keyEncipherment": {func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }, CodeWrongUsage, CodeWrongUsage},
		"a CA":            {func(c *x509.Certificate) { c.IsCA = true }, CodeWrongUsage, CodeWrongUsage},
		"expired":         {func(c *x509.Certificate) { c.NotAfter = testNow.Add(-time.Hour) }, CodeExpired, CodeExpired},
		"not yet valid":   {func(c *x509.Certificate) { c.NotBefore = testNow.Add(time.Hour) }, CodeNotYetValid, CodeNotYetValid},
		"unknown purpose": {func(c *x509.Certificate) {
			c.ExtKeyUsage = nil
			c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{1, 2, 3}}
		}, CodeWrongUsage, CodeWrongUsage},
		"unknown extension": {func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true}}
		}, CodeUnknownExtension, CodeUnknownExtension},
	} {
		t.Run(name, func(t *testing.T) {
			chain := []*x509.Certificate{testIdentity(t, "leaf.example", root, test.change).cert}
			wantCode(t, VerifyServer(chain, "", trusting(root)), test.server, "leaf.example")
			wantCode(t, VerifyClient(chain, trusting(root)), test.client, "leaf.example")
		})
	}
	wantCode(t, VerifyClient(slices.Repeat([]*x509.Certificate{root.cert}, maxChain+1), trusting(root)), CodeInvalidChain, "at most 9")
	wantCode(t, VerifyClient(nil, trusting(root)), CodeNoCertificate)
	wantCode(t, VerifyClient([]*x509.Certificate{root.cert}, trusting(root)), CodeWrongUsage)
}

func TestVerifyChains(t *testing.T) {
	root := testCA(t, "Root", nil, nil)
	other := testCA(t, "Other", nil, nil)
	impostor := testCA(t, "Root", nil, nil)
	middle := testCA(t, "Middle", root, nil)
	chain := func(ids ...*identity) (certs []*x509.Certificate) {
		for _, id := range ids {
			certs = append(certs, id.cert)
		}
		return certs
	}
	leafOf := func(issuer *identity) *identity { return testIdentity(t, "leaf.example", issuer, nil) }
	badMiddle := func(change func(*x509.Certificate)) []*x509.Certificate {
		middle := testCA(t, "Middle", root, change)
		return chain(leafOf(middle), middle)
	}
	short := testCA(t, "Root", nil, func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = 0, true })
	underShort := testCA(t, "Middle", short, nil)
	signer := testIdentity(t, "signer.example", root, func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageCertSign })
	old := testCA(t, "Root", nil, func(c *x509.Certificate) { c.NotAfter = testNow.Add(-time.Hour) })

	for name, test := range map[string]struct {
		chain []*x509.Certificate
		trust Trust
		want  Code
	}{
		"direct":                   {chain(leafOf(root)), trusting(root), ""},
		"root sent as well":        {chain(leafOf(root), root), trusting(root), ""},
		"two roots":                {chain(leafOf(root)), trusting(other, root), ""},
		"with intermediate":        {chain(leafOf(middle), middle), trusting(root), ""},
		"intermediate missing":     {chain(leafOf(middle)), trusting(root), CodeUnknownIssuer},
		"intermediate is trusted":  {chain(leafOf(middle)), trusting(middle), ""},
		"intermediate from trust":  {chain(leafOf(middle)), Trust{Roots: chain(root), Intermediates: chain(middle), Now: trusting().Now}, ""},
		"other CA":                 {chain(leafOf(other)), trusting(root), CodeUnknownIssuer},
		"other CA brings its root": {chain(leafOf(other), other), trusting(root), CodeUnknownIssuer},
		"same name, other key":     {chain(leafOf(impostor)), trusting(root), CodeBadSignature},
		"no roots":                 {chain(leafOf(root)), trusting(), CodeUnknownIssuer},
		"leaf as a CA":             {chain(leafOf(signer), signer), trusting(root), CodeNotACA},
		"root expired":             {chain(leafOf(old)), trusting(old), CodeExpired},
		"path too long":            {chain(leafOf(underShort), underShort), trusting(short), CodeInvalidChain},
		"middle expired":           {badMiddle(func(c *x509.Certificate) { c.NotAfter = testNow.Add(-time.Hour) }), trusting(root), CodeExpired},
		"middle no CA":             {badMiddle(func(c *x509.Certificate) { c.IsCA = false }), trusting(root), CodeNotACA},
		"middle cannot sign":       {badMiddle(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }), trusting(root), CodeNotACA},
		"middle for mail only":     {badMiddle(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} }), trusting(root), CodeWrongUsage},
		"middle for other names": {badMiddle(func(c *x509.Certificate) {
			c.PermittedDNSDomainsCritical, c.PermittedDNSDomains = true, []string{"allowed.example"}
		}), trusting(root), CodeNameConstraint},
	} {
		t.Run(name, func(t *testing.T) {
			wantCode(t, VerifyServer(test.chain, "", test.trust), test.want)
			wantCode(t, VerifyClient(test.chain, test.trust), test.want)
		})
	}
}

func TestVerifyServerName(t *testing.T) {
	root := testCA(t, "Root", nil, nil)
	leaf := func(change func(*x509.Certificate)) []*x509.Certificate {
		return []*x509.Certificate{testIdentity(t, "host.example", root, change).cert}
	}
	named := leaf(func(c *x509.Certificate) {
		c.DNSNames = []string{"host.example", "*.wild.example"}
		c.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 1).To4(), net.ParseIP("2001:db8::1")}
	})
	for host, want := range map[string]Code{
		"host.example":       "",
		"HOST.Example":       "",
		"a.wild.example":     "",
		"192.0.2.1":          "",
		"2001:db8::1":        "",
		"[2001:db8::1]":      "",
		"other.example":      CodeWrongName,
		"wild.example":       CodeWrongName,
		"a.b.wild.example":   CodeWrongName,
		"sub.host.example":   CodeWrongName,
		"192.0.2.2":          CodeWrongName,
		"host.example\x00.x": CodeWrongName,
	} {
		wantCode(t, VerifyServer(named, host, trusting(root)), want)
	}
	cnOnly := leaf(func(c *x509.Certificate) { c.DNSNames = nil })
	wantCode(t, VerifyServer(cnOnly, "", trusting(root)), "")
	wantCode(t, VerifyServer(cnOnly, "host.example", trusting(root)), CodeNameInCNOnly, "dns_name = host.example")
	wantCode(t, VerifyServer(cnOnly, "192.0.2.1", trusting(root)), CodeNameInCNOnly, "ip_address = 192.0.2.1")
}

func TestVerifyRevocation(t *testing.T) {
	root := testCA(t, "Root", nil, nil)
	manual := testCA(t, "Manual", nil, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCertSign })
	impostor := testCA(t, "Root", nil, nil)
	other := testCA(t, "Other", nil, nil)
	middle := testCA(t, "Middle", root, nil)
	leaf, deep, manualLeaf := testIdentity(t, "leaf", root, nil), testIdentity(t, "deep", middle, nil), testIdentity(t, "m", manual, nil)
	past := func(crl *x509.RevocationList) { crl.NextUpdate = testNow.Add(-time.Hour) }
	future := func(crl *x509.RevocationList) { crl.ThisUpdate = testNow.Add(time.Hour) }
	older := func(crl *x509.RevocationList) { crl.ThisUpdate = testNow.AddDate(0, 0, -9); past(crl) }
	delta := func(crl *x509.RevocationList) {
		crl.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 27}, Critical: true, Value: []byte{2, 1, 1}}}
	}
	type crls = []*x509.RevocationList

	for name, test := range map[string]struct {
		leaf *identity
		crls crls
		want Code
	}{
		"empty list":             {leaf, crls{testCRL(t, root, nil)}, ""},
		"listed":                 {leaf, crls{testCRL(t, root, nil, leaf)}, CodeRevoked},
		"another one listed":     {leaf, crls{testCRL(t, root, nil, deep)}, ""},
		"list of another CA":     {leaf, crls{testCRL(t, other, nil, leaf)}, ""},
		"expired list":           {leaf, crls{testCRL(t, root, past)}, CodeCRLExpired},
		"listed in expired list": {leaf, crls{testCRL(t, root, past, leaf)}, CodeRevoked},
		"future list":            {leaf, crls{testCRL(t, root, future)}, CodeCRLNotYetValid},
		"superseded list":        {leaf, crls{testCRL(t, root, older), testCRL(t, root, nil)}, ""},
		"of an impostor":         {leaf, crls{testCRL(t, impostor, nil)}, CodeCRLBadSignature},
		"of both":                {leaf, crls{testCRL(t, impostor, nil, leaf), testCRL(t, root, nil)}, ""},
		"delta list":             {leaf, crls{testCRL(t, root, delta)}, CodeCRLUnsupported},
		"intermediate revoked":   {deep, crls{testCRL(t, root, nil, middle)}, CodeRevoked},
		"below it revoked":       {deep, crls{testCRL(t, root, nil), testCRL(t, middle, nil, deep)}, CodeRevoked},
		"root revoked":           {leaf, crls{testCRL(t, root, nil, root)}, CodeRevoked},
		"CA without cRLSign":     {manualLeaf, crls{testCRL(t, manual, nil)}, ""},
		"and listed there":       {manualLeaf, crls{testCRL(t, manual, nil, manualLeaf)}, CodeRevoked},
	} {
		t.Run(name, func(t *testing.T) {
			trust := trusting(root, manual)
			trust.CRLs = test.crls
			wantCode(t, VerifyClient([]*x509.Certificate{test.leaf.cert, middle.cert}, trust), test.want)
		})
	}
}

// FuzzVerify shows hostile certificates and revocation lists to the verification.
func FuzzVerify(f *testing.F) {
	root := testCA(f, "Root", nil, nil)
	leaf := testIdentity(f, "leaf", root, nil)
	f.Add(leaf.cert.Raw, testCRL(f, root, nil, leaf).Raw)
	f.Add(root.cert.Raw, testCRL(f, testCA(f, "Other", nil, nil), nil).Raw)
	f.Fuzz(func(t *testing.T, der, list []byte) {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return
		}
		trust := trusting(root)
		if crl, err := x509.ParseRevocationList(list); err == nil {
			trust.CRLs = append(trust.CRLs, crl)
		}
		for _, err := range []error{VerifyServer([]*x509.Certificate{cert, root.cert}, "leaf", trust), VerifyClient([]*x509.Certificate{cert}, trust)} {
			var verifyErr *VerifyError
			switch {
			case err == nil && !bytes.Equal(cert.RawTBSCertificate, leaf.cert.RawTBSCertificate):
				t.Errorf("a certificate that nobody issued is good:\n%x", der)
			case err != nil && (!errors.As(err, &verifyErr) || verifyErr.Code == ""):
				t.Errorf("not a VerifyError: %v", err)
			}
		}
	})
}

// TestKeyUsageThatPermitsNothing: crypto/x509 takes it for a missing one.
func TestKeyUsageThatPermitsNothing(t *testing.T) {
	root := testCA(t, "CA", nil, nil)
	leaf := testIdentity(t, "x", root, func(c *x509.Certificate) {
		c.KeyUsage = 0
		c.ExtraExtensions = []pkix.Extension{{Id: tbs.OIDKeyUsage, Critical: true, Value: []byte{asn1.TagBitString, 1, 0}}}
	})
	trust := Trust{Roots: []*x509.Certificate{root.cert}, Now: func() time.Time { return testNow }}
	var failed *VerifyError
	if err := VerifyClient([]*x509.Certificate{leaf.cert}, trust); !errors.As(err, &failed) || failed.Code != CodeWrongUsage {
		t.Errorf("got %v, want %s", err, CodeWrongUsage)
	}
}
