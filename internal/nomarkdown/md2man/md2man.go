// Package md2man takes the place of go-md2man, which urfave/cli links for one method
// that vncsec never calls, App.ToMan. With the Markdown parser behind it, it would compile
// some fifty regular expressions at every start of the program, and be two modules more
// to trust with the keys of authorities. See the replace directive in go.mod.
package md2man

// Render returns the Markdown text as it is.
func Render(markdown []byte) []byte { return markdown }
