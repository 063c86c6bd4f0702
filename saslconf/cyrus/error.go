package cyrus

import "strings"

// Code is a result of libsasl2 (sasl.h, "SASL result codes").
type Code int32

// Codes that callers tell apart.
const (
	OK           Code = 0
	Continue     Code = 1
	Interact     Code = 2
	Fail         Code = -1
	NoMechanism  Code = -4
	BadProtocol  Code = -5
	NotDone      Code = -6
	BadParameter Code = -7
	BadMAC       Code = -9
	BadAuth      Code = -13
	NoAuthz      Code = -14
	TooWeak      Code = -15
	NeedEncrypt  Code = -16
	Transition   Code = -17
	Expired      Code = -18
	Disabled     Code = -19
	NoUser       Code = -20
	PasswordLock Code = -21
	Unavailable  Code = -24
	NoVerifier   Code = -26
	ConfigError  Code = -100
)

// Error is a failure of libsasl2.
type Error struct {
	// Op is the function that failed, such as "sasl_server_step".
	Op   string
	Code Code
	// Detail is libsasl2's own description, meant for the administrator and never for the
	// peer, as it tells unknown users from wrong passwords.
	Detail string
	// Log is what libsasl2 and its plugins logged on the way.
	Log []string
}

// Error gives libsasl2's description and what it logged beyond it.
func (e *Error) Error() string {
	message := e.Op + ": " + e.Detail
	for _, line := range e.Log {
		if !strings.Contains(e.Detail, line) {
			message += "; " + line
		}
	}
	return message
}

// Mentions tells whether the description or the log have one of the texts, in any case.
func (e *Error) Mentions(texts ...string) bool {
	all := strings.ToLower(e.Detail + "\n" + strings.Join(e.Log, "\n"))
	for _, t := range texts {
		if strings.Contains(all, strings.ToLower(t)) {
			return true
		}
	}
	return false
}
