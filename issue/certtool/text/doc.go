// Package text describes certificates, requests, revocation lists and keys in
// the words of GnuTLS 3.7, those that certtool -i, --crl-info, --crq-info,
// --key-info and --pubkey-info print. Scripts read these words, so they are the
// same to the byte; the tests compare them with the real certtool's.
//
// Everything is read here and not by crypto/x509, which refuses much that GnuTLS
// describes: negative serial numbers, old curves, odd lengths, broken extensions.
// What GnuTLS refuses is refused here with its message, an [Error].
//
// The input is taken to be hostile. No value is unescaped or expanded beyond a
// small multiple of its size.
package text
