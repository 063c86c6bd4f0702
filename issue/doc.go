// Package issue does the jobs around certificates for VNC servers and viewers:
// it makes a key, has it certified by the authority, verifies the result as a peer
// will, and puts key, certificate and CA certificate into a folder under the names
// that QEMU reads.
//
// A template and a request are put together in the template language itself, so
// that a host name from the command line is held to the same rules, with the same
// messages, as one from a file.
package issue
