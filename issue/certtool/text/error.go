package text

// Error is a fault in the words that GnuTLS has for it (gnutls_strerror).
type Error string

func (e Error) Error() string { return string(e) }

// The faults that reading can end with.
const (
	ErrDER               Error = "ASN1 parser: Error in DER parsing."
	ErrTag               Error = "ASN1 parser: Error in TAG."
	ErrElement           Error = "ASN1 parser: Element was not found."
	ErrValue             Error = "ASN1 parser: Value is not valid."
	ErrGeneric           Error = "ASN1 parser: Generic parsing error."
	ErrTime              Error = "The DER time encoding is invalid."
	ErrCertificate       Error = "Error in the certificate."
	ErrCertificateTime   Error = "Error in the time fields of certificate."
	ErrDuplicate         Error = "Duplicate extension in X.509 certificate."
	ErrUnknownName       Error = "Unknown Subject Alternative name in X.509 certificate."
	ErrCIDR              Error = "CIDR name constraint is malformed in size or structure."
	ErrParameter         Error = "An illegal parameter was found."
	ErrParsing           Error = "Error in parsing."
	ErrShortBuffer       Error = "The given memory buffer is too short to hold parameters."
	ErrUnavailable       Error = "The requested data were not available."
	ErrRequest           Error = "The request is invalid."
	ErrEmbeddedNUL       Error = "The provided string has an embedded null."
	ErrMPI               Error = "The scanning of a large integer has failed."
	ErrMemory            Error = "Internal error in memory allocation."
	ErrCurve             Error = "The curve is unsupported"
	ErrHash              Error = "The hash algorithm is unknown."
	ErrAlgorithm         Error = "The specified algorithm or protocol is unknown."
	ErrPublicKeyAlg      Error = "An unknown public key algorithm was encountered."
	ErrConstraint        Error = "Some constraint limits were reached."
	ErrUnimplemented     Error = "An unimplemented or disabled feature has been requested."
	ErrPublicKeyParams   Error = "The public key parameters are invalid."
	ErrInsufficient      Error = "One of the involved algorithms has insufficient security level."
	ErrInvalidPrivateKey Error = "The private key is invalid."
)
