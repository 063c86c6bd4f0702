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
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// reasonOf gives the stable code for the error that ended a log-in.
func reasonOf(err error) security.Reason {
	var refused *security.RefusedError
	var answered *answeredError
	var certificate *ca.VerifyError
	var tlsErr *security.TLSError
	switch {
	case errors.As(err, &refused):
		return refused.Reason
	case errors.As(err, &answered):
		return answered.Reason
	case errors.As(err, &certificate):
		return security.ReasonCertificate + security.Reason(certificate.Code)
	case errors.Is(err, security.ErrVeNCryptVersion):
		return security.ReasonVersion
	case errors.Is(err, security.ErrNotOffered):
		return security.ReasonTypeNotOffered
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return security.ReasonTimeout
	case errors.Is(err, rfb.ErrNotRFB):
		return security.ReasonProtocol
	case isGone(err):
		return security.ReasonPeerGone
	case errors.As(err, &tlsErr) && strings.Contains(err.Error(), noCertificate):
		return security.ReasonNoCertificate
	case errors.As(err, &tlsErr):
		return security.ReasonTLS
	}
	return security.ReasonInternalFailure
}

// noCertificate is how crypto/tls words that a viewer has no certificate where one is
// demanded. It has no type of its own.
const noCertificate = "client didn't provide a certificate"

// isGone tells whether err says that the other side has left.
func isGone(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
