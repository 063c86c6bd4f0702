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

// TestREADME runs every command block of the README in one home folder, in order,
// and connects to each server that they start in the way its heading says.
func TestREADME(t *testing.T) {
	home := t.TempDir()
	path := filepath.Dir(binary) + string(os.PathListSeparator) + os.Getenv("PATH")
	viewers := map[string]func(t *testing.T) (listen.Address, security.Credentials, rfb.SubType){
		"1. No authentication, on a UNIX socket": func(*testing.T) (listen.Address, security.Credentials, rfb.SubType) {
			return listen.Address{Path: filepath.Join(home, "console.vnc")}, security.Credentials{}, 0
		},
		"2. A VNC password": func(*testing.T) (listen.Address, security.Credentials, rfb.SubType) {
			return displayAddress(1), security.Credentials{Password: []byte("secret")}, 0
		},
		"3. x509 certificates": func(t *testing.T) (listen.Address, security.Credentials, rfb.SubType) {
			config := clientConfig(t, home)
			config.Certificates = nil
			return displayAddress(2), security.Credentials{TLS: config}, rfb.SubTypeX509None
		},
		"4. x509 certificates, viewers verified": func(t *testing.T) (listen.Address, security.Credentials, rfb.SubType) {
			return displayAddress(3), security.Credentials{TLS: clientConfig(t, home)}, rfb.SubTypeX509None
		},
		"5. x509 certificates, viewers verified, and a password": func(t *testing.T) (listen.Address, security.Credentials, rfb.SubType) {
			return displayAddress(4), security.Credentials{TLS: clientConfig(t, home), Password: []byte("secret")}, rfb.SubTypeX509VNC
		},
	}
	seen := 0
	for _, block := range readmeBlocks(t) {
		connect, isServer := viewers[block.heading]
		t.Run(block.heading, func(t *testing.T) {
			shell := func() *exec.Cmd {
				cmd := exec.Command("sh", "-e", "-c", "exec 2>&1\n"+block.commands)
				cmd.Dir = home
				// The reader's shell keeps what the first block exports.
				cmd.Env = []string{"HOME=" + home, "PATH=" + path, "LANG=C.UTF-8", "VNCSEC_CA_DIR=" + filepath.Join(home, "vnc-ca"), "GORACE=atexit_sleep_ms=10"}
				return cmd
			}
			if isServer {
				seen++
				runREADMEServer(t, shell, connect)
				return
			}
			if out, err := shell().CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s\n%s", err, block.commands, out)
			}
		})
	}
	if seen != len(viewers) {
		t.Errorf("the README starts %d of %d servers", seen, len(viewers))
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
func runREADMEServer(t *testing.T, shell func() *exec.Cmd, connect func(t *testing.T) (listen.Address, security.Credentials, rfb.SubType)) {
	t.Helper()
	_, monitor := startREADMEServer(t, shell)
	address, credentials, subType := connect(t)
	if credentials.Password != nil {
		if _, err := probe.Connect(t.Context(), address, probe.Options{Credentials: credentials}); err == nil {
			t.Error("a viewer got in before the password was set")
		}
		if _, err := monitor.Write([]byte("change vnc password " + string(credentials.Password) + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	var client *probe.Client
	var err error
	peertest.Eventually(t, "a viewer gets in", func() bool {
		client, err = probe.Connect(t.Context(), address, probe.Options{Credentials: credentials})
		return err == nil
	})
	defer func() { _ = client.Close() }()
	if client.Agreed.SubType != subType || (credentials.TLS != nil) != (client.Agreed.Type == rfb.SecurityVeNCrypt) {
		t.Errorf("agreed on %+v, want sub-type %v", client.Agreed, subType)
	}
	if err := client.Update(false); err != nil {
		t.Error(err)
	}
}

func displayAddress(n int) listen.Address {
	return listen.Address{Host: "127.0.0.1", Port: listen.BasePort + n}
}

func clientConfig(t *testing.T, home string) *tls.Config {
	t.Helper()
	config, err := layout.LoadClient(filepath.Join(home, "pki"), "localhost")
	if err != nil {
		t.Fatal(err)
	}
	return config
}
