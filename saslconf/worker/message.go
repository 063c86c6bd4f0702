package worker

import (
	"vncsec/saslconf/cyrus"
	"vncsec/vncserve/reason"
)

// operation is what a worker is asked to do.
type operation string

const (
	opSetUp      operation = "set up"     // load the plugins; data: the service file
	opMechanisms operation = "mechanisms" // list those that a connection may use
	opStart      operation = "start"      // begin a log-in; data: the client's first message
	opStep       operation = "step"       // go on with a log-in; data: the client's message
	opCheck      operation = "check"      // check a password; data: the password
	opEncode     operation = "encode"     // wrap data in the security layer
	opDecode     operation = "decode"     // unwrap data from the security layer
	opReset      operation = "reset"      // forget the log-in

	opClientStart operation = "client start" // begin as a client; data: the password
	opClientStep  operation = "client step"  // go on as a client; data: the server's message
)

// request is the header of a message to a worker.
type request struct {
	Op operation

	// File is the path of the service file, for messages. Set-up only.
	File string `json:",omitempty"`

	// Secret is what decoys are made from. Set-up only.
	Secret []byte `json:",omitempty"`

	// Conn describes the connection of a mechanisms, start, check or client start.
	Conn cyrus.ConnOptions

	// Mechanism is the one to start, or for a client those it may choose from, separated
	// by blanks.
	Mechanism string `json:",omitempty"`

	// User and Realm are for a check and a client start.
	User, Realm string `json:",omitempty"`
}

// reply is the header of a worker's answer.
type reply struct {
	// Failure is set if the request could not be fulfilled; nothing else is then.
	Failure *failure `json:",omitempty"`

	// Host is this host's name, Version libsasl2's. Set-up only.
	Host, Version string `json:",omitempty"`

	Mechanisms []string `json:",omitempty"`

	// Mechanism is the one that a client chose.
	Mechanism string `json:",omitempty"`

	// Done tells that the log-in is complete; User and SSF stand only then.
	Done bool   `json:",omitempty"`
	User string `json:",omitempty"`
	SSF  int    `json:",omitempty"`
}

// failure says why a request could not be fulfilled.
type failure struct {
	Code reason.Code
	Text string
	// User is who wanted to log in, as far as is known.
	User string `json:",omitempty"`
}
