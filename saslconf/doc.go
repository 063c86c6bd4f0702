// Package saslconf reads, writes and checks the service files of Cyrus SASL: the
// few lines, called qemu.conf, that decide who may log in to a VNC console and
// how.
//
// libsasl2 is silent about most mistakes. A file that it cannot open does not
// exist for it, a key that it does not know is no error, and without a list of
// mechanisms it offers every one that is installed, ANONYMOUS too. So this
// package reads a file as libsasl2 2.1.28 does (measured against it), knows all
// keys and mechanisms, and names every fault with a stable code and a cure.
//
// The package does not need libsasl2; its subpackages do.
package saslconf
