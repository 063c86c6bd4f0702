package layout

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"vncsec/ca"
	"vncsec/internal/gnutls"
)

// qemu is a range of QEMU versions that load tls-creds-x509 alike.
type qemu struct {
	name string

	// encipherment: a critical key usage must include key encipherment.
	encipherment bool

	// chains: certificate files are chains, a chain ends in a self-signed
	// certificate, only those CA certificates count that are in our chain, and
	// there are indexed identities. Before, one certificate was read per
	// identity, up to 16 of the CA file, and all of these had to be CAs.
	chains bool
}

var qemuVersions = []qemu{
	{name: "QEMU 7.2.0 to 7.2.21", encipherment: true},
	{name: "QEMU 7.2.22 to 10.1"},
	{name: "QEMU 10.2 and later", chains: true},
}

// maxCACerts is how many certificates of the CA file QEMU used before 10.2.
const maxCACerts = 16

// severity of what a version refuses: the newest one decides.
func (q qemu) severity() Severity {
	if q.name == qemuVersions[len(qemuVersions)-1].name {
		return Critical
	}
	return Warning
}

// examination plays the loading of a folder by one range of QEMU versions. QEMU
// stops at the first fault; this goes on, to report them all.
type examination struct {
	qemu
	role     Role
	folder   *folder
	now      time.Time
	hostname string
	findings []Finding
}

// identity is a certificate file and its key, as far as they could be read.
type identity struct {
	pair
	path  string
	certs []*gnutls.Certificate
}

// refuse notes that this version does not load the folder.
func (e *examination) refuse(code Code, path, cure, format string, args ...any) {
	e.findings = append(e.findings, Finding{
		Severity: e.severity(), Code: code, File: path, Cure: cure,
		Message: fmt.Sprintf(format, args...), Affects: []string{e.name},
	})
}

// unknowable notes what QEMU may accept and vncsec has no means to check. It is
// critical, as nobody knows.
func (e *examination) unknowable(code Code, path, format string, args ...any) {
	e.findings = append(e.findings, Finding{
		Severity: Critical, Code: code, File: path, Cure: e.reissue(),
		Message: fmt.Sprintf(format, args...), Affects: []string{affectsServe, affectsGo},
	})
}

func (e *examination) load() {
	authorities, loaded := e.loadAuthorities()
	identities := e.loadIdentities()
	if e.role == Server {
		e.loadCRL()
		e.loadDHParams()
	}
	if !loaded {
		return
	}
	if !e.chains {
		for _, cert := range authorities {
			e.checkColumn(cert, e.path(CACertFile), true)
		}
	}
	for _, id := range identities {
		e.checkIdentity(id, authorities)
	}
}

func (e *examination) path(name string) string { return e.folder.get(name).path }

// reissue is the cure for most faults of certificates.
func (e *examination) reissue() string {
	return cureIssue(e.role, e.subjectName(), e.folder.dir)
}

// subjectName is whom a new certificate would be for.
func (e *examination) subjectName() string {
	if e.hostname != "" {
		return e.hostname
	}
	for _, p := range e.role.pairs() {
		certs, err := gnutls.Certificates(e.folder.get(p.cert).data)
		if err == nil {
			return certs[0].Holder()
		}
	}
	return ""
}

// readable notes a file that is there and cannot be read. QEMU treats only ENOENT
// as absent.
func (e *examination) readable(f *file) bool {
	switch {
	case f.present():
		return true
	case f.missing(), errors.Is(f.err, errTooLarge): // the latter is reported as ours
		return false
	case errors.Is(f.err, errNotRegular):
		e.refuse(FileType, f.path, cureAside(f.path), "%s is not a regular file", f.path)
	case f.name == nil: // said once for all files
		e.refuse(FileUnreadable, e.folder.dir, cureFolder(e.role, e.folder.dir), "the folder %s cannot be looked into: %v", e.folder.dir, f.err)
	default:
		e.refuse(FileUnreadable, f.path, cureMode(modeOfFile(filepath.Base(f.path)), f.path), "%s cannot be read: %v", f.path, f.err)
	}
	return false
}

func (e *examination) missing(f *file, why string) {
	message := fmt.Sprintf("%s is missing: %s", f.path, why)
	if f.name != nil {
		message = fmt.Sprintf("%s is a symbolic link to a file that does not exist: %s", f.path, why)
	}
	e.refuse(FileMissing, f.path, e.reissue(), "%s", message)
}

// loadAuthorities reads ca-cert.pem; the result is false where it could not.
func (e *examination) loadAuthorities() ([]*gnutls.Certificate, bool) {
	f := e.folder.get(CACertFile)
	if !e.readable(f) {
		if f.missing() {
			e.missing(f, "it holds the certificate of the authority that signed the others")
		}
		return nil, false
	}
	certs, ok := e.certificates(f)
	if ok && !e.chains && len(certs) > maxCACerts {
		certs = certs[:maxCACerts]
	}
	return certs, ok
}

// certificates reads a certificate file. QEMU hands GnuTLS the text up to the first
// NUL byte; before 10.2 GnuTLS then read the whole file once more.
func (e *examination) certificates(f *file) ([]*gnutls.Certificate, bool) {
	text, _, hasNUL := bytes.Cut(f.data, []byte{0})
	certs, err := gnutls.Certificates(text)
	if err == nil && hasNUL && !e.chains {
		_, err = gnutls.Certificates(f.data)
	}
	switch {
	case err == nil:
		return certs, true
	case errors.Is(err, gnutls.ErrNoPEM) && isDER(f.data):
		e.refuse(CertMalformed, f.path, cureDER(f.path), "%s is in DER form: PEM is needed", f.path)
	case errors.Is(err, gnutls.ErrNoPEM):
		e.refuse(CertMalformed, f.path, e.reissue(), "%s holds no certificate in PEM form", f.path)
	default:
		e.refuse(CertMalformed, f.path, e.reissue(), "%s cannot be read: %v", f.path, err)
	}
	return nil, false
}

func isDER(data []byte) bool {
	_, err := gnutls.Parse(data)
	return err == nil
}

// loadIdentities reads what 10.2 reads, or the plain names only.
func (e *examination) loadIdentities() []identity {
	var identities []identity
	pairs := e.role.pairs()
	if !e.chains {
		pairs = pairs[:1]
	}
	found := false
	for i, p := range pairs {
		cert, key := e.folder.get(p.cert), e.folder.get(p.key)
		if cert.missing() && key.missing() {
			if i == 0 {
				continue // the plain names may be missing
			}
			break
		}
		found = true
		if id, ok := e.loadIdentity(p); ok {
			identities = append(identities, id)
		}
	}
	if !found && e.role == Server {
		p := pairs[0]
		e.missing(e.folder.get(p.cert), "a server needs a certificate")
		e.missing(e.folder.get(p.key), "a server needs a private key")
	}
	return identities
}

// loadIdentity reads one pair. The result is false where no certificate was read.
func (e *examination) loadIdentity(p pair) (identity, bool) {
	cert, key := e.folder.get(p.cert), e.folder.get(p.key)
	id := identity{pair: p, path: cert.path}
	ok := e.halves(cert, key) && e.halves(key, cert)
	if e.readable(cert) {
		certs, read := e.certificates(cert)
		id.certs, ok = certs, ok && read
	}
	if !e.readable(key) || !cert.present() || !key.present() {
		return id, id.certs != nil
	}
	if ok {
		e.checkKey(id.certs[0], cert, key)
	}
	return id, id.certs != nil
}

// halves notes a file without its other half. Viewers before 10.2 ignore it.
func (e *examination) halves(there, absent *file) bool {
	if !absent.missing() || there.missing() {
		return true
	}
	if e.chains || e.role == Server {
		e.refuse(PairIncomplete, absent.path, e.reissue(), "%s is missing: %s is of no use without it", absent.path, there.path)
	}
	return false
}

// checkKey reads the private key and holds it against its certificate.
func (e *examination) checkKey(leaf *gnutls.Certificate, cert, key *file) {
	text, _, _ := bytes.Cut(key.data, []byte{0})
	private, err := ca.ParseKey(text, nil)
	switch {
	case errors.Is(err, ca.ErrPassphraseNeeded), bytes.Contains(text, []byte("\nDEK-Info:")):
		e.refuse(KeySealed, key.path, cureUnseal(key.path),
			"%s is sealed with a passphrase: QEMU needs it as a secret object in passwordid, and vncsec serve cannot load it", key.path)
		return
	case err != nil && gnutls.IsOtherKey(text):
		e.unknowable(KeyUnsupported, key.path, "%s holds a key of a kind that vncsec does not know; expected RSA, ECDSA or Ed25519", key.path)
		return
	case err != nil:
		e.refuse(KeyMalformed, key.path, e.reissue(), "%s cannot be read: %v", key.path, err)
		return
	}
	public, err := x509.ParsePKIXPublicKey(leaf.RawSPKI)
	if err != nil {
		return // checkLeaf says that the certificate's key is not supported
	}
	if err := ca.KeyFits(&x509.Certificate{PublicKey: public}, private); err != nil {
		e.refuse(KeyMismatch, key.path, e.reissue(), "%s is not the key of %s", key.path, cert.path)
	}
}

func (e *examination) loadCRL() {
	f := e.folder.get(CACRLFile)
	if !e.readable(f) {
		return
	}
	if _, err := gnutls.CRLs(f.data); err != nil {
		e.refuse(CRLMalformed, f.path, cureCRL(e.folder.dir), "%s holds no certificate revocation list in PEM form (X509 CRL): %v", f.path, err)
	}
}

func (e *examination) loadDHParams() {
	f := e.folder.get(DHParamsFile)
	if !e.readable(f) {
		return
	}
	if err := gnutls.CheckDHParams(f.data); err != nil {
		e.refuse(DHMalformed, f.path, cureAside(f.path), "%s holds no Diffie-Hellman parameters in PEM form (DH PARAMETERS): %v", f.path, err)
	}
}
