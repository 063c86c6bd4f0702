package probe

import (
	"fmt"
	"strings"

	"vncsec/internal/nearest"
	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// ParseMethod reads the name of a security type or of a sub-type of VeNCrypt, as reports
// have it. Case and dashes do not count, and vncauth is vnc.
func ParseMethod(name string) (security.Method, error) {
	var known []string
	for _, m := range namedMethods() {
		if plainName(m.String()) == plainName(name) {
			return m, nil
		}
		known = append(known, m.String())
	}
	if match, ok := nearest.Word(name, known); ok {
		return security.Method{}, fmt.Errorf("unknown security type %q (did you mean %s?)", name, match)
	}
	return security.Method{}, fmt.Errorf("unknown security type %q: one of %s", name, strings.Join(known, ", "))
}

func plainName(name string) string {
	name = strings.ReplaceAll(strings.ToLower(name), "-", "")
	if name == "vncauth" {
		return "vnc"
	}
	return name
}

// namedMethods are those whose numbers have a name.
func namedMethods() []security.Method {
	var all []security.Method
	for n := range 256 {
		if t := rfb.SecurityType(n); n > 0 && t.Named() {
			all = append(all, security.Method{Type: t})
		}
	}
	for t := rfb.SubTypePlain; t <= rfb.SubTypeTLSSASL; t++ {
		all = append(all, security.Method{Type: rfb.SecurityVeNCrypt, SubType: t})
	}
	return all
}
