package vncserve

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"vncsec/ca"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// reasonOf gives the stable code for the error that ended a log-in.
func reasonOf(err error) reason.Code {
	var certificate *ca.VerifyError
	var tlsErr *security.TLSError
	code, known := reason.Of(err)
	switch {
	case known:
		return code
	case errors.As(err, &certificate):
		return certificateReason(certificate.Code)
	case errors.Is(err, security.ErrVeNCryptVersion):
		return reason.VeNCryptVersion
	case errors.Is(err, security.ErrNotOffered):
		return reason.TypeNotOffered
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return reason.Timeout
	case errors.Is(err, rfb.ErrNotRFB):
		return reason.ProtocolError
	case isGone(err):
		return reason.PeerGone
	case errors.As(err, &tlsErr) && strings.Contains(err.Error(), noCertificate):
		return reason.CertMissing
	case errors.As(err, &tlsErr):
		return reason.TLSFailed
	}
	return reason.InternalFailure
}

// certificateReason puts package ca's words for bad certificates among ours.
func certificateReason(code ca.Code) reason.Code {
	if code == ca.CodeNoCertificate {
		return reason.CertMissing
	}
	return "cert-" + reason.Code(code)
}

// noCertificate is how crypto/tls words that a viewer has no certificate where one is
// demanded. It has no type of its own.
const noCertificate = "client didn't provide a certificate"

// isGone tells whether err says that the other side has left.
func isGone(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
