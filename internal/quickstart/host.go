package quickstart

import (
	"context"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"vncsec/templates"
)

// Host is this machine as viewers may call it.
type Host struct {
	// Name is the main name.
	Name string
	// Names are all names, Name included.
	Names []string
	// Addresses are the loopback addresses.
	Addresses []net.IP
}

// ThisHost collects the names of this machine: its host name, the full form of that
// if the resolver knows one, and localhost. What no certificate can hold as a host
// name is left out.
func ThisHost(ctx context.Context) Host {
	host := Host{Name: "localhost", Addresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}}
	if name, err := os.Hostname(); err == nil {
		host.add(name)
		host.add(fullName(ctx, name))
	}
	if len(host.Names) > 0 {
		host.Name = host.Names[0]
	}
	host.add("localhost")
	return host
}

func (h *Host) add(name string) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if templates.HostName(name) == nil && net.ParseIP(name) == nil && !slices.Contains(h.Names, name) {
		h.Names = append(h.Names, name)
	}
}

// fullName asks the resolver, which may take its time, for the full form of a name.
func fullName(ctx context.Context, name string) string {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	full, err := net.DefaultResolver.LookupCNAME(ctx, name)
	if err != nil {
		return ""
	}
	return full
}
