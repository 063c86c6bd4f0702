package probe

import (
	"crypto/tls"
	"crypto/x509"
	"time"

	"vncsec/ca"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// Target is a server to look at, and what is known about it.
type Target struct {
	Address listen.Address
	// Name is what the server's certificate must be for; empty leaves that open.
	Name string
	// Trust judges the server's certificate.
	Trust Trust
	Login Login
	// Encodings to ask for, the best first; none means DefaultEncodings.
	Encodings []rfb.Encoding
	// Settle waits for something to appear on a blank display.
	Settle bool
	Expect Expectations
	// Timeout bounds everything together; 0 means DefaultTimeout.
	Timeout time.Duration
	// Now is the clock that judges certificates, time.Now if nil.
	Now func() time.Time
}

// Trust is what a server's certificate is verified against.
type Trust struct {
	// CA are the authorities; without any roots the system's count.
	CA ca.Trust
	// Source names them in the report.
	Source string
}

// system tells whether nobody has named authorities.
func (t Trust) system() bool { return len(t.CA.Roots) == 0 }

// verify looks at everything but the name.
func (t Trust) verify(chain []*x509.Certificate, now time.Time) error {
	if !t.system() {
		trust := t.CA
		trust.Now = func() time.Time { return now }
		return ca.VerifyServer(chain, "", trust)
	}
	intermediates := x509.NewCertPool()
	for _, cert := range chain[1:] {
		intermediates.AddCert(cert)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Intermediates: intermediates, CurrentTime: now})
	return err
}

// Login is what may be used to log in. Secrets go only to a server that has proved who it
// is, or where nobody can listen.
type Login struct {
	// User is who logs in by SASL or Plain; empty if nobody does.
	User string
	// Password is the user's, or without a user VNC's; nil if there is none.
	Password []byte
	// SASL logs in by SASL; nil if that is not wanted.
	SASL security.NewSASLClient
	// Certificate is shown to servers that ask for one; nil if there is none.
	Certificate *tls.Certificate
	// Anyway lets secrets go to any server.
	Anyway bool
}

// given tells whether there is a secret to log in with.
func (l Login) given() bool { return l.Password != nil || l.SASL != nil }

// Expectations are what a server must be like. The zero value expects nothing.
type Expectations struct {
	// MinDays is how long each certificate of the server must be valid at least; above 0
	// there must be one.
	MinDays int
	// Require are methods that must be offered, Refuse those that must not be.
	Require, Refuse []security.Method
	// MinTLS is the oldest version of TLS that the server may agree to, 1.2 or 1.3; 0 if
	// that is open.
	MinTLS uint16
	// Login must succeed.
	Login bool
}
