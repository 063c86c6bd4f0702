// Package tbs builds what is signed: TBSCertificate (RFC 5280 section 4.1),
// CertificationRequestInfo (RFC 2986 section 4.1) and TBSCertList (RFC 5280 section
// 5.1), byte by byte as GnuTLS 3.7 encodes them for its certtool: the order of the
// extensions, whether they are critical, and what happens where a template, an added
// extension and an honored request ask for the same one.
//
// crypto/x509 is not used to build because it chooses extensions and their order by
// itself, and refuses much that certtool makes. Package ca has the policy of vncsec's
// own authority; this package has none.
//
// What is parsed here, requests and certificates to start from, may be hostile.
package tbs
