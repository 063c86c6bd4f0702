// Package worker runs libsasl2 in processes of its own, so that a crash or a hang of one
// of its mechanisms ends one log-in and nothing else.
//
// An Engine keeps a bounded number of workers: this very program, run with the hidden
// command Command, with nothing inherited but a clean environment and one socket. A log-in
// that asks and answers holds a worker from its first message to its last; one that ends
// with a security layer keeps the worker to itself for as long as the session lasts.
//
// Either end treats what comes from the other as hostile: a worker that runs somebody
// else's code can fail the log-ins it is given, but not reach beyond them.
package worker
