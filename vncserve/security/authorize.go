package security

import (
	"crypto/tls"
	"fmt"

	"vncsec/vncserve/reason"
)

// Names decides by name who may do something.
type Names interface {
	// Allows tells whether the name may. Aliases are other names that may be the same
	// person's; they can only be a reason to deny.
	Allows(name string, aliases ...string) bool
}

// AuthorizeCertificates is a source whose TLS handshakes fail for viewers whose
// certificate is good and whose distinguished name is not among those allowed.
func AuthorizeCertificates(source TLSSource, allowed Names) TLSSource {
	return func() *tls.Config {
		config := source()
		if config == nil {
			return nil
		}
		config = config.Clone()
		verify := config.VerifyConnection
		config.VerifyConnection = func(state tls.ConnectionState) error {
			if verify != nil {
				if err := verify(state); err != nil {
					return err
				}
			}
			if name := verifiedName(state); !allowed.Allows(name) {
				return notListed(name)
			}
			return nil
		}
		return config
	}
}

// notListed refuses a name that was proved, for the log.
func notListed(name string) error {
	return &reason.Error{Code: reason.AuthzDenied, Err: fmt.Errorf("the list does not let %q in", name)}
}

// notAuthorized is what a viewer is told who has proved its name, and may not come in.
const notAuthorized = "you are not allowed to open this console"

// aliases are other names that may be a SASL user's. Viewers choose whether to name a realm,
// and which: for libsasl2 "alice" and "alice@REALM" are one user in the default realm,
// saslauthd with PAM drops the realm, whatever it is, and Kerberos drops its own.
// Where the realm begins, if there are several @ in a name, its parts do not agree on.
func aliases(user string, realms []string) []string {
	name := user // without what may be a realm
	var others []string
	for i := len(user) - 1; i >= 0; i-- {
		if user[i] == '@' {
			name = user[:i]
			others = append(others, name)
		}
	}
	for _, realm := range realms {
		if full := name + "@" + realm; full != user {
			others = append(others, full)
		}
	}
	return others
}
