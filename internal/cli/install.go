package cli

import (
	"context"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"vncsec/internal/shell"
	"vncsec/layout"
)

// installCommand is vncsec install.
func installCommand(env Env) *cli.Command {
	var (
		opts   layout.InstallOptions
		asJSON bool
	)
	return &cli.Command{
		Name:      "install",
		Usage:     "put the files of a VNC server or viewer where it looks for them",
		ArgsUsage: "server|client|both",
		Description: `All files of the role are installed, or none. Nothing is installed that would
not work: a key that does not fit its certificate, a certificate that the CA
beside it did not sign, or one of the other role.

Folders get mode 0700 (0755 the one of the system), certificates 0644, keys
0600. With --force existing files are replaced, and kept as FILE.old.`,
		UsageText: `# what vncsec issue server wrote
vncsec install server --from vnc.example.org

# for the viewers of a user, on the user's machine
vncsec install client --from alice --dir ~/.pki/qemu`,
		Flags: []cli.Flag{
			&cli.PathFlag{Name: "from", Usage: "`DIR` with the files, as vncsec issue writes them", Destination: &opts.From},
			dirFlag(&opts.Dir),
			forceFlag(&opts.Force),
			jsonFlag(&asJSON),
		},
		Action: func(c *cli.Context) error {
			if opts.From == "" {
				return usagef("missing option of vncsec install: --from DIR")
			}
			roles, err := layout.ParseRoles(c.Args().First())
			if err != nil {
				return err
			}
			opts.Roles, opts.Now = roles, env.Now()
			return env.install(c.Context, opts, asJSON)
		},
	}
}

// install installs files and tells which, and how to check them.
func (env Env) install(ctx context.Context, opts layout.InstallOptions, asJSON bool) error {
	installed, err := layout.Install(ctx, opts)
	if err != nil {
		return err
	}
	files := make([]fileResult, len(installed))
	for i, file := range installed {
		files[i] = newFileResult(file.Path, string(file.State), file.Kept)
	}
	if asJSON {
		return env.print(jsonText(map[string]any{"files": files}))
	}
	if err := env.print(fileTable(files)); err != nil {
		return err
	}
	for _, role := range opts.Roles {
		env.next(shell.Line(program, "check", string(role), "--dir", filepath.Dir(files[0].Path)))
	}
	return nil
}
