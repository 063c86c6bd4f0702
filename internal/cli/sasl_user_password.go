package cli

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"vncsec/saslconf/users"
)

// passwordFileFlag is the option that names the file with a user's password.
func passwordFileFlag(file *string) cli.Flag {
	return &cli.PathFlag{
		Name:        "password-file",
		Usage:       "read the password from `FILE`, which only its owner can read (- for standard input)",
		DefaultText: "asked for on a terminal, else standard input",
		Destination: file,
	}
}

// newPassword returns the password that somebody shall have from now on.
func (env Env) newPassword(ctx context.Context, file string, name users.Name) ([]byte, error) {
	if file != "" || !env.Prompter.Interactive() {
		password, err := env.readPassword(file)
		if err != nil {
			return nil, err
		}
		return password, users.CheckPassword(password)
	}
	for {
		first, err := env.askPassword(ctx, fmt.Sprintf("New password of %s in realm %s", printable(name.User), printable(name.Realm)))
		if err != nil {
			return nil, err
		}
		if err := users.CheckPassword(first); err != nil {
			fmt.Fprintf(env.Stderr, "Another one, please: %v.\n", err)
			continue
		}
		second, err := env.askPassword(ctx, "The same password again")
		if err != nil {
			return nil, err
		}
		same := subtle.ConstantTimeCompare(first, second) == 1
		clear(second)
		if same {
			return first, nil
		}
		fmt.Fprintln(env.Stderr, "The two passwords differ.")
	}
}

// knownPassword returns a password that somebody has.
func (env Env) knownPassword(ctx context.Context, file, user string) ([]byte, error) {
	if file != "" || !env.Prompter.Interactive() {
		return env.readPassword(file)
	}
	return env.askPassword(ctx, "Password of "+printable(user))
}

// readPassword reads a password from a file, without one from standard input.
func (env Env) readPassword(file string) ([]byte, error) {
	if file == "" {
		file = "-"
	}
	password, err := env.readSecret("password file", file)
	if err != nil && file == "-" {
		err = withHint(err, "--password-file FILE reads the password from FILE")
	}
	return password, err
}

// askPassword asks for a password once.
func (env Env) askPassword(ctx context.Context, question string) ([]byte, error) {
	password, err := env.Prompter.Secret(ctx, question)
	if errors.Is(err, io.EOF) {
		return nil, errors.New("no password was entered")
	}
	return password, err
}
