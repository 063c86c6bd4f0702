package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"vncsec/saslconf/cyrus"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/security"
)

// exchange is one log-in, and the security layer after it.
type exchange struct {
	engine     *Engine
	conn       cyrus.ConnOptions
	mechanisms []string
	user       string
	ssf        int

	pausedAt time.Time // guarded by engine.mu once paused

	mu      sync.Mutex
	started bool
	process *process // the worker that is held, or nil
	session bool     // it is counted as a session's
	ended   error    // why there is nothing to go on with
}

var errEnded = errors.New("the log-in is over")

// Mechanisms are what the viewer may choose from.
func (x *exchange) Mechanisms() []string { return slices.Clone(x.mechanisms) }

// User is who has logged in, or wanted to, as far as is known.
func (x *exchange) User() string { return x.user }

// SSF is the strength of the security layer.
func (x *exchange) SSF() int { return x.ssf }

// Start begins with a mechanism of the list, named just as there.
func (x *exchange) Start(ctx context.Context, mechanism string, data []byte) (security.SASLStep, error) {
	if !slices.Contains(x.mechanisms, mechanism) {
		return security.SASLStep{}, &reason.Error{Code: reason.SASLMechNotOffered, Err: fmt.Errorf("the viewer asked for %q", mechanism)}
	}
	p, err := x.begin(ctx)
	if err != nil {
		return security.SASLStep{}, err
	}
	return x.advance(ctx, p, request{Op: opStart, Conn: x.conn, Mechanism: mechanism}, data)
}

// Step goes on with the viewer's answer.
func (x *exchange) Step(ctx context.Context, data []byte) (security.SASLStep, error) {
	x.engine.resume(x)
	p, err := x.hold()
	if err != nil {
		return security.SASLStep{}, err
	}
	return x.advance(ctx, p, request{Op: opStep, Conn: x.conn}, data)
}

// CheckPassword logs in with a name and a password.
func (x *exchange) CheckPassword(ctx context.Context, user, password string) error {
	p, err := x.begin(ctx)
	if err != nil {
		return err
	}
	secret := []byte(password)
	defer clear(secret)
	q := request{Op: opCheck, Conn: x.conn, User: user, Mechanism: strings.Join(x.mechanisms, " ")}
	q.Conn.MinSSF, q.Conn.MaxSSF = 0, 0 // nothing comes after that a layer could wrap
	_, err = x.advance(ctx, p, q, secret)
	return err
}

// begin gets a worker for an exchange that had none yet.
func (x *exchange) begin(ctx context.Context) (*process, error) {
	x.mu.Lock()
	again, ended := x.started, x.ended
	x.started = true
	x.mu.Unlock()
	if ended != nil {
		return nil, ended
	}
	if again {
		return nil, &reason.Error{Code: reason.SASLProtocol, Err: errors.New("the log-in was begun a second time")}
	}
	return x.engine.acquire(ctx)
}

// hold takes the worker out of the exchange for the time of a call.
func (x *exchange) hold() (*process, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.process == nil || x.session {
		if x.ended != nil {
			return nil, x.ended
		}
		return nil, &reason.Error{Code: reason.SASLProtocol, Err: errEnded}
	}
	p := x.process
	x.process = nil
	return p, nil
}

// advance makes one step with a worker, and decides what becomes of the worker.
func (x *exchange) advance(ctx context.Context, p *process, q request, data []byte) (security.SASLStep, error) {
	answer, out, err := x.engine.call(ctx, p, q, data)
	if err != nil {
		if refused := (*RefusedError)(nil); errors.As(err, &refused) {
			x.user = refused.User
		}
		x.end(err)
		return security.SASLStep{}, err
	}
	if !answer.Done {
		return security.SASLStep{Data: out}, x.keep(p)
	}
	if answer.SSF < q.Conn.MinSSF || answer.SSF > q.Conn.MaxSSF || answer.User == "" {
		err = &reason.Error{Code: reason.SASLSSFTooLow, Err: fmt.Errorf("the security layer has %d bits, and %d to %d are wanted", answer.SSF, q.Conn.MinSSF, q.Conn.MaxSSF)}
		x.engine.recycle(p)
		x.end(err)
		return security.SASLStep{}, err
	}
	x.user, x.ssf = answer.User, answer.SSF
	if x.ssf == 0 {
		x.engine.recycle(p)
		x.end(errEnded)
		return security.SASLStep{Data: out, Done: true}, nil
	}
	if err := x.becomeSession(p); err != nil {
		return security.SASLStep{}, err
	}
	return security.SASLStep{Data: out, Done: true}, nil
}

// keep holds the worker until the viewer's next message.
func (x *exchange) keep(p *process) error {
	x.mu.Lock()
	if err := x.ended; err != nil { // closed meanwhile
		x.mu.Unlock()
		x.engine.recycle(p)
		return err
	}
	x.process = p
	x.pausedAt = time.Now()
	x.mu.Unlock()
	x.engine.pause(x)
	return nil
}

// becomeSession keeps the worker for the session's layer, and makes room for other log-ins.
func (x *exchange) becomeSession(p *process) error {
	x.mu.Lock()
	err := x.ended // closed meanwhile
	if err == nil {
		select {
		case x.engine.sessions <- struct{}{}:
			x.process, x.session = p, true
		default:
			err = &reason.Error{Code: reason.SASLEngineBusy, Err: fmt.Errorf("there are %d sessions with a security layer", x.engine.options.Sessions)}
		}
	}
	x.mu.Unlock()
	if err != nil {
		x.engine.recycle(p)
		x.end(err)
		return err
	}
	<-x.engine.logIns
	return nil
}

// end notes why nothing can be done any more; the first cause stays.
func (x *exchange) end(err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.ended == nil {
		x.ended = err
	}
}

// abandon takes the worker away from an exchange that waits for its viewer.
func (x *exchange) abandon(err error) {
	x.end(err)
	if p, err := x.hold(); err == nil {
		x.engine.recycle(p)
	}
}

// Encode wraps data for the viewer.
func (x *exchange) Encode(data []byte) ([]byte, error) { return x.layer(opEncode, data) }

// Decode unwraps bytes from the viewer.
func (x *exchange) Decode(data []byte) ([]byte, error) { return x.layer(opDecode, data) }

// maxPiece is how much data goes to a worker at once.
const maxPiece = 64 << 10

// layer sends data through the security layer.
func (x *exchange) layer(op operation, data []byte) ([]byte, error) {
	x.mu.Lock()
	p, session := x.process, x.session
	x.mu.Unlock()
	if p == nil || !session {
		return nil, errors.New("there is no security layer")
	}
	var all []byte
	for piece := range slices.Chunk(data, maxPiece) {
		_, out, err := p.call(request{Op: op}, piece)
		if err != nil {
			return nil, err
		}
		if len(piece) == len(data) {
			return out, nil
		}
		all = append(all, out...)
	}
	return all, nil
}

// Close releases the exchange.
func (x *exchange) Close() error {
	x.engine.resume(x)
	x.abandon(errEnded)
	x.mu.Lock()
	p := x.process
	x.process = nil
	x.mu.Unlock()
	if p == nil {
		return nil
	}
	p.kill()
	<-x.engine.sessions
	return nil
}
