package certtool

import "io"

// The labels of PEM blocks as GnuTLS writes them.
const (
	pemCertificate = "CERTIFICATE"
	pemRequest     = "NEW CERTIFICATE REQUEST"
	pemCRL         = "X509 CRL"
	pemPublicKey   = "PUBLIC KEY"
)

// output collects what a run writes to --outfile or standard output. Nothing gets
// there before the action has succeeded, so that nothing half-written is left after
// an error.
type output struct {
	data []byte
	// secret is set once it holds a private key: the file gets mode 0600 whatever
	// was there before.
	secret bool
}

// writeText adds text to the output.
func (t *tool) writeText(text string) { t.out.data = append(t.out.data, text...) }

// writeDER adds a structure to the output: PEM with the given label, or the bare
// DER with --outder.
func (t *tool) writeDER(label string, der []byte) {}

// writePrivate is writeText for what holds a private key.
func (t *tool) writePrivate(data []byte) {
	t.out.data = append(t.out.data, data...)
	t.out.secret = true
}

// info is where actions print what they made for people to look at: standard error,
// or standard output with --stdout-info.
func (t *tool) info() io.Writer {
	if t.opts.stdoutInfo {
		return t.env.Stdout
	}
	return t.env.Stderr
}

// flush writes the output where it belongs.
func (t *tool) flush() error { return nil }
