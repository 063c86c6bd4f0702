package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"vncsec/vncserve/reason"
	"vncsec/vncserve/security"
)

// Trial is a log-in whose both sides run here, with nothing but the network left out.
type Trial struct {
	// Params describe the connection, as for a viewer.
	Params security.SASLParams
	// Mechanism is the one to use; empty for the best that both sides have.
	Mechanism string
	// User and Password log in. A Kerberos ticket needs neither.
	User     string
	Password []byte
	// Realm is chosen where the mechanism offers several; empty for the first.
	Realm string
}

// Outcome is what a trial came out with, as far as it came.
type Outcome struct {
	Offered   []string // by the server
	Mechanism string   // the one used
	User      string   // as the server knows the user
	SSF       int      // of the security layer
}

// ViewerError is a failure on the viewer's side of a trial.
type ViewerError struct{ Err error }

// Error says which side failed.
func (e *ViewerError) Error() string { return "the viewer's side: " + e.Err.Error() }

// Unwrap gives the failure.
func (e *ViewerError) Unwrap() error { return e.Err }

// Try logs in. The error, if it has a code, says which link broke.
func (e *Engine) Try(ctx context.Context, t Trial) (Outcome, error) {
	exchange, err := e.NewExchange(ctx, t.Params)
	if err != nil {
		return Outcome{}, err
	}
	defer exchange.Close()
	o := Outcome{Offered: exchange.Mechanisms()}
	viewer, err := e.newViewer()
	if err != nil {
		return o, err
	}
	defer viewer.kill()

	first, err := e.startViewer(viewer, t, o.Offered)
	if err != nil {
		return o, &ViewerError{err}
	}
	o.Mechanism = first.mechanism
	if err := finish(ctx, exchange, viewer, first); err != nil {
		return o, err
	}
	o.User, o.SSF = exchange.User(), exchange.SSF()
	if o.SSF > 0 {
		return o, tryLayer(exchange, viewer)
	}
	return o, nil
}

// newViewer starts a worker that is a client, beside those that are counted.
func (e *Engine) newViewer() (*process, error) { return startProcess(e.current()) }

// firstMessage is what a viewer begins with.
type firstMessage struct {
	mechanism string
	data      []byte
}

func (e *Engine) startViewer(viewer *process, t Trial, offered []string) (firstMessage, error) {
	mechanisms := strings.Join(offered, " ")
	if t.Mechanism != "" {
		mechanisms = t.Mechanism
	}
	q := request{Op: opClientStart, Conn: e.connOptions(t.Params), Mechanism: mechanisms, User: t.User, Realm: t.Realm}
	q.Conn.Host = e.host
	q.Conn.Local, q.Conn.Remote = q.Conn.Remote, q.Conn.Local
	answer, data, err := viewer.call(q, t.Password)
	return firstMessage{answer.Mechanism, data}, err
}

// finish goes through the exchange to the server's word that it is complete.
func finish(ctx context.Context, exchange security.SASLExchange, viewer *process, first firstMessage) error {
	step, err := exchange.Start(ctx, first.mechanism, first.data)
	for range maxSteps {
		if err != nil {
			return err
		}
		if step.Done && step.Data == nil {
			return nil
		}
		_, data, err2 := viewer.call(request{Op: opClientStep}, step.Data)
		if err2 != nil {
			return &ViewerError{err2}
		}
		if step.Done {
			return nil
		}
		step, err = exchange.Step(ctx, data)
	}
	return &reason.Error{Code: reason.SASLProtocol, Err: fmt.Errorf("the exchange came to no end after %d steps", maxSteps)}
}

// tryLayer sends a message each way through the security layer.
func tryLayer(exchange security.SASLExchange, viewer *process) error {
	message := bytes.Repeat([]byte("security layer "), 64)
	wrapped, err := exchange.Encode(message)
	if err != nil {
		return err
	}
	_, plain, err := viewer.call(request{Op: opDecode}, wrapped)
	if err != nil {
		return &ViewerError{err}
	}
	if bytes.Contains(wrapped, []byte("security")) || !bytes.Equal(plain, message) {
		return errLayer
	}
	_, wrapped, err = viewer.call(request{Op: opEncode}, message)
	if err != nil {
		return &ViewerError{err}
	}
	if plain, err = exchange.Decode(wrapped); err != nil {
		return err
	}
	if !bytes.Equal(plain, message) {
		return errLayer
	}
	return nil
}

// errLayer says that a security layer does not do what it is for.
var errLayer = &reason.Error{Code: reason.SASLFailed, Err: errors.New("the security layer does not encrypt, or changes what goes through it")}
