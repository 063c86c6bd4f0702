package certtool

import (
	"bytes"
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"vncsec/internal/peertest"
)

// TestParse reads the forms that options have.
func TestParse(t *testing.T) {
	for line, check := range map[string]func(o *options) bool{
		"--outfile x":                      func(o *options) bool { return o.outfile == textValue{"x", true} },
		"--outfile=x=y":                    func(o *options) bool { return o.outfile.value == "x=y" },
		"--outfile=":                       func(o *options) bool { return o.outfile == textValue{"", true} },
		"--outfile a --outfile b":          func(o *options) bool { return o.outfile.value == "b" },
		"--outfile --v1":                   func(o *options) bool { return o.outfile.value == "--v1" && !o.v1 },
		"--outf x":                         func(o *options) bool { return o.outfile.value == "x" },
		"--verify":                         func(o *options) bool { return o.given["verify"] && !o.given["verify-chain"] },
		"--generate-priv":                  func(o *options) bool { return o.given["generate-privkey"] },
		"-p8Vd5":                           func(o *options) bool { return o.pkcs8 && o.verbose && o.debug.value == 5 },
		"-d 5":                             func(o *options) bool { return o.debug.value == 5 },
		"-d 0x10":                          func(o *options) bool { return o.debug.value == 16 },
		"-d 010":                           func(o *options) bool { return o.debug.value == 8 },
		"--bits -1":                        func(o *options) bool { return o.bits.value == -1 },
		"--bits +7":                        func(o *options) bool { return o.bits.value == 7 },
		"--bits=":                          func(o *options) bool { return o.bits == numberValue{0, true} },
		"--no-text":                        func(o *options) bool { return o.noText },
		"--no-text --text":                 func(o *options) bool { return !o.noText },
		"--text --no-t":                    func(o *options) bool { return o.noText },
		"--no-inder":                       func(o *options) bool { return o.inder }, // as certtool does it
		"--inraw":                          func(o *options) bool { return o.inder },
		"--outraw":                         func(o *options) bool { return o.outder },
		"--ecdsa":                          func(o *options) bool { return o.ecdsa && o.given["ecc"] },
		"--no-crq":                         func(o *options) bool { return o.noCRQExtensions },
		"--batch --attime 2020-01-01":      func(o *options) bool { return o.batch && o.attime.value == "2020-01-01" },
		"--verify-email a --verify":        func(o *options) bool { return o.verifyEmail.value == "a" },
		"--verify-crl --load-ca-cert x":    func(o *options) bool { return o.loadCACertificate.value == "x" },
		"--version":                        func(o *options) bool { return o.version == textValue{"", true} },
		"-vc":                              func(o *options) bool { return o.version.value == "c" },
		"--generate-self-signed --v1 -- ":  func(o *options) bool { return o.v1 },
		"--disable-quick-random --verbose": func(o *options) bool { return o.verbose },
	} {
		o := newOptions()
		words := strings.Split(strings.TrimSuffix(line, " "), " ")
		if err := o.parse(words); err != nil {
			t.Errorf("%s: %v", line, err)
		} else if !check(o) {
			t.Errorf("%s is read as %+v", line, o.given)
		}
	}
}

// TestTable holds the table of options against itself.
func TestTable(t *testing.T) {
	o := newOptions()
	var shorts []byte
	for _, row := range o.table {
		if slices.Contains(shorts, row.short) {
			t.Errorf("-%c is two options", row.short)
		}
		if row.short != 0 {
			shorts = append(shorts, row.short)
		}
		if row.takesValue() != (row.text != nil || row.number != nil || row.unsupported && row.argument != "") {
			t.Errorf("--%s: argument %q does not go with where it is stored", row.name, row.argument)
		}
		for _, other := range []string{row.alias, row.requires, row.conflicts} {
			if other != "" && o.rows[other] == nil {
				t.Errorf("--%s names --%s, which there is not", row.name, other)
			}
		}
		if row.help == "" && !row.deprecated && !row.unsupported {
			t.Errorf("--%s is not in the help", row.name)
		}
	}
	for _, a := range actions {
		if o.rows[a.option] == nil {
			t.Errorf("an action is asked for by --%s, which there is not", a.option)
		}
	}
}

// TestUnsupported refuses what certtool has and we have not.
func TestUnsupported(t *testing.T) {
	for _, row := range newOptions().table {
		if !row.unsupported {
			continue
		}
		args := []string{"--" + row.name}
		if row.takesValue() {
			args = append(args, "x")
		}
		status, _, messages := run(args, "")
		if want := "--" + row.name + " is not supported by vncsec\n"; status != 1 || messages != want {
			t.Errorf("%q: status %d, %q, want %q", args, status, messages, want)
		}
	}
}

// run executes a command line without an environment, and returns what it prints.
func run(args []string, stdin string) (status int, stdout, stderr string) {
	var out, messages bytes.Buffer
	status = Run(context.Background(), args, Env{Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &messages})
	return status, out.String(), messages.String()
}

// commandLines are right and wrong; the first line of what is said and the exit code
// must be those of certtool.
var commandLines = []string{
	"--frob", "--frob=1", "-x", "-px", "--bits", "--bits abc", "--bits 12x", "--bits 0x", "--bits=0x1g", "--bits 08", "--bits --", "-d", "-dx", "-v", "--version v",
	"--debug -1", "--debug 10000x",
	"--load-p x", "--load-p=x", "--gen", "--ver", "--verify-", "--p7", "--no-", "--no-p7", "--ec", "--in", "--n", "--", "-", "---", "--o",
	"--text=x", "--no-text=1", "--v1=3", "--help=x", "--no-inraw", "--no-verbose", "--no-help",
	"foo", "-i foo", "foo --frob", "--frob foo", "-- --frob", "--verify-crl", "--verify-crl foo", "--verify-crl --help",
	"--generate-request --infile x", "-q --infile x --verify-crl", "--verify-email a --verify-hostname b",
	"--bits abc --frob", "--frob --bits abc", "--version foo", "--help --frob",
	"--infile /nonexistent -i", "--infile /nonexistent --outfile /nonexistent/x -i", "--infile x --infile /nonexistent -i",
	"-p --key-type foo", "-p --hash foo", "-p --curve foo", "-p --sign-params foo", "-p --template /nonexistent",
	"-p --key-type rsa-pss --salt-size 20 --sec-param low", "-p --key-type ecdsa --pkcs8 --password x --pkcs-cipher foo",
	"--to-p8", "--to-p8 --load-privkey /nonexistent", "--to-p8 --load-privkey /dev/null", "--to-p12 --password x", "--p12-info --infile /dev/null --password x",
	"-s --load-privkey /nonexistent --template /dev/null", "-c --template /dev/null",
}

// TestMessages compares the first line that is said of a wrong command line.
func TestMessages(t *testing.T) {
	peertest.Need(t, "certtool")
	for _, line := range commandLines {
		args := strings.Split(line, " ")
		command := exec.Command("certtool", args...)
		var messages bytes.Buffer
		command.Stderr = &messages
		err := command.Run()
		if _, ended := err.(*exec.ExitError); err != nil && !ended {
			t.Fatal(err)
		}
		status, _, ours := run(args, "")
		want, got := firstLine(messages.String()), firstLine(ours)
		// The reason that the system gave may follow.
		if status != command.ProcessState.ExitCode() || !strings.HasPrefix(got, strings.TrimSuffix(want, ".")) {
			t.Errorf("%s\n  certtool %d %q\n  ours     %d %q", line, command.ProcessState.ExitCode(), want, status, got)
		}
	}
}

// firstLine is the first line that is not about what is done.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "Generating ") && !strings.HasPrefix(line, "Loading ") && !strings.HasPrefix(line, "Assuming ") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// FuzzParseCommandLine reads command lines that may be anything.
func FuzzParseCommandLine(f *testing.F) {
	for _, line := range commandLines {
		f.Add(strings.ReplaceAll(line, " ", "\x00"))
	}
	f.Fuzz(func(t *testing.T, line string) {
		o := newOptions()
		if err := o.parse(strings.Split(line, "\x00")); err != nil && err.Error() == "" {
			t.Error("an error without a message")
		}
	})
}
