package probe

// Code names the kind of a finding. Codes are stable: monitoring may rely on them.
type Code string

// The codes of a server that could not be looked at.
const (
	Unreachable   Code = "unreachable"
	NotRFB        Code = "not-rfb"
	Silent        Code = "server-silent"
	ServerRefuses Code = "server-refuses"
)

// The codes of what anybody on the way, or everybody, can do.
const (
	NoAuthentication   Code = "no-authentication"
	PasswordWithoutTLS Code = "password-without-tls"
	PlainWithoutTLS    Code = "plain-without-tls"
	SASLWithoutTLS     Code = "sasl-without-tls"
	SASLShowsPassword  Code = "sasl-shows-password"
	SASLWeakWithoutTLS Code = "sasl-weak-without-tls"
	SASLAnonymous      Code = "sasl-anonymous"
	SASLNoMechanism    Code = "sasl-no-mechanism"
	TLSAnonymous       Code = "tls-anonymous"
	TLSOld             Code = "tls-old"
	TLSWeakCipher      Code = "tls-weak-cipher"
	TLSFailed          Code = "tls-failed"
	MethodNotJudged    Code = "method-not-judged"
)

// The codes of the server's certificates.
const (
	CertMissing       Code = "cert-missing"
	CertExpired       Code = "cert-expired"
	CertNotYetValid   Code = "cert-not-yet-valid"
	CertExpiresSoon   Code = "cert-expires-soon"
	CertSelfSigned    Code = "cert-self-signed"
	CertUntrusted     Code = "cert-untrusted"
	CertWrongName     Code = "cert-wrong-name"
	CertWeakSignature Code = "cert-weak-signature"
	CertWeakKey       Code = "cert-weak-key"
)

// The codes of what was asked for and is not so.
const (
	MethodMissing Code = "method-missing"
	MethodOffered Code = "method-offered"
	TLSTooOld     Code = "tls-below-minimum"
	LoginFailed   Code = "login-failed"
	LoginNotTried Code = "login-not-tried"
	PictureFailed Code = "picture-failed"
)
