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
	written, err := changeServiceFile(file, func(config *saslconf.Config) error {
		if value == "" {
			return config.Remove(key)
		}
		return config.Set(key, value)
	})
	if err != nil {
		return err
	}
	if asJSON {
		return env.print(jsonText(map[string]any{"files": []fileResult{written}}))
	}
	return env.print(fileTable([]fileResult{written}))
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

// changeServiceFile changes the file that was named, or the one that libsasl2 finds. Its mode
// and owner stay. Others who change it at the same time wait.
func changeServiceFile(file string, change func(*saslconf.Config) error) (fileResult, error) {
	path, err := findServiceFile(file)
	if err != nil {
		return fileResult{}, err
	}
	if _, err := saslconf.Load(path); err != nil { // says more about what is not there than its folder's lock
		return fileResult{}, err
	}
	kept, err := atomicfile.Update(path, func() ([]byte, atomicfile.Options, error) {
		config, err := saslconf.Load(path)
		if err != nil {
			return nil, atomicfile.Options{}, err
		}
		if err := change(config); err != nil {
			return nil, atomicfile.Options{}, usagef("%v", err)
		}
		options, err := sameAs(path)
		if config.HasSecret() {
			options.Mode &= 0o640
		}
		return config.Bytes(), options, err
	})
	if err != nil {
		return fileResult{}, err
	}
	return writtenFile(path, kept), nil
}
