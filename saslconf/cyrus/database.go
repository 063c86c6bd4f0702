package cyrus

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// Properties of a user in a sasldb.
const (
	// PlainPassword is the password itself, which all mechanisms can use.
	PlainPassword = "userPassword"
	// SCRAMKeys is a salted hash and two keys made from it, for one SCRAM mechanism.
	SCRAMKeys = "authPassword"
)

// ErrNoListing says that the sasldb plugin of this build of libsasl2 cannot be found, or
// hides the functions that read the whole database.
var ErrNoListing = errors.New("this build of libsasl2 does not let its database of users be listed")

// Key names one value in a sasldb.
type Key struct {
	User, Realm, Property string
}

// Database is a sasldb, read and written by libsasl2's own plugin, whatever database
// library that was built with.
type Database struct {
	// Realm is the one of users that are named without a realm: this host's name.
	Realm  string
	conn   *ServerConn
	plugin *plugin // nil: it hides its functions
}

// OptionsOfDatabase make a Server use the sasldb at a path and no other store of users.
func OptionsOfDatabase(path string) map[string]string {
	return map[string]string{"sasldb_path": path, "auxprop_plugin": "sasldb"}
}

// Database opens the sasldb of the server's settings. Nothing is read yet.
func (s *Server) Database() (*Database, error) {
	conn, err := s.NewConn(ConnOptions{Service: "vnc"})
	if err != nil {
		return nil, err
	}
	d := &Database{Realm: s.Host, conn: conn}
	if d.plugin, err = s.library.sasldbPlugin(); err != nil && !errors.Is(err, ErrNoListing) {
		conn.Close()
		return nil, err
	}
	return d, nil
}

// Close ends the use of the database.
func (d *Database) Close() { d.conn.Close() }

// Store sets properties of a user, and removes those whose value is nil
// (sasl_auxprop_store). The file is made if there is none.
func (d *Database) Store(user, realm string, properties map[string][]byte) error {
	if hasNUL(user, realm) || strings.Contains(realm, "@") || user == "" || realm == "" {
		return fmt.Errorf("%q in realm %q is no name that a sasldb can hold", user, realm)
	}
	l := d.conn.library
	set := l.propNew(uint32(len(properties)))
	defer l.propDispose(&set)
	if err := d.fill(set, properties); err != nil {
		return err
	}
	full := cString(user + "@" + realm)
	d.conn.callbacks.begin()
	if result := l.auxpropStore(d.conn.handle, set, &full[0]); Code(result) != OK {
		return d.conn.failure("sasl_auxprop_store", result)
	}
	return nil
}

// fill puts properties into a set. Those that are only requested, without a value, are
// removed by storing the set.
func (d *Database) fill(set unsafe.Pointer, properties map[string][]byte) error {
	l := d.conn.library
	var pinner runtime.Pinner
	defer pinner.Unpin()
	var names []*byte
	for name := range properties {
		names = append(names, &cString(name)[0])
		pinner.Pin(names[len(names)-1])
	}
	names = append(names, nil)
	if result := l.propRequest(set, &names[0]); Code(result) != OK {
		return l.failure(d.conn.callbacks, "prop_request", result, nil)
	}
	for name, value := range properties {
		if value == nil {
			continue
		}
		buffer := cString(value)
		result := l.propSet(set, name, &buffer[0], int32(len(value)))
		clear(buffer)
		if Code(result) != OK {
			return l.failure(d.conn.callbacks, "prop_set", result, nil)
		}
	}
	return nil
}

// maxKey and maxValue are the longest that the plugin handles.
const (
	maxKey   = 32 << 10
	maxValue = 8 << 10
)

// Value reads one property; false if the user has none of the name.
func (d *Database) Value(k Key) (value []byte, found bool, err error) {
	if d.plugin == nil {
		return nil, false, ErrNoListing
	}
	buffer := make([]byte, maxValue+2)
	var length uintptr
	d.conn.callbacks.begin()
	result := d.plugin.getData(d.plugin.utils, d.conn.handle, k.User, k.Realm, k.Property, &buffer[0], maxValue, &length)
	switch Code(result) {
	case OK:
		return buffer[:length], true, nil
	case NoUser:
		return nil, false, nil
	}
	return nil, false, d.conn.failure("_sasldb_getdata", result)
}

// Keys lists what is stored, at most limit keys, in no order.
func (d *Database) Keys(limit int) ([]Key, error) {
	if d.plugin == nil {
		return nil, ErrNoListing
	}
	d.conn.callbacks.begin()
	handle := d.plugin.open(d.plugin.utils, d.conn.handle)
	if handle == nil {
		return nil, d.conn.failure("_sasldb_getkeyhandle", int32(Fail))
	}
	defer d.plugin.release(d.plugin.utils, handle)
	var keys []Key
	buffer := make([]byte, maxKey)
	for len(keys) < limit {
		var length uintptr
		result := d.plugin.next(d.plugin.utils, handle, &buffer[0], maxKey, &length)
		if Code(result) == OK {
			break
		}
		if Code(result) != Continue {
			return nil, d.conn.failure("_sasldb_getnextkey", result)
		}
		if key, ok := parseKey(buffer[:min(length, maxKey)]); ok {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// parseKey splits a key of a sasldb: user, realm and property with a NUL in between.
func parseKey(b []byte) (Key, bool) {
	parts := strings.Split(string(b), "\x00")
	if len(parts) != 3 || parts[0] == "" || parts[2] == "" {
		return Key{}, false
	}
	return Key{User: parts[0], Realm: parts[1], Property: parts[2]}, true
}

// plugin is the loaded sasldb plugin, with functions that libsasl2's programs
// sasldblistusers2 and saslpasswd2 have built in.
type plugin struct {
	utils   unsafe.Pointer // sasl_utils_t
	open    func(utils, conn unsafe.Pointer) unsafe.Pointer
	next    func(utils, handle unsafe.Pointer, out *byte, outMax uintptr, outLen *uintptr) int32
	release func(utils, handle unsafe.Pointer) int32
	getData func(utils, conn unsafe.Pointer, user, realm, property string, out *byte, outMax uintptr, outLen *uintptr) int32
}

// sasldbPlugin finds the plugin that libsasl2 has loaded.
func (l *Library) sasldbPlugin() (*plugin, error) {
	file, err := l.sasldbFile()
	if err != nil {
		return nil, err
	}
	if l.globalUtils == 0 {
		return nil, ErrNoListing
	}
	handle, err := purego.Dlopen(file, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, err
	}
	p := &plugin{utils: *(*unsafe.Pointer)(pointer(l.globalUtils))}
	for symbol, function := range map[string]any{
		"_sasldb_getkeyhandle":     &p.open,
		"_sasldb_getnextkey":       &p.next,
		"_sasldb_releasekeyhandle": &p.release,
		"_sasldb_getdata":          &p.getData,
	} {
		if register(function, handle, symbol) != nil {
			return nil, ErrNoListing
		}
	}
	return p, nil
}

// auxpropPlugin is the part of sasl_auxprop_plug_t that is used.
type auxpropPlugin struct {
	_      [2]int32   // features, spare
	_      [2]uintptr // context, free
	lookup uintptr
	name   *byte
}

// fileOf is Dl_info of dladdr(3).
type fileOf struct {
	name *byte
	_    [3]uintptr // where the file and the symbol begin, and the symbol's name
}

// sasldbFile is the path of the plugin's file: the one with the code that libsasl2 would
// call for it.
func (l *Library) sasldbFile() (string, error) {
	var lookup uintptr
	inform := purego.NewCallback(func(p *auxpropPlugin, _ int32, _ unsafe.Pointer) uintptr {
		if p != nil && strings.EqualFold(text(p.name), "sasldb") {
			lookup = p.lookup
		}
		return 0
	})
	l.auxpropInfo(nil, inform, 0)
	if lookup == 0 {
		return "", errors.New("libsasl2's plugin for a database of users (sasldb) is not installed (Debian: libsasl2-modules-db)")
	}
	var dladdr func(address uintptr, info *fileOf) int32
	if register(&dladdr, purego.RTLD_DEFAULT, "dladdr") != nil {
		return "", ErrNoListing
	}
	var info fileOf
	if dladdr(lookup, &info) == 0 || info.name == nil {
		return "", ErrNoListing
	}
	return text(info.name), nil
}
