package listen

import (
	"context"
	"errors"
	"fmt"
	"syscall"
)

// FreeDisplay finds a display number of host that nothing listens on, from 1
// upwards. Another program may take it before its user does.
func FreeDisplay(ctx context.Context, host string) (Address, error) {
	for n := 1; n < displays; n++ {
		a := Address{Host: host, Port: BasePort + n}
		l, err := Listen(ctx, a)
		if err == nil {
			return a, l.Close()
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return Address{}, err
		}
	}
	return Address{}, fmt.Errorf("all displays of %s are in use", host)
}
