package worker

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"vncsec/saslconf/cyrus"
	"vncsec/vncserve/reason"
)

// maxKeys bounds how much of a database of users is read to explain one failure.
const maxKeys = 4096

// explain gives a failure its code, in words for the server's log.
func (s *service) explain(err error, q request) *failure {
	f := &failure{Code: reason.SASLFailed, Text: err.Error(), User: q.User}
	if s.conn != nil {
		f.User = cmp.Or(s.conn.AuthUser(), f.User)
	}
	defer func() { f.Text, f.User = line(f.Text, maxFailureText), line(f.User, maxUserText) }() // a viewer may have made them long
	var (
		coded   *reason.Error
		missing *cyrus.MissingError
		sasl    *cyrus.Error
	)
	switch {
	case errors.As(err, &coded) && coded.Err != nil:
		f.Code, f.Text = coded.Code, coded.Err.Error()
	case errors.As(err, &missing):
		f.Code = reason.SASLLibraryMissing
	case errors.Is(err, errOrder):
		f.Code = reason.InternalFailure
	case errors.As(err, &sasl):
		s.explainSASL(sasl, f)
	default:
		if code, ok := reason.Of(err); ok {
			f.Code = code
		}
	}
	return f
}

// explainSASL tells the causes apart by libsasl2's result and, where one result has many
// causes, by what it and its plugins say.
func (s *service) explainSASL(err *cyrus.Error, f *failure) {
	if code, ok := backendFault(err); ok {
		f.Code = code
		return
	}
	if strings.HasPrefix(s.mechanism, "GS") || err.Mentions("GSSAPI") { // GS2-KRB5, GSS-SPNEGO
		f.Code = kerberosFault(err)
		return
	}
	switch {
	case noSecret(err):
		f.Code = reason.SASLNoSecret
	case err.Code == cyrus.NoUser:
		s.explainUnknown(err, f)
	case err.Mentions("all-whitespace username"):
		f.Code = reason.SASLUserUnknown
	case err.Mentions("requested identity not authenticated identity"):
		f.Code = reason.SASLNotAuthorized
	case err.Mentions("realm changed"):
		f.Code = reason.SASLRealm
	case err.Mentions("client requested invalid", "security layer"):
		f.Code = reason.SASLSSFTooLow
	case err.Code == cyrus.BadAuth && err.Mentions("mismatch", "doesn't match", "verification failed", "checkpass failed", "login failed"):
		s.explainWrong(f)
	default:
		f.Code = codes[err.Code]
	}
	f.Code = cmp.Or(f.Code, reason.SASLFailed)
}

// codes are for results that have one cause whatever the mechanism.
var codes = map[cyrus.Code]reason.Code{
	cyrus.BadAuth:      reason.SASLProtocol, // wrong secrets have been told apart before
	cyrus.BadProtocol:  reason.SASLProtocol,
	cyrus.BadParameter: reason.SASLProtocol,
	cyrus.BadMAC:       reason.SASLProtocol,
	cyrus.NoMechanism:  reason.SASLMechNotOffered,
	cyrus.NoAuthz:      reason.SASLNotAuthorized,
	cyrus.TooWeak:      reason.SASLSSFTooLow,
	cyrus.NeedEncrypt:  reason.SASLSSFTooLow,
	cyrus.Transition:   reason.SASLNoSecret,
	cyrus.NoVerifier:   reason.SASLNoSecret,
	cyrus.Expired:      reason.SASLPasswordExpired,
	cyrus.Disabled:     reason.SASLUserDisabled,
	cyrus.PasswordLock: reason.SASLUserDisabled,
	cyrus.ConfigError:  reason.SASLConfInvalid,
}

// noSecret tells whether the user was found, without a secret of the right kind.
func noSecret(err *cyrus.Error) bool {
	return err.Mentions("neither type of secret", "empty secret") ||
		err.Mentions("no valid scram-") && err.Mentions("secret found")
}

// backendFault finds faults of what libsasl2 keeps or asks for users in.
func backendFault(err *cyrus.Error) (reason.Code, bool) {
	denied := err.Mentions("permission denied")
	switch {
	case err.Mentions("saslauthd") && denied:
		return reason.SASLSaslauthdDenied, true
	case err.Mentions("saslauthd"):
		return reason.SASLSaslauthdDown, true
	case err.Mentions("unable to open db", "unable to open berkeley db", "could not open db", "cannot open the database") && denied:
		return reason.SASLDBUnreadable, true
	case err.Mentions("unable to open db", "unable to open berkeley db", "could not open db", "error fetching from sasldb"):
		return reason.SASLDBInvalid, true
	}
	return "", false
}

// kerberosFault tells Kerberos' faults apart by MIT's and Heimdal's texts.
func kerberosFault(err *cyrus.Error) reason.Code {
	for _, fault := range []struct {
		code  reason.Code
		texts []string
	}{
		{reason.SASLTicketExpired, []string{"expired"}},
		{reason.SASLClockSkew, []string{"clock skew", "not yet valid"}},
		{reason.SASLKeytabUnreadable, []string{"permission denied"}},
		{reason.SASLKeytabMissing, []string{"no such file", "keytab file", "does not exist", "keytab unset"}},
		{reason.SASLKeytabPrincipal, []string{"no key table entry", "no principal in keytab", "no keys in keytab", "nonexistent or empty"}},
		{reason.SASLKeytabInvalid, []string{"unsupported key table format", "bad format in keytab", "unknown keytab"}},
		{reason.SASLTicket, []string{"key table", "keytab", "key version", "kvno", "integrity check", "wrong principal", "ticket", "no credentials were supplied"}},
		{reason.SASLSSFTooLow, []string{"security layer", "invalid layer"}},
		{reason.SASLProtocol, []string{"token", "not expecting data", "protocol"}},
	} {
		if err.Mentions(fault.texts...) {
			return fault.code
		}
	}
	return cmp.Or(codes[err.Code], reason.SASLFailed)
}

// explainUnknown says in which way a user is unknown.
func (s *service) explainUnknown(err *cyrus.Error, f *failure) {
	f.Code = reason.SASLUserUnknown
	if path, ok := s.sasldb(); ok {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			f.Code, f.Text = reason.SASLDBMissing, err.Error()
			return
		}
	}
	users, ok := s.users()
	if !ok {
		return
	}
	name, realm := s.splitUser(f.User)
	var realms []string
	for _, key := range users {
		if key.User == name && !slices.Contains(realms, key.Realm) {
			realms = append(realms, key.Realm)
		}
	}
	switch {
	case len(users) == 0:
		f.Code = reason.SASLDBEmpty
		f.Text = "the database of users is empty"
	case slices.Contains(realms, realm):
		f.Code = reason.SASLNoSecret
		f.Text = fmt.Sprintf("%q in realm %q has no secret that %s can use: %s", name, realm, s.mechanism, err.Detail)
	case len(realms) > 0:
		f.Code = reason.SASLRealm
		f.Text = fmt.Sprintf("%q is a user of realm %q, and the log-in is for realm %q", name, strings.Join(realms, ", "), realm)
	case strings.Contains(f.User, "@") && !slices.ContainsFunc(users, func(k cyrus.Key) bool { return k.Realm == realm }):
		f.Code = reason.SASLRealm
		f.Text = fmt.Sprintf("no user is in realm %q, which the log-in is for", realm)
	default:
		f.Text = fmt.Sprintf("no user %q in realm %q", name, realm)
	}
}

// explainWrong tells a wrong password from wrong credentials of which nobody says what is
// wrong about them.
func (s *service) explainWrong(f *failure) {
	f.Code = reason.SASLCredentialsWrong
	if provesPassword(s.mechanism) {
		f.Code = reason.SASLPasswordWrong
		return
	}
	users, ok := s.users()
	if !ok {
		return
	}
	name, realm := s.splitUser(f.User)
	if slices.ContainsFunc(users, func(k cyrus.Key) bool { return k.User == name && k.Realm == realm }) {
		f.Code = reason.SASLPasswordWrong
	}
}

// sasldb is where users are kept; false if that is no sasldb.
func (s *service) sasldb() (path string, ok bool) {
	plugins := strings.Fields(s.config.Get("auxprop_plugin"))
	if len(plugins) > 0 && !slices.Contains(plugins, "sasldb") {
		return "", false
	}
	return s.config.DatabasePath(), true
}

// users lists what the sasldb has; false if users are kept elsewhere, or that cannot be
// told.
func (s *service) users() ([]cyrus.Key, bool) {
	if _, ok := s.sasldb(); !ok {
		return nil, false
	}
	database, err := s.server.Database()
	if err != nil {
		return nil, false
	}
	defer database.Close()
	keys, err := database.Keys(maxKeys)
	return keys, err == nil
}

// splitUser parts a name from its realm, which is this host's name if it has none.
func (s *service) splitUser(user string) (name, realm string) {
	at := strings.LastIndexByte(user, '@')
	if at < 0 {
		return user, s.host
	}
	return user[:at], user[at+1:]
}
