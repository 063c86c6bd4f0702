package e2e_test

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vncsec/internal/peertest"
)

// chapters are the chapters of QEMU's manuals that make certificates with certtool:
// files in testdata/certtool with the commands as they stand there, prompts included.
var chapters = []struct {
	file string
	// renamed are the files that the chapter says, in words, to copy: to, from.
	renamed map[string]string
}{
	// "TLS setup for network services" as of QEMU 10.2, and as of QEMU 7.2, where
	// templates had encryption_key as well.
	{"tls-setup.txt", hostFiles},
	{"tls-setup-7.2.txt", hostFiles},
	// "Generating certificates for VNC servers" of older manuals. Its first editions
	// lost a backslash and a dash, so that no certtool took two of the commands.
	{"vnc-security.txt", nil},
}

var hostFiles = map[string]string{
	"server-key.pem": "server-hostNNN-key.pem", "server-cert.pem": "server-hostNNN-cert.pem",
	"client-key.pem": "client-hostNNN-key.pem", "client-cert.pem": "client-hostNNN-cert.pem",
}

// TestCerttoolChapters runs QEMU's chapters with a link to vncsec as certtool. QEMU
// must start with what they make.
func TestCerttoolChapters(t *testing.T) {
	t.Parallel()
	for _, chapter := range chapters {
		t.Run(chapter.file, func(t *testing.T) {
			t.Parallel()
			peertest.Need(t, "qemu-system-x86_64")
			commands, err := os.ReadFile(filepath.Join("testdata", "certtool", chapter.file))
			if err != nil {
				t.Fatal(err)
			}
			home := t.TempDir()
			asCerttool(t, home, string(commands), "")
			checkModes(t, home)
			for to, from := range chapter.renamed {
				if err := os.Rename(filepath.Join(home, from), filepath.Join(home, to)); err != nil {
					t.Fatal(err)
				}
			}
			for _, role := range []string{"server", "client"} {
				if err := peertest.QEMULoads(t, home, role); err != nil {
					t.Errorf("%s: %v", role, err)
				}
			}
			peertest.StartQEMU(t, peertest.QEMUOptions{Credentials: home, VerifyPeer: true})
		})
	}
}

// asCerttool runs commands with prompts in a shell that finds vncsec as certtool, and
// returns what they print. Their umask is the usual one.
func asCerttool(t *testing.T, home, commands, stdin string) string {
	t.Helper()
	bin := t.TempDir()
	if err := os.Symlink(binary, filepath.Join(bin, "certtool")); err != nil {
		t.Fatal(err)
	}
	script := "umask 022\n"
	for line := range strings.Lines(commands) {
		script += strings.TrimPrefix(strings.TrimPrefix(line, "# "), "$ ")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-e", "-c", script)
	cmd.Dir = home
	cmd.Env = []string{"HOME=" + home, "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"LANG=C.UTF-8", "GORACE=atexit_sleep_ms=10"}
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, commands, out)
	}
	return string(out)
}

// checkModes demands that nobody else reads keys, although the shell has made some
// of their files, and that everybody reads certificates. Requests are closed as
// certtool closes them.
func checkModes(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		info, err := file.Info()
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		want := fs.FileMode(0o644)
		secret := strings.Contains(string(data), "PRIVATE KEY") || strings.Contains(string(data), "CERTIFICATE REQUEST")
		if secret || strings.HasSuffix(file.Name(), ".p12") {
			want = 0o600
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, not %v", file.Name(), info.Mode().Perm(), want)
		}
	}
}

// Answers to certtool's questions, on standard input. An empty line takes what the
// question proposes.
var (
	newAuthority = subjectAnswers("Authority", "100") + "y\n" + enter(17) + "y\n"
	newLeaf      = subjectAnswers("leaf", "90") + enter(16) + "y\n"
	fromRequest  = enter(1) + "90\n" + "y\n" + enter(16) + "y\n" // with the extensions of the request
	newProxy     = "proxy\n" + enter(1) + "10\n" + enter(1) + "1.3.6.1.5.5.7.21.1\n" + enter(13) + "y\n"
	newList      = "30\n5\n"
	newPKCS12    = "leaf\nsecret\nsecret\n"
)

// subjectAnswers give a common name, the proposed serial, and the days.
func subjectAnswers(cn, days string) string { return enter(5) + cn + "\n" + enter(4) + days + "\n" }

func enter(times int) string { return strings.Repeat("\n", times) }

// manual holds the examples of certtool's manual in its order, but for the one that
// needs a smart card. Some files are called differently from one to the next.
var manual = []struct{ commands, answers string }{
	{"$ certtool --generate-privkey --outfile key.pem --rsa\n", ""},
	{"certtool --generate-request --load-privkey key.pem \\\n   --outfile request.pem\n", enter(30)},
	{"$ certtool --generate-privkey --outfile ca-key.pem\n", ""},
	{"$ certtool --generate-self-signed --load-privkey ca-key.pem \\\n   --outfile ca-cert.pem\n", newAuthority},
	{"$ certtool --generate-certificate --load-request request.pem \\\n" +
		"   --outfile cert.pem --load-ca-certificate ca-cert.pem \\\n   --load-ca-privkey ca-key.pem\n", fromRequest},
	{"$ certtool --generate-certificate --load-privkey key.pem \\\n" +
		"   --outfile cert.pem --load-ca-certificate ca-cert.pem \\\n   --load-ca-privkey ca-key.pem\n", newLeaf},
	{"$ certtool --certificate-info --infile cert.pem\n", ""},
	{"$ certtool --certificate-info --infile cert.pem --outder --outfile cert.der\n", ""},
	{"$ certtool --load-certificate cert.pem --load-privkey key.pem \\\n   --to-p12 --outder --outfile key.p12\n", newPKCS12},
	{"cp ca-cert.pem ca.pem\n", ""},
	{"$ certtool --load-ca-certificate ca.pem \\\n" +
		"  --load-certificate cert.pem --load-privkey key.pem \\\n  --to-p12 --outder --outfile key.p12\n", newPKCS12},
	{"$ certtool --get-dh-params --outfile dh.pem --sec-param medium\n", ""},
	{"$ certtool --generate-privkey > proxy-key.pem\n" +
		"$ certtool --generate-proxy --load-ca-privkey key.pem \\\n" +
		"  --load-privkey proxy-key.pem --load-certificate cert.pem \\\n  --outfile proxy-cert.pem\n", newProxy},
	{"cp ca-cert.pem x509-ca.pem; cp ca-key.pem x509-ca-key.pem; cp cert.pem revoked-certs.pem\n", ""},
	{"$ certtool --generate-crl --load-ca-privkey x509-ca-key.pem \\\n           --load-ca-certificate x509-ca.pem\n", newList},
	{"$ certtool --generate-crl --load-ca-privkey x509-ca-key.pem \\\n" +
		"  --load-ca-certificate x509-ca.pem --load-certificate revoked-certs.pem > crl.pem\n", newList},
}

// TestCerttoolManual runs the examples of certtool's own manual. Without templates
// they ask questions.
func TestCerttoolManual(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "openssl")
	home := t.TempDir()
	for _, example := range manual {
		asCerttool(t, home, example.commands, example.answers)
	}
	checkModes(t, home)
	for file, command := range map[string]string{
		"cert.pem":       "openssl verify -CAfile ca-cert.pem cert.pem",
		"cert.der":       "openssl x509 -inform DER -in cert.der -noout -checkhost leaf",
		"key.p12":        "openssl pkcs12 -in key.p12 -passin pass:secret -noout",
		"dh.pem":         "openssl dhparam -in dh.pem -check -noout",
		"crl.pem":        "openssl crl -in crl.pem -CAfile ca-cert.pem -noout",
		"proxy-cert.pem": "openssl verify -allow_proxy_certs -CAfile ca-cert.pem -untrusted cert.pem proxy-cert.pem",
	} {
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir = home
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("OpenSSL on %s: %v\n%s", file, err, out)
		}
	}
}
