package cyrus

import (
	"bytes"
	"runtime"
	"unsafe"
)

// Client is the client's side of libsasl2, with the plugins loaded.
type Client struct {
	library   *Library
	callbacks *callbacks
}

// NewClient loads the plugins (sasl_client_init).
func (l *Library) NewClient() (*Client, error) {
	c := &Client{library: l, callbacks: newCallbacks(nil)}
	if result := l.clientInit(&c.callbacks.list[0]); Code(result) != OK {
		return nil, l.failure(c.callbacks, "sasl_client_init", result, nil)
	}
	return c, nil
}

// Close frees what the client has.
func (c *Client) Close() { c.library.clientDone() }

// Login is what a client logs in with.
type Login struct {
	User     string
	Password []byte
	// Realm is chosen if the mechanism asks for one; empty takes the server's first.
	Realm string
}

// ClientConn is the client's side of one log-in.
type ClientConn struct {
	connection
	login     Login
	questions []callback
	answers   [][]byte // what libsasl2 was given to point to
	pinner    runtime.Pinner
}

// NewConn prepares for a log-in at a host (sasl_client_new).
func (c *Client) NewConn(o ConnOptions, login Login) (*ClientConn, error) {
	if hasNUL(o.Host, login.User, login.Realm) || bytes.IndexByte(login.Password, 0) >= 0 {
		return nil, &Error{Op: "sasl_client_new", Code: BadParameter, Detail: "a name or the password has a NUL in it"}
	}
	conn := &ClientConn{connection: connection{library: c.library, callbacks: c.callbacks}, login: login}
	conn.login.Password = bytes.Clone(login.Password) // asked for later, and wiped at the end
	// Callbacks without a function make libsasl2 ask by way of sasl_interact_t.
	conn.questions = []callback{
		{id: callbackUser}, {id: callbackAuthName}, {id: callbackPassword}, {id: callbackRealm}, {id: callbackEnd},
	}
	conn.pinner.Pin(&conn.questions[0])
	local, remote := optional(o.Local), optional(o.Remote)
	c.callbacks.begin()
	result := c.library.clientNew(o.Service, o.Host, local, remote, &conn.questions[0], flagSuccessData, &conn.handle)
	runtime.KeepAlive([]*byte{local, remote})
	if Code(result) != OK {
		conn.Close()
		return nil, c.library.failure(c.callbacks, "sasl_client_new", result, nil)
	}
	if err := conn.secure(o.Security); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// Start chooses the best of the mechanisms, which are separated by blanks, and begins.
func (c *ClientConn) Start(mechanisms string) (mechanism string, step Step, err error) {
	var chosen *byte
	step, err = c.converse("sasl_client_start", nil, func(_ *byte, _ uint32, need **interact, out **byte, outLen *uint32) int32 {
		return c.library.clientStart(c.handle, mechanisms, need, out, outLen, &chosen)
	})
	return text(chosen), step, err
}

// Step goes on with the server's answer.
func (c *ClientConn) Step(in []byte) (Step, error) {
	return c.converse("sasl_client_step", in, func(in *byte, length uint32, need **interact, out **byte, outLen *uint32) int32 {
		return c.library.clientStep(c.handle, in, length, need, out, outLen)
	})
}

// Close frees the connection and wipes the password's copies.
func (c *ClientConn) Close() {
	c.connection.Close()
	clear(c.login.Password)
	for _, answer := range c.answers {
		clear(answer)
	}
	c.pinner.Unpin()
}

// maxQuestions bounds how often libsasl2 may ask in one step.
const maxQuestions = 8

// converse repeats a call until libsasl2 has no more questions.
func (c *ClientConn) converse(op string, in []byte, function func(in *byte, length uint32, need **interact, out **byte, outLen *uint32) int32) (Step, error) {
	var need *interact // handed back with its answers
	for range maxQuestions {
		asked := false
		step, err := c.call(op, in, func(in *byte, length uint32, out **byte, outLen *uint32) int32 {
			result := function(in, length, &need, out, outLen)
			if asked = Code(result) == Interact; asked {
				return int32(Continue)
			}
			return result
		})
		if !asked {
			return step, err
		}
		c.answer(need)
	}
	return Step{}, &Error{Op: op, Code: Fail, Detail: "libsasl2 asks for something that nobody can answer"}
}

// interact is sasl_interact_t, a list in C memory that ends with the id 0.
type interact struct {
	id                            uintptr
	challenge, prompt, preference *byte
	result                        uintptr
	length                        uint32
}

// answer fills in the answers. They stay in place until the connection is closed.
func (c *ClientConn) answer(need *interact) {
	for ; need != nil && need.id != callbackEnd; need = (*interact)(unsafe.Add(unsafe.Pointer(need), unsafe.Sizeof(*need))) {
		var value []byte
		switch need.id {
		case callbackAuthName:
			value = []byte(c.login.User)
		case callbackPassword:
			value = c.login.Password
		case callbackRealm:
			value = []byte(c.login.Realm)
			if len(value) == 0 {
				value = []byte(text(need.preference))
			}
		}
		// The name to act as (SASL_CB_USER) stays empty: the user's own.
		buffer := cString(value)
		c.pinner.Pin(&buffer[0])
		c.answers = append(c.answers, buffer)
		need.result = uintptr(unsafe.Pointer(&buffer[0]))
		need.length = uint32(len(value))
	}
}
