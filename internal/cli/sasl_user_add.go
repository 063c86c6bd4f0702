package cli

import (
	"context"
	"slices"

	"github.com/urfave/cli/v2"

	"vncsec/saslconf/users"
)

// saslUserSet is what vncsec sasl user add and passwd were asked for.
type saslUserSet struct {
	saslUserOptions
	storageOptions
	passwordFile string
}

func (o *saslUserSet) flags() []cli.Flag {
	return slices.Concat(o.saslUserOptions.flags(), o.storageOptions.flags(), []cli.Flag{passwordFileFlag(&o.passwordFile)})
}

// saslUserAddCommand is vncsec sasl user add.
func saslUserAddCommand(env Env) *cli.Command {
	o := &saslUserSet{storageOptions: newStorageOptions()}
	return &cli.Command{
		Name:      "add",
		Usage:     "add somebody who may log in",
		ArgsUsage: "USER",
		Description: `USER is a name, or NAME@REALM. The password is asked for twice, or read from a
file or from standard input; it never stands on a command line. What is stored
are the salted keys of one SCRAM mechanism, from which the password cannot be
read. The mechanisms DIGEST-MD5 and PLAIN, and several SCRAM mechanisms at once,
need --plaintext.

The file is made if there is none, for its owner alone. --owner and --group give
it to the account that runs the server.`,
		UsageText: `vncsec sasl user add alice

# for QEMU as libvirt runs it
vncsec sasl user add alice --owner libvirt-qemu`,
		Flags: o.flags(),
		Action: func(c *cli.Context) error {
			return o.about(env.saslUserSet(c.Context, c.Args().First(), o, "added", users.Database.Add))
		},
	}
}

// saslUserPasswdCommand is vncsec sasl user passwd.
func saslUserPasswdCommand(env Env) *cli.Command {
	o := &saslUserSet{storageOptions: newStorageOptions()}
	return &cli.Command{
		Name:      "passwd",
		Usage:     "give somebody another password",
		ArgsUsage: "USER",
		Description: `All that was stored of the old password goes. Otherwise it is as with vncsec
sasl user add.`,
		UsageText: `vncsec sasl user passwd alice`,
		Flags:     o.flags(),
		Action: func(c *cli.Context) error {
			return o.about(env.saslUserSet(c.Context, c.Args().First(), o, "changed", users.Database.SetPassword))
		},
	}
}

// saslUserSet stores a password.
func (env Env) saslUserSet(ctx context.Context, user string, o *saslUserSet, state string,
	store func(users.Database, context.Context, users.Name, []byte, users.Storage) error) error {
	s, err := o.open()
	if err != nil {
		return err
	}
	name, err := s.name(user)
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
	password, err := env.newPassword(ctx, o.passwordFile, name)
	if err != nil {
		return err
	}
	defer clear(password)
	if err := store(s.Database, ctx, name, password, how); err != nil {
		return err
	}
	return env.reportUsers(s.Database, state, []users.Name{name}, &how, o.asJSON)
}
