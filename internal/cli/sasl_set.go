package cli

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"vncsec/internal/atomicfile"
	"vncsec/saslconf"
)

// saslSetCommand is vncsec sasl set.
func saslSetCommand(env Env) *cli.Command {
	var (
		file   string
		asJSON bool
	)
	return &cli.Command{
		Name:      "set",
		Usage:     "change one setting of the service file",
		ArgsUsage: "KEY=VALUE",
		Description: `Everything else in the file stays as it is, comments too. KEY= takes the
setting out. The old file is kept as FILE.old.`,
		UsageText: `vncsec sasl set "mech_list=scram-sha-256 gssapi"
vncsec sasl set log_level=`,
		Flags:  []cli.Flag{saslFileFlag(&file), jsonFlag(&asJSON)},
		Action: func(c *cli.Context) error { return aboutFile(env.saslSet(c.Args().First(), file, asJSON), file) },
	}
}

// saslSet changes the file and tells where the old one is.
func (env Env) saslSet(argument, file string, asJSON bool) error {
	key, value, ok := strings.Cut(argument, "=")
	key = strings.ToLower(key)
	if !ok {
		return usagef("%q is not KEY=VALUE", argument)
	}
	if _, known := saslconf.LookupKey(key); !known {
		if meant, near := saslconf.SuggestKey(key); near {
			return usagef("libsasl2 knows no key %q (did you mean %s?)", key, meant)
		}
		return usagef("libsasl2 knows no key %q", key).hint("vncsec sasl show --keys lists them")
	}
	config, err := loadServiceFile(file)
	if err != nil {
		return err
	}
	change := func() error { return config.Set(key, value) }
	if value == "" {
		change = func() error { return config.Remove(key) }
	}
	if err := change(); err != nil {
		return usagef("%v", err)
	}
	written, err := rewriteServiceFile(config)
	if err != nil {
		return err
	}
	if asJSON {
		return env.print(jsonText(map[string]any{"files": []fileResult{written}}))
	}
	return env.print(fileTable([]fileResult{written}))
}

// loadServiceFile reads the file that was named, or the one that libsasl2 finds.
func loadServiceFile(file string) (*saslconf.Config, error) {
	path, err := findServiceFile(file)
	if err != nil {
		return nil, err
	}
	return saslconf.Load(path)
}

// findServiceFile is the absolute path of the service file. Without any it is where
// one belongs.
func findServiceFile(file string) (string, error) {
	if file != "" {
		return filepath.Abs(file)
	}
	account, err := saslconf.LookupAccount("")
	if err != nil {
		return "", err
	}
	if found := saslconf.Find(account, os.LookupEnv); found.Path != "" {
		return filepath.Abs(found.Path)
	}
	return saslconf.DefaultPath, nil
}

// rewriteServiceFile puts the changed file in the place of the one that was read, with
// the same mode and owner.
func rewriteServiceFile(config *saslconf.Config) (fileResult, error) {
	options, err := sameAs(config.Path)
	if err != nil {
		return fileResult{}, err
	}
	if config.HasSecret() {
		options.Mode &= 0o640
	}
	kept, err := atomicfile.Write(config.Path, config.Bytes(), options)
	if err != nil {
		return fileResult{}, err
	}
	return writtenFile(config.Path, kept), nil
}
