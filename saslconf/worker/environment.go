package worker

import (
	"slices"
	"strings"
)

// environment picks the variables that a worker needs from a process' own: for Kerberos,
// LDAP, libsasl2 itself, the dynamic loader, time and language, and nothing else.
func environment(all []string) []string {
	names := []string{"PATH", "HOME", "TZ", "LANG", "LANGUAGE", "LOCALDOMAIN", "RES_OPTIONS", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"}
	prefixes := []string{"LC_", "KRB5", "GSS", "SASL_", "LDAP"}
	var kept []string
	for _, variable := range all {
		name, _, _ := strings.Cut(variable, "=")
		if slices.Contains(names, name) || slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) }) {
			kept = append(kept, variable)
		}
	}
	// One thread runs libsasl2, and little Go code runs beside it.
	return append(kept, "GOMAXPROCS=1", "GOTRACEBACK=none")
}
