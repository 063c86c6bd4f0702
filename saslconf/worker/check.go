package worker

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"vncsec/saslconf/cyrus"
	"vncsec/vncserve/reason"
)

// maxSteps bounds an exchange that the worker has with itself; real ones take three.
const maxSteps = 8

// check finds out whether a password is a user's. Where the service file allows PLAIN or
// LOGIN the answer comes from pwcheck_method. It may be that there is no password to
// compare with, only the keys of a SCRAM mechanism, and that PLAIN is not allowed at all:
// then the worker goes through an exchange with itself, which proves the same.
func (s *service) check(q request, password []byte) (reply, error) {
	s.close()
	var err error
	if s.conn, err = s.server.NewConn(q.Conn); err != nil {
		return reply{}, err
	}
	s.host = cmp.Or(q.Conn.Host, s.server.Host)
	allowed := strings.Fields(q.Mechanism)
	tried := fmt.Errorf("none of the mechanisms %q can check a password", allowed)
	tried = &reason.Error{Code: reason.SASLMechUnavailable, Err: tried}
	if slices.ContainsFunc(allowed, sendsPassword) {
		if tried = s.conn.CheckPassword(q.User, password); !isUnknown(tried) {
			return s.checked(tried)
		}
	}
	for _, mechanism := range allowed {
		if !provesPassword(mechanism) {
			continue
		}
		if tried = s.converse(q, mechanism, password); !isUnknown(tried) {
			return s.checked(tried)
		}
	}
	return s.checked(tried)
}

// sendsPassword tells whether the server gets to know the password.
func sendsPassword(mechanism string) bool { return mechanism == "PLAIN" || mechanism == "LOGIN" }

// provesPassword tells whether the client proves that it knows the password.
func provesPassword(mechanism string) bool {
	return strings.HasPrefix(mechanism, "SCRAM-") || mechanism == "DIGEST-MD5"
}

// isUnknown tells whether nothing was found to check a password with.
func isUnknown(err error) bool {
	var sasl *cyrus.Error
	return errors.As(err, &sasl) && (sasl.Code == cyrus.NoUser || sasl.Code == cyrus.NoVerifier || noSecret(sasl))
}

// checked is the reply to a check with the given outcome.
func (s *service) checked(err error) (reply, error) {
	if err != nil {
		return reply{}, err
	}
	a, _, err := s.complete(cyrus.Step{Done: true})
	s.done = false // there is nothing to go on with
	return a, err
}

// converse logs in to the worker itself.
func (s *service) converse(q request, mechanism string, password []byte) error {
	s.close()
	if err := s.loadClient(); err != nil {
		return err
	}
	var err error
	if s.conn, err = s.server.NewConn(q.Conn); err != nil {
		return err
	}
	s.mechanism = mechanism
	options := q.Conn
	options.Host = cmp.Or(options.Host, s.server.Host)
	options.Local, options.Remote = options.Remote, options.Local
	if s.clientConn, err = s.client.NewConn(options, cyrus.Login{User: q.User, Password: password}); err != nil {
		return err
	}
	_, question, err := s.clientConn.Start(mechanism)
	if err != nil {
		return err
	}
	answer, err := s.conn.Start(mechanism, question.Data)
	for range maxSteps {
		if err != nil || answer.Done {
			return err
		}
		if question, err = s.clientConn.Step(answer.Data); err != nil {
			return err
		}
		answer, err = s.conn.Step(question.Data)
	}
	return fmt.Errorf("%s came to no end after %d steps", mechanism, maxSteps)
}
