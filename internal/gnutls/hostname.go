package gnutls

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"
)

// MatchesHost reports whether the certificate names the host, by the rules of
// gnutls_x509_crt_check_hostname: an address must be an iPAddress, a name must be
// a dNSName; a single common name counts only where neither kind is there and the
// certificate may be a server's. International names must come in ASCII form.
func (c *Certificate) MatchesHost(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil && addr.Zone() == "" {
		return c.hasAddress(addr)
	}
	names := c.alternativeNames(nameDNS)
	if len(names) == 0 && len(c.alternativeNames(nameIP)) == 0 && c.mayServe() {
		if names = c.subjectValues(oidCommonName); len(names) > 1 {
			return false
		}
	}
	for _, name := range names {
		if matchesName(string(name), host) {
			return true
		}
	}
	return false
}

// HasHostNames reports whether the alternative names hold a name or an address.
func (c *Certificate) HasHostNames() bool {
	return len(c.alternativeNames(nameDNS)) > 0 || len(c.alternativeNames(nameIP)) > 0
}

func (c *Certificate) hasAddress(addr netip.Addr) bool {
	for _, value := range c.alternativeNames(nameIP) {
		if bytes.Equal(value, addr.AsSlice()) {
			return true
		}
	}
	return false
}

// matchesName compares without case. A leading asterisk stands for a part of one
// label and needs two dots behind it.
func matchesName(pattern, host string) bool {
	if strings.ContainsFunc(pattern, unprintable) {
		return false
	}
	suffix, wildcard := strings.CutPrefix(pattern, "*")
	if !wildcard {
		return strings.EqualFold(pattern, host)
	}
	if strings.Count(suffix, ".") < 2 || strings.HasSuffix(suffix, ".") {
		return false
	}
	label, _, _ := strings.Cut(host, ".")
	for skip := 0; skip <= len(label); skip++ {
		if strings.EqualFold(suffix, host[skip:]) {
			return true
		}
	}
	return false
}

// HostNames lists what MatchesHost compares with, for people.
func (c *Certificate) HostNames() []string {
	var names []string
	for _, name := range c.alternativeNames(nameDNS) {
		names = append(names, strconv.QuoteToASCII(string(name)))
	}
	for _, ip := range c.alternativeNames(nameIP) {
		if addr, ok := netip.AddrFromSlice(ip); ok {
			names = append(names, addr.String())
		}
	}
	if len(names) == 0 {
		for _, name := range c.subjectValues(oidCommonName) {
			names = append(names, "the common name "+strconv.QuoteToASCII(string(name)))
		}
	}
	return names
}
