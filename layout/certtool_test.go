package layout

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"vncsec/internal/peertest"
)

// TestAgreesWithQEMUOnKeys has certtool make an authority and a server with each
// kind of key that it knows. Where vncsec lacks the algorithm it must say so, and
// not that QEMU refuses.
func TestAgreesWithQEMUOnKeys(t *testing.T) {
	real, newest := startQEMU(t), startNewestQEMU(t)
	for _, tt := range []struct {
		name     string
		options  []string
		critical []Code
	}{
		{"rsa", []string{"--key-type=rsa", "--bits=2048"}, nil},
		{"ecdsa-p224", []string{"--key-type=ecdsa", "--curve=secp224r1"}, nil},
		{"ecdsa-p256", []string{"--key-type=ecdsa", "--curve=secp256r1"}, nil},
		{"ecdsa-p384", []string{"--key-type=ecdsa", "--curve=secp384r1"}, nil},
		{"ecdsa-p521", []string{"--key-type=ecdsa", "--curve=secp521r1"}, nil},
		{"ed25519", []string{"--key-type=ed25519"}, nil},
		{"ed448", []string{"--key-type=ed448"}, is(CertUnsupported, KeyUnsupported)},
		{"rsa-pss", []string{"--key-type=rsa-pss", "--bits=2048"}, is(CertUnsupported, KeyUnsupported)},
		{"dsa", []string{"--key-type=dsa", "--bits=2048"}, is(CertUnsupported, KeyUnsupported)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := certtoolFolder(t, tt.options)
			agree(t, real, qemuVersions[1].name, Server, dir)
			agree(t, newest, qemuVersions[2].name, Server, dir)
			slices.Sort(tt.critical)
			report := mustCheck(t, CheckOptions{Role: Server, Dir: dir})
			if got := codesOf(report.Findings, Critical); !slices.Equal(got, tt.critical) {
				t.Errorf("critical %v, want %v\n%+v", got, tt.critical, report.Findings)
			}
		})
	}
}

// certtoolFolder makes a folder as QEMU's manual does, with a host name added.
func certtoolFolder(t *testing.T, keyOptions []string) string {
	t.Helper()
	peertest.Need(t, "certtool")
	dir, work := filepath.Join(t.TempDir(), "pki"), t.TempDir()
	must(t, os.Mkdir(dir, 0o700))
	path := func(name string) string { return filepath.Join(work, name) }
	must(t, os.WriteFile(path("ca.info"), []byte("cn = Name of your organization\nca\ncert_signing_key\n"), 0o600))
	must(t, os.WriteFile(path("server.info"), []byte("organization = Name of your organization\ncn = host.example\ndns_name = host.example\ntls_www_server\nencryption_key\nsigning_key\n"), 0o600))
	certtool := func(args ...string) {
		if out, err := exec.Command("certtool", args...).CombinedOutput(); err != nil {
			t.Skipf("this certtool cannot: %v\n%s", err, out)
		}
	}
	for _, name := range []string{path(CAKeyFile), filepath.Join(dir, ServerKeyFile)} {
		certtool(append([]string{"--generate-privkey", "--outfile", name}, keyOptions...)...)
	}
	caCert := filepath.Join(dir, CACertFile)
	certtool("--generate-self-signed", "--load-privkey", path(CAKeyFile), "--template", path("ca.info"), "--outfile", caCert)
	certtool("--generate-certificate", "--load-privkey", filepath.Join(dir, ServerKeyFile), "--load-ca-certificate", caCert,
		"--load-ca-privkey", path(CAKeyFile), "--template", path("server.info"), "--outfile", filepath.Join(dir, ServerCertFile))
	must(t, os.Chmod(filepath.Join(dir, ServerKeyFile), 0o600))
	return dir
}
