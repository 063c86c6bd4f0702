package vncserve

import (
	"net"
	"sort"
	"time"

	"vncsec/vncserve/security"
)

// Client is an authenticated viewer.
type Client struct {
	// Remote is its address.
	Remote net.Addr
	// Identity is what it proved.
	Identity security.Identity
	// ViewOnly tells that it may only look.
	ViewOnly bool
	// Since is when it logged in.
	Since time.Time
}

// Clients lists the viewers, the oldest first.
func (s *Server) Clients() []Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Client, 0, len(s.clients))
	for c := range s.clients {
		list = append(list, *c)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Since.Before(list[j].Since) })
	return list
}

// Addrs lists the addresses that the server listens on.
func (s *Server) Addrs() []net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []net.Addr
	for l := range s.listeners {
		list = append(list, l.Addr())
	}
	sort.Slice(list, func(i, j int) bool { return list[i].String() < list[j].String() })
	return list
}

// admit counts a viewer in, unless there are too many.
func (s *Server) admit(c *Client) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.clients) >= s.config.MaxViewers {
		return false
	}
	s.clients[c] = struct{}{}
	return true
}

func (s *Server) dismiss(c *Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.clients, c)
}
