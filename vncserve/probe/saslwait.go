package probe

import (
	"context"
	"errors"
	"sync"

	"vncsec/vncserve/security"
)

// errSASLSlow is a step of SASL that took longer than there was time.
var errSASLSlow = errors.New("the viewer's side of SASL did not come to an end in time: does the Kerberos server (KDC) answer?")

// waitingSASL waits for a log-in by SASL no longer than a context allows. libsasl2 knows no
// end of its own: it asks one Kerberos server after the other, and nothing interrupts it. A
// call that is given up goes on by itself, and what the log-in has is freed after it.
type waitingSASL struct {
	security.SASLClient // nil until it has begun
	ctx                 context.Context
	calls               sync.Mutex // held during each
	givenUp             bool
}

// waitSASL makes log-ins that end with a context.
func waitSASL(ctx context.Context, begin security.NewSASLClient) security.NewSASLClient {
	return func(p security.SASLParams) (security.SASLClient, error) {
		w := &waitingSASL{ctx: ctx}
		err := w.call(func() (err error) {
			w.SASLClient, err = begin(p)
			return err
		})
		if err != nil {
			return nil, errors.Join(err, w.Close())
		}
		return w, nil
	}
}

// call calls f and waits for it. After an error nothing that f sets may be looked at.
func (w *waitingSASL) call(f func() error) error {
	done := make(chan error, 1)
	w.calls.Lock()
	go func() {
		defer w.calls.Unlock()
		done <- f()
	}()
	select {
	case err := <-done:
		return err
	case <-w.ctx.Done():
		w.givenUp = true
		return errSASLSlow
	}
}

// Start implements security.SASLClient.
func (w *waitingSASL) Start(mechanisms []string) (string, security.SASLStep, error) {
	var mechanism string
	var first security.SASLStep
	err := w.call(func() (err error) {
		mechanism, first, err = w.SASLClient.Start(mechanisms)
		return err
	})
	if err != nil {
		return "", security.SASLStep{}, err
	}
	return mechanism, first, nil
}

// Step implements security.SASLClient.
func (w *waitingSASL) Step(data []byte) (security.SASLStep, error) {
	var next security.SASLStep
	err := w.call(func() (err error) {
		next, err = w.SASLClient.Step(data)
		return err
	})
	if err != nil {
		return security.SASLStep{}, err
	}
	return next, nil
}

// Close implements security.SASLClient.
func (w *waitingSASL) Close() error {
	if w.givenUp {
		go func() { _ = w.free() }()
		return nil
	}
	return w.free()
}

func (w *waitingSASL) free() error {
	w.calls.Lock()
	defer w.calls.Unlock()
	if w.SASLClient == nil {
		return nil
	}
	return w.SASLClient.Close()
}
