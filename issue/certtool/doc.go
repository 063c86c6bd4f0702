// Package certtool is GnuTLS's certtool as a drop-in: its command lines, inputs,
// outputs, messages and exit codes, as certtool 3.7.9 has them. Where certtool is
// dangerous without need (private keys in files that others can read, half-written
// files, loops at the end of input) it is safer; testdata/certtool/differences.md
// of this module lists each such difference.
//
// Run is the whole program. An action (--generate-certificate, --key-info ...) is a
// method of tool in a file of its own; actions.go says which options start which.
package certtool
