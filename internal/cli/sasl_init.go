package cli

import (
	"context"
	"io/fs"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"vncsec/internal/atomicfile"
	"vncsec/saslconf"
)

// saslInit is what vncsec sasl init was asked for.
type saslInit struct {
	file             string
	ways             words
	database, keytab string
	force, asJSON    bool
}

// saslInitCommand is vncsec sasl init.
func saslInitCommand(env Env) *cli.Command {
	var names []string
	o := saslInit{ways: words{&names}}
	return &cli.Command{
		Name:  "init",
		Usage: "write the service file that says how people log in",
		Description: `--mech may be given several times:

  scram-sha-256   name and password, inside TLS; no readable password is stored
  scram-sha-512, scram-sha-1   the same with another hash
  gssapi          Kerberos tickets; encrypts by itself
  plain-pam       the accounts of this machine, through saslauthd; inside TLS
  plain           name and password, stored readable; inside TLS
  digest-md5      old and broken; for old viewers without TLS

The file is ` + saslconf.DefaultPath + `, where QEMU finds it. It holds no secret. A file that
is there already is replaced with --force only, and kept as FILE.old.`,
		UsageText: `# names and passwords, inside TLS
vncsec sasl init --mech scram-sha-256

# Kerberos, with a keytab of the server's own
vncsec sasl init --mech gssapi --keytab /etc/qemu/krb5.tab`,
		Flags: []cli.Flag{
			&cli.GenericFlag{Name: "mech", Usage: "`MECHANISM` to offer, may be given several times", Value: &o.ways},
			&cli.PathFlag{Name: "file", Usage: "service `FILE` to write", Value: saslconf.DefaultPath, Destination: &o.file},
			&cli.PathFlag{Name: "sasldb", Usage: "`FILE` of the users", DefaultText: "/etc/qemu/passwd.db, or beside --file", Destination: &o.database},
			&cli.PathFlag{Name: "keytab", Usage: "`FILE` with the Kerberos keys", DefaultText: "/etc/qemu/krb5.tab, or beside --file", Destination: &o.keytab},
			forceFlag(&o.force),
			jsonFlag(&o.asJSON),
		},
		Action: func(c *cli.Context) error { return env.saslInit(c.Context, o) },
	}
}

// saslInitResult is what vncsec sasl init has done.
type saslInitResult struct {
	File       fileResult `json:"file"`
	Mechanisms []string   `json:"mechanisms"`
	Next       []string   `json:"next"`
}

// saslInit writes a service file and tells what comes next.
func (env Env) saslInit(ctx context.Context, o saslInit) error {
	config, err := newServiceFile(o)
	if err != nil {
		return err
	}
	host, err := saslconf.Hostname(ctx)
	if err != nil {
		return err
	}
	written, err := writeServiceFile(config, o.force)
	if err != nil {
		return err
	}
	mechanisms, _ := config.Mechanisms()
	result := saslInitResult{File: written, Mechanisms: mechanisms, Next: config.Next(host)}
	if o.asJSON {
		return env.print(jsonText(result))
	}
	if err := env.print(fileTable([]fileResult{written})); err != nil {
		return err
	}
	for _, command := range result.Next {
		env.next(command)
	}
	return nil
}

// newServiceFile makes the content. Paths are absolute, as libsasl2 reads the file in
// whatever folder a server happens to be.
func newServiceFile(o saslInit) (*saslconf.Config, error) {
	if len(*o.ways.list) == 0 {
		return nil, usagef("missing option of vncsec sasl init: --mech MECHANISM").hint("vncsec sasl init --mech scram-sha-256 suits most; --help lists the others")
	}
	path, err := filepath.Abs(o.file)
	if err != nil {
		return nil, err
	}
	options := saslconf.NewOptions{Ways: *o.ways.list}
	for from, to := range map[*string]*string{&o.database: &options.Database, &o.keytab: &options.Keytab} {
		if *from == "" {
			continue
		}
		if *to, err = filepath.Abs(*from); err != nil {
			return nil, err
		}
	}
	if path != saslconf.DefaultPath {
		options.Beside = filepath.Dir(path)
	}
	config, err := saslconf.New(options)
	if err != nil {
		return nil, usagef("%v", err)
	}
	config.Path = path
	return config, nil
}

// writeServiceFile writes a service file, for root's eyes only if it holds a password,
// and makes the folders it belongs to.
func writeServiceFile(config *saslconf.Config, force bool) (fileResult, error) {
	const forAll, forOwner fs.FileMode = 0o644, 0o600
	options := atomicfile.Options{Mode: forAll, Force: force}
	if config.HasSecret() {
		options.Mode = forOwner
	}
	if err := atomicfile.MakeDir(filepath.Dir(config.Path), 0o755); err != nil {
		return fileResult{}, err
	}
	kept, err := atomicfile.Write(config.Path, config.Bytes(), options)
	if err != nil {
		return fileResult{}, err
	}
	return writtenFile(config.Path, kept), nil
}
