package layout

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vncsec/internal/oddcert"
	"vncsec/internal/shell"
)

func runShell(t *testing.T, command string) string {
	t.Helper()
	out, err := exec.Command("sh", "-c", command).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}

func TestCheckHostname(t *testing.T) {
	san := leafSpec(Server)
	cn := leafSpec(Server, leafExtensions(Server)[:3]...)
	wildcard := leafSpec(Server, oddcert.SubjectAltName(false, oddcert.DNS("*x.d.example")))
	for _, tt := range []struct {
		name, host string
		leaf       oddcert.Spec
		warning    []Code
		affects    []string
	}{
		{"DNS name", "leaf.example", san, nil, nil},
		{"other case", "LEAF.example", san, nil, nil},
		{"address", "127.0.0.1", san, nil, nil},
		{"address in brackets", "[127.0.0.1]", san, nil, nil},
		{"other name", "other.example", san, is(NameMismatch), []string{affectsGnuTLS, affectsBrowsers, affectsGo}},
		{"other address", "::1", san, is(NameMismatch), []string{affectsGnuTLS, affectsBrowsers, affectsGo}},
		{"common name beside SAN", "leaf", san, is(NameMismatch), []string{affectsGnuTLS, affectsBrowsers, affectsGo}},
		{"common name alone", "leaf", cn, is(NameMismatch, SANMissing), []string{affectsBrowsers, affectsGo}},
		{"other common name", "other", cn, is(NameMismatch, SANMissing), []string{affectsGnuTLS, affectsBrowsers, affectsGo}},
		{"wildcard of GnuTLS", "ax.d.example", wildcard, is(NameMismatch), []string{affectsBrowsers, affectsGo}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			report := mustCheck(t, CheckOptions{Role: Server, Dir: set(Server, tt.leaf).write(t), Hostname: tt.host})
			if got := codesOf(report.Findings, Warning); !slices.Equal(got, tt.warning) || report.Count(Critical) > 0 {
				t.Errorf("warnings %v, want %v: %+v", got, tt.warning, report.Findings)
			}
			for _, f := range report.Findings {
				if f.Code == NameMismatch && !slices.Equal(f.Affects, tt.affects) {
					t.Errorf("affects %v, want %v", f.Affects, tt.affects)
				}
				if !strings.Contains(f.Cure, "vncsec issue server "+shell.Quote(tt.host)+" ") {
					t.Errorf("the cure is for another host: %s", f.Cure)
				}
			}
		})
	}
}

// One identity with the name is enough.
func TestCheckHostnameOfIndexed(t *testing.T) {
	second := leafSpec(Server, oddcert.SubjectAltName(false, oddcert.DNS("second.example")))
	content := goodSet(Server).with("server-cert-0.pem", second.PEM(), "server-key-0.pem", oddcert.KeyPEM(leafKey()))
	report := mustCheck(t, CheckOptions{Role: Server, Dir: content.write(t), Hostname: "second.example"})
	if slices.Contains(codesOf(report.Findings, Warning), NameMismatch) {
		t.Errorf("%+v", report.Findings)
	}
}

// Names in certificates are hostile: the cure is a command line.
func TestCureIsSafe(t *testing.T) {
	leaf := leafSpec(Server, oddcert.SubjectAltName(false, oddcert.DNS("$(touch pwned)'; touch pwned #")), oddcert.ExtKeyUsage(true, oddcert.ClientAuth))
	leaf.Subject = "\x1b]0;evil\x07"
	report := mustCheck(t, CheckOptions{Role: Server, Dir: set(Server, leaf).write(t)})
	if report.Count(Critical) == 0 {
		t.Fatal("nothing found")
	}
	for _, f := range report.Findings {
		if strings.ContainsFunc(f.Message+f.Cure, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("control characters in %+q", f)
		}
		dir := t.TempDir()
		cmd := exec.Command("sh", "-c", "vncsec() { true; }; "+f.Cure)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", f.Cure, err, out)
		}
		if exists(filepath.Join(dir, "pwned")) {
			t.Errorf("the cure runs commands of the certificate: %s", f.Cure)
		}
	}
}

func TestReportAsJSON(t *testing.T) {
	dir := goodSet(Server).write(t)
	text, err := json.Marshal(mustCheck(t, CheckOptions{Role: Server, Dir: dir}))
	must(t, err)
	if want := `{"role":"server","dir":"` + dir + `","findings":[]}`; string(text) != want {
		t.Errorf("got %s, want %s", text, want)
	}
}

func TestCheckOptions(t *testing.T) {
	if _, err := Check(context.Background(), CheckOptions{Role: "viewer"}); err == nil {
		t.Error("no error for an unknown role")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Check(ctx, CheckOptions{Role: Server, Dir: t.TempDir()}); err == nil {
		t.Error("no error after cancelling")
	}
	if _, err := ParseRoles("both "); err == nil {
		t.Error("no error for a bad role word")
	}
	if roles, err := ParseRoles("both"); err != nil || len(roles) != 2 {
		t.Errorf("both: %v, %v", roles, err)
	}
}

func TestDefaultDir(t *testing.T) {
	dir, err := DefaultDir()
	must(t, err)
	if dir != SystemDir && !strings.HasSuffix(dir, "/.pki/qemu") {
		t.Errorf("got %s", dir)
	}
}

// FuzzCheck puts arbitrary bytes in all files.
func FuzzCheck(f *testing.F) {
	good := goodSet(Server)
	f.Add(good[CACertFile], good[ServerCertFile], good[ServerKeyFile], []byte("-----BEGIN X509 CRL-----\n"))
	f.Fuzz(func(t *testing.T, ca, cert, key, rest []byte) {
		content := &folder{dir: "/pki", files: map[string]*file{}}
		for name, data := range (files{CACertFile: ca, ServerCertFile: cert, ServerKeyFile: key, CACRLFile: rest, DHParamsFile: rest}) {
			content.files[name] = &file{path: "/pki/" + name, data: slices.Clone(data)}
		}
		findings := checkAll(content, CheckOptions{Role: Server, Hostname: "leaf.example"})
		if len(rest) == 0 && !slices.ContainsFunc(findings, isCritical) {
			t.Error("an empty revocation list passed")
		}
	})
}
