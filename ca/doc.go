// Package ca is the certificate authority of an organization: its keys, the
// signing of certificates from profiles, and the one definition of a good
// certificate that issuing, checking and serving share.
//
// Package tbs builds certificates in the order and with the string types of
// GnuTLS's certtool, so that what is made here is what twenty years of QEMU,
// libvirt and viewer installations expect; the rules for what may be signed are
// here. Verification follows RFC 5280
// and is stricter than QEMU where roles are concerned: see VerifyServer.
//
// The package reads and writes the files of a CA folder and nothing else; it
// never prints and never asks.
package ca
