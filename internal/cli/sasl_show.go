package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"vncsec/saslconf"
)

// saslShowCommand is vncsec sasl show.
func saslShowCommand(env Env) *cli.Command {
	var (
		file         string
		keys, asJSON bool
	)
	return &cli.Command{
		Name:  "show",
		Usage: "show which service file is used, and what it means",
		Description: `Tells where libsasl2 looks for the service file of QEMU and vncsec serve, what
every setting in it means, and which mechanisms viewers are offered. Passwords
in the file are not shown.`,
		UsageText: `vncsec sasl show

# all settings that there are
vncsec sasl show --keys`,
		Flags: []cli.Flag{
			saslFileFlag(&file),
			&cli.BoolFlag{Name: "keys", Usage: "list all settings that libsasl2 and its plugins know", Destination: &keys},
			jsonFlag(&asJSON),
		},
		Action: func(*cli.Context) error {
			if keys {
				return env.saslKeys(asJSON)
			}
			return aboutFile(env.saslShow(file, asJSON), file)
		},
	}
}

// settingResult is a setting with what it means.
type settingResult struct {
	Key     string `json:"key"`
	Value   string `json:"value"`
	Line    int    `json:"line"`
	Meaning string `json:"meaning"`
	// Counts is false where the key stands above already.
	Counts bool `json:"counts"`
}

// saslShowResult is a service file with its meaning.
type saslShowResult struct {
	*saslconf.Search
	Settings []settingResult                 `json:"settings"`
	Offered  map[saslconf.Transport][]string `json:"offered"`
}

// saslShow shows the service file.
func (env Env) saslShow(file string, asJSON bool) error {
	result, err := showServiceFile(file)
	if err != nil {
		return err
	}
	if asJSON {
		return env.print(jsonText(result))
	}
	return env.print(showText(result))
}

// showServiceFile reads what there is to show.
func showServiceFile(file string) (*saslShowResult, error) {
	account, err := saslconf.LookupAccount("")
	if err != nil {
		return nil, err
	}
	search := saslconf.Find(account, os.LookupEnv)
	if file != "" {
		path, err := findServiceFile(file)
		if err != nil {
			return nil, err
		}
		search.Path, search.Why = path, "named on the command line"
	}
	if search.Path == "" {
		return nil, withHint(fmt.Errorf("there is no service file: %s", search.Why), "vncsec sasl init --mech scram-sha-256 writes one")
	}
	config, err := saslconf.Load(search.Path)
	if err != nil {
		return nil, err
	}
	result := &saslShowResult{Search: search, Settings: []settingResult{}, Offered: map[saslconf.Transport][]string{}}
	for _, setting := range config.Settings() {
		result.Settings = append(result.Settings, newSettingResult(config, setting))
	}
	plugins := saslconf.Plugins(saslconf.PluginDirs(os.LookupEnv))
	for _, on := range []saslconf.Transport{saslconf.TCP, saslconf.TLS, saslconf.UNIX} {
		result.Offered[on] = append([]string{}, config.Offered(on, plugins)...)
	}
	return result, nil
}

func newSettingResult(config *saslconf.Config, setting saslconf.Setting) settingResult {
	first, _ := config.Lookup(setting.Key)
	result := settingResult{
		Key: setting.Key, Value: saslconf.Shown(setting), Line: setting.Line,
		Meaning: "unknown to libsasl2, which ignores it", Counts: first == setting,
	}
	if key, ok := saslconf.LookupKey(setting.Key); ok {
		result.Meaning = key.Meaning
	}
	return result
}

// showText writes a service file with its meaning for people.
func showText(result *saslShowResult) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n\n", printable(result.Path), printable(result.Why))
	for _, setting := range result.Settings {
		fmt.Fprintf(&b, "%d: %s: %s\n", setting.Line, setting.Key, printable(setting.Value))
		if !setting.Counts {
			b.WriteString("    does not count: the key stands above already\n")
			continue
		}
		fmt.Fprintf(&b, "    %s\n", setting.Meaning)
	}
	b.WriteString("\n" + offeredText(result.Offered))
	if len(result.Candidates) > 0 {
		b.WriteString("\nwhere libsasl2 looks, in this order:\n")
	}
	for _, candidate := range result.Candidates {
		fmt.Fprintf(&b, "    %-8s  %s\n", candidate.State, printable(candidate.Path))
	}
	return b.String()
}

// saslKeys lists all settings there are.
func (env Env) saslKeys(asJSON bool) error {
	if asJSON {
		return env.print(jsonText(saslconf.Keys()))
	}
	var b strings.Builder
	for _, key := range saslconf.Keys() {
		fmt.Fprintf(&b, "%s  (%s, %s", key.Name, key.Reader, key.Kind)
		if key.Default != "" {
			fmt.Fprintf(&b, ", default: %s", key.Default)
		}
		fmt.Fprintf(&b, ")\n    %s\n", key.Meaning)
		if key.Words != nil {
			fmt.Fprintf(&b, "    one of: %s\n", strings.Join(key.Words, ", "))
		}
	}
	return env.print(b.String())
}
