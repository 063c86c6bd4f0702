package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"vncsec/vncserve/listen"
	"vncsec/vncserve/reason"
)

// maxUses is how many log-ins a worker serves: libraries leak, and this bounds how much.
const maxUses = 1000

// maxIdle is how many workers stay after a rush of log-ins.
const maxIdle = 4

// acquire gives a worker for one log-in. When all are at work it waits, and takes one from
// a log-in whose viewer keeps it waiting.
func (e *Engine) acquire(ctx context.Context) (*process, error) {
	retry := time.NewTicker(e.options.Pause / 4)
	defer retry.Stop()
	for waiting := true; waiting; {
		select {
		case e.logIns <- struct{}{}:
			waiting = false
		case <-retry.C:
			e.interrupt()
		case <-ctx.Done():
			return nil, &reason.Error{Code: reason.SASLEngineBusy,
				Err: fmt.Errorf("%d log-ins were under way: %w", e.options.LogIns, context.Cause(ctx))}
		}
	}
	p, err := e.take()
	if err != nil {
		<-e.logIns
		return nil, err
	}
	return p, nil
}

// take gives an idle worker or a new one.
func (e *Engine) take() (*process, error) {
	e.mu.Lock()
	closed, generation, options := e.closed, e.generation, e.withConfig()
	var idle *process
	for idle == nil && len(e.idle) > 0 {
		last := len(e.idle) - 1
		idle, e.idle = e.idle[last], e.idle[:last]
		if !idle.alive() {
			e.options.Logger.Warn("an idle SASL worker ended", "state", idle.state)
			idle.kill()
			idle = nil
		}
	}
	e.mu.Unlock()
	if closed {
		return nil, &reason.Error{Code: reason.ServerStopping, Err: errClosed}
	}
	if idle != nil {
		return idle, nil
	}
	p, err := startProcess(options)
	if err != nil {
		return nil, err
	}
	p.generation = generation
	return p, nil
}

// release takes back a worker that is in working order and done with its log-in.
func (e *Engine) release(p *process) {
	p.uses++
	e.mu.Lock()
	keep := p.alive() && !e.closed && p.generation == e.generation && p.uses < maxUses && len(e.idle) < maxIdle
	if keep {
		e.idle = append(e.idle, p)
	}
	e.mu.Unlock()
	if !keep {
		p.kill()
	}
	<-e.logIns
}

// recycle makes a worker forget its log-in, and takes it back.
func (e *Engine) recycle(p *process) {
	if _, _, err := p.call(request{Op: opReset}, nil); err != nil {
		p.kill()
	}
	e.release(p)
}

// call asks a worker that was acquired. If that fails the worker is given back. It is also
// if ctx ends, as soon as it has answered: libsasl2 cannot be interrupted, and killing the
// worker would make it cheap to keep the server starting workers.
func (e *Engine) call(ctx context.Context, p *process, q request, data []byte) (reply, []byte, error) {
	type result struct {
		reply reply
		data  []byte
		err   error
	}
	done := make(chan result, 1)
	data = bytes.Clone(data) // the caller's may change once ctx has ended
	go func() {
		defer clear(data)
		var r result
		r.reply, r.data, r.err = p.call(q, data)
		done <- r
	}()
	select {
	case r := <-done:
		if r.err != nil {
			e.complain(r.err)
			e.recycle(p)
		}
		return r.reply, r.data, r.err
	case <-ctx.Done():
		go func() {
			<-done
			e.recycle(p)
		}()
		return reply{}, nil, &reason.Error{Code: reason.SASLTimeout, Err: fmt.Errorf("while libsasl2 worked: %w", context.Cause(ctx))}
	}
}

// complain logs the end of a worker. Other errors are the log-in's own.
func (e *Engine) complain(err error) {
	var refused *RefusedError
	if !errors.As(err, &refused) {
		e.options.Logger.Error("a SASL worker failed", "reason", codeOf(err), "error", err)
	}
}

func codeOf(err error) reason.Code {
	code, ok := reason.Of(err)
	if !ok {
		return reason.SASLFailed
	}
	return code
}

// pause notes that an exchange waits for its viewer, with its worker held.
func (e *Engine) pause(x *exchange) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.paused = append(e.paused, x)
}

// resume notes that an exchange waits no more.
func (e *Engine) resume(x *exchange) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if i := slices.Index(e.paused, x); i >= 0 {
		e.paused = slices.Delete(e.paused, i, i+1)
	}
}

// interrupt ends the exchange that has waited longest of those that waited too long. The
// exchanges of one origin share its patience, so that a single host cannot hold all workers
// by beginning many log-ins and ending none.
func (e *Engine) interrupt() {
	x := e.overdue(time.Now())
	if x != nil {
		x.abandon(&reason.Error{Code: reason.SASLEngineBusy,
			Err: fmt.Errorf("the viewer did not answer in time while other log-ins waited (at most %v, shared by the log-ins of one address)", e.options.Pause)})
	}
}

// overdue takes out the exchange to be interrupted; nil if none is to be.
func (e *Engine) overdue(now time.Time) *exchange {
	e.mu.Lock()
	defer e.mu.Unlock()
	sharing := map[netip.Prefix]time.Duration{}
	for _, x := range e.paused {
		sharing[x.origin()]++
	}
	for i, x := range e.paused {
		patience := e.options.Pause
		if origin := x.origin(); origin.IsValid() {
			patience /= sharing[origin]
		}
		if now.Sub(x.pausedAt) >= patience {
			e.paused = slices.Delete(e.paused, i, i+1)
			return x
		}
	}
	return nil
}

// origin is where the viewer comes from, the zero value on a UNIX socket.
func (x *exchange) origin() netip.Prefix {
	host, port, _ := strings.Cut(x.conn.Remote, ";") // libsasl2's form
	address, err := netip.ParseAddrPort(net.JoinHostPort(host, port))
	if err != nil {
		return netip.Prefix{}
	}
	return listen.Origin(net.TCPAddrFromAddrPort(address))
}
