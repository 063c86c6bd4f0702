package probe

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"net"
	"slices"
	"time"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// TLSFacts are what the TLS of a server shows.
type TLSFacts struct {
	// Version is the newest that the server has in common with crypto/tls.
	Version     string `json:"version"`
	Cipher      string `json:"cipher"`
	KeyExchange string `json:"key_exchange"`
	// Old is a version below 1.2 that the server accepts as well, or one of
	// OldRefused and OldUnknown.
	Old string `json:"old_versions"`

	Chain []CertificateFacts `json:"chain"` // the server's own first
	// Name is what the certificate should be for, and whether it is; without a name that
	// was not looked at.
	Name     string `json:"name,omitempty"`
	NameFits bool   `json:"name_fits"`
	// Trust names the authorities, and whether the chain leads to one of them.
	Trust   string `json:"trust"`
	Trusted bool   `json:"trusted"`
	// Untrusted is why not.
	Untrusted string `json:"untrusted,omitempty"`

	// ClientCertificate is what the server wants of its viewers.
	ClientCertificate Wish `json:"client_certificate"`
	// ClientCAs are the authorities that the server names for them.
	ClientCAs []string `json:"client_cas"`

	version, suite uint16
	// belowMinimum is Old for the version that is expected at least.
	belowMinimum string
	chain        []*x509.Certificate
}

// Values of TLSFacts.Old besides versions.
const (
	OldRefused = "refused"
	OldUnknown = "unknown"
)

// Wish is how much a server wants a client certificate.
type Wish string

// The wishes. Unknown wishes are those of servers whose answer did not come.
const (
	NotAsked Wish = "not asked for"
	Asked    Wish = "asked for"
	Demanded Wish = "demanded"
	WishOpen Wish = "unknown"
)

const (
	maxNames = 64 // of authorities that are shown
	maxShown = 10 // certificates of a chain
	// quietTime is how long a server may take to say that it does not go on.
	quietTime = 2 * time.Second
)

// weakSuite tells a cipher suite with known weaknesses, or without forward secrecy.
func (f *TLSFacts) weakSuite() bool {
	return slices.ContainsFunc(tls.InsecureCipherSuites(), func(s *tls.CipherSuite) bool { return s.ID == f.suite })
}

// good tells whether the server has proved who it is.
func (f *TLSFacts) good() bool { return f.Trusted && (f.Name == "" || f.NameFits) }

// allSuites are those that crypto/tls has, the good ones first: a look at a server must
// not fail because it has only bad ones.
func allSuites() []uint16 {
	var ids []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		ids = append(ids, suite.ID)
	}
	return ids
}

// observer is a TLS client that trusts everybody, has nothing to show and takes notes.
type observer struct {
	asked bool
	names [][]byte
	state *tls.ConnectionState // nil before the server's certificate has come
	end   time.Time            // of the look, zero for none
}

// config is for versions up to newest.
func (o *observer) config(name string, newest uint16) *tls.Config {
	return &tls.Config{
		ServerName:         name,
		InsecureSkipVerify: true,
		MinVersion:         tls.VersionTLS10,
		MaxVersion:         newest,
		CipherSuites:       allSuites(),
		VerifyConnection: func(state tls.ConnectionState) error {
			o.state = &state
			return nil
		},
		GetClientCertificate: func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			o.asked, o.names = true, info.AcceptableCAs
			return &tls.Certificate{}, nil
		},
	}
}

// handshake starts TLS on a connection on which a sub-type was chosen, and finds out what
// becomes of a viewer without a certificate. Facts may be there with an error.
func (o *observer) handshake(c *rfb.Conn, name string, sub rfb.SubType) (Wish, []string, error) {
	err := c.StartTLSClient(o.config(name, tls.VersionTLS13))
	if err != nil {
		if o.asked && o.state != nil {
			return Demanded, nil, nil
		}
		return WishOpen, nil, err
	}
	mechanisms, err := firstWords(c, sub, o.end)
	switch {
	case err == nil && o.asked:
		return Asked, mechanisms, nil
	case err == nil:
		return NotAsked, mechanisms, nil
	case o.asked && !errors.Is(err, errTimeout):
		return Demanded, nil, nil
	}
	return WishOpen, nil, nil
}

var errTimeout = errors.New("the server says nothing")

// firstWords reads what a server says first inside TLS: a server of TLS 1.3 tells only
// then that it does not like the client's certificate.
func firstWords(c *rfb.Conn, sub rfb.SubType, end time.Time) (mechanisms []string, err error) {
	switch sub {
	case rfb.SubTypeX509SASL:
		mechanisms, err = security.ReadMechanisms(c)
	case rfb.SubTypeX509VNC:
		_, err = security.ReadChallenge(c)
	case rfb.SubTypeX509Plain: // the viewer speaks first here, so silence is good
		if err := c.SetReadDeadline(earlier(time.Now().Add(quietTime), end)); err != nil {
			return nil, err
		}
		if _, err = rfb.ReadUint8(c); timedOut(err) {
			return nil, nil
		}
	default:
		_, err = rfb.ReadUint32(c)
	}
	if timedOut(err) {
		return nil, errTimeout
	}
	return mechanisms, err
}

// timedOut tells whether a deadline has passed.
func timedOut(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}

// facts are what was noted.
func (o *observer) facts(t Target, wish Wish, now time.Time) *TLSFacts {
	f := &TLSFacts{
		Version:           tls.VersionName(o.state.Version),
		Cipher:            tls.CipherSuiteName(o.state.CipherSuite),
		KeyExchange:       "RSA",
		Old:               OldUnknown,
		Name:              t.Name,
		Trust:             t.Trust.Source,
		ClientCertificate: wish,
		ClientCAs:         []string{},
		version:           o.state.Version,
		suite:             o.state.CipherSuite,
		chain:             o.state.PeerCertificates,
	}
	if o.state.CurveID != 0 {
		f.KeyExchange = o.state.CurveID.String()
	}
	for _, cert := range f.chain[:min(len(f.chain), maxShown)] {
		f.Chain = append(f.Chain, describe(cert, now))
	}
	for _, der := range o.names[:min(len(o.names), maxNames)] {
		f.ClientCAs = append(f.ClientCAs, distinguishedName(der))
	}
	f.NameFits = t.Name != "" && f.chain[0].VerifyHostname(t.Name) == nil
	err := t.Trust.verify(f.chain, now)
	if f.Trusted = err == nil; !f.Trusted {
		f.Untrusted = err.Error()
	}
	return f
}

// distinguishedName prints a name, or its bytes if it is none.
func distinguishedName(der []byte) string {
	var sequence pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &sequence); err != nil || len(rest) > 0 {
		return hex.EncodeToString(der)
	}
	var name pkix.Name
	name.FillFromRDNSequence(&sequence)
	return name.String()
}

// below finds the newest version below another that a server accepts.
func (o *observer) below(c *rfb.Conn, name string, version uint16) string {
	err := c.StartTLSClient(o.config(name, version-1))
	switch {
	case o.state != nil:
		return tls.VersionName(o.state.Version)
	case timedOut(err), errors.Is(err, net.ErrClosed):
		return OldUnknown
	}
	return OldRefused
}
