package vncserve

import (
	"crypto/fips140"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"vncsec/vncserve/listen"
)

// Policy decides which ways of authentication an address may have.
type Policy struct {
	// TLS: viewers connect inside TLS, with a verified server certificate.
	TLS bool
	// VerifyPeer: viewers must have a certificate of the CA.
	VerifyPeer bool
	// Password: viewers must know the VNC password.
	Password bool
	// SASL: viewers must log in by SASL.
	SASL bool
	// Layers are the SASL mechanisms that encrypt the session themselves.
	Layers []string
	// FIPS: the system runs in FIPS mode, which has no DES.
	FIPS bool
	// Unsafe admits what only an exposed address makes unsafe.
	Unsafe bool
}

// UnsafeError refuses a combination.
type UnsafeError struct {
	Problem, Hint string
	// Overridable tells that Policy.Unsafe admits it.
	Overridable bool
}

// Error says what is unsafe.
func (e *UnsafeError) Error() string { return e.Problem }

// Check refuses what is unsafe on addr, with a hint:
//
//   - VNC passwords in FIPS mode, as the QEMU manual says;
//   - SASL without TLS and without a mechanism that encrypts on anything but a UNIX socket;
//   - no authentication on anything but a UNIX socket;
//   - a VNC password without TLS on anything but loopback or a UNIX socket.
//
// TLS without client certificates, password and SASL (the manual's x509 deployment) passes: Warning speaks of it.
func (p Policy) Check(addr net.Addr) error {
	if p.Password && p.FIPS {
		return &UnsafeError{
			Problem: "VNC passwords need DES, which FIPS mode forbids",
			Hint:    "use --x509verify DIR: client certificates instead of a password",
		}
	}
	if p.SASL && !p.TLS && len(p.Layers) == 0 && !listen.Private(addr) {
		return &UnsafeError{
			Problem: fmt.Sprintf("no TLS on %s, and no SASL mechanism that encrypts instead", addr),
			Hint:    "add --x509 DIR or --x509verify DIR, or listen on unix:PATH; Kerberos (gssapi) is a mechanism that encrypts",
		}
	}
	if p.TLS || p.SASL || p.Unsafe {
		return nil
	}
	if !p.Password && !listen.Private(addr) {
		return &UnsafeError{
			Problem:     fmt.Sprintf("no authentication on %s: everybody who reaches it gets the console", addr),
			Hint:        "use --x509verify DIR for client certificates, or --listen unix:PATH; --unsafe-listen overrides",
			Overridable: true,
		}
	}
	if p.Password && !listen.Local(addr) {
		return &UnsafeError{
			Problem:     fmt.Sprintf("a VNC password without TLS on %s: it is eight bytes of DES, and all that follows is readable", addr),
			Hint:        "add --x509 DIR or --x509verify DIR, or listen on 127.0.0.1 or unix:PATH; --unsafe-listen overrides",
			Overridable: true,
		}
	}
	return nil
}

// digestMD5 is a mechanism that encrypts by old means.
const digestMD5 = "DIGEST-MD5"

// Warning tells what an admin should know about addr although it is admitted, empty
// if there is nothing.
func (p Policy) Warning(addr net.Addr) string {
	unsafe := p
	unsafe.Unsafe = false
	if err := unsafe.Check(addr); err != nil {
		return "UNSAFE, overridden by --unsafe-listen: " + err.Error()
	}
	if p.SASL && !p.TLS && slices.Contains(p.Layers, digestMD5) && !listen.Private(addr) {
		return fmt.Sprintf("%s without TLS on %s: it encrypts with RC4 and no better, see RFC 6331; add --x509 DIR or --x509verify DIR", digestMD5, addr)
	}
	if p.TLS && !p.VerifyPeer && !p.Password && !p.SASL && !listen.Private(addr) {
		return fmt.Sprintf("TLS without client authentication on %s: everybody who reaches it gets the console; use --x509verify DIR or --password", addr)
	}
	return ""
}

// FIPSMode tells whether the system or the Go runtime is in FIPS mode.
func FIPSMode() bool {
	if fips140.Enabled() {
		return true
	}
	content, err := os.ReadFile("/proc/sys/crypto/fips_enabled")
	return err == nil && strings.TrimSpace(string(content)) == "1"
}
