package layout

import (
	"fmt"
	"strings"
)

// checkNames warns of a certificate without host names and, if the host is known,
// of identities none of which is for it. GnuTLS takes a lone common name for a
// host name, browsers and Go do not.
func (u *use) checkNames(identities []certified) {
	if len(identities) == 0 {
		return
	}
	for _, id := range identities {
		if !id.certs[0].HasHostNames() {
			u.note(Warning, SANMissing, id.path, u.reissue(),
				fmt.Sprintf("the certificate of %s has no subjectAltName with a host name or address; who connects by IP address is refused as well", id.certs[0].Subject()),
				affectsBrowsers, affectsGo)
		}
	}
	host := strings.TrimSuffix(strings.TrimPrefix(u.Hostname, "["), "]")
	if host == "" {
		return
	}
	var refused []string
	if !anyMatches(identities, func(id certified) bool { return id.certs[0].MatchesHost(host) }) {
		refused = append(refused, affectsGnuTLS)
	}
	if !anyMatches(identities, func(id certified) bool { return matchesGo(id, host) }) {
		refused = append(refused, affectsBrowsers, affectsGo)
	}
	if len(refused) > 0 {
		u.note(Warning, NameMismatch, identities[0].path, u.reissue(),
			fmt.Sprintf("the certificate is for %s, not for %q", namesOf(identities), host), refused...)
	}
}

func anyMatches(identities []certified, match func(certified) bool) bool {
	for _, id := range identities {
		if match(id) {
			return true
		}
	}
	return false
}

func matchesGo(id certified, host string) bool {
	return id.parsed != nil && id.parsed[0].VerifyHostname(host) == nil
}

func namesOf(identities []certified) string {
	var names []string
	for _, id := range identities {
		names = append(names, id.certs[0].HostNames()...)
	}
	if len(names) == 0 {
		return "no host"
	}
	return strings.Join(names, ", ")
}
