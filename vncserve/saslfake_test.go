package vncserve

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"vncsec/vncserve/reason"
	"vncsec/vncserve/security"
)

// fakeEngine stands for libsasl2. It has one user, alice with the password secret, and
// two mechanisms:
//
//	PLAIN     the message of RFC 4616 at the start, or an empty question and then it
//	LAYERED   the same, and a security layer of the strength that is set, or none
//
// and ANONYMOUS, with which a careless engine would let everybody in. Other first
// messages make it fail in their own ways.
type fakeEngine struct {
	ssf  int
	as   string       // whom libsasl2 takes alice for; empty: alice
	open atomic.Int64 // exchanges that were not closed
}

func (e *fakeEngine) NewExchange(_ context.Context, p security.SASLParams) (security.SASLExchange, error) {
	e.open.Add(1)
	return &fakeExchange{engine: e, params: p}, nil
}

type fakeExchange struct {
	engine *fakeEngine
	params security.SASLParams
	layer  bool
	user   string
	rest   []byte // the begin of a packet
	closed bool
}

func (x *fakeExchange) Mechanisms() []string { return []string{"PLAIN", "LAYERED", "ANONYMOUS"} }

func (x *fakeExchange) Start(ctx context.Context, mechanism string, data []byte) (security.SASLStep, error) {
	x.layer = mechanism == "LAYERED"
	switch {
	case data == nil:
		return security.SASLStep{}, nil
	case len(data) == 0:
		return security.SASLStep{Data: []byte{}}, nil
	case string(data) == "hang":
		<-ctx.Done()
		return security.SASLStep{}, ctx.Err()
	case string(data) == "fail":
		return security.SASLStep{}, errors.New("no words for it")
	}
	return x.Step(ctx, data)
}

func (x *fakeExchange) Step(ctx context.Context, data []byte) (security.SASLStep, error) {
	fields := bytes.Split(data, []byte{0})
	if len(fields) != 3 {
		return security.SASLStep{}, &reason.Error{Code: reason.SASLProtocol}
	}
	if err := x.CheckPassword(ctx, string(fields[1]), string(fields[2])); err != nil {
		return security.SASLStep{}, err
	}
	return security.SASLStep{Data: []byte("proof"), Done: true}, nil
}

func (x *fakeExchange) CheckPassword(_ context.Context, user, password string) error {
	x.user = user
	switch {
	case user != "alice":
		return &reason.Error{Code: reason.SASLUserUnknown}
	case password != "secret":
		return &reason.Error{Code: reason.SASLPasswordWrong}
	}
	x.user = cmp.Or(x.engine.as, user)
	return nil
}

func (x *fakeExchange) User() string { return x.user }

func (x *fakeExchange) SSF() int {
	if x.layer && x.params.MaxSSF > 0 {
		return x.engine.ssf
	}
	return 0
}

// The layer puts a byte before each packet of at most 100 bytes and flips their bits.
func (x *fakeExchange) Encode(data []byte) ([]byte, error) {
	var out []byte
	for packet := range slices.Chunk(data, 100) {
		out = append(out, byte(len(packet)))
		out = append(out, flip(packet)...)
	}
	return out, nil
}

func (x *fakeExchange) Decode(data []byte) ([]byte, error) {
	x.rest = append(x.rest, data...)
	var out []byte
	for len(x.rest) > 0 && len(x.rest) > int(x.rest[0]) {
		n := int(x.rest[0])
		if n == 0 {
			return nil, errors.New("an empty packet")
		}
		out = append(out, flip(x.rest[1:1+n])...)
		x.rest = x.rest[1+n:]
	}
	return out, nil
}

func (x *fakeExchange) Close() error {
	if !x.closed {
		x.closed = true
		x.engine.open.Add(-1)
	}
	return nil
}

func flip(b []byte) []byte {
	out := make([]byte, len(b))
	for i := range b {
		out[i] = ^b[i]
	}
	return out
}
