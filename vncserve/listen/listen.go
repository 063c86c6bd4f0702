package listen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
)

// Listen opens the address. Closing the listener of a UNIX socket removes its file.
func Listen(ctx context.Context, a Address) (net.Listener, error) {
	if a.Path != "" {
		return listenUnix(ctx, a.Path)
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", a.Endpoint())
	if errors.Is(err, syscall.EADDRINUSE) && a.Port < a.LastPort {
		a.Port++
		return Listen(ctx, a)
	}
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", a, err)
	}
	return l, nil
}
