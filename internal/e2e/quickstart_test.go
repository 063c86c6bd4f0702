package e2e_test

import (
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/layout"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/probe"
	"vncsec/vncserve/security"
)

// quickstartServing is the last line of quickstart's text.
const quickstartServing = "Serving until interrupted"

// TestQuickstart runs quickstart twice in one home folder. Each time it must show its
// console to itself and to a viewer that has nothing but the files it names.
func TestQuickstart(t *testing.T) {
	home := t.TempDir()
	for _, state := range []string{"made", "there"} {
		cmd := exec.Command(binary, "quickstart", "--", "sh", "-c", "echo the quickstart console; exec sleep 600")
		cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
		process := peertest.Start(t, cmd)
		peertest.Eventually(t, "quickstart serves", func() bool {
			if !process.Running() {
				t.Fatalf("quickstart ended:\n%s", process.Log())
			}
			return strings.Contains(process.Log(), quickstartServing)
		})
		text := process.Log()
		for _, step := range []string{"certificate authority", "server certificate", "client certificate"} {
			if !regexp.MustCompile(`(?m)^` + state + ` +` + step).MatchString(text) {
				t.Errorf("no line says %q of the %s:\n%s", state, step, text)
			}
		}
		checkScreenshot(t, home)
		lookAgain(t, home, text)
		process.Signal(t, syscall.SIGINT)
		if err := process.Wait(t); err != nil {
			t.Errorf("quickstart ended with %v:\n%s", err, process.Log())
		}
	}
}

func checkScreenshot(t *testing.T, home string) {
	t.Helper()
	f, err := os.Open(filepath.Join(home, ".local/share/vncsec/quickstart/console.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds().Size(); size.X < 400 || size.Y < 200 {
		t.Errorf("the screenshot has %v pixels", size)
	}
}

// lookAgain connects to the address of the gvncviewer line with the files that the
// install lines name.
func lookAgain(t *testing.T, home, text string) {
	t.Helper()
	display := regexp.MustCompile(`(?m)^  gvncviewer (\S+)$`).FindStringSubmatch(text)
	if display == nil {
		t.Fatalf("no line for gvncviewer:\n%s", text)
	}
	address, err := listen.Parse(display[1])
	if err != nil {
		t.Fatal(err)
	}
	config, err := layout.LoadClient(filepath.Join(home, ".local/share/vncsec/quickstart/pki"), "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	client, err := probe.Connect(t.Context(), address, probe.Options{Credentials: security.Credentials{TLS: config}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if err := client.Update(false); err != nil {
		t.Error(err)
	}
	config.Certificates = nil
	if _, err := probe.Connect(t.Context(), address, probe.Options{Credentials: security.Credentials{TLS: config}}); err == nil {
		t.Error("a viewer without a certificate got in")
	}
}
