package issue

import (
	"context"
	"crypto"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"vncsec/ca"
)

// Issued is a new certificate with its key, not yet written.
type Issued struct {
	Role        Role
	Certificate *x509.Certificate
	Authority   *x509.Certificate

	key crypto.Signer
}

// String names the certificate. Without it a log could print the key.
func (i *Issued) String() string {
	return fmt.Sprintf("%s certificate %q", i.Role, i.Certificate.Subject)
}

// Issue makes a key and has it certified. What it returns was read back and
// verified as a peer of that role will verify it.
func Issue(ctx context.Context, authority *ca.Authority, request Request) (*Issued, error) {
	profile, err := request.profile()
	if err != nil {
		return nil, err
	}
	key, err := request.KeyType.Generate()
	if err != nil {
		return nil, fmt.Errorf("issue: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("issue: %w", err)
	}
	cert, err := authority.Sign(profile, key.Public())
	if err != nil {
		return nil, fmt.Errorf("issue: %w", err)
	}
	if err := verify(cert, key, authority, request.Role); err != nil {
		return nil, fmt.Errorf("issue: the new certificate would not be accepted: %w", err)
	}
	return &Issued{Role: request.Role, Certificate: cert, Authority: authority.Certificate(), key: key}, nil
}

// verify looks at a certificate with the eyes of a peer, on the first day of its
// validity if that is still to come.
func verify(cert *x509.Certificate, key crypto.Signer, authority *ca.Authority, role Role) error {
	if err := ca.KeyFits(cert, key); err != nil {
		return err
	}
	trust := authority.Trust()
	trust.Now = notBefore(cert.NotBefore, trust.Now)
	chain := []*x509.Certificate{cert}
	if role == Client {
		return ca.VerifyClient(chain, trust)
	}
	for _, host := range hosts(cert) {
		if err := ca.VerifyServer(chain, host, trust); err != nil {
			return err
		}
	}
	return nil
}

// notBefore makes a clock that shows the time of another one, but at least a
// given moment.
func notBefore(moment time.Time, clock func() time.Time) func() time.Time {
	if clock == nil {
		clock = time.Now
	}
	return func() time.Time {
		if now := clock(); now.After(moment) {
			return now
		}
		return moment
	}
}

// hosts lists one host for every name of a server.
func hosts(cert *x509.Certificate) []string {
	var all []string
	for _, name := range cert.DNSNames {
		all = append(all, strings.Replace(name, "*", "any", 1))
	}
	for _, ip := range cert.IPAddresses {
		all = append(all, ip.String())
	}
	return all
}
