// Package gnutls reads certificates and verifies chains as GnuTLS does, so that
// vncsec can say beforehand what QEMU, which links GnuTLS, will accept.
//
// crypto/x509 cannot answer that: it refuses certificates that GnuTLS takes
// (negative serial numbers, for example) and takes some that GnuTLS refuses.
// Nothing here decides whether a peer is trusted; that is package ca's part.
//
// The rules are those of GnuTLS 3.7 and 3.8 with no verification flags and no
// system-wide profile: gnutls_x509_crt_list_import, gnutls_x509_crt_check_issuer
// and gnutls_x509_crt_list_verify. TrustList follows the verification of certtool
// instead, with its flags and all reasons at once. The tests compare them with the
// library and with certtool.
package gnutls
