package cli

import (
	"context"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"vncsec/ca"
	"vncsec/internal/shell"
	"vncsec/issue"
)

// issueCommand is vncsec issue.
func issueCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:  "issue",
		Usage: "issue certificates for VNC servers and viewers",
		UsageText: `vncsec issue server vnc.example.org
vncsec issue client alice`,
		Subcommands: []*cli.Command{issueServerCommand(env), issueClientCommand(env)},
	}
}

// issueOptions are what vncsec issue server and client were asked for.
type issueOptions struct {
	request        issue.Request
	template       string
	keyType        choice
	out            string
	caDir          string
	passphraseFile string
	force, asJSON  bool
}

// issueServerCommand is vncsec issue server.
func issueServerCommand(env Env) *cli.Command {
	o := &issueOptions{request: issue.Request{Role: issue.Server}, keyType: keyTypes()}
	return &cli.Command{
		Name:      "server",
		Usage:     "issue the certificate of a VNC server",
		ArgsUsage: "HOST",
		Description: `HOST is the name or the address that viewers connect to; --dns and --ip add
further ones. A new key is made, and written with its certificate and that of
the CA into a folder of the host's name.`,
		UsageText: `vncsec issue server vnc.example.org

# a host with several names and addresses
vncsec issue server vnc.example.org --dns console.example.org --ip 192.0.2.1

# from a template of certtool
vncsec issue server vnc.example.org --template server.info --out /root/vnc`,
		Flags:  o.flags(),
		Action: func(c *cli.Context) error { return env.issue(c.Context, c.Args().First(), o) },
	}
}

// issueClientCommand is vncsec issue client.
func issueClientCommand(env Env) *cli.Command {
	o := &issueOptions{request: issue.Request{Role: issue.Client}, keyType: keyTypes()}
	return &cli.Command{
		Name:      "client",
		Usage:     "issue the certificate of a viewer or of the person who uses it",
		ArgsUsage: "NAME",
		Description: `NAME is what servers know the viewer by. A new key is made, and written with
its certificate and that of the CA into a folder of that name.`,
		UsageText: `vncsec issue client alice

# valid for a month only
vncsec issue client alice --organization "Example Org" --days 30`,
		Flags:  o.flags(),
		Action: func(c *cli.Context) error { return env.issue(c.Context, c.Args().First(), o) },
	}
}

// flags are the command line of the options.
func (o *issueOptions) flags() []cli.Flag {
	r := &o.request
	return []cli.Flag{
		&cli.GenericFlag{Name: "dns", Usage: "further host `NAME` in the certificate; may be repeated", Value: &words{&r.DNS}},
		&cli.GenericFlag{Name: "ip", Usage: "further IP `ADDRESS` in the certificate; may be repeated", Value: &addresses{&r.IPs}},
		&cli.StringFlag{Name: "organization", Usage: "`NAME` of the organization", Destination: &r.Organization},
		&cli.StringFlag{Name: "country", Usage: "`CODE` of the country, two letters", Destination: &r.Country},
		&cli.StringFlag{Name: "state", Usage: "`NAME` of the state or province", Destination: &r.State},
		&cli.StringFlag{Name: "locality", Usage: "`NAME` of the city", Destination: &r.Locality},
		templateFlag(&o.template),
		daysFlag(&r.Days, "a year, but not longer than the CA"),
		keyTypeFlag(&o.keyType),
		&cli.PathFlag{Name: "out", Usage: "`DIR` to write the files to", DefaultText: "a folder of that name here", Destination: &o.out},
		caDirFlag(&o.caDir),
		passphraseFlag(&o.passphraseFile),
		forceFlag(&o.force),
		jsonFlag(&o.asJSON),
	}
}

// issue issues a certificate and tells which files it is in.
func (env Env) issue(ctx context.Context, name string, o *issueOptions) error {
	dir, err := caDir(o.caDir)
	if err != nil {
		return err
	}
	out, err := outDir(o.out, name)
	if err != nil {
		return err
	}
	o.request.Name, o.request.KeyType = name, ca.KeyType(o.keyType.value)
	if o.request.Template, err = env.loadTemplate(o.template); err != nil {
		return err
	}
	authority, err := ca.Open(dir, env.knownPassphrase(ctx, o.passphraseFile))
	if err != nil {
		return noCA(dir, err)
	}
	authority.Now = env.Now
	issued, err := issue.Issue(ctx, authority, o.request)
	if err != nil {
		return err
	}
	written, err := issued.Write(out, o.force)
	if err != nil {
		return err
	}
	var files []fileResult
	for _, file := range written {
		files = append(files, writtenFile(file.Path, file.Kept))
	}
	result := issueResult{Certificate: newCertificateResult(issued.Certificate), Files: files}
	return env.printIssued(result, o.asJSON, shell.Line(program, "install", string(o.request.Role), "--from", out))
}

// outDir is the folder for what is issued: the one that was named, or one of the
// same name as the certificate in the current folder.
func outDir(out, name string) (string, error) {
	if out != "" {
		return out, nil
	}
	if name == "." || !filepath.IsLocal(name) || filepath.Base(name) != name {
		return "", usagef("%q cannot be the name of a folder", name).hint("--out DIR names the folder to write to")
	}
	return name, nil
}
