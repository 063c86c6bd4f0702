package cli

import (
	"path/filepath"
	"strings"

	"vncsec/internal/lazyregexp"
	"vncsec/internal/shell"
	"vncsec/saslconf"
)

// aboutError is an error about a service file, or a database, that is not where commands
// look by themselves: what they shall cure, they have to be told.
type aboutError struct {
	err    error
	option string // words of a command line
}

func (e *aboutError) Error() string { return e.err.Error() }
func (e *aboutError) Unwrap() error { return e.err }

// aboutFile makes the cures of an error name the service file, if it is not the default.
func aboutFile(err error, file string) error {
	if err == nil {
		return nil
	}
	path, findErr := findServiceFile(file)
	if findErr != nil || path == saslconf.DefaultPath {
		return err
	}
	return &aboutError{err, shell.Line("--file", path)}
}

// about makes the cures of an error name the database, or the service file that leads to it.
func (o *saslUserOptions) about(err error) error {
	if err == nil || o.database == "" {
		return aboutFile(err, o.file)
	}
	path, absErr := filepath.Abs(o.database)
	if absErr != nil {
		return err
	}
	return &aboutError{err, shell.Line("--sasldb", path)}
}

// saslCommandLine finds a command line in the words of a cure: the command and, in capitals,
// what stands for its arguments.
var saslCommandLine = lazyregexp.New(`vncsec sasl (?:(?:init|show|set|check|test)\b|user [a-z]+)(?: --mech [a-z0-9-]+)?(?: [A-Z]+\b)*`)

// userCommandLine finds those of them that take --sasldb.
var userCommandLine = lazyregexp.New(`^vncsec sasl user `)

// complete puts the option into the command lines of a cure that do not have it.
func (e *aboutError) complete(cure string) string {
	name, _, _ := strings.Cut(e.option, " ")
	if strings.Contains(cure, name+" ") {
		return cure
	}
	return saslCommandLine().ReplaceAllStringFunc(cure, func(line string) string {
		if name == "--sasldb" && !userCommandLine().MatchString(line) {
			return line
		}
		return line + " " + e.option
	})
}
