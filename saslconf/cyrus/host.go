package cyrus

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// addressHints is the common beginning of struct addrinfo.
type addressHints struct {
	flags, _, kind, protocol int32
	_                        [4]uintptr
}

// canonicalName asks for the canonical name (AI_CANONNAME), streamSocket for TCP
// addresses only (SOCK_STREAM).
const (
	canonicalName = 2
	streamSocket  = 1
)

// HostName is what libsasl2 takes for this host's name, and so for the realm of users that
// are named without one: the system's name and, if that has no dot in it, the canonical
// name that the system's resolver has for it, if that has one; in lower case. libsasl2
// tells it nobody, so the rule is repeated here, with the same resolver.
func HostName() (string, error) {
	name, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("this host's name: %w", err)
	}
	if !strings.Contains(name, ".") {
		if full, err := resolve(name); err == nil && strings.Contains(full, ".") {
			name = full
		}
	}
	return strings.ToLower(name), nil
}

// resolve is getaddrinfo(3)'s canonical name.
func resolve(name string) (string, error) {
	var (
		lookup func(name string, service *byte, hints *addressHints, result *unsafe.Pointer) int32
		free   func(result unsafe.Pointer)
	)
	if err := register(&lookup, purego.RTLD_DEFAULT, "getaddrinfo"); err != nil {
		return "", err
	}
	if err := register(&free, purego.RTLD_DEFAULT, "freeaddrinfo"); err != nil {
		return "", err
	}
	var result unsafe.Pointer
	if code := lookup(name, nil, &addressHints{flags: canonicalName, kind: streamSocket}, &result); code != 0 {
		return "", fmt.Errorf("getaddrinfo: result %d", code)
	}
	defer free(result)
	return text(*(**byte)(unsafe.Add(result, canonicalNameOffset()))), nil
}

// canonicalNameOffset is where ai_canonname stands in struct addrinfo: behind the address
// in Linux, before it in the BSDs and macOS.
func canonicalNameOffset() uintptr {
	pointers := unsafe.Offsetof(addressHints{}.protocol) + 4 + unsafe.Sizeof(uintptr(0))
	if runtime.GOOS == "linux" {
		return pointers + unsafe.Sizeof(uintptr(0))
	}
	return pointers
}
