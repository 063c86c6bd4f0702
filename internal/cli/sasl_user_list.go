package cli

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"vncsec/saslconf/users"
)

// saslUserListCommand is vncsec sasl user list.
func saslUserListCommand(env Env) *cli.Command {
	var o saslUserOptions
	return &cli.Command{
		Name:  "list",
		Usage: "list users, their realms and what is stored of them",
		Description: `Shown is in which form passwords are stored, never what is stored. With --realm
only users of that realm are listed.`,
		UsageText: `vncsec sasl user list
vncsec sasl user list --sasldb /etc/sasldb2 --json`,
		Flags:  o.flags(),
		Action: func(c *cli.Context) error { return o.about(env.saslUserList(c.Context, &o)) },
	}
}

// saslUserListResult is a database of users.
type saslUserListResult struct {
	File  string       `json:"file"`
	Users []users.User `json:"users"`
}

// saslUserList lists the users.
func (env Env) saslUserList(ctx context.Context, o *saslUserOptions) error {
	s, err := o.open()
	if err != nil {
		return err
	}
	all, err := s.List(ctx)
	if err != nil {
		return err
	}
	result := saslUserListResult{File: s.Path, Users: []users.User{}}
	for _, u := range all {
		if o.realm == "" || u.Realm == o.realm {
			result.Users = append(result.Users, u)
		}
	}
	if o.asJSON {
		return env.print(jsonText(result))
	}
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, u := range result.Users {
		fmt.Fprintf(table, "%s\t%s\t%s\n", printable(u.Name.User), printable(u.Realm), printable(stored(u)))
	}
	table.Flush()
	fmt.Fprintf(&b, "%s: %s\n", printable(s.Path), count(len(result.Users), "user"))
	return env.print(b.String())
}

// stored tells in which forms a user's password is stored.
func stored(u users.User) string {
	var forms []string
	if u.Plaintext {
		forms = append(forms, "readable password")
	}
	if u.Keys != nil {
		forms = append(forms, fmt.Sprintf("keys for %s (%d iterations)", u.Keys.Mechanism, u.Keys.Iterations))
	}
	return strings.Join(append(forms, u.Other...), ", ")
}
