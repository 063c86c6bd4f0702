package cyrus

import (
	"fmt"
	"runtime"
	"strings"
	"unicode"
	"unsafe"

	"github.com/ebitengine/purego"
)

// callback is sasl_callback_t.
type callback struct {
	id, proc uintptr
	_        uintptr // context
}

// Ids of callbacks (sasl.h).
const (
	callbackEnd      = 0
	callbackGetOpt   = 1
	callbackLog      = 2
	callbackUser     = 0x4001
	callbackAuthName = 0x4002
	callbackPassword = 0x4004
	callbackRealm    = 0x4008
)

// logDebug is the first level of log lines that follow the steps of an exchange, and in the
// end hold passwords (SASL_LOG_DEBUG).
const logDebug = 5

// Bounds of what is kept of the log of one call.
const (
	maxLogLines = 16
	maxLogLine  = 512
)

// callbacks are the functions that libsasl2 calls back: for the log lines of a connection
// (those of loading plugins go to syslog whatever one does), and for options that shall not
// come from the service file. They must stay in place for as long as the library is in use.
type callbacks struct {
	list    []callback
	options map[string][]byte // C strings
	lines   []string          // logged since the last call of begin
	pinner  runtime.Pinner
}

// newCallbacks makes callbacks that answer for the options and for no others.
func newCallbacks(options map[string]string) *callbacks {
	c := &callbacks{options: map[string][]byte{}}
	for name, value := range options {
		buffer := cString(value)
		c.pinner.Pin(&buffer[0])
		c.options[name] = buffer
	}
	c.list = []callback{
		{id: callbackLog, proc: purego.NewCallback(c.log)},
		{id: callbackGetOpt, proc: purego.NewCallback(c.option)},
		{id: callbackEnd},
	}
	c.pinner.Pin(&c.list[0])
	return c
}

// begin forgets the log of the call before.
func (c *callbacks) begin() { c.lines = nil }

// log is sasl_log_t. The first lines of a call say why, so the later ones are dropped.
func (c *callbacks) log(_ unsafe.Pointer, level int32, message *byte) int32 {
	if level >= logDebug || len(c.lines) == maxLogLines {
		return int32(OK)
	}
	line := readable(text(message))
	if line != "" {
		c.lines = append(c.lines, line[:min(len(line), maxLogLine)])
	}
	return int32(OK)
}

// option is sasl_getopt_t. What it does not answer is taken from the service file.
func (c *callbacks) option(_ unsafe.Pointer, _, name *byte, result *uintptr, length *uint32) int32 {
	value, ok := c.options[text(name)]
	if !ok {
		return int32(Fail)
	}
	*result = uintptr(unsafe.Pointer(&value[0]))
	if length != nil {
		*length = uint32(len(value) - 1)
	}
	return int32(OK)
}

// failure makes an error of a result of a call. Conn may be nil.
func (l *Library) failure(c *callbacks, op string, result int32, conn unsafe.Pointer) error {
	e := &Error{Op: op, Code: Code(result), Log: c.lines}
	if conn != nil {
		e.Detail = text(l.errDetail(conn))
		// "SASL(-13): authentication failure: client response doesn't ..."
		_, e.Detail, _ = strings.Cut(e.Detail, "): ")
	}
	if e.Detail == "" {
		e.Detail = text(l.errString(result, nil, nil))
	}
	if e.Detail == "" {
		e.Detail = fmt.Sprintf("result %d", result)
	}
	e.Detail = readable(e.Detail)
	return e
}

// readable makes one line of a text of libsasl2, which may quote what a peer sent.
func readable(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}
