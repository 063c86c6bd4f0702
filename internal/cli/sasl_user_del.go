package cli

import (
	"context"

	"github.com/urfave/cli/v2"

	"vncsec/saslconf/users"
)

// saslUserDelCommand is vncsec sasl user del.
func saslUserDelCommand(env Env) *cli.Command {
	var o saslUserOptions
	return &cli.Command{
		Name:        "del",
		Usage:       "take somebody out",
		ArgsUsage:   "USER",
		Description: `Sessions that are open go on; the user cannot log in again.`,
		UsageText:   `vncsec sasl user del alice`,
		Flags:       o.flags(),
		Action:      func(c *cli.Context) error { return o.about(env.saslUserDel(c.Context, c.Args().First(), &o)) },
	}
}

// saslUserDel deletes a user.
func (env Env) saslUserDel(ctx context.Context, user string, o *saslUserOptions) error {
	s, err := o.open()
	if err != nil {
		return err
	}
	name, err := s.name(user)
	if err != nil {
		return err
	}
	if err := s.Delete(ctx, name); err != nil {
		return err
	}
	return env.reportUsers(s.Database, "deleted", []users.Name{name}, nil, o.asJSON)
}
