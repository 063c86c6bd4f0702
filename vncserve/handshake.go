package vncserve

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"vncsec/vncserve/display"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// handshake takes one viewer from the first byte to SecurityResult. It is thrown
// away then.
type handshake struct {
	conn     *rfb.Conn
	security security.Type
	version  rfb.Version
	identity security.Identity
}

// login authenticates the viewer. The viewer has its answer when an error returns,
// but not yet its good result.
func (h *handshake) login(ctx context.Context) error {
	if err := h.exchangeVersions(); err != nil {
		return err
	}
	if err := h.chooseType(); err != nil {
		return h.tell(err)
	}
	identity, err := h.security.Authenticate(ctx, h.conn)
	if err != nil {
		return h.tell(err)
	}
	h.identity = identity
	return nil
}

func (h *handshake) exchangeVersions() error {
	if err := rfb.WriteVersion(h.conn, rfb.V38); err != nil {
		return fmt.Errorf("sending the protocol version: %w", err)
	}
	version, err := rfb.ReadVersion(h.conn)
	if err != nil {
		return err
	}
	h.version = version
	return nil
}

// chooseType offers the one security type (RFC 6143 section 7.1.2). In 3.3 the
// server decides, and only None and VNC authentication exist.
func (h *handshake) chooseType() error {
	offer := h.security.Number()
	if h.version == rfb.V33 {
		return h.dictateType(offer)
	}
	if _, err := h.conn.Write([]byte{1, byte(offer)}); err != nil {
		return fmt.Errorf("offering the security type: %w", err)
	}
	chosen, err := rfb.ReadUint8(h.conn)
	if err != nil {
		return fmt.Errorf("reading the chosen security type: %w", err)
	}
	if rfb.SecurityType(chosen) != offer {
		return &security.RefusedError{
			Reason: reason.TypeNotOffered,
			Told:   fmt.Sprintf("security type %d was not offered, only %d (%s) was", chosen, offer, offer),
			Err:    fmt.Errorf("the viewer chose type %d, offered was %d", chosen, offer),
		}
	}
	return nil
}

func (h *handshake) dictateType(offer rfb.SecurityType) error {
	if name, needed := laterTypes[offer]; needed {
		told := "this server needs a viewer with RFB 3.7 or 3.8 and " + name
		_, _ = h.conn.Write(rfb.AppendReason([]byte{0, 0, 0, byte(rfb.SecurityInvalid)}, told))
		return &reason.Error{Code: reason.ViewerTooOld, Err: errors.New("the viewer speaks RFB 3.3, which has no " + name)}
	}
	if _, err := h.conn.Write([]byte{0, 0, 0, byte(offer)}); err != nil {
		return fmt.Errorf("sending the security type: %w", err)
	}
	return nil
}

// laterTypes are the types that RFB 3.3 does not have.
var laterTypes = map[rfb.SecurityType]string{rfb.SecurityVeNCrypt: "VeNCrypt", rfb.SecuritySASL: "SASL"}

// tell sends a RefusedError as SecurityResult; of other errors the viewer has its answer,
// if there is any. 3.8 has a reason text, for the older
// versions the number is all.
func (h *handshake) tell(err error) error {
	var refused *security.RefusedError
	if !errors.As(err, &refused) || refused.Told == "" {
		return err
	}
	msg := binary.BigEndian.AppendUint32(nil, rfb.ResultFailed)
	if h.version >= rfb.V38 {
		msg = rfb.AppendReason(msg, refused.Told)
	}
	_ = h.conn.SetWriteDeadline(time.Now().Add(refusalGrace))
	if _, writeErr := h.conn.Write(msg); writeErr == nil {
		h.conn.Linger(refusalGrace)
	}
	return err
}

// refusalGrace bounds the time a refused viewer has to take its answer.
const refusalGrace = time.Second

// open opens the display for the viewer and sends the result. What follows it goes through
// the security layer, if the viewer has agreed on one.
func (h *handshake) open(ctx context.Context, source display.Source, remote string, viewOnly bool) (display.Session, error) {
	session, err := source.Open(ctx, display.Viewer{Remote: remote, Name: h.identity.Name(), ViewOnly: viewOnly})
	if err != nil {
		return nil, h.tell(&security.RefusedError{Reason: reason.DisplayUnavailable, Told: err.Error(), Err: err})
	}
	if !h.security.SendsResult(h.version) {
		return session, nil
	}
	if _, err := h.conn.Write([]byte{0, 0, 0, rfb.ResultOK}); err != nil {
		return nil, errors.Join(fmt.Errorf("sending the security result: %w", err), session.Close())
	}
	h.conn.StartLayer()
	return session, nil
}
