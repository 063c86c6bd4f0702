package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"vncsec/internal/lazyregexp"
	"vncsec/saslconf"
	"vncsec/saslconf/cyrus"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/security"
)

// Options say what workers are made of, and how many there may be.
type Options struct {
	// Config is the service file as it was checked. Workers never look at the file itself,
	// which may change, or vanish, at any time. Required.
	Config *saslconf.Config
	// Host is the server's name for Kerberos, and the realm of users that are named
	// without one; empty for this host's.
	Host string

	// LogIns is how many log-ins may be at work at the same time; others wait. 0: 16.
	LogIns int
	// Sessions is how many sessions with a security layer there may be; each has a worker
	// of its own. 0: 256.
	Sessions int
	// StepTimeout bounds each step of a mechanism. 0: 10 seconds.
	StepTimeout time.Duration
	// Pause is how long a viewer may take to answer in the middle of a log-in before its
	// worker goes to another one that waits; the log-ins of one address share it. 0: 5 seconds.
	Pause time.Duration

	// Env are variables for workers, beside those that they get anyway.
	Env         []string
	decoySecret []byte

	// Logger hears of workers that end as they should not; may be nil.
	Logger *slog.Logger
}

// complete fills in what is left open.
func (o Options) complete() (Options, error) {
	if err := usable(o.Config); err != nil {
		return o, err
	}
	setDefault(&o.LogIns, 16)
	setDefault(&o.Sessions, 256)
	setDefault(&o.StepTimeout, 10*time.Second)
	setDefault(&o.Pause, 5*time.Second)
	o.decoySecret = decoySecret()
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

// usable refuses a service file with which libsasl2 would offer every mechanism that is
// installed.
func usable(config *saslconf.Config) error {
	if config == nil {
		return errors.New("a SASL engine needs a service file")
	}
	if _, ok := config.Mechanisms(); !ok {
		return &reason.Error{Code: reason.SASLMechListEmpty, Err: fmt.Errorf("%s has no mech_list", config.Path)}
	}
	return nil
}

func setDefault[T int | time.Duration](value *T, otherwise T) {
	if *value <= 0 {
		*value = otherwise
	}
}

// Engine is a security.SASLEngine whose log-ins run in workers.
type Engine struct {
	options  Options       // but for Config, which a reload exchanges for another
	logIns   chan struct{} // one entry for each worker that is at a log-in
	sessions chan struct{} // one entry for each worker that is at a session's layer

	mu         sync.Mutex
	config     *saslconf.Config
	idle       []*process
	paused     []*exchange // those that wait for their viewers, the longest first
	generation int         // of the service file
	closed     bool

	host, version string
}

var _ security.SASLEngine = (*Engine)(nil)

// New makes an engine and starts its first worker: a missing library, and a service file
// that is missing or that libsasl2 refuses, are errors with a code.
func New(ctx context.Context, o Options) (*Engine, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	e := &Engine{options: o, config: o.Config, logIns: make(chan struct{}, o.LogIns), sessions: make(chan struct{}, o.Sessions)}
	p, err := e.acquire(ctx)
	if err != nil {
		return nil, err
	}
	e.host, e.version = p.host, p.version
	if o.Host != "" {
		e.host = o.Host
	}
	e.release(p)
	return e, nil
}

// Host is the server's name for Kerberos, and the realm of users that are named without one.
func (e *Engine) Host() string { return e.host }

// Version is libsasl2's.
func (e *Engine) Version() string { return e.version }

// Reload makes log-ins that begin from now on use another service file. If libsasl2 does
// not take it the old one stays.
func (e *Engine) Reload(ctx context.Context, config *saslconf.Config) error {
	if err := usable(config); err != nil {
		return err
	}
	options := e.options
	options.Config = config
	p, err := startProcess(options)
	if err != nil {
		return err
	}
	e.mu.Lock()
	old := e.idle
	e.idle = nil
	e.config = config
	e.generation++
	e.mu.Unlock()
	killAll(append(old, p)) // the new one was a test, and has no place among the counted
	return ctx.Err()
}

// current are the options that new workers get.
func (e *Engine) current() Options {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.withConfig()
}

// withConfig is current for who holds the lock.
func (e *Engine) withConfig() Options {
	options := e.options
	options.Config = e.config
	return options
}

// Close ends the workers that are idle, and all others as soon as they are. Sessions with
// a security layer go on.
func (e *Engine) Close() error {
	e.mu.Lock()
	old := e.idle
	e.idle, e.closed = nil, true
	e.mu.Unlock()
	killAll(old)
	return nil
}

func killAll(processes []*process) {
	for _, p := range processes {
		p.kill()
	}
}

// mechanismName is the form of mechanism names (RFC 4422 section 3.1).
var mechanismName = lazyregexp.New(`^[A-Z0-9_-]{1,20}$`)

// anonymous is the mechanism that lets everybody in.
const anonymous = "ANONYMOUS"

// NewExchange begins one log-in. No worker is held until the viewer has chosen a mechanism.
func (e *Engine) NewExchange(ctx context.Context, p security.SASLParams) (security.SASLExchange, error) {
	x := &exchange{engine: e, conn: e.connOptions(p)}
	worker, err := e.acquire(ctx)
	if err != nil {
		return nil, err
	}
	answer, _, err := e.call(ctx, worker, request{Op: opMechanisms, Conn: x.conn}, nil)
	if err != nil {
		return nil, err
	}
	e.release(worker)
	for _, name := range answer.Mechanisms {
		allowed := p.Mechanisms == nil || slices.ContainsFunc(p.Mechanisms, func(m string) bool { return strings.EqualFold(m, name) })
		if allowed && name != anonymous && mechanismName().MatchString(name) {
			x.mechanisms = append(x.mechanisms, name)
		}
	}
	if len(x.mechanisms) == 0 {
		err := fmt.Errorf("%s leaves no mechanism for this connection", e.current().Config.Path)
		return nil, &reason.Error{Code: reason.SASLMechUnavailable, Err: err}
	}
	return x, nil
}

func (e *Engine) connOptions(p security.SASLParams) cyrus.ConnOptions {
	return cyrus.ConnOptions{
		Service: security.SASLService, Host: e.options.Host, Local: p.Local, Remote: p.Remote,
		Security: cyrus.Security{
			ExternalSSF: p.ExternalSSF, MinSSF: p.MinSSF, MaxSSF: p.MaxSSF,
			MaxBuffer: p.MaxBuffer, NoPlaintext: p.NoPlaintext,
		},
	}
}

// errClosed says that the engine was closed.
var errClosed = errors.New("the SASL engine is closed")
