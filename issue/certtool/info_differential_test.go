package certtool_test

import (
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vncsec/internal/peertest"
)

// sameOutput runs both programs and compares status, standard output, the output file
// and the messages, to the byte.
func sameOutput(t *testing.T, c call) {
	t.Helper()
	want := realCerttool(t, t.TempDir(), c)
	got := ourCerttool(t, t.TempDir(), c)
	if failed := want.status != 0 && len(want.stderr) > 0; failed && !isVerdict(want) {
		want.stdout, want.output = nil, nil // nothing half-written is left by vncsec
	}
	// vncsec tells which file cannot be read, and why.
	got.stderr = unreadableFile.ReplaceAll(got.stderr, []byte("Error while reading file."))
	type seen struct {
		Status                 int
		Stdout, Stderr, Output string
	}
	of := func(r result) seen { return seen{r.status, string(r.stdout), string(r.stderr), string(r.output)} }
	if diff := cmp.Diff(of(want), of(got)); diff != "" {
		t.Errorf("certtool %s\ncerttool (-), vncsec (+):\n%s", strings.Join(c.args, " "), diff)
	}
}

var unreadableFile = regexp.MustCompile(`Error while reading file\. \(.*\)`)

// isVerdict tells whether a run ended with a negative answer and not with an error.
func isVerdict(r result) bool { return strings.Contains(string(r.stdout), "erification output: ") }

// infoFiles writes what the info actions are tried on into a folder: some of the
// fixtures of the descriptions, and broken files.
func infoFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("text", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for _, list := range []string{"certificates", "crls", "requests", "publickeys", "privatekeys"} {
		data := read(list + ".pem")
		write(list+".pem", data)
		for _, part := range strings.Split(string(data), "# ")[1:] {
			name, _, _ := strings.Cut(part, "\n")
			name, _, _ = strings.Cut(name, " ")
			if block, _ := pem.Decode([]byte(part)); block != nil {
				write(name+".pem", []byte("text in front\n"+part+"text behind\n"))
				write(name+".der", block.Bytes)
			}
		}
	}
	leaf, err := os.ReadFile(filepath.Join(dir, "leaf.pem"))
	if err != nil {
		t.Fatal(err)
	}
	write("empty.pem", nil)
	write("crlf.pem", []byte(strings.ReplaceAll(string(leaf), "\n", "\r\n")))
	write("spaced.pem", []byte(strings.ReplaceAll(string(leaf), "\n", " \n\t")))
	write("cut.pem", leaf[:len(leaf)/2])
	write("base64.pem", []byte("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"))
	write("otherend.pem", []byte(strings.Replace(string(leaf), "-----END CERTIFICATE", "-----END SOMETHING", 1)))
	write("old.pem", []byte(strings.ReplaceAll(string(leaf), " CERTIFICATE", " X509 CERTIFICATE")))
	write("garbage.pem", []byte("no PEM here\n"))
	for _, cipher := range []string{"3des", "3des-pkcs12", "arcfour", "aes-128", "aes-192", "aes-256", "rc2-40"} {
		out := filepath.Join(dir, "sealed-"+cipher+".pem")
		command := exec.Command("certtool", "--to-p8", "--load-privkey", filepath.Join(dir, "ecdsa.pem"), "--password", "secret", "--pkcs-cipher", cipher, "--outfile", out)
		if message, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, message)
		}
	}
	command := exec.Command("openssl", "pkcs8", "-topk8", "-v2", "rc2-cbc", "-provider", "legacy", "-provider", "default",
		"-passout", "pass:secret", "-in", filepath.Join(dir, "ecdsa.pem"), "-out", filepath.Join(dir, "sealed-rc2.pem"))
	if message, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, message)
	}
	write("sharing.der", sharingPrimes(t))
	write("sharing.pem", pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: sharingPrimes(t)}))
	return dir
}

// sharingPrimes is an RSA key whose primes, which are none, have a divisor in common.
func sharingPrimes(t *testing.T) []byte {
	t.Helper()
	prime := func(bit uint) *big.Int { return new(big.Int).Add(new(big.Int).Lsh(big.NewInt(9), bit), big.NewInt(9)) }
	p, q, one := prime(508), prime(507), big.NewInt(1)
	der, err := asn1.Marshal(struct {
		Version                  int
		N, E, D, P, Q, DP, DQ, C *big.Int
	}{0, new(big.Int).Mul(p, q), big.NewInt(65537), big.NewInt(3), p, q, one, one, one})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestInfoActionsAsCerttool(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "certtool", "openssl")
	dir := infoFiles(t)
	for _, line := range []string{
		"-i --infile certificates.pem",
		"-i --infile leaf.pem --outfile OUT",
		"-i --infile leaf.pem --no-text",
		"-i --infile leaf.pem --outder --outfile OUT",
		"-i --infile certificates.pem --outder --outfile OUT",
		"-i --infile leaf.der --inder",
		"-i --infile leaf.pem --inder",
		"-i --infile leaf.der",
		"-i --infile key-rsa.pem --hex-numbers",
		"-i --load-certificate leaf.pem",
		"-i --infile empty.pem", "-i --infile crlf.pem", "-i --infile spaced.pem", "-i --infile cut.pem",
		"-i --infile base64.pem", "-i --infile otherend.pem", "-i --infile old.pem", "-i --infile garbage.pem",
		"-i --infile oreq3.pem", "-i --infile crl-one.pem", "-i --infile crl-one.der --inder",
		"--certificate-pubkey --infile leaf.pem",
		"--certificate-pubkey --infile certificates.pem --no-text",
		"--certificate-pubkey --infile curve-explicit.pem",
		"-l --infile crl-one.pem", "-l --infile crl-ossl.der --inder", "-l --infile crl-sha1.pem --no-text",
		"-l --infile crl-one.pem --outder --outfile OUT", "-l --infile leaf.pem", "-l --infile garbage.pem", "-l --infile empty.pem",
		"--crl-info --load-crl crl-one.pem",
		"-e --infile pss20.pem", "-e --infile pss-sha1.pem", "-e --infile weak512.pem", "-e --infile curve-secp256k1.pem", "-e --infile key-ed448.pem",
		"--crq-info --infile req-ed448.pem", "--crq-info --infile req-rsa-pss.pem",
		"--crq-info --infile req-rsa.pem", "--crq-info --infile oreq3.pem", "--crq-info --infile reqall-ecdsa.pem --no-text",
		"--crq-info --infile req-dsa.pem", "--crq-info --infile req-rsa-pss-p.pem", "--crq-info --infile req-ed25519.pem",
		"--crq-info --infile req-ec-secp224r1.pem", "--crq-info --infile req-ec-secp521r1.pem",
		"--crq-info --infile req-rsa.der --inder --outder --outfile OUT", "--crq-info --infile leaf.pem", "--crq-info --infile garbage.pem",
		"--pubkey-info --infile pub-rsa.pem", "--pubkey-info --infile pub-rsa.der --inder", "--pubkey-info --load-privkey rsa.pem",
		"--pubkey-info --load-privkey ecdsa.pem --no-text", "--pubkey-info --load-certificate leaf.pem", "--pubkey-info --infile leaf.pem",
		"--pubkey-info --load-request reqall-rsa.pem", "--pubkey-info --load-pubkey pub-ecdsa.pem --outder --outfile OUT",
		"--pubkey-info --infile garbage.pem", "--pubkey-info --infile pub-compressed.pem", "--pubkey-info --infile pub-dsa.pem",
		"--pubkey-info --infile pub-ed448.pem", "--pubkey-info --infile pub-rsa-pss-p.pem --hex-numbers",
		"-k --infile rsa.pem", "-k --infile dsa.pem", "-k --infile ed25519.pem", "-k --infile ed448.pem", "-k --infile x25519.pem",
		"-k --infile rsa-pss-p.pem", "-k --infile rsa.der --inder", "-k --infile rsa.pem --no-text", "-k --infile ecdsa.pem --cprint",
		"-k --infile rsa.pem --outder --outfile OUT", "-k --infile p8-rsa.pem", "-k --infile x448.pem", "-k --load-privkey rsa.pem",
		"-k --infile garbage.pem", "-k --infile empty.pem", "-k --infile dsa.der --inder",
		"--key-id --infile pub-rsa.pem", "--key-id --hash sha256 --load-privkey rsa.pem", "--key-id --hash sha512 --load-certificate leaf.pem",
		"--key-id --hash sha384 --infile pub-rsa.pem", "--key-id --infile leaf.pem", "--key-id --load-request req-rsa.pem", "--key-id --infile garbage.pem",
		"--fingerprint --infile leaf.pem", "--fingerprint --hash sha256 --infile leaf.pem", "--fingerprint --hash sha3-256 --load-certificate leaf.pem",
		"--fingerprint --hash md5 --infile leaf.pem", "--fingerprint --infile leaf.der --inder", "--fingerprint --infile garbage.pem",
		"--fingerprint --infile certificates.pem",
		"--p8-info --infile p8-rsa.pem", "--p8-info --infile rsa.pem", "--p8-info --infile garbage.pem",
		"--p8-info --infile sealed-3des.pem", "--p8-info --infile sealed-3des-pkcs12.pem", "--p8-info --infile sealed-arcfour.pem",
		"--p8-info --infile sealed-aes-128.pem", "--p8-info --infile sealed-aes-192.pem", "--p8-info --infile sealed-aes-256.pem",
		"--p8-info --infile sealed-rc2.pem", "-k --infile sharing.pem", "-k --infile sharing.der --inder",
		"--p8-info --infile sealed-rc2-40.pem", "-k --infile sealed-aes-128.pem --password secret", "-k --infile sealed-rc2-40.pem --password secret",
		"-k --infile sealed-aes-256.pem --password secret --outder --outfile OUT", "-k --infile sealed-aes-128.pem --password wrong",
		"-k --infile sealed-aes-128.pem --password=", "-k --infile sealed-aes-128.pem",
	} {
		t.Run(line, func(t *testing.T) {
			sameOutput(t, call{args: inFolder(dir, line)})
		})
	}
}

// inFolder splits a command line and puts a folder in front of the file names.
func inFolder(dir, line string) []string {
	args := strings.Fields(line)
	for i, arg := range args {
		if strings.HasSuffix(arg, ".pem") || strings.HasSuffix(arg, ".der") {
			args[i] = filepath.Join(dir, arg)
		}
	}
	return args
}
