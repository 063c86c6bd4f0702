package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/urfave/cli/v2"

	"vncsec/saslconf/users"
)

// saslUserImport is what vncsec sasl user import was asked for.
type saslUserImport struct {
	saslUserOptions
	storageOptions
	csv, database, force bool
}

// saslUserImportCommand is vncsec sasl user import.
func saslUserImportCommand(env Env) *cli.Command {
	o := &saslUserImport{storageOptions: newStorageOptions()}
	return &cli.Command{
		Name:      "import",
		Usage:     "add many people at once",
		ArgsUsage: "LIST",
		Description: `LIST is a file, or - for standard input, with lines USER:PASSWORD or
USER@REALM:PASSWORD; with --csv it has records USER,PASSWORD or
USER,PASSWORD,REALM. With --from-sasldb it is another database of users:
--realm then moves all of them to one realm, as after a host got another name.
Readable passwords in it become keys unless --plaintext is given.

Either all users are added or none.`,
		UsageText: `vncsec sasl user import people.txt

# the host was renamed: the users move to the new realm
vncsec sasl user import /etc/qemu/passwd.db.old --from-sasldb --realm new.example.org`,
		Flags: slices.Concat(o.saslUserOptions.flags(), o.storageOptions.flags(), []cli.Flag{
			&cli.BoolFlag{Name: "csv", Usage: "the list has comma separated values", Destination: &o.csv},
			&cli.BoolFlag{Name: "from-sasldb", Usage: "the list is another database of users", Destination: &o.database},
			&cli.BoolFlag{Name: "force", Usage: "replace users that exist", Destination: &o.force},
		}),
		Action: func(c *cli.Context) error { return o.about(env.saslUserImport(c.Context, c.Args().First(), o)) },
	}
}

// saslUserImport adds users.
func (env Env) saslUserImport(ctx context.Context, list string, o *saslUserImport) error {
	if o.csv && o.database {
		return usagef("--csv and --from-sasldb exclude each other")
	}
	s, err := o.open()
	if err != nil {
		return err
	}
	if err := o.dress(&s.Database); err != nil {
		return err
	}
	how, err := o.storage(env, s.config)
	if err != nil {
		return err
	}
	var names []users.Name
	if o.database {
		names, err = s.ImportDatabase(ctx, list, o.realm, how, o.force)
	} else {
		names, err = env.importList(ctx, list, s, how, o)
	}
	if err != nil {
		return err
	}
	return env.reportUsers(s.Database, "added", names, &how, o.asJSON)
}

// importList adds the users of a text.
func (env Env) importList(ctx context.Context, list string, s *userDatabase, how users.Storage, o *saslUserImport) ([]users.Name, error) {
	source, origin := env.Stdin, "standard input"
	if list != stdinName {
		f, err := os.Open(list)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if err := checkPrivate("list of users", f); err != nil {
			return nil, err
		}
		source, origin = f, list
	}
	read := users.ReadList
	if o.csv {
		read = users.ReadCSV
	}
	entries, err := read(io.Reader(source), s.realm)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", origin, err)
	}
	var names []users.Name
	for _, entry := range entries {
		defer clear(entry.Password)
		names = append(names, entry.Name)
	}
	return names, s.Import(ctx, entries, how, o.force)
}
