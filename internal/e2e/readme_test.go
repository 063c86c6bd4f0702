package e2e_test

import (
	"crypto/tls"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/layout"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/probe"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// readmeBlock is a block of shell commands under a heading of the README.
type readmeBlock struct{ heading, commands string }

// readmeBlocks finds the blocks that say they are commands to run: ```sh.
func readmeBlocks(t *testing.T) []readmeBlock {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []readmeBlock
	heading := ""
	for _, m := range regexp.MustCompile("(?ms)^#+ ([^\n]*)$|^```sh\n(.*?)^```$").FindAllStringSubmatch(string(content), -1) {
		if m[1] != "" {
			heading = m[1]
			continue
		}
		blocks = append(blocks, readmeBlock{heading, m[2]})
	}
	return blocks
}

// readmeViewer is how to connect to a server of the README: with gtk-vnc as a user with a
// name, or else with our own viewer.
type readmeViewer struct {
	address     listen.Address
	credentials security.Credentials
	subType     rfb.SubType
	user        string
}

// readmeViewers are the viewers of the README's servers, by the headings.
func readmeViewers(t *testing.T, home string) map[string]readmeViewer {
	t.Helper()
	secret := []byte("secret")
	return map[string]readmeViewer{
		"1. No authentication, on a UNIX socket":                 {address: listen.Address{Path: filepath.Join(home, "console.vnc")}},
		"2. A VNC password":                                      {address: displayAddress(1), credentials: security.Credentials{Password: secret}},
		"3. x509 certificates":                                   {address: displayAddress(2), credentials: security.Credentials{TLS: clientConfig(t, home, false)}, subType: rfb.SubTypeX509None},
		"4. x509 certificates, viewers verified":                 {address: displayAddress(3), credentials: security.Credentials{TLS: clientConfig(t, home, true)}, subType: rfb.SubTypeX509None},
		"5. x509 certificates, viewers verified, and a password": {address: displayAddress(4), credentials: security.Credentials{TLS: clientConfig(t, home, true), Password: secret}, subType: rfb.SubTypeX509VNC},
		"6. Users with names (SASL)":                             {address: displayAddress(5), user: "alice"},
		"7. x509 certificates and users with names":              {address: displayAddress(6), user: "alice"},
	}
}

// TestREADME runs every command block of the README in one home folder, in order,
// and connects to each server that they start in the way its heading says.
func TestREADME(t *testing.T) {
	home := t.TempDir()
	path := filepath.Dir(binary) + string(os.PathListSeparator) + os.Getenv("PATH")
	seen := 0
	for _, block := range readmeBlocks(t) {
		t.Run(block.heading, func(t *testing.T) {
			shell := func() *exec.Cmd {
				cmd := exec.Command("sh", "-e", "-c", "exec 2>&1\n"+block.commands)
				cmd.Dir = home
				// The reader's shell keeps what the first block exports.
				cmd.Env = []string{"HOME=" + home, "PATH=" + path, "LANG=C.UTF-8", "VNCSEC_CA_DIR=" + filepath.Join(home, "vnc-ca"), "GORACE=atexit_sleep_ms=10"}
				return cmd
			}
			if strings.HasPrefix(block.commands, "vncsec serve") {
				seen++
				viewer, ok := readmeViewers(t, home)[block.heading]
				if !ok {
					t.Fatal("no viewer knows how to connect")
				}
				runREADMEServer(t, home, shell, viewer)
				return
			}
			if out, err := shell().CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s\n%s", err, block.commands, out)
			}
		})
	}
	if want := 7; seen != want {
		t.Errorf("the README starts %d of %d servers", seen, want)
	}
}

// startREADMEServer starts a server, again if the port, which the README fixes, is in
// use for the moment.
func startREADMEServer(t *testing.T, shell func() *exec.Cmd) (server *peertest.Process, monitor io.Writer) {
	t.Helper()
	peertest.Eventually(t, "the server listens", func() bool {
		if server == nil {
			cmd := shell()
			stdin, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			server, monitor = peertest.Start(t, cmd), stdin
		}
		if !server.Running() {
			if !strings.Contains(server.Log(), "address already in use") {
				t.Fatalf("the server ended:\n%s", server.Log())
			}
			server = nil
			return false
		}
		return strings.Contains(server.Log(), "msg=listening")
	})
	return server, monitor
}

// runREADMEServer starts a server, sets its password if it has one, and connects.
func runREADMEServer(t *testing.T, home string, shell func() *exec.Cmd, viewer readmeViewer) {
	t.Helper()
	_, monitor := startREADMEServer(t, shell)
	if viewer.user != "" {
		logInByName(t, home, viewer)
		return
	}
	options := probe.Options{Credentials: viewer.credentials}
	if password := viewer.credentials.Password; password != nil {
		if _, err := probe.Connect(t.Context(), viewer.address, options); err == nil {
			t.Error("a viewer got in before the password was set")
		}
		if _, err := monitor.Write([]byte("change vnc password " + string(password) + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	var client *probe.Client
	var err error
	peertest.Eventually(t, "a viewer gets in", func() bool {
		client, err = probe.Connect(t.Context(), viewer.address, options)
		return err == nil
	})
	defer func() { _ = client.Close() }()
	if client.Agreed.SubType != viewer.subType || (viewer.credentials.TLS != nil) != (client.Agreed.Type == rfb.SecurityVeNCrypt) {
		t.Errorf("agreed on %+v, want sub-type %v", client.Agreed, viewer.subType)
	}
	if err := client.Update(false); err != nil {
		t.Error(err)
	}
}

// logInByName connects gtk-vnc, with the README's password and with another one.
func logInByName(t *testing.T, home string, viewer readmeViewer) {
	t.Helper()
	options := peertest.GTKVNCOptions{
		Address: viewer.address.Endpoint(), Identity: peertest.ClientIdentity(filepath.Join(home, "pki")).Anonymous(),
		Username: viewer.user, Password: "open sesame",
	}
	peertest.StartGTKVNC(t, options).WaitInitialized()
	options.Password = "open barley"
	peertest.StartGTKVNC(t, options).Refused()
}

func displayAddress(n int) listen.Address {
	return listen.Address{Host: "127.0.0.1", Port: listen.BasePort + n}
}

// clientConfig is the README's client, once its certificates are there.
func clientConfig(t *testing.T, home string, certificate bool) *tls.Config {
	t.Helper()
	config, err := layout.LoadClient(filepath.Join(home, "pki"), "localhost")
	if err != nil {
		t.Fatal(err)
	}
	if !certificate {
		config.Certificates = nil
	}
	return config
}
