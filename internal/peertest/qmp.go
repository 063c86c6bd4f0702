package peertest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// qmp is the client side of the QEMU Machine Protocol.
type qmp struct {
	to      io.Writer
	replies chan qmpReply // closed when QEMU is gone
}

// qmpReply is a line that QEMU sends: the greeting, an answer or an event.
type qmpReply struct {
	Return json.RawMessage `json:"return"`
	Error  *struct {
		Class string `json:"class"`
		Desc  string `json:"desc"`
	} `json:"error"`
}

// openQMP talks to a QEMU that was just started and takes it into command mode.
func openQMP(from io.Reader, to io.Writer) (*qmp, error) {
	q := &qmp{to: to, replies: make(chan qmpReply, 16)}
	go q.read(from)
	_, err := q.execute("qmp_capabilities", nil)
	return q, err
}

// read hands on the answers; greeting and events, which carry neither a result
// nor an error, are of no use here.
func (q *qmp) read(from io.Reader) {
	defer close(q.replies)
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		var reply qmpReply
		if json.Unmarshal(lines.Bytes(), &reply) != nil {
			continue
		}
		if reply.Return != nil || reply.Error != nil {
			q.replies <- reply
		}
	}
}

// execute runs one command and returns its result.
func (q *qmp) execute(command string, arguments map[string]any) (json.RawMessage, error) {
	line, err := json.Marshal(struct {
		Execute   string         `json:"execute"`
		Arguments map[string]any `json:"arguments,omitempty"`
	}{command, arguments})
	if err != nil {
		return nil, err
	}
	if _, err := q.to.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("qmp %s: %w", command, err)
	}
	select {
	case reply, ok := <-q.replies:
		if !ok {
			return nil, fmt.Errorf("qmp %s: QEMU is gone", command)
		}
		if reply.Error != nil {
			return nil, fmt.Errorf("qmp %s: %s: %s", command, reply.Error.Class, reply.Error.Desc)
		}
		return reply.Return, nil
	case <-time.After(Patience):
		return nil, fmt.Errorf("qmp %s: no answer within %v", command, Patience)
	}
}
