package layout

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"strings"

	"vncsec/ca"
)

// identities are the certificates of a role with their keys, in QEMU's order. The
// leaves are parsed.
type identities []tls.Certificate

// loadIdentities reads the pairs that QEMU would read. The folder has passed Check,
// so that halves of pairs do not occur.
func loadIdentities(content *folder, role Role) (identities, error) {
	var list identities
	for i, p := range role.pairs() {
		cert, key := content.get(p.cert), content.get(p.key)
		if !cert.present() {
			if i == 0 {
				continue // the plain names may be missing
			}
			break
		}
		identity, err := loadIdentity(cert, key)
		if err != nil {
			return nil, err
		}
		list = append(list, identity)
	}
	return list, nil
}

func loadIdentity(cert, key *file) (tls.Certificate, error) {
	chain, err := ca.ParseCertificates(cert.data)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("%s: %w", cert.path, err)
	}
	private, err := ca.ParseKey(key.data, nil)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("%s: %w", key.path, err)
	}
	if err := ca.KeyFits(chain[0], private); err != nil {
		return tls.Certificate{}, fmt.Errorf("%s and %s: %w", cert.path, key.path, err)
	}
	identity := tls.Certificate{PrivateKey: private, Leaf: chain[0]}
	for _, c := range chain {
		identity.Certificate = append(identity.Certificate, c.Raw)
	}
	return identity, nil
}

// forViewer picks the identity for a viewer: of those whose signatures it
// understands the first that has the name it asked for or, as VNC viewers seldom
// say one, the address that it connected to; else the first of them.
func (l identities) forViewer(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if len(l) == 1 {
		return &l[0], nil // crypto/tls words the failure
	}
	var first *tls.Certificate
	for i := range l {
		identity := &l[i]
		if !understands(hello, identity) {
			continue
		}
		if named(hello, identity.Leaf) {
			return identity, nil
		}
		if first == nil {
			first = identity
		}
	}
	if first == nil {
		return &l[0], nil
	}
	return first, nil
}

// understands asks crypto/tls without the name, which would exclude identities
// that are good enough.
func understands(hello *tls.ClientHelloInfo, identity *tls.Certificate) bool {
	nameless := *hello
	nameless.ServerName = ""
	return nameless.SupportsCertificate(identity) == nil
}

// named tells whether a certificate is for the host that the viewer means.
func named(hello *tls.ClientHelloInfo, leaf *x509.Certificate) bool {
	host := hello.ServerName
	if host == "" {
		host = localAddress(hello.Conn)
	}
	if host == "" {
		return false
	}
	if leaf.VerifyHostname(host) == nil {
		return true
	}
	return len(leaf.DNSNames)+len(leaf.IPAddresses) == 0 && strings.EqualFold(leaf.Subject.CommonName, host)
}

// localAddress is the IP address that the viewer connected to, empty on UNIX
// sockets.
func localAddress(conn net.Conn) string {
	if conn == nil {
		return ""
	}
	addr, ok := conn.LocalAddr().(*net.TCPAddr)
	if !ok {
		return ""
	}
	return addr.IP.String()
}
