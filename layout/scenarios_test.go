package layout

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	_ "crypto/sha1" // for certificates that must be refused
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"testing"
	"time"

	"vncsec/internal/oddcert"
)

// scenario is a folder, and the codes that Check must report for it.
type scenario struct {
	name     string
	role     Role
	files    files
	critical []Code
	warning  []Code
}

func scenarios(t testing.TB) []scenario {
	var list []scenario
	for _, role := range []Role{Server, Client} {
		list = append(list, fileScenarios(t, role)...)
		list = append(list, usageScenarios(role)...)
		list = append(list, chainScenarios(role)...)
		list = append(list, indexedScenarios(role)...)
	}
	list = append(list, signatureScenarios()...)
	return append(list, crlScenarios(t)...)
}

func is(codes ...Code) []Code { return codes }

func fileScenarios(t testing.TB, role Role) []scenario {
	p := role.pairs()[0]
	good := goodSet(role)
	cert, key := good[p.cert], good[p.key]
	block, _ := pem.Decode(cert)
	ecDER, err := x509.MarshalECPrivateKey(leafKey().(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	sec1 := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: ecDER})
	parameters := pem.EncodeToMemory(&pem.Block{Type: "EC PARAMETERS", Bytes: []byte{6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7}})
	text := []byte("some text\n-- and dashes --\n")
	noPair := scenario{name: "no pair", files: good.with(p.cert, []byte(nil), p.key, []byte(nil)), warning: is(NoIdentity)}
	noCert := scenario{name: "no certificate", files: good.with(p.cert, []byte(nil)), critical: is(PairIncomplete), warning: is(NoIdentity)}
	if role == Server {
		noPair.critical, noPair.warning = is(FileMissing), nil
		noCert.warning = nil
	}
	list := []scenario{
		{name: "good", files: good},
		noPair, noCert,
		{name: "empty folder", files: files{}, critical: is(FileMissing), warning: noPair.warning},
		{name: "no CA", files: good.with(CACertFile, []byte(nil)), critical: is(FileMissing)},
		{name: "no key", files: good.with(p.key, []byte(nil)), critical: is(PairIncomplete)},
		{name: "text around", files: good.with(p.cert, concat(text, cert, text), p.key, concat(text, key, text), CACertFile, concat(text, good[CACertFile], text))},
		{name: "CRLF", files: good.with(p.cert, crlf(cert), p.key, crlf(key), CACertFile, crlf(good[CACertFile]))},
		{name: "DER certificate", files: good.with(p.cert, block.Bytes), critical: is(CertMalformed)},
		{name: "DER CA", files: good.with(CACertFile, caSpec().DER()), critical: is(CertMalformed)},
		{name: "X509 CERTIFICATE header", files: good.with(p.cert, pem.EncodeToMemory(&pem.Block{Type: "X509 CERTIFICATE", Bytes: block.Bytes}))},
		{name: "request header only", files: good.with(p.cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: []byte{48, 0}})), critical: is(CertMalformed)},
		{name: "empty certificate", files: good.with(p.cert, []byte{}), critical: is(CertMalformed)},
		{name: "empty CA", files: good.with(CACertFile, []byte{}), critical: is(CertMalformed)},
		{name: "empty key", files: good.with(p.key, []byte{}), critical: is(KeyMalformed)},
		{name: "cut certificate", files: good.with(p.cert, cert[:len(cert)/2]), critical: is(CertMalformed)},
		{name: "garbage certificate", files: good.with(p.cert, oddcert.CertPEM([]byte("garbage"))), critical: is(CertMalformed)},
		{name: "garbage behind the CA", files: good.with(CACertFile, concat(good[CACertFile], oddcert.CertPEM([]byte("garbage")))), critical: is(CertMalformed)},
		{name: "garbage behind the certificate", files: good.with(p.cert, concat(cert, oddcert.CertPEM([]byte("garbage")))), critical: is(CertMalformed)},
		{name: "garbage behind a NUL", files: good.with(CACertFile, concat(good[CACertFile], []byte{0}, oddcert.CertPEM([]byte("garbage")))), warning: is(CertMalformed)},
		{name: "bytes behind the DER", files: good.with(p.cert, func() []byte { s := leafSpec(role); s.Trailing = []byte{5, 0}; return s.PEM() }()), critical: is(CertMalformed)},
		{name: "other key", files: good.with(p.key, oddcert.KeyPEM(otherCAKey())), critical: is(KeyMismatch)},
		{name: "other kind of key", files: good.with(p.key, oddcert.KeyPEM(rsaKey())), critical: is(KeyMismatch)},
		{name: "certificate in the key file", files: good.with(p.key, cert), critical: is(KeyMalformed)},
		{name: "SEC 1 key", files: good.with(p.key, sec1)},
		{name: "EC parameters first", files: good.with(p.key, concat(parameters, sec1))},
		{name: "key and certificate in both", files: good.with(p.key, concat(key, cert), p.cert, concat(key, cert))},
		{name: "sealed key", files: good.with(p.key, sealedKey(t)), critical: is(KeySealed)},
	}
	if role == Server {
		list = append(list,
			scenario{name: "garbage dh-params", files: good.with(DHParamsFile, []byte("garbage")), critical: is(DHMalformed), warning: is(DHDeprecated)},
			scenario{name: "good dh-params", files: good.with(DHParamsFile, dhParams()), warning: is(DHDeprecated)})
	}
	return grouped("files", role, list)
}

func grouped(group string, role Role, list []scenario) []scenario {
	for i := range list {
		list[i].role, list[i].name = role, fmt.Sprintf("%s/%s/%s", group, role, list[i].name)
	}
	return list
}

func crlf(text []byte) []byte {
	var out []byte
	for _, b := range text {
		if b == '\n' {
			out = append(out, '\r')
		}
		out = append(out, b)
	}
	return out
}

func dhParams() []byte {
	der := concat([]byte{0x30, 0x0e, 0x02, 0x09, 0}, []byte{0xff, 1, 2, 3, 4, 5, 6, 7}, []byte{0x02, 0x01, 0x02})
	return pem.EncodeToMemory(&pem.Block{Type: "DH PARAMETERS", Bytes: der})
}

// usageScenarios are QEMU's table of columns, one row each.
func usageScenarios(role Role) []scenario {
	own, foreign := oddcert.ServerAuth, oddcert.ClientAuth
	if role == Client {
		own, foreign = foreign, own
	}
	type row struct {
		name              string
		extensions        []oddcert.Extension
		critical, warning []Code
	}
	san := oddcert.SubjectAltName(false, oddcert.DNS("leaf.example"))
	ku := func(critical bool, bits byte) oddcert.Extension { return oddcert.KeyUsage(critical, bits) }
	const both = oddcert.DigitalSignature | oddcert.KeyEncipherment
	leaves := []row{
		{"bare", []oddcert.Extension{san}, nil, nil},
		{"constraints not critical", []oddcert.Extension{san, oddcert.BasicConstraints(false, false, -1)}, nil, nil},
		{"leaf is a CA", []oddcert.Extension{san, oddcert.BasicConstraints(true, true, -1)}, is(CertIsCA), nil},
		{"leaf is a CA, not critical", []oddcert.Extension{san, oddcert.BasicConstraints(false, true, -1)}, is(CertIsCA), nil},
		{"signature only, critical", []oddcert.Extension{san, ku(true, oddcert.DigitalSignature)}, nil, is(UsageEncipher)},
		{"signature only", []oddcert.Extension{san, ku(false, oddcert.DigitalSignature)}, nil, nil},
		{"both, critical", []oddcert.Extension{san, ku(true, both)}, nil, nil},
		{"encipherment only, critical", []oddcert.Extension{san, ku(true, oddcert.KeyEncipherment)}, is(UsageSignature), nil},
		{"encipherment only", []oddcert.Extension{san, ku(false, oddcert.KeyEncipherment)}, nil, is(ChainRefused)},
		{"no usage at all, critical", []oddcert.Extension{san, ku(true, 0)}, is(UsageSignature), is(UsageEncipher)},
		{"cert sign only, critical", []oddcert.Extension{san, ku(true, oddcert.CertSign)}, is(UsageSignature), is(UsageEncipher)},
		{"own purpose", []oddcert.Extension{san, oddcert.ExtKeyUsage(false, own)}, nil, nil},
		{"own purpose, critical", []oddcert.Extension{san, oddcert.ExtKeyUsage(true, own)}, nil, nil},
		{"both purposes, critical", []oddcert.Extension{san, oddcert.ExtKeyUsage(true, foreign, own)}, nil, nil},
		{"any purpose, critical", []oddcert.Extension{san, oddcert.ExtKeyUsage(true, oddcert.AnyPurpose)}, nil, nil},
		{"other purpose", []oddcert.Extension{san, oddcert.ExtKeyUsage(false, foreign)}, nil, is(EKUWrongRole)},
		{"other purpose, critical", []oddcert.Extension{san, oddcert.ExtKeyUsage(true, foreign)}, is(EKUWrongRole), nil},
		{"code signing, critical", []oddcert.Extension{san, oddcert.ExtKeyUsage(true, oddcert.CodeSigning)}, is(EKUWrongRole), nil},
		{"no purpose in the list, critical", []oddcert.Extension{san, oddcert.ExtKeyUsage(true)}, is(), nil},
		{"unknown extension", []oddcert.Extension{san, oddcert.Unknown(false)}, nil, nil},
		{"unknown extension, critical", []oddcert.Extension{san, oddcert.Unknown(true)}, is(ChainCritical), nil},
		{"malformed key usage", []oddcert.Extension{san, {OID: ku(true, 1).OID, Critical: true, Value: []byte{5, 0}}}, is(BadExtension), nil},
		{"malformed purposes", []oddcert.Extension{san, {OID: oddcert.ExtKeyUsage(true).OID, Value: []byte{5, 0}}}, is(BadExtension), nil},
		{"malformed constraints", []oddcert.Extension{san, {OID: oddcert.BasicConstraints(true, true, 1).OID, Value: []byte{5, 0}}}, is(BadExtension), nil},
		{"extension twice", []oddcert.Extension{san, oddcert.Unknown(false), oddcert.Unknown(false)}, is(CertMalformed), nil},
		{"empty name", []oddcert.Extension{oddcert.SubjectAltName(false, oddcert.DNS(""))}, is(CertMalformed), nil},
	}
	authorities := []row{
		{"CA: constraints not critical", []oddcert.Extension{oddcert.BasicConstraints(false, true, -1)}, nil, nil},
		{"CA: no constraints", []oddcert.Extension{ku(true, oddcert.CertSign)}, is(CANotCA), nil},
		{"CA: CA:FALSE", []oddcert.Extension{oddcert.BasicConstraints(true, false, -1)}, is(CANotCA), nil},
		{"CA: no cert sign, critical", []oddcert.Extension{oddcert.BasicConstraints(true, true, -1), ku(true, oddcert.CRLSign)}, is(UsageCertSign), nil},
		{"CA: no cert sign", []oddcert.Extension{oddcert.BasicConstraints(true, true, -1), ku(false, oddcert.CRLSign)}, is(ChainLimits), nil},
		{"CA: path length 0", []oddcert.Extension{oddcert.BasicConstraints(true, true, 0)}, nil, nil},
		{"CA: purpose of the other role, critical", []oddcert.Extension{oddcert.BasicConstraints(true, true, -1), oddcert.ExtKeyUsage(true, foreign)}, nil, is(ChainRefused)},
		{"CA: unknown extension, critical", []oddcert.Extension{oddcert.BasicConstraints(true, true, -1), oddcert.Unknown(true)}, is(ChainCritical), nil},
		{"CA: other key identifier", []oddcert.Extension{oddcert.BasicConstraints(true, true, -1), oddcert.SubjectKeyID("other")}, nil, nil},
	}
	var list []scenario
	for _, r := range leaves {
		list = append(list, scenario{name: r.name, files: set(role, leafSpec(role, r.extensions...)), critical: r.critical, warning: r.warning})
	}
	for _, r := range authorities {
		leaf := leafSpec(role, leafExtensions(role)[:4]...) // without the key identifier
		list = append(list, scenario{name: r.name, files: set(role, leaf).with(CACertFile, caSpec(r.extensions...).PEM()), critical: r.critical, warning: r.warning})
	}
	return grouped("usage", role, append(list, dateScenarios(role)...))
}

func dateScenarios(role Role) []scenario {
	past, future := time.Now().Add(-24*time.Hour), time.Now().Add(24*time.Hour)
	dated := func(s oddcert.Spec, from, to time.Time) oddcert.Spec {
		s.NotBefore, s.NotAfter = from, to
		return s
	}
	long := past.AddDate(-1, 0, 0)
	return []scenario{
		{name: "expired", files: set(role, dated(leafSpec(role), long, past)), critical: is(CertExpired)},
		{name: "not yet valid", files: set(role, dated(leafSpec(role), future, future.AddDate(1, 0, 0))), critical: is(CertNotYetValid)},
		{name: "expires soon", files: set(role, dated(leafSpec(role), long, future)), warning: is(CertExpiresSoon)},
		{name: "CA expired", files: goodSet(role).with(CACertFile, dated(caSpec(), long, past).PEM()), critical: is(CertExpired)},
		{name: "CA not yet valid", files: goodSet(role).with(CACertFile, dated(caSpec(), future, future.AddDate(1, 0, 0)).PEM()), critical: is(CertNotYetValid)},
	}
}

func chainScenarios(role Role) []scenario {
	p := role.pairs()[0]
	good := goodSet(role)
	root, middle := caSpec().PEM(), middleSpec().PEM()
	otherRoot := oddcert.Spec{Issuer: "other", Subject: "other", Key: otherCAKey().Public(), Signer: otherCAKey(), Extensions: caSpec().Extensions[:2]}
	notCA := otherRoot
	notCA.Subject, notCA.Extensions = "not a CA", []oddcert.Extension{oddcert.BasicConstraints(true, false, -1)}
	expired := otherRoot
	expired.NotBefore, expired.NotAfter = time.Now().AddDate(-2, 0, 0), time.Now().AddDate(-1, 0, 0)
	foreign := leafSpec(role)
	foreign.Signer = otherCAKey()
	elsewhere := leafSpec(role)
	elsewhere.Issuer, elsewhere.Signer = "other", otherCAKey()
	selfSigned := leafSpec(role, leafExtensions(role)[:4]...)
	selfSigned.Issuer, selfSigned.Signer = "leaf", leafKey()
	limited := middleSpec(oddcert.BasicConstraints(true, true, 0), oddcert.KeyUsage(true, oddcert.CertSign))
	second := oddcert.Spec{Issuer: "middle", Subject: "second", Key: otherCAKey().Public(), Signer: middleKey(), Extensions: middleSpec().Extensions}
	underSecond := leafSpec(role, leafExtensions(role)[:4]...)
	underSecond.Issuer, underSecond.Signer = "second", otherCAKey()
	chained := set(role, underMiddle(role))
	limitedRoot := caSpec(oddcert.BasicConstraints(true, true, 0), oddcert.KeyUsage(true, oddcert.CertSign))
	wrongOrder := is(UsageEncipher)
	if role == Server {
		wrongOrder = is(SANMissing, UsageEncipher)
	}
	sameName := leafSpec(role, leafExtensions(role)[:4]...)
	sameName.Subject = "CA"
	return grouped("chain", role, []scenario{
		{name: "signed by another CA of the same name", files: good.with(p.cert, foreign.PEM()), critical: is(ChainSignature)},
		{name: "signed by an unknown CA", files: good.with(p.cert, elsewhere.PEM()), critical: is(ChainIssuer)},
		{name: "self-signed", files: good.with(p.cert, selfSigned.PEM()), critical: is(ChainSelfIssued), warning: is(ChainIssuer)},
		{name: "self-signed and its own CA", files: good.with(p.cert, selfSigned.PEM(), CACertFile, selfSigned.PEM()), critical: is(ChainSelfIssued), warning: is(CANotCA, UsageCertSign)},
		{name: "named as its CA", files: good.with(p.cert, sameName.PEM()), critical: is(ChainSelfIssued)},
		{name: "spoilt signature", files: set(role, func() oddcert.Spec { s := leafSpec(role); s.SpoilSignature = true; return s }()), critical: is(ChainSignature)},
		{name: "other authorities first", files: good.with(CACertFile, concat(otherRoot.PEM(), root))},
		{name: "an authority that is none", files: good.with(CACertFile, concat(root, notCA.PEM())), warning: is(CANotCA)},
		{name: "an expired authority", files: good.with(CACertFile, concat(root, expired.PEM())), warning: is(CertExpired)},
		{name: "17 authorities, ours last", files: good.with(CACertFile, concat(repeat(otherRoot.PEM(), 16), root)), warning: is(CATooMany)},
		{name: "17 authorities, ours number 16", files: good.with(CACertFile, concat(repeat(otherRoot.PEM(), 15), root, otherRoot.PEM()))},
		{name: "17 authorities, ours first", files: good.with(CACertFile, concat(root, repeat(otherRoot.PEM(), 16)))},
		{name: "16 authorities, ours last", files: good.with(CACertFile, concat(repeat(otherRoot.PEM(), 15), root))},
		{name: "bundle", files: chained.with(p.cert, concat(chained[p.cert], middle)), warning: is(ChainIssuer)},
		{name: "bundle with the root", files: chained.with(p.cert, concat(chained[p.cert], middle, root)), warning: is(ChainIssuer)},
		{name: "bundle in the wrong order", files: chained.with(p.cert, concat(middle, chained[p.cert])), critical: is(CertIsCA, CANotCA, KeyMismatch, ChainOrder, UsageCertSign, UsageSignature), warning: wrongOrder},
		{name: "bundle with a stranger", files: good.with(p.cert, concat(good[p.cert], otherRoot.PEM())), critical: is(ChainOrder)},
		{name: "bundle with the CA", files: good.with(p.cert, concat(good[p.cert], root))},
		{name: "middle missing", files: chained, critical: is(ChainIssuer)},
		{name: "middle in the CA file", files: chained.with(CACertFile, concat(middle, root))},
		{name: "middle as the only anchor", files: chained.with(CACertFile, middle), critical: is(ChainNoRoot)},
		{name: "middle in both", files: chained.with(p.cert, concat(chained[p.cert], middle), CACertFile, concat(root, middle))},
		{name: "middle not a CA", files: chained.with(p.cert, concat(chained[p.cert], middleSpec(oddcert.KeyUsage(true, oddcert.CertSign)).PEM())), critical: is(CANotCA), warning: is(ChainIssuer)},
		{name: "path length 0 in the bundle", files: chained.with(p.cert, concat(chained[p.cert], limited.PEM())), warning: is(ChainIssuer)},
		{name: "path length exceeded in the bundle", files: set(role, underSecond).with(p.cert, concat(underSecond.PEM(), second.PEM(), limited.PEM())), critical: is(ChainLimits), warning: is(ChainIssuer)},
		{name: "path length exceeded in the CA file", files: set(role, underSecond).with(CACertFile, concat(second.PEM(), limited.PEM(), root)), warning: is(ChainRefused)},
		{name: "path length of the root exceeded", files: chained.with(p.cert, concat(chained[p.cert], middle), CACertFile, limitedRoot.PEM()), critical: is(ChainLimits), warning: is(ChainIssuer)},
		{name: "path length of the root, middle trusted", files: chained.with(CACertFile, concat(middle, limitedRoot.PEM())), warning: is(ChainRefused)},
		{name: "circle", files: chained.with(CACertFile, circle()), critical: is(ChainLoop)},
		{name: "leaf listed as an authority", files: good.with(CACertFile, concat(root, good[p.cert])), warning: is(CANotCA, UsageCertSign)},
	})
}

func repeat(data []byte, n int) []byte {
	var out []byte
	for range n {
		out = append(out, data...)
	}
	return out
}

// circle is two authorities that signed each other.
func circle() []byte {
	ca := middleSpec()
	other := oddcert.Spec{Issuer: "middle", Subject: "CA", Key: caKey().Public(), Signer: middleKey(), Extensions: ca.Extensions}
	return concat(ca.PEM(), other.PEM())
}

func indexedScenarios(role Role) []scenario {
	plain, zero, one := role.pairs()[0], role.pairs()[1], role.pairs()[2]
	good := goodSet(role)
	rsaLeaf := leafSpec(role)
	rsaLeaf.Key = rsaKey().Public()
	rsaPEM, rsaKeyPEM := rsaLeaf.PEM(), oddcert.KeyPEM(rsaKey())
	expired := rsaLeaf
	expired.NotBefore, expired.NotAfter = time.Now().AddDate(-2, 0, 0), time.Now().AddDate(-1, 0, 0)
	onlyIndexed := scenario{name: "only indexed", files: files{CACertFile: good[CACertFile], zero.cert: rsaPEM, zero.key: rsaKeyPEM}}
	halfClient := scenario{name: "half plain pair", files: good.with(plain.key, []byte(nil), zero.cert, rsaPEM, zero.key, rsaKeyPEM), critical: is(PairIncomplete)}
	if role == Server {
		onlyIndexed.warning = is(FileMissing)
	}
	return grouped("indexed", role, []scenario{
		onlyIndexed, halfClient,
		{name: "plain and indexed", files: good.with(zero.cert, rsaPEM, zero.key, rsaKeyPEM)},
		{name: "half indexed pair", files: good.with(zero.cert, rsaPEM), critical: is(PairIncomplete)},
		{name: "key without certificate", files: good.with(zero.key, rsaKeyPEM), critical: is(PairIncomplete)},
		{name: "behind a gap", files: good.with(one.cert, rsaPEM, one.key, rsaKeyPEM), warning: is(PairSkipped)},
		{name: "garbage behind a gap", files: good.with(one.cert, []byte("garbage"), one.key, rsaKeyPEM), warning: is(PairSkipped)},
		{name: "indexed expired", files: good.with(zero.cert, expired.PEM(), zero.key, rsaKeyPEM), critical: is(CertExpired)},
		{name: "indexed key mismatch", files: good.with(zero.cert, rsaPEM, zero.key, oddcert.KeyPEM(leafKey())), critical: is(KeyMismatch)},
		{name: "indexed garbage", files: good.with(zero.cert, []byte("garbage"), zero.key, rsaKeyPEM), critical: is(CertMalformed)},
	})
}

// signatureScenarios are about kinds of keys and signatures, versions and serials.
func signatureScenarios() []scenario {
	rsaCA := oddcert.Spec{Issuer: "CA", Subject: "CA", Key: rsaKey().Public(), Signer: rsaKey(), Extensions: caSpec().Extensions}
	signed := func(hash crypto.Hash) files {
		leaf := leafSpec(Server)
		leaf.Signer, leaf.Hash = rsaKey(), hash
		return set(Server, leaf).with(CACertFile, rsaCA.PEM())
	}
	weakCA := rsaCA
	weakCA.Hash = crypto.SHA1
	weakRoot := signed(crypto.SHA256).with(CACertFile, weakCA.PEM())
	keyed := func(key crypto.Signer) files {
		leaf := leafSpec(Server)
		leaf.Key = key.Public()
		return set(Server, leaf).with(ServerKeyFile, oddcert.KeyPEM(key))
	}
	edit := func(change func(*oddcert.Spec)) files {
		leaf := leafSpec(Server)
		change(&leaf)
		return set(Server, leaf)
	}
	constrained := func(permitted, excluded []oddcert.GeneralName) files {
		ca := caSpec(oddcert.BasicConstraints(true, true, -1), oddcert.NameConstraints(permitted, excluded), oddcert.SubjectKeyID("ca"))
		return goodSet(Server).with(CACertFile, ca.PEM())
	}
	type names = []oddcert.GeneralName
	noSAN := leafExtensions(Server)[:3]
	return grouped("signature", Server, []scenario{
		{name: "SHA-256", files: signed(crypto.SHA256)},
		{name: "SHA-512", files: signed(crypto.SHA512)},
		{name: "SHA-1", files: signed(crypto.SHA1), critical: is(ChainInsecure)},
		{name: "MD5", files: signed(crypto.MD5), critical: is(ChainInsecure)},
		{name: "SHA-1 on the root", files: weakRoot},
		{name: "RSA 2048", files: keyed(rsaKey())},
		{name: "RSA 1024", files: keyed(smallRSAKey()), warning: is(KeyWeak)},
		{name: "Ed25519", files: keyed(edKey()), warning: is(KeyEd25519)},
		{name: "version 1", files: edit(func(s *oddcert.Spec) { s.Version, s.Extensions = 1, nil }), warning: is(SANMissing)},
		{name: "version 1 with extensions", files: edit(func(s *oddcert.Spec) { s.Version = 1 }), critical: is(CertMalformed)},
		{name: "negative serial", files: edit(func(s *oddcert.Spec) { s.Serial = big.NewInt(-1) }), critical: is(CertUnsupported)},
		{name: "zero serial", files: edit(func(s *oddcert.Spec) { s.Serial = big.NewInt(0) })},
		{name: "long serial", files: edit(func(s *oddcert.Spec) { s.Serial = new(big.Int).Lsh(big.NewInt(1), 200) })},
		{name: "signature algorithms differ", files: edit(func(s *oddcert.Spec) { s.InnerAlgorithm = []int{1, 2, 840, 10045, 4, 3, 3} }), critical: is(CertMalformed)},
		{name: "no SAN", files: set(Server, leafSpec(Server, noSAN...)), warning: is(SANMissing)},
		{name: "permitted name", files: constrained(names{oddcert.DNS("example"), oddcert.Net("127.0.0.0/8")}, nil)},
		{name: "name not permitted", files: constrained(names{oddcert.DNS("example.org")}, nil), critical: is(ChainLimits)},
		{name: "address not permitted", files: constrained(names{oddcert.Net("10.0.0.0/8")}, nil), critical: is(ChainLimits)},
		{name: "name excluded", files: constrained(nil, names{oddcert.DNS("example")}), critical: is(ChainLimits)},
		{name: "address excluded", files: constrained(nil, names{oddcert.Net("127.0.0.0/8")}), critical: is(ChainLimits)},
		{name: "other kinds constrained", files: constrained(names{oddcert.Email("example.org")}, names{oddcert.URI("example")})},
	})
}

func crlScenarios(t testing.TB) []scenario {
	good := goodSet(Server)
	now := time.Now()
	fresh := makeCRL(t, caSpec(), caKey(), now.Add(-time.Hour), now.AddDate(0, 1, 0))
	block, _ := pem.Decode(good[ServerCertFile])
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	other := caSpec()
	other.Key, other.Signer = otherCAKey().Public(), otherCAKey()
	return grouped("crl", Server, []scenario{
		{name: "good", files: good.with(CACRLFile, fresh)},
		{name: "garbage", files: good.with(CACRLFile, []byte("garbage")), critical: is(CRLMalformed)},
		{name: "empty", files: good.with(CACRLFile, []byte{}), critical: is(CRLMalformed)},
		{name: "garbage in PEM", files: good.with(CACRLFile, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: []byte("garbage")})), critical: is(CRLMalformed)},
		{name: "DER", files: good.with(CACRLFile, func() []byte { b, _ := pem.Decode(fresh); return b.Bytes }()), critical: is(CRLMalformed)},
		{name: "certificate instead", files: good.with(CACRLFile, good[CACertFile]), critical: is(CRLMalformed)},
		{name: "good and garbage", files: good.with(CACRLFile, concat(fresh, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: []byte("garbage")}))), critical: is(CRLMalformed)},
		{name: "of another CA", files: good.with(CACRLFile, makeCRL(t, other, otherCAKey(), now.Add(-time.Hour), now.AddDate(0, 1, 0))), critical: is(CRLForeign)},
		{name: "expired", files: good.with(CACRLFile, makeCRL(t, caSpec(), caKey(), now.AddDate(0, -2, 0), now.AddDate(0, -1, 0))), warning: is(CRLExpired)},
		{name: "own certificate revoked", files: good.with(CACRLFile, makeCRL(t, caSpec(), caKey(), now.Add(-time.Hour), now.AddDate(0, 1, 0), leaf.SerialNumber)), warning: is(CertRevoked)},
	})
}

func makeCRL(t testing.TB, issuer oddcert.Spec, key crypto.Signer, from, to time.Time, revoked ...*big.Int) []byte {
	t.Helper()
	ca, err := x509.ParseCertificate(issuer.DER())
	if err != nil {
		t.Fatal(err)
	}
	ca.KeyUsage |= x509.KeyUsageCRLSign // CreateRevocationList asks for it, QEMU's manual does not give it
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: from, NextUpdate: to}
	for _, serial := range revoked {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: serial, RevocationTime: from})
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, ca, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der})
}
