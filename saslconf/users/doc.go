// Package users keeps the people who may log in by name: it reads and changes a sasldb,
// the database of libsasl2 that QEMU and vncsec serve look into, by way of libsasl2 itself.
//
// By default no password is stored that anybody could read, but the salted keys of one
// SCRAM mechanism (RFC 5802 section 3), which is all that libsasl2 needs for it.
package users
