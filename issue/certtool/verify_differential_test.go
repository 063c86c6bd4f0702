package certtool_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vncsec/internal/peertest"
)

// chainMaker makes certificates that are wrong in one way each, as PEM files in a folder.
type chainMaker struct {
	t    *testing.T
	dir  string
	next int64
}

// entity is a certificate with its key.
type entity struct {
	cert *x509.Certificate
	key  crypto.Signer
	pem  []byte
}

// change says how a certificate differs from a good one.
type change func(*x509.Certificate)

func (m *chainMaker) key() crypto.Signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		m.t.Fatal(err)
	}
	return key
}

// make makes a certificate, signed by itself without a parent.
func (m *chainMaker) make(name string, parent *entity, changes ...change) *entity {
	m.t.Helper()
	e := &entity{key: m.key()}
	m.sign(e, name, parent, changes...)
	return e
}

// sign makes a certificate for a key that is there.
func (m *chainMaker) sign(e *entity, name string, parent *entity, changes ...change) {
	m.t.Helper()
	m.next++
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(m.next),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(48 * time.Hour),
		BasicConstraintsValid: true,
	}
	for _, change := range changes {
		change(template)
	}
	issuer, key := template, e.key
	if parent != nil {
		issuer, key = parent.cert, parent.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, e.key.Public(), key)
	if err != nil {
		m.t.Fatal(err)
	}
	m.set(e, der)
}

func (m *chainMaker) set(e *entity, der []byte) {
	m.t.Helper()
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		m.t.Fatal(err)
	}
	e.cert, e.pem = cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// file writes a chain.
func (m *chainMaker) file(name string, chain ...*entity) {
	m.t.Helper()
	var data []byte
	for _, e := range chain {
		data = append(data, e.pem...)
	}
	m.write(name, data)
}

func (m *chainMaker) write(name string, data []byte) {
	m.t.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, name), data, 0o600); err != nil {
		m.t.Fatal(err)
	}
}

// crl writes a list of an authority.
func (m *chainMaker) crl(name string, issuer *entity, change func(*x509.RevocationList), revoked ...*entity) []byte {
	m.t.Helper()
	list := &x509.RevocationList{Number: big.NewInt(4711), ThisUpdate: time.Now().Add(-time.Hour), NextUpdate: time.Now().Add(time.Hour)}
	for _, e := range revoked {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: e.cert.SerialNumber, RevocationTime: list.ThisUpdate})
	}
	if change != nil {
		change(list)
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, issuer.cert, issuer.key)
	if err != nil {
		m.t.Fatal(err)
	}
	data := pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der})
	m.write(name, data)
	return data
}

func ca(c *x509.Certificate) {
	c.IsCA = true
	c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
}

func expired(c *x509.Certificate) {
	c.NotBefore, c.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
}

func future(c *x509.Certificate) { c.NotBefore = time.Now().Add(24 * time.Hour) }

func names(list ...string) change { return func(c *x509.Certificate) { c.DNSNames = list } }

func purposes(list ...x509.ExtKeyUsage) change {
	return func(c *x509.Certificate) { c.ExtKeyUsage = list }
}

func pathLength(n int) change {
	return func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = n, n == 0 }
}

func critical(c *x509.Certificate) {
	c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}})
}

// TestVerifyAsCerttool holds chains, good and bad in all ways, against the real certtool.
func TestVerifyAsCerttool(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "certtool")
	m := &chainMaker{t: t, dir: t.TempDir()}
	m.makeChains()
	m.makeConstrained()
	m.makeRevoked()
	m.makeWeak()
	for _, line := range verifyLines {
		t.Run(line, func(t *testing.T) {
			sameOutput(t, call{args: inFolder(m.dir, line)})
		})
	}
}

func (m *chainMaker) makeChains() {
	root := m.make("root", nil, ca)
	inter := m.make("inter", root, ca)
	leaf := m.make("leaf", inter, names("host.example", "*.wild.example", "xn--bcher-kva.example"), purposes(x509.ExtKeyUsageServerAuth),
		func(c *x509.Certificate) {
			c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1).To4(), net.IPv6loopback}
			c.EmailAddresses = []string{"me@host.example"}
		})
	other := m.make("other", nil, ca)
	m.file("root.pem", root)
	m.file("inter.pem", inter)
	m.file("other.pem", other)
	m.file("roots.pem", other, root, other)
	m.file("leaf.pem", leaf)
	m.file("chain.pem", leaf, inter)
	m.file("full.pem", leaf, inter, root)
	m.file("unsorted.pem", leaf, root, inter)
	m.file("double.pem", leaf, leaf, inter, inter, root)
	m.file("foreign.pem", leaf, other, inter)
	m.file("gap.pem", leaf, root)
	m.file("many.pem", slices.Repeat([]*entity{leaf}, 17)...)
	m.file("direct.pem", m.make("direct", root))
	m.file("cn.pem", m.make("cn.example", root))
	m.file("nameless.pem", m.make("", root, names("host.example")))
	m.file("selfsigned.pem", m.make("self", nil))
	m.file("expired.pem", m.make("expired", root, expired))
	m.file("future.pem", m.make("future", root, future))
	m.file("critical.pem", m.make("critical", root, critical))
	m.file("any.pem", m.make("any", root, purposes(x509.ExtKeyUsageAny)))
	m.file("client.pem", m.make("client", root, purposes(x509.ExtKeyUsageClientAuth)))

	oldRoot := m.make("oldroot", nil, ca, expired)
	m.file("oldroot.pem", oldRoot)
	m.file("underold.pem", m.make("underold", oldRoot))
	oldInter := m.make("oldinter", root, ca, expired)
	m.file("underoldinter.pem", m.make("underoldinter", oldInter), oldInter)
	clientInter := m.make("clientinter", root, ca, purposes(x509.ExtKeyUsageClientAuth))
	m.file("underclient.pem", m.make("underclient", clientInter, purposes(x509.ExtKeyUsageServerAuth)), clientInter)

	twin := &entity{key: m.key()}
	m.sign(twin, "root", nil, ca, func(c *x509.Certificate) { c.SubjectKeyId = root.cert.SubjectKeyId })
	m.file("twin.pem", twin)
	m.file("twins.pem", twin, root)
	broken := *leaf
	der := append([]byte(nil), leaf.cert.Raw...)
	der[len(der)-1] ^= 1
	m.set(&broken, der)
	m.file("tampered.pem", &broken, inter)
	m.file("empty.pem")
	m.file("notca.pem", m.make("notca", nil, func(c *x509.Certificate) { c.BasicConstraintsValid = false }))
}

func (m *chainMaker) makeConstrained() {
	root := m.make("croot", nil, ca)
	m.file("croot.pem", root)
	under := func(name string, changes ...change) *entity {
		inter := m.make(name, root, append([]change{ca}, changes...)...)
		return inter
	}
	leafOf := func(file string, inter *entity, changes ...change) {
		m.file(file, m.make("leaf", inter, changes...), inter)
	}
	leafOf("falseca.pem", under("falseca", func(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, 0 }))
	leafOf("nobasic.pem", under("nobasic", func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid, c.KeyUsage = false, false, 0 }))
	leafOf("nosign.pem", under("nosign", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign }))
	leafOf("critical-inter.pem", under("criticalinter", critical))
	zero := under("zero", pathLength(0))
	second := m.make("second", zero, ca)
	m.file("pathlen.pem", m.make("leaf", second), second, zero)
	leafOf("pathok.pem", zero)
	permitted := under("permitted", func(c *x509.Certificate) {
		c.PermittedDNSDomainsCritical = true
		c.PermittedDNSDomains = []string{"example.com"}
		c.ExcludedDNSDomains = []string{"bad.example.com"}
		c.PermittedEmailAddresses = []string{"example.com"}
		c.PermittedIPRanges = []*net.IPNet{{IP: net.IPv4(10, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}}
	})
	leafOf("nc-good.pem", permitted, names("www.example.com"))
	leafOf("nc-exact.pem", permitted, names("example.com"))
	leafOf("nc-bad.pem", permitted, names("www.example.org"))
	leafOf("nc-excluded.pem", permitted, names("bad.example.com"))
	leafOf("nc-cn.pem", permitted)
	leafOf("nc-email.pem", permitted, names("example.com"), func(c *x509.Certificate) { c.EmailAddresses = []string{"a@example.org"} })
	leafOf("nc-emailok.pem", permitted, names("example.com"), func(c *x509.Certificate) { c.EmailAddresses = []string{"a@example.com"} })
	leafOf("nc-ip.pem", permitted, names("example.com"), func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(11, 0, 0, 1).To4()} })
	leafOf("nc-ipok.pem", permitted, names("example.com"), func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(10, 0, 0, 1).To4()} })
}

func (m *chainMaker) makeRevoked() {
	root := m.make("rroot", nil, ca)
	inter := m.make("rinter", root, ca)
	leaf, good := m.make("revoked", inter), m.make("good", inter)
	m.file("rroot.pem", root)
	m.file("rinter.pem", inter)
	m.file("rleaf.pem", leaf, inter)
	m.file("rgood.pem", good, inter)
	list := m.crl("crl-leaf.pem", inter, nil, leaf)
	m.crl("crl-inter.pem", root, nil, inter)
	m.crl("crl-none.pem", inter, nil)
	m.crl("crl-old.pem", inter, func(l *x509.RevocationList) {
		l.ThisUpdate, l.NextUpdate = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
	}, leaf)
	m.crl("crl-future.pem", inter, func(l *x509.RevocationList) { l.ThisUpdate = time.Now().Add(30 * time.Minute) }, leaf)
	m.write("rchain.pem", append(append(append(leaf.pem, inter.pem...), root.pem...), list...))
	nocrl := m.make("nocrl", nil, ca)
	m.crl("crl-nocrl.pem", nocrl, nil)
	m.sign(nocrl, "nocrl", nil, ca, func(c *x509.Certificate) {
		c.KeyUsage = x509.KeyUsageCertSign
		c.SubjectKeyId = nocrl.cert.SubjectKeyId
	})
	m.file("nocrl.pem", nocrl)
	m.file("twin-inter.pem", m.make("rinter", root, ca))
}

// makeWeak has the real certtool sign what Go does not sign any more, and with keys that
// Go does not have.
func (m *chainMaker) makeWeak() {
	run := func(line string) {
		m.t.Helper()
		args := strings.Fields(line)
		command := exec.Command("certtool", args...)
		command.Dir = m.dir
		if out, err := command.CombinedOutput(); err != nil {
			m.t.Fatalf("certtool %s: %v: %s", line, err, out)
		}
	}
	m.write("ca.cfg", []byte("cn = weak root\nca\ncert_signing_key\ncrl_signing_key\n"))
	m.write("leaf.cfg", []byte("cn = weak leaf\ntls_www_server\nsigning_key\n"))
	fixture := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("text", "testdata", "privatekeys.pem"))
		if err != nil {
			m.t.Fatal(err)
		}
		_, key, _ := strings.Cut(string(data), "# "+name+" (")
		key, _, _ = strings.Cut(key, "# ")
		return []byte(key)
	}
	m.write("crl.cfg", []byte("crl_next_update = 3\ncrl_number = 1\n"))
	m.write("v1.cfg", []byte("cn = old root\n"))
	for _, kind := range weakKinds {
		m.write("wkey-"+kind, fixture(kind))
	}
	for _, kind := range weakKinds {
		run("--generate-self-signed --load-privkey wkey-" + kind + " --template ca.cfg --outfile wroot-" + kind + ".pem")
		run("--generate-certificate --load-privkey wkey-ec-secp384r1 --load-ca-privkey wkey-" + kind +
			" --load-ca-certificate wroot-" + kind + ".pem --template leaf.cfg --outfile wleaf-" + kind + ".pem")
	}
	for _, hash := range []string{"md5", "sha1", "sha224", "sha512", "sha3-256"} {
		run("--generate-certificate --hash " + hash + " --load-privkey wkey-ec-secp384r1 --load-ca-privkey wkey-rsa --load-ca-certificate wroot-rsa.pem --template leaf.cfg --outfile whash-" + hash + ".pem")
		run("--generate-crl --hash " + hash + " --load-ca-privkey wkey-rsa --load-ca-certificate wroot-rsa.pem --template crl.cfg --outfile wcrl-" + hash + ".pem")
	}
	run("--generate-self-signed --v1 --load-privkey wkey-rsa --template v1.cfg --outfile v1root.pem")
	run("--generate-certificate --load-privkey wkey-ec-secp384r1 --load-ca-privkey wkey-rsa --load-ca-certificate v1root.pem --template leaf.cfg --outfile underv1.pem")
}

// weakKinds are fixtures of private keys of all kinds of signatures.
var weakKinds = []string{"rsa", "dsa", "ec-secp224r1", "ec-secp384r1", "rsa-pss-p", "ed25519"}

var verifyLines = func() []string {
	var lines []string
	add := func(format string, files ...string) {
		for _, file := range files {
			lines = append(lines, strings.ReplaceAll(format, "FILE", file))
		}
	}
	add("--verify --load-ca-certificate root.pem --infile FILE", "leaf.pem", "chain.pem", "full.pem", "unsorted.pem", "double.pem",
		"foreign.pem", "gap.pem", "many.pem", "direct.pem", "root.pem", "inter.pem", "other.pem", "nameless.pem", "selfsigned.pem", "expired.pem",
		"future.pem", "critical.pem", "underoldinter.pem", "tampered.pem", "empty.pem", "notca.pem", "missing.pem")
	add("--verify --load-ca-certificate FILE --infile chain.pem", "inter.pem", "other.pem", "roots.pem", "leaf.pem", "twin.pem",
		"twins.pem", "notca.pem", "empty.pem", "missing.pem")
	add("--verify --load-ca-certificate oldroot.pem --infile FILE", "underold.pem", "oldroot.pem")
	add("--verify --infile FILE", "leaf.pem", "full.pem", "root.pem")
	add("-e --infile FILE", "leaf.pem", "chain.pem", "full.pem", "unsorted.pem", "root.pem", "selfsigned.pem", "rchain.pem", "tampered.pem", "empty.pem")
	add("-e --load-ca-certificate root.pem --infile FILE", "full.pem")
	for _, host := range []string{"host.example", "HOST.example", "other.example", "a.wild.example", "a.b.wild.example", "wild.example",
		"127.0.0.1", "127.0.0.2", "::1", "::2", "bücher.example"} {
		add("--verify --load-ca-certificate root.pem --infile chain.pem --verify-hostname FILE", host)
	}
	add("--verify --load-ca-certificate root.pem --infile cn.pem --verify-hostname FILE", "cn.example", "no.example")
	add("--verify --load-ca-certificate root.pem --infile chain.pem --verify-email FILE", "me@host.example", "ME@host.example", "you@host.example")
	for _, purpose := range []string{"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.2.3"} {
		add("--verify --load-ca-certificate root.pem --verify-purpose "+purpose+" --infile FILE", "chain.pem", "client.pem", "any.pem", "direct.pem", "underclient.pem")
	}
	add("--verify --load-ca-certificate root.pem --verify-purpose 1.3.6.1.5.5.7.3.2 --verify-hostname no.example --infile FILE", "chain.pem")
	add("--verify --load-ca-certificate croot.pem --infile FILE", "falseca.pem", "nobasic.pem", "nosign.pem", "critical-inter.pem", "pathlen.pem",
		"pathok.pem", "nc-good.pem", "nc-exact.pem", "nc-bad.pem", "nc-excluded.pem", "nc-cn.pem", "nc-email.pem", "nc-emailok.pem", "nc-ip.pem", "nc-ipok.pem")
	for _, crl := range []string{"crl-leaf.pem", "crl-inter.pem", "crl-none.pem", "crl-old.pem", "crl-future.pem", "rroot.pem", "missing.pem"} {
		add("--verify --load-ca-certificate rroot.pem --load-crl "+crl+" --infile FILE", "rleaf.pem", "rgood.pem")
		if crl != "missing.pem" {
			add("--verify-crl --infile "+crl+" --load-ca-certificate FILE", "rinter.pem", "rroot.pem", "twin-inter.pem")
		}
	}
	add("--verify-crl --infile FILE --load-ca-certificate nocrl.pem", "crl-nocrl.pem")
	add("--verify-crl --infile FILE", "crl-leaf.pem")
	add("--verify-crl --no-text --infile FILE --load-ca-certificate rinter.pem --outfile OUT", "crl-leaf.pem", "crl-old.pem")
	for _, kind := range weakKinds {
		for _, profile := range []string{"", " --verify-profile none", " --verify-profile low", " --verify-profile MEDIUM", " --verify-profile high",
			" --verify-profile ultra", " --verify-profile suiteb128", " --verify-profile suiteb192"} {
			add("--verify --load-ca-certificate wroot-"+kind+".pem --infile FILE"+profile, "wleaf-"+kind+".pem")
		}
	}
	for _, hash := range []string{"md5", "sha1", "sha224", "sha512", "sha3-256"} {
		for _, option := range []string{"", " --verify-allow-broken", " --verify-profile medium", " --verify-profile legacy"} {
			add("--verify --load-ca-certificate wroot-rsa.pem --infile FILE"+option, "whash-"+hash+".pem")
		}
		add("--verify-crl --load-ca-certificate wroot-rsa.pem --infile FILE", "wcrl-"+hash+".pem")
	}
	add("--verify --load-ca-certificate v1root.pem --infile FILE", "underv1.pem", "v1root.pem")
	add("--verify --load-ca-certificate wroot-ed25519.pem --infile FILE --verify-profile future", "wleaf-ed25519.pem", "wroot-ed25519.pem")
	return lines
}()

// TestRandomChainsAsCerttool puts certificates together at random, in chains and as
// authorities, under random options.
func TestRandomChainsAsCerttool(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "certtool")
	m := &chainMaker{t: t, dir: t.TempDir()}
	m.makeChains()
	m.makeConstrained()
	m.makeRevoked()
	m.makeWeak()
	random := mathrand.New(mathrand.NewPCG(12, 9))
	var files, lists [][]byte
	for _, name := range sortedFiles(t, m.dir) {
		data, err := os.ReadFile(filepath.Join(m.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case strings.HasPrefix(name, "crl-"):
			lists = append(lists, data)
		case strings.HasSuffix(name, ".pem") && strings.Contains(string(data), "BEGIN CERTIFICATE"):
			files = append(files, data)
		}
	}
	pick := func(from [][]byte, most int) (all []byte) {
		for range 1 + random.IntN(most) {
			all = append(all, from[random.IntN(len(from))]...)
		}
		return all
	}
	options := [][]string{{"--verify-hostname", "host.example"}, {"--verify-email", "me@host.example"}, {"--verify-purpose", "1.3.6.1.5.5.7.3.1"},
		{"--verify-profile", "medium"}, {"--verify-profile", "suiteb128"}, {"--verify-allow-broken"}}
	for i := range 200 {
		m.write("random-chain.pem", pick(files, 4))
		m.write("random-ca.pem", pick(files, 5))
		m.write("random-crl.pem", pick(lists, 2))
		args := []string{"--verify", "--load-ca-certificate", filepath.Join(m.dir, "random-ca.pem"), "--infile", filepath.Join(m.dir, "random-chain.pem")}
		if random.IntN(4) == 0 {
			args = []string{"--verify-chain", "--infile", filepath.Join(m.dir, "random-chain.pem")}
		} else if random.IntN(2) == 0 {
			args = append(args, "--load-crl", filepath.Join(m.dir, "random-crl.pem"))
		}
		if random.IntN(2) == 0 {
			args = append(args, options[random.IntN(len(options))]...)
		}
		if sameOutput(t, call{args: args}); t.Failed() {
			chain, _ := os.ReadFile(filepath.Join(m.dir, "random-chain.pem"))
			t.Fatalf("case %d: %s", i, chain)
		}
	}
}

func sortedFiles(t *testing.T, dir string) (names []string) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}
