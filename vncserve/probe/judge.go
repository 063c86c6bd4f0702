package probe

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/security"
)

// judge finds what is weak, and what is not as expected.
func (i *inspection) judge() {
	i.judgeMethods()
	for _, offer := range i.report.SASL {
		i.judgeSASL(offer)
	}
	if i.report.TLS != nil {
		i.judgeTLS(i.report.TLS)
		i.judgeChain(i.report.TLS)
	}
	i.judgeExpectations()
	i.judgeLogin()
}

// offersType looks for a type among the sub-types as well, where TigerVNC has those
// without TLS.
func (i *inspection) offersType(t rfb.SecurityType) bool {
	return slices.Contains(i.types, t) || i.offersSub(rfb.SubType(t))
}

func (i *inspection) offersSub(t rfb.SubType) bool { return slices.Contains(i.subTypes, t) }

// judgeMethods looks at the list of types. What only this machine's processes can reach
// needs no encryption.
func (i *inspection) judgeMethods() {
	r := i.report
	if !r.Local {
		if i.offersType(rfb.SecurityNone) {
			r.add(Critical, NoAuthentication, "let the server listen on a UNIX socket or loopback address, or demand certificates or passwords",
				"everybody who reaches the address gets in, without authentication or encryption (none)")
		}
		if i.offersType(rfb.SecurityVNC) {
			r.add(Critical, PasswordWithoutTLS, "serve the password inside TLS (vncsec serve --x509 DIR --password)",
				"a VNC password is offered without TLS: who listens can guess it offline and sees the session (vnc)")
		}
		if i.offersSub(rfb.SubTypePlain) {
			r.add(Critical, PlainWithoutTLS, "offer x509-plain in its place",
				"name and password go over the network as they are (plain)")
		}
	}
	if unknown := i.notJudged(); len(unknown) > 0 && !r.Local {
		r.add(Warning, MethodNotJudged, "leave them out of the server's settings, and offer the x509 sub-types",
			fmt.Sprintf("security types are offered of which is not known here whether they are safe: %s", strings.Join(unknown, ", ")))
	}
	if anonymous := i.anonymous(); len(anonymous) > 0 {
		r.add(Warning, TLSAnonymous, "give the server a certificate, and offer the x509 sub-types only",
			fmt.Sprintf("TLS without certificates is offered, in which the server does not prove who it is: %s", strings.Join(anonymous, ", ")))
	}
	open := i.offersSub(rfb.SubTypeTLSNone) || i.offersSub(rfb.SubTypeX509None) && (r.TLS == nil || r.TLS.ClientCertificate != Demanded)
	if open && !r.Local {
		r.add(Warning, NoAuthentication, "demand client certificates (vncsec serve --x509verify DIR), or passwords",
			"everybody who reaches the address gets in: TLS encrypts, and no client certificate is demanded")
	}
}

// anonymous names the offered methods whose TLS has no certificates.
func (i *inspection) anonymous() []string {
	var names []string
	if i.offersType(rfb.SecurityTLS) {
		names = append(names, rfb.SecurityTLS.String())
	}
	for _, sub := range i.subTypes {
		if sub.Anonymous() {
			names = append(names, sub.String())
		}
	}
	return names
}

// The methods about which there is something to say, but for the sub-types inside TLS.
var (
	judgedTypes    = []rfb.SecurityType{rfb.SecurityNone, rfb.SecurityVNC, rfb.SecurityTLS, rfb.SecurityVeNCrypt, rfb.SecuritySASL}
	judgedSubTypes = []rfb.SubType{rfb.SubType(rfb.SecurityNone), rfb.SubType(rfb.SecurityVNC), rfb.SubType(rfb.SecurityTLS), rfb.SubTypePlain}
)

// notJudged names the other offered methods.
func (i *inspection) notJudged() []string {
	var names []string
	for _, t := range i.types {
		if !slices.Contains(judgedTypes, t) {
			names = append(names, t.String())
		}
	}
	for _, sub := range i.subTypes {
		if !sub.X509() && !sub.Anonymous() && !slices.Contains(judgedSubTypes, sub) {
			names = append(names, sub.String())
		}
	}
	return names
}

// Mechanisms that encrypt the session by themselves, and those that show the password.
var (
	encrypting = []string{"GSSAPI", "GSS-SPNEGO", "DIGEST-MD5", "SRP"}
	showing    = []string{"PLAIN", "LOGIN"}
)

func (i *inspection) judgeSASL(offer SASLOffer) {
	r := i.report
	has := func(names ...string) bool {
		return slices.ContainsFunc(offer.Mechanisms, func(m string) bool { return slices.Contains(names, strings.ToUpper(m)) })
	}
	if has("ANONYMOUS") {
		r.add(Critical, SASLAnonymous, "name the mechanisms in mech_list of the server's SASL service file",
			fmt.Sprintf("everybody gets in by the SASL mechanism ANONYMOUS (%s)", offer.Method))
	}
	if len(offer.Mechanisms) == 0 {
		r.add(Warning, SASLNoMechanism, "serve inside TLS, or let mech_list name a mechanism that encrypts (gssapi)",
			fmt.Sprintf("SASL is offered without any mechanism: nobody can log in with it (%s)", offer.Method))
	}
	if r.Local || offer.Method != rfb.SecuritySASL.String() {
		return
	}
	if has("DIGEST-MD5") {
		r.add(Warning, SASLWeakWithoutTLS, "serve inside TLS (vncsec serve --x509 DIR --sasl), or leave DIGEST-MD5 out of mech_list",
			"without TLS DIGEST-MD5 is offered: who listens can guess the password, and its encryption is broken")
	}
	if has(showing...) {
		r.add(Critical, SASLShowsPassword, "serve inside TLS (vncsec serve --x509 DIR --sasl)",
			"without TLS a SASL mechanism is offered that shows the password to who listens: "+strings.Join(offer.Mechanisms, ", "))
		return
	}
	weak := slices.DeleteFunc(slices.Clone(offer.Mechanisms), func(m string) bool { return slices.Contains(encrypting, strings.ToUpper(m)) })
	if len(weak) > 0 {
		r.add(Critical, SASLWithoutTLS, "serve inside TLS (vncsec serve --x509 DIR --sasl), or leave only mechanisms that encrypt (gssapi)",
			"without TLS SASL mechanisms are offered that do not encrypt the session: "+strings.Join(weak, ", "))
	}
}

func (i *inspection) judgeTLS(f *TLSFacts) {
	r := i.report
	switch {
	case f.version < tls.VersionTLS12:
		r.add(Critical, TLSOld, "update the server", fmt.Sprintf("the server speaks nothing newer than %s", f.Version))
	case isVersion(f.Old):
		r.add(Warning, TLSOld, "forbid versions below 1.2 in the server's settings", fmt.Sprintf("the server also accepts %s", f.Old))
	}
	if f.weakSuite() {
		r.add(Warning, TLSWeakCipher, "allow the cipher suites with ECDHE and GCM in the server's settings, or update it", fmt.Sprintf("of all cipher suites that were offered the server takes a weak one, %s", f.Cipher))
	}
	if !f.Trusted {
		i.judgeTrust(f)
	}
	if f.Name != "" && !f.NameFits {
		names := strings.Join(f.Chain[0].Names, ", ")
		if names == "" {
			names = "no name at all (a common name alone is not taken for one)"
		}
		r.add(Critical, CertWrongName, "issue a certificate for the name that viewers use, or name the right one with --hostname",
			fmt.Sprintf("the certificate is not for %s but for %s", f.Name, names))
	}
}

// isVersion tells a version from the words that stand for none.
func isVersion(old string) bool { return old != OldRefused && old != OldUnknown }

// judgeTrust tells a chain that leads nowhere. Without a named authority that is only to
// be expected of a VNC server.
func (i *inspection) judgeTrust(f *TLSFacts) {
	severity, cure := Critical, "does the server use a certificate of this authority?"
	if i.target.Trust.system() {
		severity, cure = Warning, "name the authority with --ca FILE or --dir DIR"
	}
	if selfSigned(f.chain[0]) {
		i.report.add(severity, CertSelfSigned, "issue a certificate of an authority that viewers know, or trust this one with --ca",
			"the server's certificate is signed by itself, and not among the trusted ones")
		return
	}
	if now := i.now; now.After(f.chain[0].NotAfter) || now.Before(f.chain[0].NotBefore) {
		return // there is a finding about that
	}
	i.report.add(severity, CertUntrusted, cure, fmt.Sprintf("the server's certificate does not verify against %s: %s", f.Trust, f.Untrusted))
}

func (i *inspection) judgeChain(f *TLSFacts) {
	for n, cert := range f.chain[:len(f.Chain)] {
		facts := f.Chain[n]
		about := func(s Severity, code Code, format string, args ...any) {
			i.report.add(s, code, "issue a new certificate", fmt.Sprintf("the certificate of %s ", facts.Subject)+fmt.Sprintf(format, args...))
		}
		until := cert.NotAfter.UTC().Format("2006-01-02")
		switch {
		case i.now.After(cert.NotAfter):
			about(Critical, CertExpired, "expired on %s", until)
		case i.now.Before(cert.NotBefore):
			about(Critical, CertNotYetValid, "is valid only from %s on", cert.NotBefore.UTC().Format("2006-01-02"))
		case facts.DaysLeft < i.target.Expect.MinDays:
			about(Critical, CertExpiresSoon, "expires on %s, in %d days; at least %d are wanted", until, facts.DaysLeft, i.target.Expect.MinDays)
		case expiresSoon(cert, i.now):
			about(Warning, CertExpiresSoon, "expires on %s, in %d days", until, facts.DaysLeft)
		}
		if weakSignature(cert) && !selfSigned(cert) {
			about(Critical, CertWeakSignature, "has a signature that can be forged (%s)", facts.Signature)
		}
		if weakKey(cert) {
			about(Warning, CertWeakKey, "has a key that is too short (%s)", facts.Key)
		}
	}
}

func (i *inspection) judgeExpectations() {
	r, expect := i.report, i.target.Expect
	for _, m := range expect.Require {
		if !i.offers(m) {
			r.add(Critical, MethodMissing, "change the server's settings", fmt.Sprintf("%s is not offered, and required", m))
		}
	}
	for _, m := range expect.Refuse {
		if i.offers(m) {
			r.add(Critical, MethodOffered, "change the server's settings", fmt.Sprintf("%s is offered, and must not be", m))
		}
	}
	if expect.MinDays > 0 && r.TLS == nil {
		r.add(Critical, CertMissing, "serve with a certificate (vncsec serve --x509 DIR)",
			fmt.Sprintf("the server shows no certificate, and one for at least %d days is wanted", expect.MinDays))
	}
	if expect.MinTLS == 0 {
		return
	}
	name := tls.VersionName(expect.MinTLS)
	switch {
	case r.TLS == nil:
		r.add(Critical, TLSTooOld, "give the server a certificate", fmt.Sprintf("there is no TLS with certificates, and at least %s is required", name))
	case r.TLS.version < expect.MinTLS:
		r.add(Critical, TLSTooOld, "update the server", fmt.Sprintf("the server speaks nothing newer than %s, and at least %s is required", r.TLS.Version, name))
	case r.TLS.belowMinimum == OldUnknown:
		r.add(Warning, TLSTooOld, "give more time with --timeout", fmt.Sprintf("whether the server also accepts versions below %s did not come out", name))
	case isVersion(r.TLS.belowMinimum):
		r.add(Critical, TLSTooOld, "forbid older versions in the server's settings", fmt.Sprintf("the server also accepts %s, and at least %s is required", r.TLS.belowMinimum, name))
	}
}

// offers tells whether a method is in the server's lists.
func (i *inspection) offers(m security.Method) bool {
	if m.SubType != 0 {
		return i.offersSub(m.SubType)
	}
	return i.offersType(m.Type)
}

func (i *inspection) judgeLogin() {
	l := i.report.Login
	switch {
	case l.OK:
	case l.Method != "":
		i.report.add(Critical, LoginFailed, "look at the server's log", fmt.Sprintf("the log-in by %s failed: %s", l.Method, l.Why))
	case i.target.Expect.Login || i.target.Login.given():
		i.report.add(Critical, LoginNotTried, "give what the server asks for", "no log-in was tried: "+l.Why)
	}
}
