// Package cyrus calls Cyrus libsasl2, the SASL library that QEMU, libvirt and gtk-vnc use:
// the server's and the client's side of log-ins, and the database of users (sasldb).
//
// The library is loaded at run time, so vncsec is built, and works, without it. Names,
// numbers and rules are those of libsasl2's headers sasl.h, saslplug.h and prop.h.
//
// libsasl2 and its mechanisms are C code that runs on other people's bytes: a server calls
// this package in a process of its own, see package worker. Nothing here may be called by
// two goroutines at once.
package cyrus
