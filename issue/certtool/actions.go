package certtool

import (
	"context"
	"errors"
)

// action is one thing that certtool does.
type action struct {
	option string // that asks for it, without dashes
	run    func(*tool, context.Context) error
}

// actions holds what certtool does, in the order in which it looks for the
// options: of several given ones the first here runs, the others are ignored.
var actions = []action{
	{"generate-self-signed", (*tool).generateSelfSigned},
	{"generate-certificate", (*tool).generateCertificate},
	{"generate-proxy", (*tool).generateProxy},
	{"generate-crl", (*tool).generateCRL},
	{"update-certificate", (*tool).updateCertificate},
	{"generate-privkey", (*tool).generatePrivateKey},
	{"generate-request", (*tool).generateRequest},
	{"verify-chain", (*tool).verifyChain},
	{"verify", (*tool).verify},
	{"verify-crl", (*tool).verifyCRL},
	{"certificate-info", (*tool).certificateInfo},
	{"certificate-pubkey", (*tool).certificatePubkey},
	{"key-info", (*tool).keyInfo},
	{"to-rsa", (*tool).toRSA},
	{"pubkey-info", (*tool).pubkeyInfo},
	{"fingerprint", (*tool).fingerprint},
	{"key-id", (*tool).keyID},
	{"to-p12", (*tool).toPKCS12},
	{"p12-info", (*tool).p12Info},
	{"p8-info", (*tool).p8Info},
	{"to-p8", (*tool).toPKCS8},
	{"crl-info", (*tool).crlInfo},
	{"crq-info", (*tool).crqInfo},
}

// errNoAction says that no option asks for anything.
var errNoAction = errors.New("certtool: no action")

// action finds what the options ask for.
func (o *options) action() (action, error) {
	for _, a := range actions {
		if o.given[a.option] {
			return a, nil
		}
	}
	return action{}, errNoAction
}
