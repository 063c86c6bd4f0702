package vncserve

import (
	"context"
	"errors"
	"net"

	"vncsec/vncserve/listen"
)

// Listeners are open addresses that viewers cannot get through to before Run.
type Listeners []net.Listener

// Listen opens every address, or none. Each is held against the policy once it is
// known which one it really is; an unsafe one is an *UnsafeError. What should only
// start when the server can, such as a console's command, is started after it.
func Listen(ctx context.Context, addresses []listen.Address, policy Policy) (Listeners, error) {
	if len(addresses) == 0 {
		return nil, errors.New("vncserve: no address to listen on")
	}
	var open Listeners
	for _, address := range addresses {
		l, err := listen.Listen(ctx, address)
		if err == nil {
			open = append(open, l)
			err = policy.Check(l.Addr())
		}
		if err != nil {
			open.Close()
			return nil, err
		}
	}
	return open, nil
}

// Close closes them all and removes the files of UNIX sockets. A second time it does
// nothing.
func (all Listeners) Close() {
	for _, l := range all {
		_ = l.Close()
	}
}

// Addrs lists their addresses.
func (all Listeners) Addrs() []net.Addr {
	addrs := make([]net.Addr, len(all))
	for i, l := range all {
		addrs[i] = l.Addr()
	}
	return addrs
}
