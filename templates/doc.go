// Package templates reads the template language of GnuTLS's certtool, the .info
// files that describe what a certificate is to hold, and turns a template into a
// certificate profile.
//
// The grammar is certtool's, character by character. What certtool does silently
// with a doubtful template (an unknown option, "ca = false" that makes a CA, a
// comment that becomes part of a name) is an error here, with file, line, column
// and a correction, and all errors of a file are reported together.
//
// One table, in option.go, knows every option of certtool: it drives reading,
// checking and explaining them. An option that is in the table but is not built
// yet is an error as well; nothing that a template asks for is left out unsaid.
//
// Reference: certtool(1), section "Certtool's template file format", and the
// behaviour of certtool 3.7.9.
package templates
