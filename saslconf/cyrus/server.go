package cyrus

import (
	"bytes"
	"cmp"
	"errors"
	"runtime"
	"strings"
	"unsafe"
)

// ServerOptions say where the server's side takes its settings from.
type ServerOptions struct {
	// App names the service file: "qemu" for qemu.conf.
	App string
	// ConfDir is the folder of the service file; if empty libsasl2 searches in
	// $SASL_CONF_PATH or in the folders that it was built with.
	ConfDir string
	// Options stand above the settings of the service file.
	Options map[string]string
}

// Server is the server's side of libsasl2, with the service file read and the plugins
// loaded. A process can have one at a time.
type Server struct {
	library   *Library
	callbacks *callbacks
	// Host is this host's name, see HostName.
	Host string
}

// confPath is the kind of path that is the service file's (SASL_PATH_TYPE_CONFIG).
const confPath = 1

// NewServer reads the service file and loads the plugins (sasl_server_init). A service
// file that does not exist is no error here, as in libsasl2.
func (l *Library) NewServer(o ServerOptions) (*Server, error) {
	if o.App == "" || hasNUL(o.App, o.ConfDir) {
		return nil, errors.New("the name of a service file is empty or has a NUL in it")
	}
	host, err := HostName()
	if err != nil {
		return nil, err
	}
	s := &Server{library: l, callbacks: newCallbacks(o.Options), Host: host}
	if o.ConfDir != "" {
		if strings.Contains(o.ConfDir, ":") {
			return nil, errors.New("libsasl2 takes the colon in " + o.ConfDir + " for the end of a folder's name")
		}
		if result := l.setPath(confPath, o.ConfDir); Code(result) != OK {
			return nil, l.failure(s.callbacks, "sasl_set_path", result, nil)
		}
	}
	if result := l.serverInit(&s.callbacks.list[0], o.App); Code(result) != OK {
		return nil, l.failure(s.callbacks, "sasl_server_init", result, nil)
	}
	return s, nil
}

// Close frees what the server has, unless connections still use it.
func (s *Server) Close() { s.library.serverDone() }

// Installed lists the mechanisms whose plugins are loaded. Those that the service file
// leaves out are among them.
func (s *Server) Installed() []string {
	list := s.library.globalMechs()
	var mechanisms []string
	for list != nil && *list != nil {
		mechanisms = append(mechanisms, text(*list))
		list = (**byte)(unsafe.Add(unsafe.Pointer(list), unsafe.Sizeof(uintptr(0))))
	}
	return mechanisms
}

// ConnOptions describe one connection.
type ConnOptions struct {
	// Service is the protocol's name with SASL: "vnc".
	Service string
	// Host is the server's name for Kerberos, and the realm of users that are named
	// without one; if empty a server takes HostName.
	Host string
	// Local and Remote are "IP;port", or empty.
	Local, Remote string
	Security
}

// ServerConn is the server's side of one log-in, and of the security layer after it.
type ServerConn struct{ connection }

// NewConn prepares for a log-in (sasl_server_new).
func (s *Server) NewConn(o ConnOptions) (*ServerConn, error) {
	if hasNUL(o.Service, o.Host, o.Local, o.Remote) {
		return nil, errors.New("a name has a NUL in it")
	}
	c := &ServerConn{connection{library: s.library, callbacks: s.callbacks}}
	host, local, remote := optional(cmp.Or(o.Host, s.Host)), optional(o.Local), optional(o.Remote)
	s.callbacks.begin()
	result := s.library.serverNew(o.Service, host, nil, local, remote, nil, flagSuccessData, &c.handle)
	runtime.KeepAlive([]*byte{host, local, remote})
	if Code(result) != OK {
		return nil, s.library.failure(s.callbacks, "sasl_server_new", result, nil)
	}
	if err := c.secure(o.Security); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Mechanisms lists those that the service file, the plugins and the connection's strength
// leave, in the order of mech_list. There may be none.
func (c *ServerConn) Mechanisms() ([]string, error) {
	var list *byte
	c.callbacks.begin()
	result := c.library.listMech(c.handle, nil, "", " ", "", &list, nil, nil)
	switch Code(result) {
	case OK:
		return strings.Fields(text(list)), nil
	case NoMechanism:
		return nil, nil
	}
	return nil, c.failure("sasl_listmech", result)
}

// Start begins an exchange. In may be nil: absent.
func (c *ServerConn) Start(mechanism string, in []byte) (Step, error) {
	if hasNUL(mechanism) {
		return Step{}, &Error{Op: "sasl_server_start", Code: BadParameter, Detail: "the mechanism's name has a NUL in it"}
	}
	return c.call("sasl_server_start", in, func(in *byte, length uint32, out **byte, outLen *uint32) int32 {
		return c.library.serverStart(c.handle, mechanism, in, length, out, outLen)
	})
}

// Step goes on with the client's answer.
func (c *ServerConn) Step(in []byte) (Step, error) {
	return c.call("sasl_server_step", in, func(in *byte, length uint32, out **byte, outLen *uint32) int32 {
		return c.library.serverStep(c.handle, in, length, out, outLen)
	})
}

// CheckPassword asks whoever the service file names (pwcheck_method) whether the password
// is the user's.
func (c *ServerConn) CheckPassword(user string, password []byte) error {
	if hasNUL(user) || bytes.IndexByte(password, 0) >= 0 {
		return &Error{Op: "sasl_checkpass", Code: BadParameter, Detail: "the name or the password has a NUL in it"}
	}
	name, secret := cString(user), cString(password)
	defer clear(secret)
	c.callbacks.begin()
	result := c.library.checkPass(c.handle, &name[0], uint32(len(user)), &secret[0], uint32(len(password)))
	if Code(result) != OK {
		return c.failure("sasl_checkpass", result)
	}
	return nil
}

// AuthUser is the name whose password or key is used, in the server's form, as soon as the
// client has sent it: also in an exchange that fails.
func (c *ServerConn) AuthUser() string { return c.property(propAuthUser) }
