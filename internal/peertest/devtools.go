package peertest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// Browser is a headless Chromium, driven by the DevTools protocol on a pair of pipes
// (--remote-debugging-pipe): messages of JSON that end with a NUL.
type Browser struct {
	*Process
	to io.Writer

	mu      sync.Mutex
	last    int
	waiting map[int]chan devtoolsReply
	gone    bool
}

type devtoolsReply struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// browserOptions keep Chromium from the network, the sound, the GPU and questions.
var browserOptions = []string{
	"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--no-default-browser-check",
	"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions", "--mute-audio",
	"--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
	"--force-device-scale-factor=1", "--window-size=1700,1300", "--remote-debugging-pipe",
}

// page is a page of a browser, in a window of its own.
type page struct {
	*Browser
	session string
}

// StartBrowser starts Chromium.
func StartBrowser(t testing.TB) *Browser {
	t.Helper()
	Need(t, "chromium")
	toBrowser, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read, fromBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cmd := exec.Command("chromium", append(browserOptions, "--user-data-dir="+home, "about:blank")...)
	cmd.Env = append(os.Environ(), "HOME="+home)
	cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser} // descriptors 3 and 4
	b := &Browser{Process: Start(t, cmd), to: write, waiting: map[int]chan devtoolsReply{}}
	toBrowser.Close()
	fromBrowser.Close()
	t.Cleanup(func() { write.Close(); read.Close() })
	go b.follow(read)

	return b
}

// open opens a page.
func (b *Browser) open(t testing.TB, address string) *page {
	t.Helper()
	p := &page{Browser: b}
	var target struct{ TargetID string }
	p.call(t, "Target.createTarget", map[string]any{"url": address, "newWindow": true}, &target)
	var attached struct{ SessionID string }
	p.call(t, "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	p.session = attached.SessionID
	p.call(t, "Emulation.setFocusEmulationEnabled", map[string]any{"enabled": true}, nil)
	return p
}

// follow hands on the answers until the browser is gone. Events are of no use here.
func (b *Browser) follow(from io.Reader) {
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.gone = true
		for _, waiting := range b.waiting {
			close(waiting)
		}
		b.waiting = nil
	}()
	messages := bufio.NewReaderSize(from, 1<<20)
	for {
		message, err := messages.ReadBytes(0)
		if err != nil {
			return
		}
		var reply devtoolsReply
		if json.Unmarshal(message[:len(message)-1], &reply) != nil || reply.ID == 0 {
			continue
		}
		b.mu.Lock()
		waiting := b.waiting[reply.ID]
		delete(b.waiting, reply.ID)
		b.mu.Unlock()
		if waiting != nil {
			waiting <- reply
		}
	}
}

// call runs a command and reads its result, unless that is nil. A command that fails fails
// the test.
func (p *page) call(t testing.TB, method string, params map[string]any, result any) {
	t.Helper()
	if err := p.try(p.session, method, params, result); err != nil {
		t.Fatalf("chromium: %s: %v\n%s", method, err, p.Log())
	}
}

var errBrowserGone = errors.New("the browser is gone")

// try runs a command in the session of a page; without one it is for the browser itself.
func (b *Browser) try(session, method string, params map[string]any, result any) error {
	answer := make(chan devtoolsReply, 1)
	b.mu.Lock()
	if b.gone {
		b.mu.Unlock()
		return errBrowserGone
	}
	b.last++
	message := map[string]any{"id": b.last, "method": method, "params": params}
	if session != "" {
		message["sessionId"] = session
	}
	b.waiting[b.last] = answer
	data, err := json.Marshal(message)
	if err == nil {
		_, err = b.to.Write(append(data, 0))
	}
	b.mu.Unlock()
	if err != nil {
		return err
	}
	select {
	case reply, ok := <-answer:
		switch {
		case !ok:
			return errBrowserGone
		case reply.Error != nil:
			return errors.New(reply.Error.Message)
		case result != nil:
			return json.Unmarshal(reply.Result, result)
		}
		return nil
	case <-time.After(Patience):
		return fmt.Errorf("no answer within %v", Patience)
	}
}

// evaluate runs JavaScript in the page and reads its value, of a promise what it comes to.
func (p *page) evaluate(t testing.TB, expression string, value any) {
	t.Helper()
	var outcome struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	p.call(t, "Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &outcome)
	if e := outcome.ExceptionDetails; e != nil {
		t.Fatalf("chromium: %s: %s %s\n%s", expression, e.Text, e.Exception.Description, p.Log())
	}
	if value == nil || outcome.Result.Value == nil {
		return
	}
	if err := json.Unmarshal(outcome.Result.Value, value); err != nil {
		t.Fatalf("chromium: %s: %v", expression, err)
	}
}
