package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"vncsec/saslconf"
	"vncsec/vncserve/reason"
)

// TestCuresNameTheFile: who works on another file than the default one is told what to type
// for that.
func TestCuresNameTheFile(t *testing.T) {
	about := &aboutError{errors.New("x"), "--file /srv/vnc.conf"}
	for cure, want := range map[string]string{
		"vncsec sasl user add NAME makes the file":               "vncsec sasl user add NAME --file /srv/vnc.conf makes the file",
		"vncsec sasl check names every line":                     "vncsec sasl check --file /srv/vnc.conf names every line",
		"vncsec sasl init --mech scram-sha-256 writes one":       "vncsec sasl init --mech scram-sha-256 --file /srv/vnc.conf writes one",
		"vncsec sasl check, and vncsec sasl test USER, say":      "vncsec sasl check --file /srv/vnc.conf, and vncsec sasl test USER --file /srv/vnc.conf, say",
		"vncsec sasl set mech_list=plain --file /srv/other.conf": "vncsec sasl set mech_list=plain --file /srv/other.conf",
		"--file FILE in vncsec sasl":                             "--file FILE in vncsec sasl",
		"vncsec explain sasl-db-missing tells more":              "vncsec explain sasl-db-missing tells more",
	} {
		if got := about.complete(cure); got != want {
			t.Errorf("%q becomes %q, want %q", cure, got, want)
		}
	}
	database := &aboutError{errors.New("x"), "--sasldb /srv/users"}
	for cure, want := range map[string]string{
		"vncsec sasl user add NAME": "vncsec sasl user add NAME --sasldb /srv/users",
		"vncsec sasl check":         "vncsec sasl check",
	} {
		if got := database.complete(cure); got != want {
			t.Errorf("%q becomes %q, want %q", cure, got, want)
		}
	}
}

// TestCommandsOfCures: every command line of a cure in the table of codes is found.
func TestCommandsOfCures(t *testing.T) {
	found := 0
	for _, e := range reason.All() {
		for _, cure := range e.Cure {
			found += len(saslCommandLine().FindAllString(cure, -1))
		}
	}
	if found < 15 {
		t.Errorf("there are only %d", found)
	}
}

// TestErrorText: whatever kind of error a code comes with, it stands in square brackets at
// the end, once.
func TestErrorText(t *testing.T) {
	finding := saslconf.Finding{Code: reason.SASLDBOpen, File: "f", Message: "m"}
	for want, err := range map[string]error{
		"m":                    errors.New("m"),
		"open x [sasl-realm]":  &reason.Error{Code: reason.SASLRealm, Err: errors.New("open x")},
		"file: x [sasl-realm]": &aboutError{err: fmt.Errorf("file: %w", &reason.Error{Code: reason.SASLRealm, Err: errors.New("x")})},
		"f: m [sasl-db-open]":  &saslconf.RefusedError{Findings: []saslconf.Finding{finding}},
	} {
		if got := errorText(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := errorText(&reason.Error{Code: reason.SASLUserUnknown}); !strings.HasSuffix(got, ". [sasl-user-unknown]") {
		t.Errorf("a code without words becomes %q", got)
	}
}
