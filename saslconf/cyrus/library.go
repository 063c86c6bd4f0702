package cyrus

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// Library is libsasl2, loaded into this process.
type Library struct {
	// Name is the file that was loaded.
	Name string

	serverInit  func(callbacks *callback, app string) int32
	serverDone  func() int32
	serverNew   func(service string, host, realm, local, remote *byte, callbacks *callback, flags uint32, conn *unsafe.Pointer) int32
	serverStart func(conn unsafe.Pointer, mech string, in *byte, inLen uint32, out **byte, outLen *uint32) int32
	serverStep  func(conn unsafe.Pointer, in *byte, inLen uint32, out **byte, outLen *uint32) int32
	listMech    func(conn unsafe.Pointer, user *byte, prefix, separator, suffix string, result **byte, length *uint32, count *int32) int32
	globalMechs func() **byte
	checkPass   func(conn unsafe.Pointer, user *byte, userLen uint32, pass *byte, passLen uint32) int32

	clientInit  func(callbacks *callback) int32
	clientDone  func() int32
	clientNew   func(service, host string, local, remote *byte, callbacks *callback, flags uint32, conn *unsafe.Pointer) int32
	clientStart func(conn unsafe.Pointer, mechs string, need **interact, out **byte, outLen *uint32, mech **byte) int32
	clientStep  func(conn unsafe.Pointer, in *byte, inLen uint32, need **interact, out **byte, outLen *uint32) int32

	setPath   func(kind int32, path string) int32
	setProp   func(conn unsafe.Pointer, number int32, value unsafe.Pointer) int32
	getProp   func(conn unsafe.Pointer, number int32, value *unsafe.Pointer) int32
	encode    func(conn unsafe.Pointer, in *byte, inLen uint32, out **byte, outLen *uint32) int32
	decode    func(conn unsafe.Pointer, in *byte, inLen uint32, out **byte, outLen *uint32) int32
	errDetail func(conn unsafe.Pointer) *byte
	errString func(code int32, languages, language *byte) *byte
	dispose   func(conn *unsafe.Pointer)
	version   func(implementation, text **byte, major, minor, step, patch *int32)

	auxpropStore func(conn, properties unsafe.Pointer, user *byte) int32
	auxpropInfo  func(plugins *byte, inform, context uintptr) int32
	propNew      func(estimate uint32) unsafe.Pointer
	propRequest  func(properties unsafe.Pointer, names **byte) int32
	propSet      func(properties unsafe.Pointer, name string, value *byte, length int32) int32
	propDispose  func(properties *unsafe.Pointer)

	globalUtils uintptr // the address of the variable sasl_global_utils
}

// MissingError says that libsasl2 cannot be loaded.
type MissingError struct {
	// Err is what the dynamic loader says of the names it may have.
	Err error
}

// Error names the library.
func (e *MissingError) Error() string {
	return fmt.Sprintf("Cyrus SASL (libsasl2) cannot be loaded: %v", e.Err)
}

// Unwrap gives the loader's words.
func (e *MissingError) Unwrap() error { return e.Err }

// names are libsasl2's in the order of trial: Debian's; Fedora's, SUSE's and Alpine's.
func names() []string {
	if runtime.GOOS == "darwin" {
		return []string{
			"/opt/homebrew/opt/cyrus-sasl/lib/libsasl2.3.dylib",
			"/usr/local/opt/cyrus-sasl/lib/libsasl2.3.dylib",
			"/usr/lib/libsasl2.2.dylib",
		}
	}
	return []string{"libsasl2.so.2", "libsasl2.so.3"}
}

// Load loads libsasl2. If it is not there the error is a *MissingError.
func Load() (*Library, error) {
	var missing []string
	for _, name := range names() {
		handle, err := purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_GLOBAL)
		if err == nil {
			return bind(name, handle)
		}
		missing = append(missing, err.Error())
	}
	return nil, &MissingError{Err: errors.New(strings.Join(missing, "; "))}
}

// bind looks up the functions. One that is missing means that the library is older than
// 2.1.23.
func bind(name string, handle uintptr) (*Library, error) {
	l := &Library{Name: name}
	for symbol, function := range map[string]any{
		"sasl_server_init":     &l.serverInit,
		"sasl_server_done":     &l.serverDone,
		"sasl_server_new":      &l.serverNew,
		"sasl_server_start":    &l.serverStart,
		"sasl_server_step":     &l.serverStep,
		"sasl_listmech":        &l.listMech,
		"sasl_global_listmech": &l.globalMechs,
		"sasl_checkpass":       &l.checkPass,
		"sasl_client_init":     &l.clientInit,
		"sasl_client_done":     &l.clientDone,
		"sasl_client_new":      &l.clientNew,
		"sasl_client_start":    &l.clientStart,
		"sasl_client_step":     &l.clientStep,
		"sasl_set_path":        &l.setPath,
		"sasl_setprop":         &l.setProp,
		"sasl_getprop":         &l.getProp,
		"sasl_encode":          &l.encode,
		"sasl_decode":          &l.decode,
		"sasl_errdetail":       &l.errDetail,
		"sasl_errstring":       &l.errString,
		"sasl_dispose":         &l.dispose,
		"sasl_version_info":    &l.version,
		"sasl_auxprop_store":   &l.auxpropStore,
		"auxprop_plugin_info":  &l.auxpropInfo,
		"prop_new":             &l.propNew,
		"prop_request":         &l.propRequest,
		"prop_set":             &l.propSet,
		"prop_dispose":         &l.propDispose,
	} {
		if err := register(function, handle, symbol); err != nil {
			return nil, fmt.Errorf("%s is no libsasl2 that can be used: %w", name, err)
		}
	}
	// Only the database of users needs it, and not every build shows it.
	l.globalUtils, _ = purego.Dlsym(handle, "sasl_global_utils")
	return l, nil
}

// register binds a function variable to a symbol.
func register(function any, handle uintptr, symbol string) error {
	address, err := purego.Dlsym(handle, symbol)
	if err != nil {
		return err
	}
	purego.RegisterFunc(function, address)
	return nil
}

// Version is the library's, such as "2.1.28".
func (l *Library) Version() string {
	var major, minor, step int32
	l.version(nil, nil, &major, &minor, &step, nil)
	return fmt.Sprintf("%d.%d.%d", major, minor, step)
}
