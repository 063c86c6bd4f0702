package certtool

import (
	"encoding/pem"
	"fmt"
	"io"
	"os"

	"vncsec/internal/atomicfile"
)

// The labels of PEM blocks, first as GnuTLS writes them, then as it reads them, too.
const (
	pemCertificate = "CERTIFICATE"
	pemRequest     = "NEW CERTIFICATE REQUEST"
	pemCRL         = "X509 CRL"
	pemPublicKey   = "PUBLIC KEY"
	pemPKCS12      = "PKCS12"

	pemOldCertificate = "X509 CERTIFICATE"
	pemOtherRequest   = "CERTIFICATE REQUEST"
)

// output collects what a run writes to --outfile or standard output. Nothing gets
// there before the action has succeeded, so that nothing half-written is left after
// an error.
type output struct {
	data []byte
	// secret is set once there is a private key in it: a file gets mode 0600 whatever
	// was there before.
	secret bool
	// own is set for what certtool writes without need to a file of mode 0600, if there
	// was none before.
	own bool
}

// outText tells whether descriptions go above PEM blocks.
func (t *tool) outText() bool { return !t.opts.noText && !t.opts.outder }

// writeText adds text to the output.
func (t *tool) writeText(text string) { t.out.data = append(t.out.data, text...) }

// writeDER adds a structure to the output: a PEM block with the given label, or the
// bare DER with --outder.
func (t *tool) writeDER(label string, der []byte) {
	if t.opts.outder {
		t.out.data = append(t.out.data, der...)
		return
	}
	t.writePEM(label, der)
}

// writePEM adds a PEM block to the output, also with --outder.
func (t *tool) writePEM(label string, der []byte) {
	t.out.data = append(t.out.data, pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})...)
}

// writeSecret is writeDER for a private key.
func (t *tool) writeSecret(label string, der []byte) {
	t.out.secret = true
	t.writeDER(label, der)
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
func (t *tool) flush() error {
	if t.opts.outfile.given && t.opts.outfile.value != "" {
		return atomicfile.Overwrite(t.opts.outfile.value, t.out.data, atomicfile.Overwriting{
			Secret:  t.out.secret,
			Private: t.out.own,
		})
	}
	if len(t.out.data) == 0 {
		return nil
	}
	if err := t.closeToOthers(); err != nil {
		return err
	}
	_, err := t.env.Stdout.Write(t.out.data)
	return err
}

// closeToOthers takes other users' rights from the file that standard output is, if a
// private key goes there.
func (t *tool) closeToOthers() error {
	file, ok := t.env.Stdout.(*os.File)
	if !ok || !t.out.secret {
		return nil
	}
	tightened, err := atomicfile.Tighten(file)
	if err != nil {
		return fmt.Errorf("the private key was not written: standard output %w; name a file with --outfile, or run: umask 077", err)
	}
	if tightened {
		t.logf("Note: the file on standard output was open to others; it has mode 0600 now, because it holds a private key.\n")
	}
	return nil
}
