package cli

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"vncsec/ca"
	"vncsec/internal/peertest"
	"vncsec/vncserve/probe"
)

// hostileName is what a server may call itself to steer a terminal: with ESC, with the
// one-character CSI above DEL, and with characters that turn the order of others around or
// are not seen at all. What follows a "|" are figures to a monitoring system.
const hostileName = "a\x1b[2J\u009b31m\r\nb\u202ec\U000e0041|d=1"

// fullReport has every field of a report.
func fullReport() *probe.Report {
	day := func(year int) time.Time { return time.Date(year, 11, 28, 12, 0, 0, 0, time.UTC) }
	return &probe.Report{
		Address:       "vnc.example.org:5901",
		Remote:        "192.0.2.7:5901",
		Protocol:      "003.008",
		SecurityTypes: []probe.Numbered{{Number: 19, Name: "vencrypt"}},
		SubTypes:      []probe.Numbered{{Number: 263, Name: "x509-sasl"}, {Number: 261, Name: "x509-vnc"}},
		TLS: &probe.TLSFacts{
			Version: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256", KeyExchange: "X25519MLKEM768", Old: probe.OldRefused,
			Chain: []probe.CertificateFacts{{
				Subject: "CN=" + hostileName, Issuer: "CN=Example Org", Names: []string{"vnc.example.org", "192.0.2.7"},
				Key: "ECDSA P-256", Signature: "ECDSA-SHA256", NotBefore: day(2025), NotAfter: day(2026), DaysLeft: 1,
				SHA256: "00:01:02",
			}},
			Name: "vnc.example.org", NameFits: true,
			Trust: "ca-cert.pem", Untrusted: "the certificate of " + hostileName,
			ClientCertificate: probe.Demanded, ClientCAs: []string{"CN=Example Org"},
		},
		SASL:  []probe.SASLOffer{{Method: "x509-sasl", Mechanisms: []string{"SCRAM-SHA-256", hostileName}}},
		Login: &probe.LoginFacts{OK: true, Method: "x509-sasl", Mechanism: "SCRAM-SHA-256"},
		Desktop: &probe.DesktopFacts{
			Name: hostileName, Width: 720, Height: 400,
			Format: probe.PixelFormat{
				BitsPerPixel: 32, Depth: 24, TrueColour: true, RedMax: 255, GreenMax: 255, BlueMax: 255, RedShift: 16, GreenShift: 8,
			},
			Encodings: []probe.EncodingFacts{{Encoding: "ZRLE", Rectangles: 2, Bytes: 1270}, {Encoding: "Cursor", Rectangles: 1, Bytes: 32}},
			Bytes:     1310, FirstPicture: 23.4,
		},
		Findings: []probe.Finding{
			{Severity: probe.Critical, Code: probe.CertUntrusted, Message: "it says " + hostileName, Cure: "name the authority"},
			{Severity: probe.Warning, Code: probe.CertExpiresSoon, Message: "it expires", Cure: "issue another"},
		},
	}
}

// TestProbeOutput holds both forms of a report against files, which scripts rely on. No
// control or format character of the server's comes through, and JSON has the same value all
// the same.
func TestProbeOutput(t *testing.T) {
	for file, text := range map[string]string{
		"probe.txt":  probeText(fullReport()),
		"probe.json": jsonText(fullReport()),
	} {
		want, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), text); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
		if strings.HasSuffix(file, ".txt") && strings.Contains(text, "|") {
			t.Errorf("%s has performance data", file)
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%s has a character that cannot be seen at byte %d", file, i)
		}
	}
	var read probe.Report
	if err := json.Unmarshal([]byte(jsonText(fullReport())), &read); err != nil || read.Desktop.Name != hostileName {
		t.Errorf("JSON has the name %q, %v", read.Desktop.Name, err)
	}
}

// TestProbeName is what the certificate must be for.
func TestProbeName(t *testing.T) {
	for address, want := range map[string]string{
		"vnc.example.org:1": "vnc.example.org", ":1": "localhost", "[::1]:1": "::1", "[fe80::1%eth0]:1": "fe80::1", "unix:vnc": "", "[::1]::5901": "::1", "[fe80::1%eth0]::5901": "fe80::1", "vnc.example.org::80": "vnc.example.org", "bücher.example:1": "xn--bcher-kva.example",
	} {
		var o probeOptions
		o.target.Timeout = time.Second
		if err := o.check(address); err != nil || o.target.Name != want {
			t.Errorf("%s: the certificate must be for %q, want %q: %v", address, o.target.Name, want, err)
		}
	}
	var o probeOptions
	o.target.Timeout, o.target.Name = time.Second, "\xff"
	if err := o.check("localhost:1"); err == nil {
		t.Error("a name that is no text is taken")
	}
}

// TestProbeSummary reads the first lines.
func TestProbeSummary(t *testing.T) {
	good := fullReport()
	good.Findings = nil
	lost := &probe.Report{Findings: []probe.Finding{{Severity: probe.Unknown, Code: probe.Unreachable}}}
	for _, tt := range []struct {
		report *probe.Report
		text   string
		code   int
	}{
		{fullReport(), "critical (cert-untrusted), warning (cert-expires-soon)", exitCritical},
		{good, "good, TLS 1.3, certificate for 1 day, logged in by x509-sasl", ExitOK},
		{lost, "unknown (unreachable)", exitUnknown},
		{&probe.Report{}, "good", ExitOK},
	} {
		if got := probeSummary(tt.report); got != tt.text {
			t.Errorf("the first line is %q, want %q", got, tt.text)
		}
		if got := report(new(bytes.Buffer), probeVerdict(tt.report, nil)); got != tt.code {
			t.Errorf("%s: exit code %d, want %d", tt.text, got, tt.code)
		}
		code := exitUnknown
		if tt.code == exitCritical {
			code = exitCritical
		}
		var messages bytes.Buffer
		if got := report(&messages, probeVerdict(tt.report, errors.New("no space left"))); got != code || !strings.Contains(messages.String(), "no space left") {
			t.Errorf("%s, and not told: exit code %d, want %d; %q", tt.text, got, code, &messages)
		}
	}
}

// TestProbeRevocation reads the revocation list in the folder, as a viewer does with the
// files there.
func TestProbeRevocation(t *testing.T) {
	authority, dir := peertest.NewAuthority(t, "revocation test"), t.TempDir()
	cert := authority.Issue(t, dir, "server", peertest.Server)
	verify := func() error {
		var target probe.Target
		if err := (&probeCredentials{dir: dir}).loadTrust(&target); err != nil {
			t.Fatal(err)
		}
		return ca.VerifyServer([]*x509.Certificate{cert}, "", target.Trust.CA)
	}
	if err := verify(); err != nil {
		t.Errorf("without a list: %v", err)
	}
	authority.Revoke(t, dir, cert)
	var refused *ca.VerifyError
	if err := verify(); !errors.As(err, &refused) || refused.Code != ca.CodeRevoked {
		t.Errorf("revoked: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ca-crl.pem"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&probeCredentials{dir: dir}).loadTrust(new(probe.Target)); err == nil {
		t.Error("a broken list is not noticed")
	}
}
