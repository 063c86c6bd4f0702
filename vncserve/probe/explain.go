package probe

import "vncsec/internal/explain"

// Explanation is what there is to know about a code.
type Explanation = explain.Entry[Code]

// Explanations lists every code of findings.
func Explanations() []Explanation { return append([]Explanation(nil), explanations...) }

var explanations = []Explanation{
	{
		Code:    Unreachable,
		Meaning: "There is no connection to the server's address.",
		Causes:  []string{"the server does not run, or listens elsewhere", "a firewall is between", "the host's name is not known here"},
		Cure:    []string{"look whether the server listens: ss -lnt on its host", "display N is port 5900+N; HOST::PORT names a port below 100"},
	},
	{
		Code:    NotRFB,
		Meaning: "What answers at the address does not speak the VNC protocol (RFB 3).",
		Causes:  []string{"the port belongs to another program: a web or WebSocket server, SSH"},
		Cure:    []string{"name the server's port for VNC viewers"},
	},
	{
		Code:    Silent,
		Meaning: "The server takes the connection and does not say, or not to the end, what it offers.",
		Causes:  []string{"it waits for TLS first: a WebSocket port", "it is overloaded or hangs", "it closed the connection at once, as a server does that allows only some addresses"},
		Cure:    []string{"look at the server's log", "give more time with --timeout"},
	},
	{
		Code:    ServerRefuses,
		Meaning: "The server speaks RFB and turns everybody away, or this address, before it offers anything.",
		Causes:  []string{"too many failed log-ins from this address: TigerVNC shuts it out for a while", "too many viewers"},
		Cure:    []string{"try again later; look at the server's log", "TigerVNC counts connections without a log-in as failures, those of a probe too: let it log in, or raise BlacklistThreshold"},
	},
	{
		Code:    NoAuthentication,
		Meaning: "Everybody who reaches the address may use the console.",
		Causes:  []string{"the server was started without a password or certificates", "it has TLS, and does not demand client certificates"},
		Cure:    []string{"listen on a UNIX socket or 127.0.0.1 only", "vncsec serve --x509verify DIR demands certificates, --x509 DIR --password a password inside TLS"},
	},
	{
		Code:    PasswordWithoutTLS,
		Meaning: "VNC passwords are taken without TLS: who listens can find the password out, and sees the whole session.",
		Causes:  []string{"the server has no certificate", "the server offers TLS and this beside it"},
		Cure:    []string{"serve inside TLS, and leave out the type vnc", "connect through SSH, and let the server listen on 127.0.0.1"},
	},
	{
		Code:    PlainWithoutTLS,
		Meaning: "Name and password would go over the network as they are.",
		Causes:  []string{"the VeNCrypt sub-type Plain is among the server's security types"},
		Cure:    []string{"offer X509Plain in its place (TigerVNC: -SecurityTypes X509Plain)"},
	},
	{
		Code:    SASLWithoutTLS,
		Meaning: "SASL is offered without TLS, with mechanisms that log in and leave the session readable.",
		Causes:  []string{"SCRAM and the like are in mech_list, and the server has no TLS"},
		Cure:    []string{"serve inside TLS", "mech_list: gssapi encrypts by itself"},
	},
	{
		Code:    SASLShowsPassword,
		Meaning: "SASL is offered without TLS, with a mechanism that sends the password readable.",
		Causes:  []string{"PLAIN or LOGIN is in mech_list, and the server has no TLS"},
		Cure:    []string{"serve inside TLS", "take PLAIN and LOGIN out of mech_list"},
	},
	{
		Code:    SASLWeakWithoutTLS,
		Meaning: "DIGEST-MD5 is offered without TLS: who listens can guess the password, and its encryption is broken (RFC 6331).",
		Causes:  []string{"DIGEST-MD5 is in mech_list, and the server has no TLS"},
		Cure:    []string{"serve inside TLS", "mech_list: gssapi is the one other mechanism that encrypts by itself"},
	},
	{
		Code:    SASLAnonymous,
		Meaning: "Everybody gets in by the SASL mechanism ANONYMOUS.",
		Causes:  []string{"QEMU did not find its service file, or mech_list in it: libsasl2 then offers every mechanism that is installed"},
		Cure:    []string{"vncsec sasl check on the server's host", "vncsec sasl init writes a service file"},
	},
	{
		Code:    SASLNoMechanism,
		Meaning: "The server offers SASL without any mechanism, so nobody can log in.",
		Causes:  []string{"there is no TLS, and no mechanism in mech_list encrypts (QEMU 7.2 says so by an empty list)", "the plugins of libsasl2 are not installed"},
		Cure:    []string{"serve inside TLS", "mech_list: gssapi", "vncsec sasl check on the server's host"},
	},
	{
		Code:    TLSAnonymous,
		Meaning: "TLS without certificates is offered: it keeps out who only listens, but anybody between can pretend to be the server.",
		Causes:  []string{"TigerVNC offers the TLS sub-types by default", "QEMU has tls-creds-anon"},
		Cure:    []string{"give the server a certificate (vncsec issue server) and offer X509 sub-types only"},
	},
	{
		Code:    TLSOld,
		Meaning: "The server takes versions of TLS that are withdrawn (RFC 8996: 1.0 and 1.1).",
		Causes:  []string{"an old server or library", "settings that allow old versions for old viewers"},
		Cure:    []string{"update the server", "GnuTLS programs: the priority string NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"},
	},
	{
		Code:    TLSWeakCipher,
		Meaning: "The server's TLS takes a cipher suite with known weaknesses (RC4, 3DES), or without forward secrecy: whoever gets the server's key later reads what was recorded before.",
		Causes:  []string{"an old server or library", "settings that allow nothing better"},
		Cure:    []string{"update the server, or allow suites with ECDHE and GCM in its settings"},
	},
	{
		Code:    TLSFailed,
		Meaning: "What the server offers does not work: TLS or SASL ended before it began.",
		Causes:  []string{"the server's certificate or key cannot be used", "client and server have no cipher in common", "QEMU without any SASL mechanism for this address just closes"},
		Cure:    []string{"look at the server's log", "vncsec check server on the server's host"},
	},
	{
		Code:    MethodNotJudged,
		Meaning: "The server offers a security type that vncsec only knows by name or number: whether it is safe was not found out.",
		Causes:  []string{"types of one vendor: RealVNC's and TigerVNC's RA2, Apple's, UltraVNC's, TightVNC's; many of them leave the session readable"},
		Cure:    []string{"leave the type out of the server's settings, and offer the X509 sub-types of VeNCrypt", "or find out what the type does, and let the server listen where nobody can do harm"},
	},
	{
		Code:    CertMissing,
		Meaning: "Days of the server's certificate are demanded (--min-days), and it has shown none.",
		Causes:  []string{"somebody switched TLS off, or another server runs there", "TLS did not work, which is a finding of its own"},
		Cure:    []string{"serve with a certificate (vncsec serve --x509 DIR)", "leave out --min-days for a server that is to have none"},
	},
	{
		Code:    CertExpired,
		Meaning: "A certificate of the server has expired. Viewers refuse it.",
		Causes:  []string{"it was not renewed in time", "it was renewed, and the server not told to load it"},
		Cure:    []string{"vncsec issue server makes a new one, vncsec install server puts it there", "then restart the server, or send vncsec serve SIGHUP"},
	},
	{
		Code:    CertNotYetValid,
		Meaning: "A certificate of the server is valid from a later date on. Viewers refuse it.",
		Causes:  []string{"the clock of the authority's machine or of this one is wrong"},
		Cure:    []string{"set the clocks"},
	},
	{
		Code:    CertExpiresSoon,
		Meaning: "A certificate of the server expires soon: within 30 days or a third of its life, or within --min-days.",
		Causes:  []string{"it is time to renew it"},
		Cure:    []string{"vncsec issue server makes a new one, vncsec install server puts it there"},
	},
	{
		Code:    CertSelfSigned,
		Meaning: "The server's certificate is signed with its own key: nobody vouches for it.",
		Causes:  []string{"the server made one for itself at its first start, as Xvnc does", "somebody between pretends to be the server"},
		Cure:    []string{"issue one of an authority that viewers know (vncsec issue server)", "or fetch the certificate in a safe way and name it with --ca"},
	},
	{
		Code:    CertUntrusted,
		Meaning: "The server's certificate does not lead to an authority that is trusted here.",
		Causes:  []string{"the authority was not named: --ca or --dir", "the certificate is of another authority, or was replaced by somebody between", "its usages do not fit a server"},
		Cure:    []string{"name the authority that made it", "vncsec check server on the server's host"},
	},
	{
		Code:    CertWrongName,
		Meaning: "The server's certificate is for other names than the one that was connected to. Viewers refuse it, or ask.",
		Causes:  []string{"viewers use another name, or the address", "the certificate has its name in the common name only"},
		Cure:    []string{"vncsec issue server NAME --dns NAME --ip ADDRESS", "probe with the name that viewers use, or give it with --hostname"},
	},
	{
		Code:    CertWeakSignature,
		Meaning: "A certificate of the server is signed with SHA-1 or worse: such signatures can be forged, and most viewers refuse them.",
		Causes:  []string{"the authority uses an old hash"},
		Cure:    []string{"issue a new certificate with SHA-256"},
	},
	{
		Code:    CertWeakKey,
		Meaning: "A certificate of the server has an RSA key of less than 2048 bits.",
		Causes:  []string{"it was made long ago, or with bits set too low"},
		Cure:    []string{"issue a new certificate with a new key"},
	},
	{
		Code:    MethodMissing,
		Meaning: "A security type that was required (--require) is not offered.",
		Causes:  []string{"the server's settings were changed, or another server runs there"},
		Cure:    []string{"look at the list of types, and at the server's settings"},
	},
	{
		Code:    MethodOffered,
		Meaning: "A security type that must not be offered (--refuse) is offered.",
		Causes:  []string{"the server's settings were changed, or its default list is in use"},
		Cure:    []string{"look at the list of types, and at the server's settings"},
	},
	{
		Code:    TLSTooOld,
		Meaning: "The server agrees to a version of TLS below the one that was required (--min-tls), or has no TLS with certificates.",
		Causes:  []string{"an old server or library", "settings that allow old versions for old viewers", "a warning: the time was up, or the server took no more connections, before that was known"},
		Cure:    []string{"update the server, or forbid the old versions in its settings", "give more time with --timeout"},
	},
	{
		Code:    LoginFailed,
		Meaning: "A log-in was tried and did not succeed.",
		Causes:  []string{"the password, user or client certificate is not accepted", "the server refuses more viewers"},
		Cure:    []string{"look at the server's log: vncsec serve names the reason"},
	},
	{
		Code:    LoginNotTried,
		Meaning: "A log-in was wanted, and none was tried.",
		Causes:  []string{"what the server asks for was not given", "a password would have gone to a server that does not prove who it is, or over a network without encryption"},
		Cure:    []string{"give --password-file, --user, or --cert and --key", "name the authority with --ca, or take the risk with --insecure"},
	},
	{
		Code:    PictureFailed,
		Meaning: "The log-in succeeded, and no whole picture of the desktop came.",
		Causes:  []string{"the server is overloaded or hangs", "it breaks the rules of the protocol"},
		Cure:    []string{"connect with a viewer", "try another encoding with --encodings, and more time with --timeout"},
	},
}
