package gnutls

// Status says what is wrong with a chain; zero: nothing. The flags are those of
// gnutls_certificate_status_t.
type Status uint

// What can be wrong. Everything but Invalid says why.
const (
	Invalid Status = 1 << iota
	Revoked
	RevocationOld    // the CRL's next update is past
	RevocationFuture // the CRL is not issued yet
	IssuerUnknown
	IssuerNotCA
	Insecure // an algorithm, or a key, is too weak
	ConstraintsViolated
	WrongPurpose
	NotActivated
	Expired
	BadSignature
	WrongOwner
	UnknownCritical
)
