package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v2"
)

// versionCommand is vncsec version.
func versionCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:      "version",
		Usage:     "print the version of vncsec",
		UsageText: "vncsec version",
		Action:    func(*cli.Context) error { return env.printVersion() },
	}
}

// printVersion tells which vncsec this is, and what it was built with and for.
func (env Env) printVersion() error {
	release, _ := version()
	return env.print(fmt.Sprintf("%s %s %s %s/%s\n", program, release, runtime.Version(), runtime.GOOS, runtime.GOARCH))
}

// version is what the go command recorded when it built the program: the release
// (a tag, or a pseudo-version that holds the commit), and the date of the commit
// if it is known.
func version() (release, date string) {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)", ""
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.time" {
			date, _, _ = strings.Cut(setting.Value, "T")
		}
	}
	return info.Main.Version, date
}
