package reason

// The codes for what is wrong with the protocol, the connection or the server itself.
const (
	ProtocolError      Code = "protocol-error"
	Timeout            Code = "timeout"
	PeerGone           Code = "peer-gone"
	ViewerTooOld       Code = "viewer-too-old"
	TypeNotOffered     Code = "type-not-offered"
	VeNCryptVersion    Code = "vencrypt-version"
	TooManyPending     Code = "too-many-pending"
	TooManyViewers     Code = "too-many-viewers"
	ServerStopping     Code = "server-stopping"
	DisplayUnavailable Code = "display-unavailable"
	InternalFailure    Code = "internal-failure"
)

// The codes of TLS and of client certificates. After "cert-" come the words that vncsec
// check uses as well.
const (
	TLSFailed            Code = "tls-failed"
	CertMissing          Code = "cert-missing"
	CertExpired          Code = "cert-expired"
	CertNotYetValid      Code = "cert-not-yet-valid"
	CertUnknownIssuer    Code = "cert-unknown-issuer"
	CertBadSignature     Code = "cert-bad-signature"
	CertNotACA           Code = "cert-not-a-ca"
	CertWrongUsage       Code = "cert-wrong-usage"
	CertWrongName        Code = "cert-wrong-name"
	CertNameInCNOnly     Code = "cert-name-in-cn-only"
	CertNameConstraint   Code = "cert-name-constraint"
	CertUnknownExtension Code = "cert-unknown-extension"
	CertInvalidChain     Code = "cert-invalid-chain"
	CertRevoked          Code = "cert-revoked"
	CertCRLExpired       Code = "cert-crl-expired"
	CertCRLNotYetValid   Code = "cert-crl-not-yet-valid"
	CertCRLBadSignature  Code = "cert-crl-bad-signature"
	CertCRLUnsupported   Code = "cert-crl-unsupported"
)

// The codes of passwords, and of lists of who may do what.
const (
	PasswordUnset    Code = "password-unset"
	PasswordWrong    Code = "password-wrong"
	TooManyGuesses   Code = "too-many-guesses"
	AuthzDenied      Code = "authz-denied"
	AuthzListInvalid Code = "authz-list-invalid"
)

// The codes of what vncsec sasl check finds besides in a SASL set-up.
const (
	SASLConfElsewhere    Code = "sasl-conf-elsewhere"
	SASLConfWritable     Code = "sasl-conf-writable"
	SASLConfSecret       Code = "sasl-conf-secret"
	SASLKeyUnknown       Code = "sasl-key-unknown"
	SASLKeyDuplicate     Code = "sasl-key-duplicate"
	SASLValueInvalid     Code = "sasl-value-invalid"
	SASLMechUnknown      Code = "sasl-mech-unknown"
	SASLMechNeedsTLS     Code = "sasl-mech-needs-tls"
	SASLMechWeak         Code = "sasl-mech-weak"
	SASLMechSPNEGO       Code = "sasl-mech-spnego"
	SASLPasswordCheck    Code = "sasl-password-check"
	SASLStoreUnavailable Code = "sasl-store-unavailable"
	SASLDBOpen           Code = "sasl-db-open"
	SASLDBPlaintext      Code = "sasl-db-plaintext"
	SASLKeytabOpen       Code = "sasl-keytab-open"
)

// The codes of SASL as it is set up: they keep a server from starting.
const (
	SASLLibraryMissing   Code = "sasl-library-missing"
	SASLConfMissing      Code = "sasl-conf-missing"
	SASLConfUnreadable   Code = "sasl-conf-unreadable"
	SASLConfInvalid      Code = "sasl-conf-invalid"
	SASLMechListEmpty    Code = "sasl-mech-list-empty"
	SASLMechUnavailable  Code = "sasl-mech-unavailable"
	SASLMechUnsafe       Code = "sasl-mech-unsafe"
	SASLDBMissing        Code = "sasl-db-missing"
	SASLDBUnreadable     Code = "sasl-db-unreadable"
	SASLDBInvalid        Code = "sasl-db-invalid"
	SASLDBEmpty          Code = "sasl-db-empty"
	SASLKeytabMissing    Code = "sasl-keytab-missing"
	SASLKeytabUnreadable Code = "sasl-keytab-unreadable"
	SASLKeytabInvalid    Code = "sasl-keytab-invalid"
	SASLKeytabPrincipal  Code = "sasl-keytab-principal"
	SASLSaslauthdDown    Code = "sasl-saslauthd-down"
	SASLSaslauthdDenied  Code = "sasl-saslauthd-denied"
	SASLPAMService       Code = "sasl-pam-service"
)

// The codes of a SASL log-in.
const (
	SASLMechNotOffered   Code = "sasl-mech-not-offered"
	SASLUserUnknown      Code = "sasl-user-unknown"
	SASLPasswordWrong    Code = "sasl-password-wrong"
	SASLCredentialsWrong Code = "sasl-credentials-wrong"
	SASLNoSecret         Code = "sasl-no-secret"
	SASLUserDisabled     Code = "sasl-user-disabled"
	SASLPasswordExpired  Code = "sasl-password-expired"
	SASLRealm            Code = "sasl-realm"
	SASLNotAuthorized    Code = "sasl-not-authorized"
	SASLSSFTooLow        Code = "sasl-ssf-too-low"
	SASLTicket           Code = "sasl-ticket"
	SASLTicketExpired    Code = "sasl-ticket-expired"
	SASLClockSkew        Code = "sasl-clock-skew"
	SASLProtocol         Code = "sasl-protocol"
	SASLTimeout          Code = "sasl-timeout"
	SASLEngineCrash      Code = "sasl-engine-crash"
	SASLEngineBusy       Code = "sasl-engine-busy"
	SASLFailed           Code = "sasl-failed"
)
