package worker

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"unicode/utf8"

	"vncsec/saslconf"
	"vncsec/saslconf/cyrus"
	"vncsec/vncserve/reason"
)

// Command is the word that makes this program a worker. It is for the Engine alone.
const Command = "__sasl_worker"

// socketFD is where a worker finds its socket.
const socketFD = 3

// Main is a worker: it answers requests until its parent goes away. The process must end
// when it returns, even if a call of libsasl2 is still under way.
func Main() error {
	// Signals for all processes of a terminal or service are for the parent, which ends its
	// sessions in order.
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	// A core file would show passwords.
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return fmt.Errorf("forbidding core files: %w", err)
	}
	var state syscall.Stat_t
	if err := syscall.Fstat(socketFD, &state); err != nil || state.Mode&syscall.S_IFMT != syscall.S_IFSOCK {
		return errors.New("this command is for vncsec's own use")
	}
	return serve(os.NewFile(socketFD, "socket"))
}

// serve answers requests on a stream, one at a time, until it ends. It reads while libsasl2
// works, so that the end is noticed in a call that never returns.
func serve(stream io.ReadWriter) error {
	type question struct {
		request
		data []byte
	}
	questions := make(chan question)
	defer close(questions)
	failed := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // Kerberos keeps its error texts by thread
		var s service
		defer s.close()
		for q := range questions {
			answer, data := s.handle(q.request, q.data)
			clear(q.data)
			if err := writeFrame(stream, answer, data); err != nil {
				failed <- err
				return
			}
		}
	}()
	for {
		var q question
		var err error
		if q.data, err = readFrame(stream, &q.request); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		select {
		case questions <- q:
		case err := <-failed:
			return err
		}
	}
}

// service is what a worker works with.
type service struct {
	config    *saslconf.Config
	library   *cyrus.Library
	server    *cyrus.Server
	conn      *cyrus.ServerConn // the log-in under way, or nil
	host      string            // the name of this host in it
	mechanism string            // its mechanism
	decoy     decoy             // for users who do not exist
	done      bool              // it is complete

	client     *cyrus.Client
	clientConn *cyrus.ClientConn
}

// close frees what the log-in has.
func (s *service) close() {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
	if s.clientConn != nil {
		s.clientConn.Close()
		s.clientConn = nil
	}
	s.mechanism, s.done, s.decoy.refusal = "", false, nil
}

// handle fulfils one request.
func (s *service) handle(q request, data []byte) (reply, []byte) {
	a, out, err := s.dispatch(q, data)
	if err != nil {
		return reply{Failure: s.explain(err, q)}, nil
	}
	return a, out
}

// errOrder says that a request does not fit what was done before.
var errOrder = errors.New("the worker was not asked in order")

func (s *service) dispatch(q request, data []byte) (reply, []byte, error) {
	if (s.server == nil) != (q.Op == opSetUp) {
		return reply{}, nil, errOrder
	}
	switch q.Op {
	case opSetUp:
		a, err := s.setUp(q, data)
		return a, nil, err
	case opMechanisms:
		a, err := s.mechanisms(q)
		return a, nil, err
	case opCheck:
		a, err := s.check(q, data)
		return a, nil, err
	case opStart:
		return s.start(q, data)
	case opClientStart:
		return s.clientStart(q, data)
	case opReset:
		s.close()
		return reply{}, nil, nil
	case opClientStep:
		if s.clientConn == nil {
			return reply{}, nil, errOrder
		}
		step, err := s.clientConn.Step(data)
		s.done = err == nil && step.Done
		return reply{Done: step.Done}, step.Data, err
	}
	return s.continued(q, data)
}

// continued handles what needs a log-in that was started.
func (s *service) continued(q request, data []byte) (reply, []byte, error) {
	if s.clientConn != nil && s.conn == nil {
		return s.clientLayer(q, data)
	}
	if s.conn == nil || s.done != (q.Op != opStep) {
		return reply{}, nil, errOrder
	}
	switch q.Op {
	case opStep:
		if err := s.decoy.take(); err != nil {
			return reply{}, nil, err
		}
		step, err := s.conn.Step(data)
		return s.outcome(data, step, err)
	case opEncode:
		out, err := s.conn.Encode(data)
		return reply{}, out, err
	case opDecode:
		out, err := s.conn.Decode(data)
		return reply{}, out, err
	}
	return reply{}, nil, errOrder
}

// application is the name under which QEMU is known to libsasl2, and nowhere a folder in
// which there can be no service file.
const (
	application = "qemu"
	nowhere     = os.DevNull
)

// setUp loads libsasl2 with the service file as the parent has checked it. libsasl2 does not
// read a file: it is told all settings when it asks for them.
func (s *service) setUp(q request, file []byte) (reply, error) {
	config, err := saslconf.Parse(q.File, file)
	if err != nil {
		return reply{}, err
	}
	if err := usable(config); err != nil {
		return reply{}, err
	}
	s.config = config
	if s.library, err = cyrus.Load(); err != nil {
		return reply{}, err
	}
	server, err := s.library.NewServer(cyrus.ServerOptions{App: application, ConfDir: nowhere, Options: config.Values()})
	if err != nil {
		return reply{}, err
	}
	s.server = server
	s.decoy = decoy{secret: q.Secret, iterations: s.storedIterations()}
	return reply{Host: server.Host, Version: s.library.Version()}, nil
}

func (s *service) mechanisms(q request) (reply, error) {
	conn, err := s.server.NewConn(q.Conn)
	if err != nil {
		return reply{}, err
	}
	defer conn.Close()
	list, err := conn.Mechanisms()
	return reply{Mechanisms: list}, err
}

func (s *service) start(q request, data []byte) (reply, []byte, error) {
	s.close()
	var err error
	if s.conn, err = s.server.NewConn(q.Conn); err != nil {
		return reply{}, nil, err
	}
	s.mechanism, s.host = q.Mechanism, cmp.Or(q.Conn.Host, s.server.Host)
	step, err := s.conn.Start(q.Mechanism, data)
	return s.outcome(data, step, err)
}

// outcome is the reply to a message of the client's.
func (s *service) outcome(message []byte, step cyrus.Step, err error) (reply, []byte, error) {
	if err != nil {
		name, realm := s.splitUser(s.conn.AuthUser())
		if decoy, ok := s.decoy.step(s.mechanism, name+"@"+realm, message, err); ok {
			return reply{}, decoy.Data, nil
		}
		return reply{}, nil, err
	}
	if !step.Done {
		return reply{}, step.Data, nil
	}
	return s.complete(step)
}

// complete is the reply to the last message of a good log-in.
func (s *service) complete(step cyrus.Step) (reply, []byte, error) {
	user := s.conn.User()
	if user == "" || !utf8.ValidString(user) {
		return reply{}, nil, &reason.Error{Code: reason.SASLProtocol, Err: fmt.Errorf("the user's name %q is no text", user)}
	}
	s.done = true
	return reply{Done: true, User: user, SSF: s.conn.SSF()}, step.Data, nil
}

func (s *service) clientStart(q request, password []byte) (reply, []byte, error) {
	s.close()
	if err := s.loadClient(); err != nil {
		return reply{}, nil, err
	}
	var err error
	s.mechanism = q.Mechanism
	login := cyrus.Login{User: q.User, Password: password, Realm: q.Realm}
	if s.clientConn, err = s.client.NewConn(q.Conn, login); err != nil {
		return reply{}, nil, err
	}
	mechanism, step, err := s.clientConn.Start(q.Mechanism)
	return reply{Mechanism: mechanism, Done: step.Done}, step.Data, err
}

// clientLayer sends data through a client's security layer.
func (s *service) clientLayer(q request, data []byte) (reply, []byte, error) {
	if !s.done {
		return reply{}, nil, errOrder
	}
	wrap := s.clientConn.Encode
	if q.Op == opDecode {
		wrap = s.clientConn.Decode
	}
	out, err := wrap(data)
	return reply{}, out, err
}

func (s *service) loadClient() error {
	if s.client != nil {
		return nil
	}
	client, err := s.library.NewClient()
	s.client = client
	return err
}
