package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// logIn logs in if there is a method that the credentials are for and that is safe, and
// takes the desktop's picture.
func (i *inspection) logIn(ctx context.Context) {
	i.report.Login = &LoginFacts{}
	method, why := i.choose()
	if why != "" {
		i.report.Login.Why = why
		return
	}
	i.report.Login.Method = method.String()
	started := time.Now()
	c, err := Connect(ctx, i.target.Address, Options{
		Credentials: i.credentials(method),
		Encodings:   i.target.Encodings,
		Timeout:     time.Until(i.end),
	})
	if err != nil {
		i.report.Login.Why = loginFailure(err)
		return
	}
	defer func() { _ = hangUp(ctx, c.socket, c.conn) }()
	c.end = i.end
	defer onCancel(ctx, c.Interrupt)()
	i.report.Login.OK, i.report.Login.Mechanism = true, c.Agreed.Mechanism
	if err := i.takePicture(c, started); err != nil {
		i.report.add(Critical, PictureFailed, "connect with a viewer to see more", fmt.Sprintf("the desktop gives no picture: %v", err))
	}
}

// deadlineOf is the end of a context that has one.
func deadlineOf(ctx context.Context) time.Time {
	end, _ := ctx.Deadline()
	return end
}

// loginFailure words an error without the part that the report has said.
func loginFailure(err error) string {
	var refused *security.ServerRefusedError
	if errors.As(err, &refused) {
		return refused.Error()
	}
	return err.Error()
}

// choose takes the strongest method that can be used, or says of each why it is not.
func (i *inspection) choose() (m security.Method, why string) {
	var hindered []string
	for _, method := range i.candidates() {
		why := i.hinders(method)
		if why == "" {
			return method, ""
		}
		hindered = append(hindered, fmt.Sprintf("%s (%s)", why, method))
	}
	if len(hindered) == 0 {
		return security.Method{}, "the server offers no method that is spoken here"
	}
	return security.Method{}, strings.Join(hindered, "; ")
}

// candidates are the offered methods, the one to try first in front: what the credentials
// are for comes before what lets everybody in.
func (i *inspection) candidates() []security.Method {
	venCrypt := func(sub rfb.SubType) security.Method {
		return security.Method{Type: rfb.SecurityVeNCrypt, SubType: sub}
	}
	all := []security.Method{
		venCrypt(rfb.SubTypeX509SASL), venCrypt(rfb.SubTypeX509Plain), venCrypt(rfb.SubTypeX509VNC), venCrypt(rfb.SubTypeX509None),
		{Type: rfb.SecuritySASL}, {Type: rfb.SecurityVNC}, {Type: rfb.SecurityNone},
	}
	return slices.DeleteFunc(all, func(m security.Method) bool {
		return !slices.Contains(i.types, m.Type) || m.SubType != 0 && !i.offersSub(m.SubType)
	})
}

// hinders says why a method is not used, "" if it is.
func (i *inspection) hinders(m security.Method) string {
	l := i.target.Login
	if f := i.report.TLS; m.SubType.X509() {
		switch {
		case f == nil:
			return "TLS does not work"
		case f.ClientCertificate == Demanded && l.Certificate == nil:
			return "the server demands a client certificate, and none is given"
		}
	}
	switch {
	case m.Type == rfb.SecurityNone, m.SubType == rfb.SubTypeX509None:
		return ""
	case m.Type == rfb.SecurityVNC, m.SubType == rfb.SubTypeX509VNC:
		if l.Password == nil || l.User != "" {
			return "the server wants a VNC password, and none is given"
		}
	case m.SubType == rfb.SubTypeX509Plain:
		if l.Password == nil || l.User == "" {
			return "the server wants a name and a password, and none is given"
		}
	case l.SASL == nil:
		return "the server wants a log-in by SASL, and no user is given"
	}
	if l.Anyway {
		return ""
	}
	return i.exposes(m)
}

// exposes says who could learn a secret.
func (i *inspection) exposes(m security.Method) string {
	switch {
	case m.SubType.X509() && !i.report.TLS.good():
		return "the server does not prove who it is, and so gets no secret"
	case m.SubType == 0 && i.target.Login.Password != nil && !i.report.Local: // DIGEST-MD5 hides it no better
		return "there is no TLS, and who listens could guess the password"
	}
	return ""
}

func (i *inspection) credentials(m security.Method) security.Credentials {
	with := security.Credentials{Password: i.target.Login.Password, User: i.target.Login.User, SASL: i.target.Login.SASL, Only: m}
	if m.Type == rfb.SecurityVeNCrypt {
		with.TLS = i.viewerTLS()
	}
	return with
}

// viewerTLS is the viewer's TLS: it demands the very certificate that was looked at, about
// which all is known.
func (i *inspection) viewerTLS() *tls.Config {
	seen := i.report.TLS.chain[0]
	config := &tls.Config{
		ServerName:         i.target.Name,
		InsecureSkipVerify: true, // VerifyConnection does it
		VerifyConnection: func(state tls.ConnectionState) error {
			if !state.PeerCertificates[0].Equal(seen) {
				return i.verifyOther(state.PeerCertificates)
			}
			return nil
		},
	}
	if i.report.TLS.version < tls.VersionTLS12 {
		config.MinVersion = i.report.TLS.version
	}
	if i.report.TLS.weakSuite() { // which crypto/tls does not take by itself
		config.CipherSuites = []uint16{i.report.TLS.suite}
	}
	if cert := i.target.Login.Certificate; cert != nil {
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return cert, nil }
	}
	return config
}

// verifyOther judges a certificate other than the first: a server may have several.
func (i *inspection) verifyOther(chain []*x509.Certificate) error {
	if i.target.Login.Anyway {
		return nil
	}
	if err := i.target.Trust.verify(chain, i.now); err != nil {
		return err
	}
	if i.target.Name == "" {
		return nil
	}
	return chain[0].VerifyHostname(i.target.Name)
}

// settleTime is how long a blank display may take to show something.
const settleTime = 2 * time.Second

// errNoPixels is a desktop that was never given a size.
var errNoPixels = errors.New("the server says that it has no width or no height")

// takePicture takes one whole update and describes it.
func (i *inspection) takePicture(c *Client, started time.Time) error {
	format := c.Format
	if err := c.Full(); err != nil {
		return err
	}
	i.report.Desktop = &DesktopFacts{
		Name: c.Name, Width: c.Size().X, Height: c.Size().Y, Format: pixelFormat(format),
		Encodings:    encodingFacts(c.Traffic),
		Bytes:        c.Traffic.Bytes,
		FirstPicture: milliseconds(time.Since(started)),
	}
	if i.target.Settle {
		c.SetTimeout(settleTime)
		if err := c.settle(); err != nil {
			return err
		}
		i.report.Desktop.Width, i.report.Desktop.Height = c.Size().X, c.Size().Y
	}
	if c.Picture().Bounds().Empty() {
		return errNoPixels
	}
	i.report.Picture = c.Picture()
	return nil
}

// encodingFacts lists what was used, most bytes first.
func encodingFacts(t Traffic) []EncodingFacts {
	list := []EncodingFacts{}
	for encoding, count := range t.ByEncoding {
		list = append(list, EncodingFacts{encoding.String(), count.Rectangles, count.Bytes})
	}
	slices.SortFunc(list, func(a, b EncodingFacts) int {
		if a.Bytes != b.Bytes {
			return int(b.Bytes - a.Bytes)
		}
		return slices.Compare([]byte(a.Encoding), []byte(b.Encoding))
	})
	return list
}
