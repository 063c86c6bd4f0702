package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"vncsec/ca"
	"vncsec/internal/atomicfile"
	"vncsec/internal/shell"
	"vncsec/templates"
)

// caCommand is vncsec ca.
func caCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:        "ca",
		Usage:       "keep the certificate authority that servers and viewers trust",
		UsageText:   `vncsec ca init --cn "Example Org"`,
		Subcommands: []*cli.Command{caInitCommand(env)},
	}
}

// caInit is what vncsec ca init was asked for.
type caInit struct {
	dir            string
	cn, template   string
	days           int
	keyType        choice
	passphraseFile string
	unsealed       bool
	force, asJSON  bool
}

// caInitCommand is vncsec ca init.
func caInitCommand(env Env) *cli.Command {
	o := caInit{keyType: keyTypes()}
	return &cli.Command{
		Name:  "init",
		Usage: "create the key and the certificate of a certificate authority",
		Description: `The certificate, ca-cert.pem, goes to every server and viewer. The key,
ca-key.pem, stays where it is: who has it can impersonate all of them.

On a terminal vncsec asks for what the options leave open.`,
		UsageText: `# asks for the name and for a passphrase
vncsec ca init

# for scripts
vncsec ca init --cn "Example Org" --passphrase-file secret.txt

# from a template of certtool
vncsec ca init --template ca.info --key-type rsa-3072 --no-passphrase`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "cn", Usage: "`NAME` of your organization", Destination: &o.cn},
			templateFlag(&o.template),
			daysFlag(&o.days, "ten years"),
			keyTypeFlag(&o.keyType),
			caDirFlag(&o.dir),
			passphraseFlag(&o.passphraseFile),
			&cli.BoolFlag{Name: "no-passphrase", Usage: "leave the CA key readable for whoever can read its file", Destination: &o.unsealed},
			forceFlag(&o.force),
			jsonFlag(&o.asJSON),
		},
		Action: func(c *cli.Context) error { return env.caInit(c.Context, o) },
	}
}

// caInit creates an authority and tells which files it has.
func (env Env) caInit(ctx context.Context, o caInit) error {
	options, err := env.newAuthority(ctx, o)
	if err != nil {
		return err
	}
	defer clear(options.Passphrase)
	authority, err := ca.Create(ctx, options)
	if err != nil {
		return err
	}
	var files []fileResult
	for _, file := range authority.Files {
		files = append(files, writtenFile(file.Path, file.Kept))
	}
	result := issueResult{Certificate: newCertificateResult(authority.Certificate()), Files: files}
	return env.printIssued(result, o.asJSON, issueLine(o.dir, "server", "HOST"), issueLine(o.dir, "client", "NAME"))
}

// issueLine is the command that issues a certificate from the CA in a folder.
func issueLine(caDir, role, name string) string {
	words := []string{program, "issue", role, name}
	if caDir != "" {
		words = append(words, "--ca-dir", caDir)
	}
	return shell.Line(words...)
}

// newAuthority puts together what to create, and asks for what is missing.
func (env Env) newAuthority(ctx context.Context, o caInit) (ca.CreateOptions, error) {
	dir, err := caDir(o.dir)
	if err != nil {
		return ca.CreateOptions{}, err
	}
	if err := refuseExistingCA(dir, o.force); err != nil {
		return ca.CreateOptions{}, err
	}
	profile, err := env.caProfile(ctx, o)
	if err != nil {
		return ca.CreateOptions{}, err
	}
	passphrase, err := env.newPassphrase(ctx, o.passphraseFile, o.unsealed)
	if err != nil {
		return ca.CreateOptions{}, err
	}
	return ca.CreateOptions{
		Dir: dir, Profile: profile, KeyType: ca.KeyType(o.keyType.value),
		Passphrase: passphrase, Force: o.force, Now: env.Now,
	}, nil
}

// refuseExistingCA saves people from answering questions in vain. Only writing
// the files decides.
func refuseExistingCA(dir string, force bool) error {
	path := filepath.Join(dir, ca.KeyFile)
	if _, err := os.Lstat(path); err != nil || force {
		return nil
	}
	return fmt.Errorf("ca: %w", &atomicfile.ExistsError{Path: path})
}

// caProfile is what the certificate of a new authority is to hold.
func (env Env) caProfile(ctx context.Context, o caInit) (*templates.Profile, error) {
	template, err := env.loadTemplate(o.template)
	if err != nil {
		return nil, err
	}
	if template == nil {
		if o.cn == "" {
			if o.cn, err = env.askOrganization(ctx); err != nil {
				return nil, err
			}
		}
		if template, err = templates.Default(templates.CA); err != nil {
			return nil, err
		}
	}
	if o.cn != "" {
		template.Set("cn", o.cn)
	}
	setDays(template, o.days)
	return template.Profile()
}

// askOrganization asks for the name of a new authority.
func (env Env) askOrganization(ctx context.Context) (string, error) {
	if !env.Prompter.Interactive() {
		return "", usagef("the name of the CA is not given, and standard input is no terminal to ask on").
			hint("--cn NAME gives the name of your organization, --template FILE all of the certificate")
	}
	return env.Prompter.Input(ctx, "Name of your organization:", func(answer string) error {
		if strings.TrimSpace(answer) == "" {
			return errors.New("the name is empty")
		}
		return nil
	})
}
