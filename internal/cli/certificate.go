package cli

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"vncsec/ca"
	"vncsec/internal/shell"
	"vncsec/templates"
)

// keyTypes is an option value that is a kind of key.
func keyTypes() choice {
	c := choice{value: ca.DefaultKeyType.String()}
	for _, keyType := range ca.KeyTypes() {
		c.words = append(c.words, keyType.String())
	}
	return c
}

// keyTypeFlag is the option that says what kind of key to make.
func keyTypeFlag(keyType *choice) cli.Flag {
	return &cli.GenericFlag{Name: "key-type", Usage: "`TYPE` of the new key: " + keyType.list(), Value: keyType}
}

// templateFlag is the option that names a template.
func templateFlag(file *string) cli.Flag {
	return &cli.PathFlag{Name: "template", Usage: "`FILE` with a template of certtool; other options win over it", Destination: file}
}

// daysFlag is the option that says how long a certificate is valid.
func daysFlag(days *int, preset string) cli.Flag {
	return &cli.GenericFlag{
		Name: "days", Usage: "`NUMBER` of days that the certificate is valid", DefaultText: preset,
		Value: &wholeNumber{value: days, min: 1, max: 36500},
	}
}

// setDays says in a template how long its certificate is valid; zero leaves it
// as it is.
func setDays(template *templates.Template, days int) {
	if days != 0 {
		template.Remove("expiration_date")
		template.Set("expiration_days", fmt.Sprint(days))
	}
}

// caDirFlag is the option that names the folder of the CA.
func caDirFlag(dir *string) cli.Flag {
	return &cli.PathFlag{
		Name: "ca-dir", Usage: "`DIR` of the CA", Destination: dir,
		DefaultText: "$" + ca.DirEnv + ", else /var/lib/vncsec/ca for root, else ~/.local/share/vncsec/ca",
	}
}

// caDir is the folder of the CA: the one that was named, or the user's own.
func caDir(dir string) (string, error) {
	if dir == "" {
		dir = ca.DefaultDir()
	}
	if dir == "" {
		return "", withHint(errors.New("this user has no home folder to keep a CA in"), "--ca-dir DIR names the folder of the CA")
	}
	return dir, nil
}

// noCA adds what to do to the error of a folder without a CA, or with half of one.
func noCA(dir string, err error) error {
	missing := func(name string) bool {
		_, err := os.Lstat(filepath.Join(dir, name))
		return errors.Is(err, fs.ErrNotExist)
	}
	noCert, noKey := missing(ca.CertFile), missing(ca.KeyFile)
	switch {
	case noCert && noKey:
		return withHint(err, "%s creates a CA there", shell.Line(program, "ca", "init", "--ca-dir", dir))
	case noCert || noKey:
		return withHint(err, "%s and %s of the CA belong there together: put back the missing one, or name another folder with --ca-dir DIR", ca.KeyFile, ca.CertFile)
	}
	return err
}

// loadTemplate reads a template; no name is no template.
func (env Env) loadTemplate(file string) (*templates.Template, error) {
	if file == "" {
		return nil, nil
	}
	data, err := env.readTemplate(file)
	if err != nil {
		return nil, err
	}
	return templates.Parse(file, data)
}

// issueResult is what commands tell of a new certificate.
type issueResult struct {
	Certificate certificateResult `json:"certificate"`
	Files       []fileResult      `json:"files"`
}

// certificateResult describes a certificate.
type certificateResult struct {
	Subject   string    `json:"subject"` // RFC 2253
	Serial    string    `json:"serial"`  // hexadecimal
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	DNS       []string  `json:"dns,omitempty"`
	IPs       []string  `json:"ips,omitempty"`
	SHA256    string    `json:"sha256"` // of the whole certificate, hexadecimal
}

// newCertificateResult describes a certificate.
func newCertificateResult(cert *x509.Certificate) certificateResult {
	digest := sha256.Sum256(cert.Raw)
	result := certificateResult{
		Subject: cert.Subject.String(), Serial: cert.SerialNumber.Text(16),
		NotBefore: cert.NotBefore.UTC(), NotAfter: cert.NotAfter.UTC(),
		DNS: cert.DNSNames, SHA256: hex.EncodeToString(digest[:]),
	}
	for _, ip := range cert.IPAddresses {
		result.IPs = append(result.IPs, ip.String())
	}
	return result
}

// printIssued tells of a new certificate, and which commands come next.
func (env Env) printIssued(result issueResult, asJSON bool, next ...string) error {
	if asJSON {
		return env.print(jsonText(result))
	}
	cert := result.Certificate
	text := fileTable(result.Files)
	text += fmt.Sprintf("certificate of %s, valid until %s\n", printable(cert.Subject), cert.NotAfter.Format(time.DateOnly))
	if err := env.print(text); err != nil {
		return err
	}
	for _, command := range next {
		env.next(command)
	}
	return nil
}
