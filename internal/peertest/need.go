package peertest

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// RequireEnv is the environment variable that, set to 1, turns a missing peer
// from a reason to skip a test into a failure. The project's own test command
// sets it, so that no test is left out unseen.
const RequireEnv = "VNCSEC_REQUIRE_PEERS"

// debian names the Debian package of each peer. A peer that is not listed is
// taken to be a program in a package of its own name.
var debian = map[string]string{
	"Xtigervnc":          "tigervnc-standalone-server",
	"tigervncpasswd":     "tigervnc-tools",
	"Xvfb":               "xvfb",
	"cc":                 "gcc",
	"certtool":           "gnutls-bin",
	"date":               "coreutils",
	"gtk-vnc":            "gir1.2-gtk-vnc-2.0 and python3-gi",
	"gvnccapture":        "gvncviewer",
	"display":            "imagemagick",
	"ico":                "x11-apps",
	"import":             "imagemagick",
	"kadmin.local":       "krb5-admin-server",
	"kdb5_util":          "krb5-kdc",
	"kinit":              "krb5-user",
	"krb5kdc":            "krb5-kdc",
	"libsasl2":           "libsasl2-modules, libsasl2-modules-db, libsasl2-modules-gssapi-mit and sasl2-bin",
	"keysymdef.h":        "x11proto-dev and libx11-data",
	"ktutil":             "krb5-user",
	"libsasl2-dev":       "libsasl2-dev and gcc",
	"libvncclient":       "libvncserver-dev",
	"qemu-system-x86_64": "qemu-system-x86",
	"saslauthd":          "sasl2-bin",
	"saslpasswd2":        "sasl2-bin",
	"saslpluginviewer":   "sasl2-bin",
	"unshare":            "util-linux",
	"vim.tiny":           "vim-tiny",
	"vncviewer":          "tigervnc-viewer",
	"xcalc":              "x11-apps",
	"xlogo":              "x11-apps",
	"xtigervncviewer":    "tigervnc-viewer",
}

// probes tell whether peers that are not found as a program of their name in
// PATH are there: a command that succeeds only then, and its standard input.
var probes = map[string]struct {
	command []string
	stdin   string
}{
	"gtk-vnc": {command: []string{python, "-c", `import gi
gi.require_version("Gtk", "3.0")
gi.require_version("GtkVnc", "2.0")
from gi.repository import GtkVnc`}},
	"keysymdef.h": {command: []string{"test", "-f", "/usr/include/X11/keysymdef.h", "-a", "-f", "/usr/share/X11/locale/en_US.UTF-8/Compose"}},
	"novnc":       {command: []string{"test", "-f", novncDir + "/core/rfb.js"}},
	"libvncclient": {
		command: []string{"cc", "-fsyntax-only", "-x", "c", "-"},
		stdin:   "#include <rfb/rfbclient.h>\n",
	},
	"libsasl2": {command: []string{"sh", "-c", `PATH=$PATH:/usr/sbin
plugins=$(saslpluginviewer) &&
for name in SCRAM-SHA-256 DIGEST-MD5 GSSAPI sasldb; do
	case $plugins in *"$name"*) ;; *) exit 1 ;; esac
done`}},
	"libsasl2-dev": {
		command: []string{"cc", "-fsyntax-only", "-x", "c", "-"},
		stdin:   "#include <sasl/sasl.h>\n#include <sasl/saslplug.h>\n",
	},
	"vncviewer": {command: []string{"sh", "-c", "command -v xtigervncviewer"}},
}

// python is Debian's interpreter, the one that finds Debian's gi module; the
// first python3 in PATH may be another.
const python = "/usr/bin/python3"

// found keeps the answers of probes, some of which take a second.
var found sync.Map // peer name to bool

// Need skips the test unless all the peers are installed, and fails it instead
// under VNCSEC_REQUIRE_PEERS=1. A peer is the name of a program, or one of
//
//	gtk-vnc        the GtkVnc library with its Python binding
//	libsasl2       Cyrus SASL with the plugins for SCRAM, Kerberos and a database of users
//	libsasl2-dev   its headers, and a C compiler
//	keysymdef.h    the header of X's keysyms, and X's list of what dead keys make
//	libvncclient   the library with its header, and a C compiler
//	novnc          noVNC's files
//	vncviewer      TigerVNC's viewer, whatever else goes by that name
func Need(t testing.TB, peers ...string) {
	t.Helper()
	for _, peer := range peers {
		if installed(peer) {
			continue
		}
		const format = "%s is not installed (Debian package %s)"
		if os.Getenv(RequireEnv) == "1" {
			t.Fatalf(format, peer, packageOf(peer))
		}
		t.Skipf(format, peer, packageOf(peer))
	}
}

func packageOf(peer string) string {
	if name, ok := debian[peer]; ok {
		return name
	}
	return strings.ToLower(peer)
}

func installed(peer string) bool {
	if answer, ok := found.Load(peer); ok {
		return answer.(bool)
	}
	answer := probe(peer)
	found.Store(peer, answer)
	return answer
}

func probe(peer string) bool {
	p, ok := probes[peer]
	if !ok {
		_, err := exec.LookPath(programPath(peer))
		return err == nil
	}
	cmd := exec.Command(p.command[0], p.command[1:]...)
	cmd.Stdin = bytes.NewBufferString(p.stdin)
	return cmd.Run() == nil
}

// programPath finds programs of the system's administrator too, which are not in
// everybody's PATH.
func programPath(name string) string {
	if _, err := exec.LookPath(name); err == nil {
		return name
	}
	return "/usr/sbin/" + name
}
