// Package templates reads the template language of GnuTLS's certtool, the .info
// files that describe what a certificate is to hold, and turns a template into a
// certificate profile.
//
// The grammar is certtool's, character by character, and there are two ways to
// read it. Read and Certtool do what certtool 3.7.9 does, with its errors word for
// word and a warning for each of its traps. Parse and Profile are for vncsec's own
// commands: what certtool does silently with a doubtful template (an unknown
// option, "ca = false" that makes a CA, a comment that becomes part of a name) is
// an error there, with file, line, column and a correction, and all errors of a
// file are reported together. Both make the same profile of what both accept. Lint
// lists the errors and further advice under stable codes; Format writes a template
// in one form without changing what it means.
//
// One table, in option.go, knows every option of certtool. Each row says how
// certtool reads the option, what vncsec demands of it beyond that, and what it is
// for; reading, checking, formatting and the documentation follow it.
//
// Reference: certtool(1), section "Certtool's template file format", and the
// behaviour of certtool 3.7.9.
package templates
