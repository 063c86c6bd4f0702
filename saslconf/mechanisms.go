package saslconf

import (
	"slices"
	"strings"

	"vncsec/internal/nearest"
)

// Mechanism is what there is to know about a way to log in.
type Mechanism struct {
	Name   string // in upper case
	Plugin string // the plugin that brings it; empty: libsasl2 itself
	// SSF is the strength in bits of the best security layer, 0 without one.
	SSF int
	// Plaintext tells that the server sees the password, and so does who listens.
	Plaintext bool
	// Anonymous tells that anybody gets in.
	Anonymous bool
	// Stored tells that users have a secret where auxprop finds it.
	Stored bool
	// Kerberos tells that the server needs a key in a keytab.
	Kerberos bool
	// Weak says what speaks against it, empty if nothing does.
	Weak string
}

// mechanisms are those of libsasl2 2.1.28: SSF and flags as its saslpluginviewer
// shows them.
var mechanisms = []Mechanism{
	{Name: "SCRAM-SHA-512", Plugin: "scram", Stored: true},
	{Name: "SCRAM-SHA-384", Plugin: "scram", Stored: true},
	{Name: "SCRAM-SHA-256", Plugin: "scram", Stored: true},
	{Name: "SCRAM-SHA-224", Plugin: "scram", Stored: true},
	{Name: "SCRAM-SHA-1", Plugin: "scram", Stored: true, Weak: "its hash is SHA-1; SCRAM-SHA-256 is as well known to viewers"},
	{Name: "GSSAPI", Plugin: "gssapiv2", SSF: 256, Kerberos: true},
	{Name: "GSS-SPNEGO", Plugin: "gssapiv2", SSF: 256, Kerberos: true},
	{Name: "GS2-KRB5", Plugin: "gs2", Kerberos: true, Weak: "no VNC viewer is known to have it; GSSAPI is Kerberos too"},
	{Name: "GS2-IAKERB", Plugin: "gs2", Kerberos: true, Weak: "no VNC viewer is known to have it; GSSAPI is Kerberos too"},
	{Name: "DIGEST-MD5", Plugin: "digestmd5", SSF: 128, Stored: true, Weak: "passwords are stored readable, and its ciphers (RC4, DES) and its hash are broken; RFC 6331 withdrew it"},
	{Name: "PLAIN", Plugin: "plain", Plaintext: true},
	{Name: "LOGIN", Plugin: "login", Plaintext: true, Weak: "it was never a standard; PLAIN does the same"},
	{Name: "CRAM-MD5", Plugin: "crammd5", Stored: true, Weak: "passwords are stored readable, and who listens can guess them offline"},
	{Name: "NTLM", Plugin: "ntlm", Stored: true, Weak: "its hashes are broken"},
	{Name: "SRP", Plugin: "srp", SSF: 128, Stored: true, Weak: "no VNC viewer is known to have it"},
	{Name: "OTP", Plugin: "otp", Stored: true, Weak: "no VNC viewer is known to have it, and its hashes are MD5 or SHA-1"},
	{Name: "PASSDSS-3DES-1", Plugin: "passdss", SSF: 112, Stored: true, Weak: "no VNC viewer is known to have it"},
	{Name: "KERBEROS_V4", Plugin: "kerberos4", SSF: 56, Weak: "Kerberos 4 is broken"},
	{Name: "ANONYMOUS", Plugin: "anonymous", Anonymous: true},
	{Name: "EXTERNAL", Weak: "VNC servers do not tell libsasl2 whom TLS has verified, so nobody can log in with it"},
}

// LookupMechanism finds a mechanism. Case does not count, nor does the -PLUS of
// channel binding.
func LookupMechanism(name string) (Mechanism, bool) {
	name = baseName(name)
	i := slices.IndexFunc(mechanisms, func(m Mechanism) bool { return m.Name == name })
	if i < 0 {
		return Mechanism{}, false
	}
	return mechanisms[i], true
}

// baseName is a mechanism's name in upper case without the -PLUS of channel binding,
// which libsasl2 takes for the same.
func baseName(name string) string { return strings.TrimSuffix(strings.ToUpper(name), "-PLUS") }

// suggestMechanism returns the mechanism that was most likely meant.
func suggestMechanism(name string) (string, bool) {
	names := make([]string, len(mechanisms))
	for i, m := range mechanisms {
		names[i] = m.Name
	}
	return nearest.Word(strings.Trim(name, `,;"'`), names)
}

// Transport is how viewers reach a server, which decides what mechanisms may be used.
type Transport string

// The transports.
const (
	TCP  Transport = "tcp"  // without TLS
	TLS  Transport = "tls"  // TLS with certificates
	UNIX Transport = "unix" // a UNIX socket without TLS
)

// minSSF is the weakest security layer that QEMU and vncsec accept on TCP without
// TLS, in bits.
const minSSF = 56

// usable tells whether vncsec serve may offer a mechanism on a transport. QEMU has the
// same rules, but also offers ANONYMOUS inside TLS and on UNIX sockets.
func (m Mechanism) usable(on Transport) bool {
	if m.Anonymous || m.Plugin == "" {
		return false
	}
	return on != TCP || m.SSF >= minSSF && !m.Plaintext
}

// Offered lists the mechanisms of the file that vncsec serve offers on a transport:
// known, installed, and strong enough there.
func (c *Config) Offered(on Transport, plugins Plugins) []string {
	var offered []string
	list, _ := c.Mechanisms()
	for _, name := range list {
		m, ok := LookupMechanism(name)
		if ok && m.usable(on) && plugins.has(m.Plugin) && !slices.Contains(offered, m.Name) {
			offered = append(offered, m.Name)
		}
	}
	return offered
}
