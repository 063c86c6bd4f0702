package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"vncsec/vncserve/listen"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// Inspect looks at a server, logs in if that is possible, and judges what it saw. It
// makes at most five connections: TigerVNC shuts an address out that has made five without
// a log-in.
func Inspect(ctx context.Context, t Target) *Report {
	if t.Timeout <= 0 {
		t.Timeout = DefaultTimeout
	}
	if t.Now == nil {
		t.Now = time.Now
	}
	if len(t.Encodings) == 0 {
		t.Encodings = DefaultEncodings()
	}
	ctx, cancel := context.WithTimeout(ctx, t.Timeout)
	defer cancel()
	i := &inspection{target: t, now: t.Now(), end: deadlineOf(ctx), report: &Report{
		Address:       t.Address.String(),
		SecurityTypes: []Numbered{},
		SubTypes:      []Numbered{},
		SASL:          []SASLOffer{},
		Findings:      []Finding{},
	}}
	if err := i.firstLook(ctx); err != nil {
		i.giveUp(err)
		return i.report
	}
	i.secondLook(ctx)
	i.logIn(ctx)
	i.oldVersions(ctx)
	i.judge()
	i.report.sortFindings()
	return i.report
}

// inspection is a report in the making.
type inspection struct {
	target Target
	now    time.Time
	report *Report

	types    []rfb.SecurityType
	subTypes []rfb.SubType
	looked   rfb.SubType // that TLS was looked at with
	started  time.Time
	end      time.Time // of everything, zero for none
}

// dial opens a connection that the context bounds.
func (i *inspection) dial(ctx context.Context) (_ *rfb.Conn, closeConn func(), err error) {
	i.started = time.Now()
	var dialer net.Dialer
	socket, err := dialer.DialContext(ctx, i.target.Address.Network(), i.target.Address.Endpoint())
	if err != nil {
		return nil, nil, &dialError{err}
	}
	stop := onCancel(ctx, func() { _ = socket.Close() })
	c := rfb.NewConn(socket)
	closeConn = func() {
		stop()
		_ = hangUp(ctx, socket, c)
	}
	if err := c.SetDeadline(i.end); err != nil {
		closeConn()
		return nil, nil, err
	}
	return c, closeConn, nil
}

// dialError is a server that was not reached.
type dialError struct{ err error }

func (e *dialError) Error() string { return e.err.Error() }
func (e *dialError) Unwrap() error { return e.err }

// firstLook reads what the server offers and looks into its TLS or SASL.
func (i *inspection) firstLook(ctx context.Context) error {
	c, closeConn, err := i.dial(ctx)
	if err != nil {
		return err
	}
	defer closeConn()
	i.report.Remote, i.report.Local = remoteOf(c.RemoteAddr()), listen.Local(c.RemoteAddr())
	i.stayAt(c.RemoteAddr())
	offer, err := security.ReadOffer(c)
	i.report.Protocol = offer.Announced
	if err != nil {
		return err
	}
	i.types = offer.Types
	i.report.SecurityTypes = numbered(offer.Types)
	switch {
	case slices.Contains(offer.Types, rfb.SecurityVeNCrypt):
		err = i.lookAtVeNCrypt(c, offer)
	case slices.Contains(offer.Types, rfb.SecuritySASL):
		err = i.lookAtSASL(c, offer)
	}
	i.noteBroken(err)
	return nil
}

// noteBroken notes an error of something that the server offers.
func (i *inspection) noteBroken(err error) {
	if err != nil {
		i.report.add(Critical, TLSFailed, "look at the server's log", fmt.Sprintf("what the server offers does not work: %v", err))
	}
}

// stayAt makes all further connections go to the address that was reached: a name may have
// several, and secrets go where the first look found that they are safe.
func (i *inspection) stayAt(addr net.Addr) {
	if tcp, ok := addr.(*net.TCPAddr); ok {
		at := tcp.AddrPort()
		i.target.Address = listen.Address{Host: at.Addr().Unmap().String(), Port: int(at.Port())}
	}
}

// remoteOf names an address. That of a UNIX socket is its path.
func remoteOf(addr net.Addr) string {
	if _, ok := addr.(*net.UnixAddr); ok {
		return "unix:" + addr.String()
	}
	return addr.String()
}

// lookOrder are the sub-types that TLS is looked at with: those first in which the server
// speaks first and says the most.
var lookOrder = []rfb.SubType{rfb.SubTypeX509SASL, rfb.SubTypeX509None, rfb.SubTypeX509VNC, rfb.SubTypeX509Plain}

func (i *inspection) lookAtVeNCrypt(c *rfb.Conn, offer security.Offer) error {
	if err := security.ChooseType(c, offer, rfb.SecurityVeNCrypt); err != nil {
		return err
	}
	var err error
	if i.subTypes, err = security.ReadSubTypes(c); err != nil {
		return err
	}
	i.report.SubTypes = numbered(i.subTypes)
	at := slices.IndexFunc(lookOrder, func(s rfb.SubType) bool { return slices.Contains(i.subTypes, s) })
	if at < 0 {
		return nil // no sub-type has certificates
	}
	i.looked = lookOrder[at]
	if err := security.ChooseSubType(c, i.looked); err != nil {
		return err
	}
	o := observer{end: i.end}
	wish, mechanisms, err := o.handshake(c, i.target.Name, i.looked)
	if o.state != nil {
		i.report.TLS = o.facts(i.target, wish, i.now)
	}
	if mechanisms != nil {
		i.noteSASL(security.Method{Type: rfb.SecurityVeNCrypt, SubType: i.looked}, mechanisms)
	}
	return err
}

func (i *inspection) lookAtSASL(c *rfb.Conn, offer security.Offer) error {
	if err := security.ChooseType(c, offer, rfb.SecuritySASL); err != nil {
		return err
	}
	mechanisms, err := security.ReadMechanisms(c)
	if err != nil {
		return err
	}
	i.noteSASL(security.Method{Type: rfb.SecuritySASL}, mechanisms)
	return nil
}

func (i *inspection) noteSASL(m security.Method, mechanisms []string) {
	i.report.SASL = append(i.report.SASL, SASLOffer{m.String(), append([]string{}, mechanisms...)})
}

// secondLook reads the mechanisms of SASL without TLS where there is TLS as well.
func (i *inspection) secondLook(ctx context.Context) {
	if !slices.Contains(i.types, rfb.SecurityVeNCrypt) || !slices.Contains(i.types, rfb.SecuritySASL) {
		return
	}
	c, offer, closeConn, err := i.again(ctx)
	if err != nil {
		i.noteBroken(err)
		return
	}
	defer closeConn()
	i.noteBroken(i.lookAtSASL(c, offer))
}

// again connects once more and reads the offer.
func (i *inspection) again(ctx context.Context) (*rfb.Conn, security.Offer, func(), error) {
	c, closeConn, err := i.dial(ctx)
	if err != nil {
		return nil, security.Offer{}, nil, err
	}
	offer, err := security.ReadOffer(c)
	if err != nil {
		closeConn()
		return nil, offer, nil, err
	}
	return c, offer, closeConn, nil
}

// oldVersions finds out whether the server's TLS takes versions that nobody should, or
// that it is expected not to take.
func (i *inspection) oldVersions(ctx context.Context) {
	if i.report.TLS == nil {
		return
	}
	i.report.TLS.Old = i.versionBelow(ctx, tls.VersionTLS12)
	i.report.TLS.belowMinimum = i.report.TLS.Old
	if i.target.Expect.MinTLS > tls.VersionTLS12 {
		i.report.TLS.belowMinimum = i.versionBelow(ctx, i.target.Expect.MinTLS)
	}
}

func (i *inspection) versionBelow(ctx context.Context, version uint16) string {
	c, offer, closeConn, err := i.again(ctx)
	if err != nil {
		return OldUnknown
	}
	defer closeConn()
	if err := security.ChooseType(c, offer, rfb.SecurityVeNCrypt); err != nil {
		return OldUnknown
	}
	if _, err := security.ReadSubTypes(c); err != nil {
		return OldUnknown
	}
	if err := security.ChooseSubType(c, i.looked); err != nil {
		return OldUnknown
	}
	var o observer
	return o.below(c, i.target.Name, version)
}

// giveUp notes why there is nothing to report.
func (i *inspection) giveUp(err error) {
	var refused *security.ServerRefusedError
	var dial *dialError
	where := i.report.Address
	switch {
	case errors.As(err, &dial):
		i.report.add(Unknown, Unreachable, "is the server running, and is this its address?", fmt.Sprintf("no connection: %v", dial.err))
	case errors.As(err, &refused):
		i.report.add(Unknown, ServerRefuses, "look at the server's log, and try again later", refused.Error())
	case errors.Is(err, rfb.ErrNotRFB):
		i.report.add(Unknown, NotRFB, "is this the port of a VNC server?", fmt.Sprintf("what answers at %s is no VNC server: %v", where, err))
	default:
		i.report.add(Unknown, Silent, "is this the port of a VNC server, and is it overloaded?", fmt.Sprintf("%s does not say what it offers: %v", where, err))
	}
}
