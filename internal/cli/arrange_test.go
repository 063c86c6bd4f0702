package cli

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// testTree is a small tree with every kind of option and argument.
func testTree() *cli.Command {
	nothing := func(*cli.Context) error { return nil }
	return &cli.Command{
		Name:   "vncsec",
		Action: nothing,
		Flags:  []cli.Flag{&cli.BoolFlag{Name: "version"}},
		Subcommands: []*cli.Command{
			{Name: "issue", Subcommands: []*cli.Command{
				{Name: "server", ArgsUsage: "HOST", Action: nothing, Flags: []cli.Flag{
					&cli.PathFlag{Name: "out", Aliases: []string{"o"}, Usage: "`DIR` for the files"},
					&cli.StringFlag{Name: "cn", Usage: "common `NAME`"},
					&cli.BoolFlag{Name: "force", Aliases: []string{"f"}},
					&cli.GenericFlag{Name: "dns", Usage: "`NAME`", Value: &words{list: new([]string)}},
				}},
			}},
			{Name: "check", ArgsUsage: "server|client", Action: nothing, Flags: []cli.Flag{
				&cli.BoolFlag{Name: "json"},
			}},
			{Name: "serve", ArgsUsage: "[-- COMMAND [ARG]...]", Action: nothing, Flags: []cli.Flag{
				&cli.BoolFlag{Name: "password"},
			}},
			{Name: "version", Action: nothing},
			{Name: "secret", Hidden: true, Action: nothing},
		},
	}
}

func TestArrange(t *testing.T) {
	for _, test := range []struct {
		args, want string // words, separated by "_"
	}{
		{"", "vncsec"},
		{"--version", "vncsec_--version"},
		{"-version", "vncsec_--version"},
		{"issue_server_host", "vncsec_issue_server_--_host"},
		{"issue_server_host_--force", "vncsec_issue_server_--force_--_host"},
		{"issue_server_--force_host", "vncsec_issue_server_--force_--_host"},
		{"issue_--force_server_host", "vncsec_issue_server_--force_--_host"},
		{"--force_issue_server_host", "vncsec_issue_server_--force_--_host"},
		{"--out_d_issue_server_host", "vncsec_issue_server_--out=d_--_host"},
		{"issue_server_host_--out_d", "vncsec_issue_server_--out=d_--_host"},
		{"issue_server_host_--out=d", "vncsec_issue_server_--out=d_--_host"},
		{"issue_server_host_-o_d_-f", "vncsec_issue_server_--out=d_--force_--_host"},
		{"issue_server_host_-o=d", "vncsec_issue_server_--out=d_--_host"},
		{"issue_server_host_-out_d", "vncsec_issue_server_--out=d_--_host"},
		{"issue_server_host_--cn=", "vncsec_issue_server_--cn=_--_host"},
		{"issue_server_host_--cn_", "vncsec_issue_server_--cn=_--_host"},
		{"issue_server_host_--out=a=b", "vncsec_issue_server_--out=a=b_--_host"},
		{"issue_server_host_--out=--force", "vncsec_issue_server_--out=--force_--_host"},
		{"issue_server_host_--force=false", "vncsec_issue_server_--force=false_--_host"},
		{"issue_server_host_--out_-", "vncsec_issue_server_--out=-_--_host"},
		{"issue_server_host_--cn_-5", "vncsec_issue_server_--cn=-5_--_host"},
		{"issue_server_host_--cn_-x", "vncsec_issue_server_--cn=-x_--_host"},
		{"issue_server_--cn_host_host", "vncsec_issue_server_--cn=host_--_host"},
		{"issue_server_host_--dns_a_--dns_b,c", "vncsec_issue_server_--dns=a_--dns=b,c_--_host"},
		{"issue_server_--_host", "vncsec_issue_server_--_host"},
		{"issue_server_--_--force", "vncsec_issue_server_--_--force"},
		{"issue_server_--_--", "vncsec_issue_server_--_--"},
		{"issue_server_-", "vncsec_issue_server_--_-"},
		{"issue_server_issue", "vncsec_issue_server_--_issue"},
		{"issue_server_help", "vncsec_issue_server_--_help"},
		{"check_server_--json", "vncsec_check_--json_--_server"},
		{"serve", "vncsec_serve"},
		{"serve_--", "vncsec_serve"},
		{"serve_--_top_-d_--json", "vncsec_serve_--_top_-d_--json"},
		{"serve_--password_--_sh_--_x", "vncsec_serve_--password_--_sh_--_x"},
		{"secret", "vncsec_secret"},
	} {
		got, err := arrange(testTree(), split(test.args))
		if err != nil {
			t.Errorf("arrange(%q): %v", test.args, err)
			continue
		}
		if words := strings.Join(got.words(), "_"); words != test.want {
			t.Errorf("arrange(%q) = %q, want %q", test.args, words, test.want)
		}
	}
}

func TestArrangeMistakes(t *testing.T) {
	for _, test := range []struct {
		args, want string
	}{
		{"isue", `unknown command "isue" of vncsec (did you mean issue?)`},
		{"hlep", `unknown command "hlep" of vncsec (did you mean help?)`},
		{"_", `unknown command "" of vncsec: one of issue, check, serve, version, help`},
		{"issue", `missing command after vncsec issue: server`},
		{"issue_--force", `missing command after vncsec issue: server`},
		{"issue_sever_x", `unknown command "sever" of vncsec issue (did you mean server?)`},
		{"issue_server", `missing argument of vncsec issue server: HOST`},
		{"issue_server_--", `missing argument of vncsec issue server: HOST`},
		{"issue_server_a_b", `unexpected argument "b" of vncsec issue server`},
		{"issue_server_a_--_b", `unexpected argument "b" of vncsec issue server`},
		{"version_x", `unexpected argument "x" of vncsec version`},
		{"check_srever", `unknown argument "srever" of vncsec check (did you mean server?)`},
		{"check_xyzzy", `unknown argument "xyzzy" of vncsec check: one of server, client`},
		{"check", `missing argument of vncsec check: server|client`},
		{"serve_top", `unexpected argument "top" of vncsec serve`},
		{"serve_top_--_htop", `unexpected argument "top" of vncsec serve`},
		{"issue_server_a_--frce", `unknown option --frce of vncsec issue server (did you mean --force?)`},
		{"issue_server_a_--frce=yes", `unknown option --frce of vncsec issue server (did you mean --force?)`},
		{"--forse_issue_server_a", `unknown option --forse of vncsec (did you mean --force?)`},
		{"issue_server_a_--json", `unknown option --json of vncsec issue server (see vncsec issue server --help)`},
		{"--json_issue_server_a", `unknown option --json of vncsec issue server (see vncsec issue server --help)`},
		{"--version_issue_server_a", `unknown option --version of vncsec issue server (see vncsec issue server --help)`},
		{"issue_server_a_-x", `unknown option -x of vncsec issue server (see vncsec issue server --help)`},
		{"issue_server_a_---force", `unknown option ---force of vncsec issue server (did you mean --force?)`},
		{"issue_server_a_--=x", `unknown option -- of vncsec issue server (see vncsec issue server --help)`},
		{"issue_server_a_--out", `option --out needs a value: DIR`},
		{"issue_server_a_-o", `option --out needs a value: DIR`},
		{"issue_server_a_--out_--force", `option --out needs a value: DIR, found --force`},
		{"issue_server_a_--out_-f", `option --out needs a value: DIR, found -f`},
		{"issue_server_a_--out_--cn=x", `option --out needs a value: DIR, found --cn=x`},
		{"issue_server_a_--out_--help", `option --out needs a value: DIR, found --help`},
		{"issue_server_a_--out=", `option --out needs a value: DIR, found an empty one`},
		{"issue_server_a_--out__--force", `option --out needs a value: DIR, found an empty one`},
		{"issue_server_--out_--_a", `option --out needs a value: DIR, found --`},
	} {
		_, err := arrange(testTree(), split(test.args))
		if err == nil {
			t.Errorf("arrange(%q): no error, want %q", test.args, test.want)
			continue
		}
		if err.Error() != test.want {
			t.Errorf("arrange(%q): %s\nwant %s", test.args, err, test.want)
		}
		if report(io.Discard, err) != ExitUsage {
			t.Errorf("arrange(%q): not a usage error", test.args)
		}
	}
}

func TestArrangeHelp(t *testing.T) {
	for _, test := range []struct {
		args, want string // the command that help is about
	}{
		{"--help", "vncsec"},
		{"-h", "vncsec"},
		{"help", "vncsec"},
		{"issue_--help", "vncsec issue"},
		{"help_issue", "vncsec issue"},
		{"issue_help_server", "vncsec issue server"},
		{"issue_server_--help", "vncsec issue server"},
		{"--help_issue_server", "vncsec issue server"},
		{"issue_server_--force_a_b_c_-h", "vncsec issue server"},
	} {
		got, err := arrange(testTree(), split(test.args))
		if err != nil || !got.help || got.name() != test.want {
			t.Errorf("arrange(%q) = help %v about %q, %v; want help about %q", test.args, got.help, got.name(), err, test.want)
		}
	}
	if got, err := arrange(testTree(), []string{"serve", "--", "--help"}); err != nil || got.help {
		t.Errorf("an argument after two dashes asked for help: %v, %v", got.help, err)
	}
}

// FuzzArrange looks for command lines that make arrange fail in other ways than
// with a usage error, and for ones whose arrangement depends on how often they
// are arranged.
func FuzzArrange(f *testing.F) {
	for _, seed := range []string{
		"issue_server_host_--out_d_--force", "serve_--_top_-d", "issue_server_--_--", "--help_x",
		"check_--json=x_server", "issue_server_-o=-_-", "--_-_--", "issue_server_a_--cn_--dns",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		first, err := arrange(testTree(), split(line))
		if err != nil {
			if code := report(io.Discard, err); code != ExitUsage {
				t.Fatalf("%q: exit code %d for %v", line, code, err)
			}
			return
		}
		if first.help {
			return
		}
		words := first.words()
		second, err := arrange(testTree(), words[1:])
		if err != nil {
			t.Fatalf("%q was arranged as %q, and that fails: %v", line, words, err)
		}
		if again := second.words(); !slices.Equal(again, words) {
			t.Fatalf("%q was arranged as %q, and that as %q", line, words, again)
		}
	})
}

// split cuts a command line of a test into words.
func split(line string) []string {
	if line == "" {
		return nil
	}
	return strings.Split(line, "_")
}
