package issue

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"vncsec/ca"
	"vncsec/layout"
	"vncsec/templates"
)

// Role is the side of a connection that a certificate is for.
type Role = layout.Role

// The two roles.
const (
	Server = layout.Server
	Client = layout.Client
)

// Request says what to issue. Its fields win over those of the template; what
// neither says is chosen by the authority.
type Request struct {
	Role Role

	// Name is the common name: the host name or IP address of a server, any text
	// for a client. It may be empty if the template has one.
	Name string

	// Template is what the certificate is to hold; nil is the built-in template of
	// the role. It is not changed.
	Template *templates.Template

	// DNS and IPs go into the subjectAltName, in addition to those of the template.
	// A server's has its Name too; a client has none by default.
	DNS []string
	IPs []net.IP

	Organization, Country, State, Locality string

	Days    int        // of validity; 0: as the template says, else a year
	KeyType ca.KeyType // empty: ca.DefaultKeyType
}

// profile puts the request and its template together.
func (r Request) profile() (*templates.Profile, error) {
	if r.Role != Server && r.Role != Client {
		return nil, fmt.Errorf("issue: unknown role %q: it is server or client", string(r.Role))
	}
	template, err := r.template()
	if err != nil {
		return nil, fmt.Errorf("issue: %w", err)
	}
	p, err := template.Profile()
	if err != nil {
		return nil, fmt.Errorf("issue: %w", err)
	}
	names := p.Subject.CommonNames()
	switch {
	case len(names) == 0:
		return nil, fmt.Errorf("issue: the certificate of a %s needs a name", r.Role)
	case r.Name != "" && !slices.Contains(names, r.Name):
		return nil, fmt.Errorf("issue: the option dn of the template gives the name %q, not %q: take one of them out", names[0], r.Name)
	case r.Role == Server:
		return p, r.nameServer(p, names)
	}
	return p, nil
}

// template is the request in the language of templates.
func (r Request) template() (*templates.Template, error) {
	template := r.Template
	if template == nil {
		var err error
		if template, err = templates.Default(templates.Role(r.Role)); err != nil {
			return nil, err
		}
	}
	template = template.Clone()
	if strings.TrimSpace(r.Name) != r.Name {
		return nil, fmt.Errorf("the name %q begins or ends with a blank", r.Name)
	}
	set := func(option, value string) {
		if value != "" {
			template.Set(option, value)
		}
	}
	if !template.Has("dn") {
		set("cn", r.Name)
	}
	set("organization", r.Organization)
	set("country", r.Country)
	set("state", r.State)
	set("locality", r.Locality)
	if r.Days != 0 {
		template.Remove("expiration_date")
		template.Set("expiration_days", strconv.Itoa(r.Days))
	}
	for _, name := range r.DNS {
		template.Add("dns_name", name)
	}
	for _, ip := range r.IPs {
		template.Add("ip_address", ip.String())
	}
	return template, nil
}

// nameServer makes the server's name one that viewers compare with the host they
// connect to: the name of the request always, a common name of the template if
// there are no such names.
func (r Request) nameServer(p *templates.Profile, commonNames []string) error {
	if r.Name != "" {
		if err := addHost(p, r.Name); err != nil {
			return fmt.Errorf("issue: the name of a server: %w", err)
		}
	}
	if len(p.DNSNames)+len(p.IPs) > 0 {
		return nil
	}
	for _, name := range commonNames {
		// Any text may be a common name; only some are names of hosts.
		if addHost(p, name) == nil {
			return nil
		}
	}
	return fmt.Errorf("issue: the certificate would be for no host: %q is neither a host name nor an IP address (give one, or the template option dns_name)", commonNames[0])
}

// addHost puts a host name or an IP address first, if it is not there yet.
func addHost(p *templates.Profile, host string) error {
	if addr, err := netip.ParseAddr(host); err == nil && addr.Zone() == "" {
		addr = addr.Unmap() // viewers compare with the four octets
		if !slices.Contains(p.IPs, addr) {
			p.IPs = slices.Insert(p.IPs, 0, addr)
		}
		return nil
	}
	if strings.ContainsAny(host, "/@") {
		return fmt.Errorf("%q is not a host name: leave out the scheme, the user and the path", host)
	}
	if bare, _, _ := strings.Cut(strings.Trim(host, "[]"), "%"); bare != host {
		if _, err := netip.ParseAddr(bare); err == nil {
			return fmt.Errorf("%q is more than an IP address: give only %q", host, bare)
		}
	}
	if name, found := strings.CutSuffix(host, "."); found && templates.HostName(name) == nil {
		return fmt.Errorf("%q ends with a dot: give only %q", host, name)
	}
	if name, port, err := net.SplitHostPort(host); err == nil {
		return fmt.Errorf("%q has the port %s: give only %q", host, port, name)
	}
	if err := templates.HostName(host); err != nil {
		return err
	}
	if !slices.ContainsFunc(p.DNSNames, func(name string) bool { return strings.EqualFold(name, host) }) {
		p.DNSNames = slices.Insert(p.DNSNames, 0, host)
	}
	return nil
}
