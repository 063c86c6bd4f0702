// Package layout knows where VNC servers and viewers look for their certificates
// and keys: the file names and folders of QEMU's tls-creds-x509 object. It puts
// files there (Install), tells what is wrong with them (Check) and loads them for
// vncsec's own server and client (LoadServer, LoadClient).
//
// Check foretells what QEMU will do with a folder. Its rules are those of QEMU's
// crypto/tlscredsx509.c in 7.2.0 to 7.2.21, 7.2.22 to 10.1, and 10.2, over GnuTLS
// as package internal/gnutls has it; the tests hold them against the real
// programs. What vncsec itself accepts from a peer is defined in package ca.
package layout
