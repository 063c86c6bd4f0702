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
		return nil, err
	}
	if r.Role == Server {
		if err := r.nameServer(template); err != nil {
			return nil, err
		}
	}
	p, err := template.Profile()
	if err != nil {
		return nil, fmt.Errorf("issue: %w", err)
	}
	if p.Subject.CommonName == "" {
		return nil, fmt.Errorf("issue: the certificate of a %s needs a name", r.Role)
	}
	if r.Role == Server && len(p.DNSNames)+len(p.IPs) == 0 {
		return nil, fmt.Errorf("issue: the certificate would be for no host: %q is neither a host name nor an IP address (give one, or the template option dns_name)", p.Subject.CommonName)
	}
	return p, nil
}

// template is the request in the language of templates, but for the names of a
// server.
func (r Request) template() (*templates.Template, error) {
	template := r.Template
	if template == nil {
		var err error
		if template, err = templates.Default(templates.Role(r.Role)); err != nil {
			return nil, fmt.Errorf("issue: %w", err)
		}
	}
	template = template.Clone()
	if strings.TrimSpace(r.Name) != r.Name {
		return nil, fmt.Errorf("issue: the name %q begins or ends with a blank", r.Name)
	}
	for option, value := range map[string]string{
		"cn": r.Name, "organization": r.Organization, "country": r.Country, "state": r.State, "locality": r.Locality,
	} {
		if value != "" {
			template.Set(option, value)
		}
	}
	if r.Days != 0 {
		template.Remove("expiration_date")
		template.Set("expiration_days", strconv.Itoa(r.Days))
	}
	for _, name := range r.DNS {
		addOnce(template, "dns_name", name)
	}
	for _, ip := range r.IPs {
		addOnce(template, "ip_address", ip.String())
	}
	return template, nil
}

// nameServer makes the server's name a name that viewers compare with the host
// they connect to: the name of the request always, that of the template if the
// template has no such names.
func (r Request) nameServer(template *templates.Template) error {
	if r.Name != "" {
		option, err := hostOption(r.Name)
		if err != nil {
			return fmt.Errorf("issue: the name of a server: %w", err)
		}
		addOnce(template, option, r.Name)
		return nil
	}
	if template.Has("dns_name") || template.Has("ip_address") {
		return nil
	}
	for _, cn := range template.Values("cn") {
		// Any other text may be a common name; it makes no name of a host.
		if option, err := hostOption(cn); err == nil {
			addOnce(template, option, cn)
		}
	}
	return nil
}

// hostOption tells under which option a host belongs.
func hostOption(host string) (string, error) {
	if addr, err := netip.ParseAddr(host); err == nil && addr.Zone() == "" {
		return "ip_address", nil
	}
	if strings.ContainsAny(host, "/@") {
		return "", fmt.Errorf("%q is not a host name: leave out the scheme, the user and the path", host)
	}
	if name, port, err := net.SplitHostPort(host); err == nil {
		return "", fmt.Errorf("%q has the port %s: give only %q", host, port, name)
	}
	return "dns_name", templates.HostName(host)
}

// addOnce adds a name that the template does not have yet.
func addOnce(template *templates.Template, option, name string) {
	if !slices.ContainsFunc(template.Values(option), func(have string) bool { return strings.EqualFold(have, name) }) {
		template.Add(option, name)
	}
}
