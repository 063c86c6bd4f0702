package saslconf

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"syscall"
	"time"

	"vncsec/internal/lazyregexp"
	"vncsec/internal/shell"
	"vncsec/vncserve/reason"
)

// saslauthdPatience bounds the wait for a connection to saslauthd, which is on the
// same machine.
const saslauthdPatience = 2 * time.Second

// saslauthdGroup is the group that may talk to saslauthd on Debian and Fedora.
const saslauthdGroup = "sasl"

// checkSaslauthd connects to saslauthd, if it checks the passwords.
func (x *examination) checkSaslauthd(ctx context.Context) {
	if !slices.Contains(x.config.passwordChecks(), "saslauthd") || !x.needs(func(m Mechanism) bool { return m.Plaintext }) {
		return
	}
	path := x.config.Get("saslauthd_path")
	if path == "" {
		path = defaultSaslauthd
	}
	x.checkPAM()
	if err := x.account.mayConnect(path); isPermission(err) {
		x.addAbout(path, Critical, reason.SASLSaslauthdDenied, 0, fmt.Sprintf("%s may not talk to saslauthd: %v", x.account.Name, cause(err)),
			shell.Line("usermod", "-aG", saslauthdGroup, x.account.Name)+" # and start the server anew")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, saslauthdPatience)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err == nil {
		conn.Close()
		return
	}
	x.addAbout(path, Critical, reason.SASLSaslauthdDown, 0, "saslauthd does not answer: "+saslauthdFault(path, err), "systemctl enable --now saslauthd")
}

// saslauthdFault words why there is no connection.
func saslauthdFault(path string, err error) string {
	info, statErr := os.Stat(path)
	switch {
	case errors.Is(statErr, fs.ErrNotExist):
		return "there is no socket " + path
	case statErr == nil && info.IsDir():
		return path + " is a folder: saslauthd_path is the path of the socket, " + path + "/mux"
	case statErr == nil && info.Mode()&fs.ModeSocket == 0:
		return path + " is not a socket"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nobody listens on " + path
	}
	return err.Error()
}

// Where PAM looks for services, and the files in which distributors say how saslauthd
// checks passwords.
var (
	pamFiles           = []string{"/etc/pam.d/vnc", "/usr/lib/pam.d/vnc"}
	saslauthdSettings  = []string{"/etc/default/saslauthd", "/etc/sysconfig/saslauthd"}
	saslauthdMechanism = lazyregexp.New(`(?m)^MECH(?:ANISMS)?=["']?(\w+)`)
)

// checkPAM makes sure that PAM knows the service vnc, if saslauthd asks PAM. Without
// it PAM takes the service "other".
func (x *examination) checkPAM() {
	if !asksPAM(saslauthdSettings) || slices.ContainsFunc(pamFiles, isThere) {
		return
	}
	x.addAbout(pamFiles[0], Warning, reason.SASLPAMService, 0, "PAM has no service vnc, the name under which saslauthd asks it, and takes the service other, which may deny everybody or let in too many",
		pamCure())
}

// asksPAM tells whether saslauthd is set up to ask PAM, by the first file that says
// whom it asks.
func asksPAM(settings []string) bool {
	for _, path := range settings {
		data, err := readFile(path)
		if err != nil {
			continue
		}
		if match := saslauthdMechanism().FindSubmatch(data); match != nil {
			return string(match[1]) == "pam"
		}
	}
	return false
}

// pamCure makes the service vnc of what the distributor's log-in programs use.
func pamCure() string {
	if isThere("/etc/pam.d/common-auth") {
		return `printf '@include common-auth\n@include common-account\n' > ` + pamFiles[0]
	}
	return `printf 'auth include system-auth\naccount include system-auth\n' > ` + pamFiles[0]
}
