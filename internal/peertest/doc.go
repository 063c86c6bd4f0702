// Package peertest runs the programs that vncsec must work with (viewers, VNC
// servers, certificate tools) for the tests of all packages: TigerVNC, gtk-vnc,
// libvncclient and noVNC as viewers, QEMU and Xvnc as the reference VNC servers,
// Xvfb as the screen that viewers draw on.
//
// Every helper takes the test it works for, stops what it started when that
// test ends, and fails the test with the program's own output when the program
// does not do what was asked. Nothing is written outside the test's temporary
// folders: a viewer that looks for its certificates in fixed places is given a
// view of the file system, or an account, of its own.
package peertest
