package layout

import (
	"context"
	"crypto"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"vncsec/internal/oddcert"
)

// Keys that all tests of the package share; making them is slow.
var (
	caKey       = sync.OnceValue(func() crypto.Signer { return oddcert.P256() })
	otherCAKey  = sync.OnceValue(func() crypto.Signer { return oddcert.P256() })
	middleKey   = sync.OnceValue(func() crypto.Signer { return oddcert.P256() })
	leafKey     = sync.OnceValue(func() crypto.Signer { return oddcert.P256() })
	rsaKey      = sync.OnceValue(func() crypto.Signer { return oddcert.RSA(2048) })
	smallRSAKey = sync.OnceValue(func() crypto.Signer { return oddcert.RSA(1024) })
	edKey       = sync.OnceValue(func() crypto.Signer { return oddcert.Ed25519() })
)

// caSpec is an authority as certtool makes it.
func caSpec(extensions ...oddcert.Extension) oddcert.Spec {
	if extensions == nil {
		extensions = []oddcert.Extension{
			oddcert.BasicConstraints(true, true, -1), oddcert.KeyUsage(true, oddcert.CertSign), oddcert.SubjectKeyID("ca"),
		}
	}
	return oddcert.Spec{Issuer: "CA", Subject: "CA", Key: caKey().Public(), Signer: caKey(), Extensions: extensions}
}

// leafSpec is a good certificate for a role.
func leafSpec(role Role, extensions ...oddcert.Extension) oddcert.Spec {
	if extensions == nil {
		extensions = leafExtensions(role)
	}
	return oddcert.Spec{Issuer: "CA", Subject: "leaf", Key: leafKey().Public(), Signer: caKey(), Extensions: extensions}
}

func leafExtensions(role Role) []oddcert.Extension {
	purpose := oddcert.ServerAuth
	if role == Client {
		purpose = oddcert.ClientAuth
	}
	return []oddcert.Extension{
		oddcert.BasicConstraints(true, false, -1),
		oddcert.KeyUsage(true, oddcert.DigitalSignature|oddcert.KeyEncipherment),
		oddcert.ExtKeyUsage(false, purpose),
		oddcert.SubjectAltName(false, oddcert.DNS("leaf.example"), oddcert.IP("127.0.0.1")),
		oddcert.AuthorityKeyID("ca"),
	}
}

// middleSpec is an authority under the CA.
func middleSpec(extensions ...oddcert.Extension) oddcert.Spec {
	if extensions == nil {
		extensions = []oddcert.Extension{oddcert.BasicConstraints(true, true, -1), oddcert.KeyUsage(true, oddcert.CertSign)}
	}
	return oddcert.Spec{Issuer: "CA", Subject: "middle", Key: middleKey().Public(), Signer: caKey(), Extensions: extensions}
}

// underMiddle is a leaf that the authority in the middle signed.
func underMiddle(role Role) oddcert.Spec {
	spec := leafSpec(role, leafExtensions(role)[:4]...)
	spec.Issuer, spec.Signer = "middle", middleKey()
	return spec
}

// files is the content of a folder by name.
type files map[string][]byte

// with returns a copy in which some files differ; nil takes a file away.
func (f files) with(pairs ...any) files {
	result := files{}
	for name, data := range f {
		result[name] = data
	}
	for i := 0; i < len(pairs); i += 2 {
		name, data := pairs[i].(string), pairs[i+1].([]byte)
		if data == nil {
			delete(result, name)
		} else {
			result[name] = data
		}
	}
	return result
}

// set is the files of a role with the given leaf.
func set(role Role, leaf oddcert.Spec) files {
	p := role.pairs()[0]
	return files{CACertFile: caSpec().PEM(), p.cert: leaf.PEM(), p.key: oddcert.KeyPEM(leafKey())}
}

func goodSet(role Role) files { return set(role, leafSpec(role)) }

func concat(parts ...[]byte) []byte { return slices.Concat(parts...) }

// write puts the files in a new folder with careful modes.
func (f files) write(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pki")
	f.writeTo(t, dir)
	return dir
}

func (f files) writeTo(t testing.TB, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, data := range f {
		mode := os.FileMode(0o644)
		if modeOfFile(name) == keyMode {
			mode = keyMode
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, mode); err != nil {
			t.Fatal(err)
		}
	}
}

func mustCheck(t testing.TB, opts CheckOptions) *Report {
	t.Helper()
	report, err := Check(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// codesOf lists the codes of a severity, sorted, each once.
func codesOf(findings []Finding, severity Severity) []Code {
	var codes []Code
	for _, f := range findings {
		if f.Severity == severity {
			codes = append(codes, f.Code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// loadRefusedBy tells whether a QEMU version is said to refuse the folder.
func loadRefusedBy(findings []Finding, version string) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool {
		return slices.Contains(f.Affects, affectsQEMU) || slices.Contains(f.Affects, version)
	})
}
