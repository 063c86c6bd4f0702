package worker

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"vncsec/internal/peertest"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/security"
)

// withAlice is a site with one user, whose password is "secret".
func withAlice(t testing.TB) *site {
	t.Helper()
	s := newSite(t, withDatabase)
	s.addUser("alice", hostName(t), "secret")
	return s
}

// right is a log-in of hers.
var right = Trial{Params: inTLS, Mechanism: "SCRAM-SHA-256", User: "alice", Password: []byte("secret")}

// halfway begins a log-in that waits for its viewer, with a worker held.
func halfway(t testing.TB, e *Engine) *exchange {
	t.Helper()
	begun, err := e.NewExchange(t.Context(), inTLS)
	if err != nil {
		t.Fatal(err)
	}
	x := begun.(*exchange)
	t.Cleanup(func() { x.Close() })
	if _, err := x.Start(t.Context(), "SCRAM-SHA-256", []byte("n,,n=alice,r=abcdefgh")); err != nil {
		t.Fatal(err)
	}
	return x
}

// session logs in with a security layer, and gives both of its ends.
func session(t testing.TB, e *Engine) (*exchange, *process) {
	t.Helper()
	begun, err := e.NewExchange(t.Context(), bare)
	if err != nil {
		t.Fatal(err)
	}
	x := begun.(*exchange)
	t.Cleanup(func() { x.Close() })
	viewer, err := e.newViewer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(viewer.kill)
	first, err := e.startViewer(viewer, Trial{Params: bare, User: "alice", Password: []byte("secret")}, x.Mechanisms())
	if err != nil {
		t.Fatal(err)
	}
	if err := finish(t.Context(), x, viewer, first); err != nil {
		t.Fatal(err)
	}
	if x.SSF() < security.MinLayerSSF {
		t.Fatalf("the layer has %d bits", x.SSF())
	}
	return x, viewer
}

func (p *process) signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := p.command.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// TestCrash has a worker die in a mechanism: only its log-in fails.
func TestCrash(t *testing.T) {
	t.Parallel()
	e := withAlice(t).engine()
	established, viewer := session(t, e)
	other := halfway(t, e)
	x := halfway(t, e)
	x.process.signal(t, syscall.SIGSEGV)
	_, err := x.Step(t.Context(), []byte("c=biws,r=abcdefgh,p=AAAA"))
	wantCode(t, err, reason.SASLEngineCrash)
	_, err = x.Step(t.Context(), nil)
	wantCode(t, err, reason.SASLEngineCrash)

	if err := tryLayer(established, viewer); err != nil {
		t.Errorf("an established session: %v", err)
	}
	_, err = other.Step(t.Context(), []byte("c=biws,r=wrong,p=AAAA"))
	wantCode(t, err, reason.SASLProtocol)
	if _, err := e.Try(t.Context(), right); err != nil {
		t.Errorf("the next log-in: %v", err)
	}
}

// TestIdleCrash has a worker die while it has nothing to do: nobody notices.
func TestIdleCrash(t *testing.T) {
	t.Parallel()
	e := withAlice(t).engine()
	e.mu.Lock()
	idle := e.idle[0]
	e.mu.Unlock()
	idle.kill()
	if _, err := e.Try(t.Context(), right); err != nil {
		t.Error(err)
	}
}

// TestHang has a mechanism that never returns.
func TestHang(t *testing.T) {
	t.Parallel()
	e := withAlice(t).engine(func(o *Options) { o.StepTimeout = 2 * time.Second })
	established, viewer := session(t, e)
	x := halfway(t, e)
	hanging := x.process
	hanging.signal(t, syscall.SIGSTOP)
	done := make(chan error, 1)
	go func() {
		_, err := x.Step(t.Context(), []byte("c=biws,r=abcdefgh,p=AAAA"))
		done <- err
	}()
	if err := tryLayer(established, viewer); err != nil {
		t.Errorf("an established session: %v", err)
	}
	if _, err := e.Try(t.Context(), right); err != nil {
		t.Errorf("a log-in beside it: %v", err)
	}
	wantCode(t, <-done, reason.SASLTimeout)
	if hanging.alive() {
		t.Error("the worker that hung is still there")
	}
}

// TestHangAndHaste has the caller give up before the mechanism does: the worker is killed
// all the same.
func TestHangAndHaste(t *testing.T) {
	t.Parallel()
	e := withAlice(t).engine(func(o *Options) { o.StepTimeout = time.Second; o.LogIns = 1 })
	x := halfway(t, e)
	hanging := x.process
	hanging.signal(t, syscall.SIGSTOP)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := x.Step(ctx, []byte("c=biws,r=abcdefgh,p=AAAA"))
	wantCode(t, err, reason.SASLTimeout)
	if _, err := e.Try(t.Context(), right); err != nil { // there is one place, and it comes free
		t.Error(err)
	}
	if hanging.alive() {
		t.Error("the worker that hung is still there")
	}
}

// TestSessionCrash ends a session whose worker dies, and closes one that is at work.
func TestSessionCrash(t *testing.T) {
	t.Parallel()
	e := withAlice(t).engine()
	x, _ := session(t, e)
	x.process.signal(t, syscall.SIGKILL)
	_, err := x.Encode([]byte("data"))
	wantCode(t, err, reason.SASLEngineCrash)

	x, _ = session(t, e)
	x.process.signal(t, syscall.SIGSTOP)
	done := make(chan error, 1)
	go func() {
		_, err := x.Decode([]byte("data"))
		done <- err
	}()
	x.Close()
	if <-done == nil {
		t.Error("decoding went on in a closed session")
	}
	if len(e.sessions) != 1 { // the first is not closed yet
		t.Errorf("%d sessions are counted", len(e.sessions))
	}
}

// TestLayer sends much data both ways at the same time.
func TestLayer(t *testing.T) {
	t.Parallel()
	x, viewer := session(t, withAlice(t).engine())
	plain := bytes.Repeat([]byte("0123456789abcdef"), 20<<10)
	var wait sync.WaitGroup
	wait.Go(func() {
		wrapped, err := x.Encode(plain)
		if err != nil {
			t.Error(err)
			return
		}
		if bytes.Contains(wrapped, plain[:16]) {
			t.Error("the layer does not encrypt")
		}
		_, back, err := viewer.call(request{Op: opDecode}, wrapped)
		if err != nil || !bytes.Equal(back, plain) {
			t.Errorf("%d bytes came back: %v", len(back), err)
		}
	})
	wait.Go(func() {
		_, wrapped, err := viewer.call(request{Op: opEncode}, plain[:1000])
		if err != nil {
			t.Error(err)
			return
		}
		var back []byte
		for i := range wrapped { // byte by byte
			piece, err := x.Decode(wrapped[i : i+1])
			if err != nil {
				t.Error(err)
				return
			}
			back = append(back, piece...)
		}
		if !bytes.Equal(back, plain[:1000]) {
			t.Errorf("%d bytes came back", len(back))
		}
	})
	wait.Wait()
	if _, err := x.Decode([]byte("\x00\x00\x00\x10this is not it!!")); err == nil {
		t.Error("forged data was taken")
	}
}

// TestOrder refuses what does not fit into an exchange.
func TestOrder(t *testing.T) {
	t.Parallel()
	e := withAlice(t).engine()
	begin := func() security.SASLExchange {
		x, err := e.NewExchange(t.Context(), inTLS)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { x.Close() })
		return x
	}
	for _, mechanism := range []string{"ANONYMOUS", "GSSAPI", "", "scram-sha-256", "PLAIN\x00", strings.Repeat("A", 10000)} {
		_, err := begin().Start(t.Context(), mechanism, nil)
		wantCode(t, err, reason.SASLMechNotOffered)
	}
	_, err := begin().Step(t.Context(), nil)
	wantCode(t, err, reason.SASLProtocol)

	x := halfway(t, e)
	_, err = x.Start(t.Context(), "PLAIN", []byte("\x00alice\x00secret"))
	wantCode(t, err, reason.SASLProtocol)
	wantCode(t, x.CheckPassword(t.Context(), "alice", "secret"), reason.SASLProtocol)
	if _, err := x.Encode([]byte("x")); err == nil {
		t.Error("data was encoded without a layer")
	}
	x.Close()
	if _, err := x.Step(t.Context(), nil); err == nil {
		t.Error("a closed exchange went on")
	}

	for name, data := range map[string][]byte{
		"absent": nil, "empty": {}, "NULs": make([]byte, 100), "1 MiB": bytes.Repeat([]byte("x"), 1<<20),
	} {
		for _, mechanism := range []string{"PLAIN", "SCRAM-SHA-256", "DIGEST-MD5"} {
			x := begin()
			step, err := x.Start(t.Context(), mechanism, data)
			for range 3 { // absent and empty data begin an exchange in some mechanisms
				if err != nil || step.Done {
					break
				}
				step, err = x.Step(t.Context(), data)
			}
			if err == nil {
				t.Errorf("%s: %s data let the viewer in", mechanism, name)
			}
			x.Close()
		}
	}
	if len(e.logIns) != 0 {
		t.Errorf("%d workers are held", len(e.logIns))
	}
}

// TestQueue logs in many users at once with few workers.
func TestQueue(t *testing.T) {
	t.Parallel()
	e := withAlice(t).engine(func(o *Options) { o.LogIns = 3 })
	var wait sync.WaitGroup
	for range 200 {
		wait.Go(func() {
			x, err := e.NewExchange(t.Context(), inTLS)
			if err != nil {
				t.Error(err)
				return
			}
			defer x.Close()
			if err := x.CheckPassword(t.Context(), "alice", "secret"); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := len(e.idle); n > 3 {
		t.Errorf("there are %d workers", n)
	}
}

// TestBusy has viewers that keep all workers waiting: they lose them to others.
func TestBusy(t *testing.T) {
	t.Parallel()
	e := withAlice(t).engine(func(o *Options) { o.LogIns = 2; o.Pause = 100 * time.Millisecond })
	slow := []*exchange{halfway(t, e), halfway(t, e)}
	for range 3 {
		if _, err := e.Try(t.Context(), right); err != nil {
			t.Fatal(err)
		}
	}
	_, err := slow[0].Step(t.Context(), []byte("c=biws,r=abcdefgh,p=AAAA"))
	wantCode(t, err, reason.SASLEngineBusy)

	patient := withAlice(t).engine(func(o *Options) { o.LogIns = 1; o.Pause = time.Hour })
	halfway(t, patient)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = patient.NewExchange(ctx, inTLS)
	wantCode(t, err, reason.SASLEngineBusy)
}

// TestLeaks fails a thousand log-ins, and looks what stays of them.
func TestLeaks(t *testing.T) {
	e := withAlice(t).engine(func(o *Options) { o.LogIns = 2 })
	guess := func(times int) {
		var wait sync.WaitGroup
		for range 2 {
			wait.Go(func() {
				for range times / 2 {
					x, err := e.NewExchange(t.Context(), inTLS)
					if err != nil {
						t.Error(err)
						return
					}
					wantCode(t, x.CheckPassword(t.Context(), "alice", "wrong"), reason.SASLPasswordWrong)
					x.Close()
				}
			})
		}
		wait.Wait()
	}
	guess(200)
	before, files := workerMemory(t, e), openFiles(t, os.Getpid())
	guess(1000)
	after := workerMemory(t, e)
	t.Logf("a worker took %d KiB after 200 log-ins, %d KiB after 1200", before, after)
	if after > before+before/5+4096 {
		t.Errorf("workers grew from %d to %d KiB", before, after)
	}
	if after := openFiles(t, os.Getpid()); after > files+4 { // other tests open some for a moment
		t.Errorf("%d descriptors are open, and %d were", after, files)
	}
	for _, p := range e.idle {
		if n := openFiles(t, p.command.Process.Pid); n > 12 {
			t.Errorf("a worker has %d descriptors", n)
		}
	}
	if len(e.idle) > 2 || len(e.logIns) != 0 {
		t.Errorf("%d workers are idle, %d held", len(e.idle), len(e.logIns))
	}
}

// workerMemory is what the largest idle worker takes, in KiB.
func workerMemory(t *testing.T, e *Engine) int {
	t.Helper()
	most := 0
	for _, p := range e.idle {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
		if err != nil {
			t.Skip("there is no /proc here")
		}
		_, rest, _ := strings.Cut(string(status), "VmRSS:")
		n, err := strconv.Atoi(strings.Fields(rest)[0])
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, n)
	}
	return most
}

func openFiles(t *testing.T, pid int) int {
	t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Skip("there is no /proc here")
	}
	return len(entries)
}

// TestOrphan has the server end without a word: its workers end too, even those that hang.
func TestOrphan(t *testing.T) {
	t.Parallel()
	x := halfway(t, withAlice(t).engine())
	p := x.process
	p.socket.Close()
	peertest.Eventually(t, "the worker ends", func() bool { return !p.alive() })
}

// TestSignals has everybody in a service signalled: sessions go on until the server ends
// them.
func TestSignals(t *testing.T) {
	t.Parallel()
	x, viewer := session(t, withAlice(t).engine())
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		x.process.signal(t, s)
		if err := tryLayer(x, viewer); err != nil {
			t.Errorf("after %v: %v", s, err)
		}
	}
}

// TestEnvironment hands nothing to workers that they do not need.
func TestEnvironment(t *testing.T) {
	t.Setenv("VNCSEC_SECRET", "1")
	t.Setenv("KRB5_CONFIG", "/nowhere")
	e := withAlice(t).engine()
	all, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", e.idle[0].command.Process.Pid))
	if err != nil {
		t.Skip("there is no /proc here")
	}
	if bytes.Contains(all, []byte("VNCSEC_SECRET")) || !bytes.Contains(all, []byte("KRB5_CONFIG=/nowhere")) {
		t.Errorf("the environment is %q", all)
	}
}

// BenchmarkLogIn is one log-in with a password, and BenchmarkLayer what a screen update
// costs in a session with a security layer.
func BenchmarkLogIn(b *testing.B) {
	e := withAlice(b).engine()
	for b.Loop() {
		x, err := e.NewExchange(b.Context(), inTLS)
		if err != nil {
			b.Fatal(err)
		}
		if err := x.CheckPassword(b.Context(), "alice", "secret"); err != nil {
			b.Fatal(err)
		}
		x.Close()
	}
}

func BenchmarkLayer(b *testing.B) {
	x, _ := session(b, withAlice(b).engine())
	update := make([]byte, 64<<10)
	b.SetBytes(int64(len(update)))
	for b.Loop() {
		if _, err := x.Encode(update); err != nil {
			b.Fatal(err)
		}
	}
}
