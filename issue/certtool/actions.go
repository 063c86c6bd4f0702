package certtool

import "context"

// action is one thing that certtool does.
type action func(*tool, context.Context) error

// actions holds what certtool does and the options that ask for it, in the order in
// which certtool looks for them: of several given ones the first here runs, the others
// are ignored.
var actions = []struct {
	option string
	run    action
}{
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
	{"crl-info", (*tool).crlInfo},
	{"p8-info", (*tool).p8Info},
	{"to-p8", (*tool).toPKCS8},
	{"crq-info", (*tool).crqInfo},
	{"get-dh-params", (*tool).getDHParams},
}

// action finds what the options ask for.
func (o *options) action() (run action, found bool) {
	for _, a := range actions {
		if o.given[a.option] {
			return a.run, true
		}
	}
	return nil, false
}
