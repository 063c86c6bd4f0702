// Package e2e holds the end-to-end tests: the vncsec program as an administrator
// runs it, between the real viewers and the real VNC server that it must work
// with. See package peertest for those.
package e2e
