package cli

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"vncsec/saslconf"
	"vncsec/saslconf/cyrus"
	"vncsec/saslconf/users"
)

// saslUserCommand is vncsec sasl user.
func saslUserCommand(env Env) *cli.Command {
	return &cli.Command{
		Name:  "user",
		Usage: "keep the people who may log in by name and password",
		Description: `Users are kept in a database of libsasl2 (sasldb), which QEMU and vncsec serve
look into: the one that the service file names. A user belongs to a realm, which
is the name of the host that runs the server unless --realm says another.`,
		UsageText: `vncsec sasl user add alice
vncsec sasl user list`,
		Subcommands: []*cli.Command{
			saslUserAddCommand(env),
			saslUserPasswdCommand(env),
			saslUserDelCommand(env),
			saslUserListCommand(env),
			saslUserImportCommand(env),
		},
	}
}

// saslUserOptions say which database is meant.
type saslUserOptions struct {
	file, database string
	realm          string
	asJSON         bool
}

// flags are the options' command line.
func (o *saslUserOptions) flags() []cli.Flag {
	return []cli.Flag{
		saslFileFlag(&o.file),
		&cli.PathFlag{Name: "sasldb", Usage: "`FILE` of the users", DefaultText: "what the service file says", Destination: &o.database},
		&cli.StringFlag{Name: "realm", Usage: "`REALM` of the users", DefaultText: "this host's name", Destination: &o.realm},
		jsonFlag(&o.asJSON),
	}
}

// userDatabase is a database of users, with the service file that leads to it.
type userDatabase struct {
	users.Database
	config *saslconf.Config // nil if the database was named itself
	realm  string           // of users that are named without one
}

// open finds the database.
func (o *saslUserOptions) open() (*userDatabase, error) {
	s := &userDatabase{Database: users.Database{UID: -1, GID: -1}, realm: o.realm}
	var err error
	if s.realm == "" {
		if s.realm, err = cyrus.HostName(); err != nil {
			return nil, err
		}
	}
	if o.database != "" {
		s.Path, err = filepath.Abs(o.database)
		return s, err
	}
	path, err := findServiceFile(o.file)
	if err != nil {
		return nil, err
	}
	if s.config, err = saslconf.Load(path); err != nil {
		return nil, err
	}
	if plugins := strings.Fields(strings.ToLower(s.config.Get("auxprop_plugin"))); len(plugins) > 0 && !slices.Contains(plugins, "sasldb") {
		return nil, withHint(fmt.Errorf("%s: the users are not kept in a sasldb, but where auxprop_plugin %s finds them", path, strings.Join(plugins, " ")),
			"--sasldb FILE names a database all the same")
	}
	s.Path = s.config.DatabasePath()
	return s, nil
}

// name reads a user's name, with a realm or without.
func (s *userDatabase) name(text string) (users.Name, error) {
	name, err := users.ParseName(text, s.realm)
	if err != nil {
		return name, usagef("%v", err)
	}
	return name, nil
}

// storageOptions say how passwords are stored, and for whom.
type storageOptions struct {
	mechanism    choice
	plaintext    bool
	owner, group string
}

func newStorageOptions() storageOptions {
	var words []string
	for _, mechanism := range users.Mechanisms() {
		words = append(words, strings.ToLower(mechanism))
	}
	return storageOptions{mechanism: choice{words: words}}
}

// flags are the options' command line.
func (o *storageOptions) flags() []cli.Flag {
	return []cli.Flag{
		&cli.GenericFlag{Name: "mech", Usage: "store keys for `MECHANISM`: " + o.mechanism.list(), DefaultText: "the first such in the service file, or scram-sha-256", Value: &o.mechanism},
		&cli.BoolFlag{Name: "plaintext", Usage: "store the password itself, readable, for all mechanisms", Destination: &o.plaintext},
		&cli.StringFlag{Name: "owner", Usage: "give the file to `ACCOUNT`, which runs the server", Destination: &o.owner},
		&cli.StringFlag{Name: "group", Usage: "let `GROUP`, to which that account belongs, read the file", Destination: &o.group},
	}
}

// modeForGroup is the file's mode with --group.
const modeForGroup = 0o640

// dress sets who gets the file of users.
func (o *storageOptions) dress(d *users.Database) error {
	if o.owner != "" {
		account, err := saslconf.LookupAccount(o.owner)
		if err != nil {
			return usagef("%v", err)
		}
		d.UID = account.UID
	}
	if o.group == "" {
		return nil
	}
	id := o.group
	if group, err := user.LookupGroup(o.group); err == nil {
		id = group.Gid
	}
	gid, err := strconv.Atoi(id)
	if err != nil || gid < 0 {
		return usagef("there is no group %s", o.group)
	}
	d.GID, d.Mode = gid, modeForGroup
	return nil
}

// storage decides how passwords are stored, and warns of those whom that keeps out.
func (o *storageOptions) storage(env Env, config *saslconf.Config) (users.Storage, error) {
	if o.plaintext && o.mechanism.value != "" {
		return users.Storage{}, usagef("--plaintext and --mech exclude each other")
	}
	if o.plaintext {
		env.warn("the password is stored readable: whoever gets hold of the file can use it everywhere that it is used")
		return users.Storage{Plaintext: true}, nil
	}
	storage := users.Storage{Mechanism: strings.ToUpper(o.mechanism.value)}
	if config == nil {
		return storage, nil
	}
	listed, ok := config.Mechanisms()
	if !ok {
		return storage, nil
	}
	if storage.Mechanism == "" {
		storage.Mechanism = firstWithKeys(listed)
	}
	return storage, o.judge(env, config.Path, listed, storage.Mechanism)
}

// firstWithKeys is the first mechanism of a list that keys can be stored for.
func firstWithKeys(listed []string) string {
	for _, mechanism := range listed {
		if slices.Contains(users.Mechanisms(), mechanism) {
			return mechanism
		}
	}
	return users.DefaultMechanism
}

// judge holds the mechanism whose keys are stored against those that viewers are offered.
func (o *storageOptions) judge(env Env, path string, listed []string, mechanism string) error {
	var without []string
	for _, name := range listed {
		known, ok := saslconf.LookupMechanism(name)
		if ok && name != mechanism && (known.Stored || known.Plaintext) {
			without = append(without, name)
		}
	}
	switch {
	case !slices.Contains(listed, mechanism) && len(without) > 0:
		return withHint(fmt.Errorf("%s does not offer %s, and nobody could log in with keys for it (mech_list: %s)", path, mechanism, strings.ToLower(strings.Join(listed, " "))),
			"--plaintext stores what the offered mechanisms need, readable")
	case !slices.Contains(listed, mechanism):
		env.warn(fmt.Sprintf("%s offers no mechanism that looks for users in a database", path))
	case len(without) > 0:
		env.warn(fmt.Sprintf("keys are for %s alone: viewers that choose %s cannot log in; --plaintext would let them, or leave them out of mech_list", mechanism, strings.Join(without, " or ")))
	}
	return nil
}

// warn tells of something that works and is not good.
func (env Env) warn(message string) { tell(env.Stderr, "warning", message) }

// saslUserResult is a user as a command has left him.
type saslUserResult struct {
	File  string       `json:"file"`
	Mode  string       `json:"mode"`
	State string       `json:"state"` // added, changed, deleted
	Users []users.Name `json:"users"`
	// Stored tells what the file has: "plaintext", or the mechanism of the keys.
	Stored string `json:"stored,omitempty"`
}

// reportUsers tells what was done.
func (env Env) reportUsers(d users.Database, state string, names []users.Name, how *users.Storage, asJSON bool) error {
	r := saslUserResult{File: d.Path, State: state, Users: names}
	if info, err := os.Stat(d.Path); err == nil {
		r.Mode = fmt.Sprintf("%04o", info.Mode().Perm())
	}
	switch {
	case how == nil:
	case how.Plaintext:
		r.Stored = "plaintext"
	case how.Mechanism == "":
		r.Stored = users.DefaultMechanism
	default:
		r.Stored = how.Mechanism
	}
	if asJSON {
		return env.print(jsonText(r))
	}
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "%s %s in realm %s", state, printable(name.User), printable(name.Realm))
		switch r.Stored {
		case "":
		case "plaintext":
			b.WriteString(", with a readable password")
		default:
			fmt.Fprintf(&b, ", with keys for %s", r.Stored)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%s (mode %s)\n", printable(d.Path), r.Mode)
	return env.print(b.String())
}
