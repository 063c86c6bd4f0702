package cli

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"
)

// maxPassphrase is the number of bytes a passphrase may have at most.
const maxPassphrase = 1024

// passphraseFlag is the option that names the file with the passphrase of the
// key of the certificate authority.
func passphraseFlag(file *string) cli.Flag {
	return &cli.PathFlag{
		Name:        "passphrase-file",
		Usage:       "read the passphrase of the CA key from `FILE`, which only its owner can read (- for standard input)",
		Destination: file,
	}
}

// newPassphrase returns the passphrase that a new CA key shall be sealed with,
// nil if it shall not be sealed: from the file, or asked for twice.
func (env Env) newPassphrase(ctx context.Context, file string, unsealed bool) ([]byte, error) {
	switch {
	case unsealed && file != "":
		return nil, usagef("--passphrase-file and --no-passphrase exclude each other")
	case unsealed:
		return nil, nil
	case file != "":
		return env.readSecret("passphrase file", file)
	case !env.Prompter.Interactive():
		return nil, usagef("whether to seal the CA key is not said, and standard input is no terminal to ask on").
			hint("--passphrase-file FILE seals the key with the passphrase in FILE").
			hint("--no-passphrase leaves the key readable for whoever can read its file")
	}
	seal, err := env.Prompter.Confirm(ctx, "Seal the CA key with a passphrase?", true)
	if err != nil || !seal {
		return nil, err
	}
	return env.askNewPassphrase(ctx)
}

// askNewPassphrase asks for a passphrase until it was typed twice alike.
func (env Env) askNewPassphrase(ctx context.Context) ([]byte, error) {
	for {
		first, err := env.askPassphrase(ctx, "New passphrase of the CA key")
		if err != nil {
			return nil, err
		}
		second, err := env.askPassphrase(ctx, "The same passphrase again")
		if err != nil {
			return nil, err
		}
		same := subtle.ConstantTimeCompare(first, second) == 1
		clear(second)
		switch {
		case !same:
			fmt.Fprintln(env.Stderr, "The two passphrases differ.")
		case len(first) == 0:
			fmt.Fprintln(env.Stderr, "The passphrase is empty.")
		default:
			return first, nil
		}
	}
}

// knownPassphrase returns how to get the passphrase of a CA key that turns out
// to be sealed: from the file, or by asking.
func (env Env) knownPassphrase(ctx context.Context, file string) func() ([]byte, error) {
	return func() ([]byte, error) {
		if file != "" {
			return env.readSecret("passphrase file", file)
		}
		if !env.Prompter.Interactive() {
			return nil, withHint(
				errors.New("the CA key is sealed with a passphrase, and standard input is no terminal to ask for it on"),
				"--passphrase-file FILE reads it from FILE")
		}
		return env.askPassphrase(ctx, "Passphrase of the CA key")
	}
}

// askPassphrase asks for a passphrase once.
func (env Env) askPassphrase(ctx context.Context, question string) ([]byte, error) {
	passphrase, err := env.Prompter.Secret(ctx, question)
	if errors.Is(err, io.EOF) {
		return nil, errors.New("no passphrase was entered")
	}
	return passphrase, err
}

// readSecret reads a line of text from a file that only its owner can read, or from
// standard input for "-". The end of the line does not belong to it. Kind is what
// messages call the file.
func (env Env) readSecret(kind, file string) ([]byte, error) {
	source, name := env.Stdin, "standard input"
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		defer f.Close()
		if err := checkPrivate(kind, f); err != nil {
			return nil, err
		}
		source, name = f, file
	}
	secret, err := io.ReadAll(io.LimitReader(source, maxPassphrase+2))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	secret = bytes.TrimSuffix(secret, []byte("\n"))
	secret = bytes.TrimSuffix(secret, []byte("\r"))
	switch {
	case len(secret) == 0:
		return nil, fmt.Errorf("%s: %s is empty", kind, name)
	case len(secret) > maxPassphrase:
		return nil, fmt.Errorf("%s: %s has more than %d bytes", kind, name, maxPassphrase)
	case bytes.ContainsAny(secret, "\r\n\x00"):
		return nil, fmt.Errorf("%s: %s holds more than one line of text", kind, name)
	}
	return secret, nil
}
