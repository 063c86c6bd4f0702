package text

// Request is what GnuTLS reads of a certificate request (PKCS #10, RFC 2986).
type Request struct {
	der        []byte
	version    []byte
	subject    name
	spki       spki
	attributes []requestAttribute
	algorithm  algorithm
}

// requestAttribute has a set of values, of which only the first counts.
type requestAttribute struct {
	oid    string
	values []element
}

const (
	oidChallenge        = "1.2.840.113549.1.9.7"
	oidExtensionRequest = "1.2.840.113549.1.9.14"
)

// ParseRequest reads a request as gnutls_x509_crq_import does.
func ParseRequest(der []byte) (*Request, error) {
	d := decode(der)
	r := &Request{der: der}
	outer := d.sequence()
	info := outer.sequence()
	r.version = info.read(tagInteger).content
	r.subject = info.name()
	r.spki = info.spki()
	set := info.open(contextOf(0))
	for set.more() {
		r.attributes = append(r.attributes, set.requestAttribute())
	}
	set.close()
	info.close()
	r.algorithm = outer.algorithm()
	outer.read(tagBitString)
	outer.close()
	if err := d.finish(); err != nil {
		return nil, err
	}
	return r, nil
}

func (d decoder) requestAttribute() requestAttribute {
	seq := d.sequence()
	a := requestAttribute{oid: seq.oid()}
	values := seq.open(tagSet)
	for values.more() {
		a.values = append(a.values, values.any())
	}
	values.close()
	seq.close()
	return a
}

// DER is the encoding that the request was read from.
func (r *Request) DER() []byte { return r.der }

// PublicKey is the requested key, with the usages that are asked for.
func (r *Request) PublicKey() (*PublicKey, error) {
	extensions, _ := r.requested()
	return certified(r.spki, extensions)
}

// first is the first value of the first attribute of a type.
func (r *Request) first(oid string) (element, error) {
	for _, a := range r.attributes {
		if a.oid == oid && len(a.values) > 0 {
			return a.values[0], nil
		}
		if a.oid == oid {
			break
		}
	}
	return element{}, ErrUnavailable
}

// requested reads the requested extensions (RFC 2985 section 5.4.2).
func (r *Request) requested() ([]extension, error) {
	value, err := r.first(oidExtensionRequest)
	if err != nil {
		return nil, err
	}
	d := decode(value.raw)
	list := d.extensions()
	if err := d.finish(); err != nil {
		return nil, err
	}
	return list, nil
}

// Text describes the request (certtool --crq-info), but for the line on its own
// signature.
func (r *Request) Text(options Options) []byte {
	w := writer{options: options}
	w.f("PKCS #10 Certificate Request Information:\n")
	switch {
	case len(r.version) > 8:
		w.f("error: get_version: %s\n", ErrShortBuffer)
	case len(r.version) > 0:
		w.f("\tVersion: %d\n", int(r.version[0])+1)
	}
	w.name("Subject", "dn", r.subject)
	w.requestedKey(r.spki)
	w.signatureAlgorithm(r.algorithm, true)
	w.attributes(r)
	w.f("Other Information:\n")
	if key, err := r.spki.publicKey(); err == nil {
		w.keyIDs("\t", key)
	} else if err != ErrUnimplemented {
		w.f("error: get_key_id(sha1): %s\n", err)
	}
	return w.result()
}

// requestedKey is certifiedKey for requests, which says nothing of faults.
func (w *writer) requestedKey(s spki) {
	parameters, err := s.parameters()
	if err != nil {
		return
	}
	key, err := s.publicKey()
	if err != nil {
		w.f("\tSubject Public Key Algorithm: %s\n", s.name())
		return
	}
	w.publicKey("Subject ", key, parameters)
}

// maxRepeats bounds how often the same is shown. GnuTLS shows the first attribute of
// these types once for each of them.
const maxRepeats = 16

func (w *writer) attributes(r *Request) {
	if len(r.attributes) > 0 {
		w.f("\tAttributes:\n")
	}
	seen := map[string]int{}
	for _, a := range r.attributes {
		again := seen[a.oid] > 0
		seen[a.oid]++
		if shown := seen[a.oid] <= maxRepeats; !shown && (a.oid == oidExtensionRequest || a.oid == oidChallenge) {
			continue
		}
		switch a.oid {
		case oidExtensionRequest:
			if again {
				w.f("warning: more than one extensionsRequest\n")
			}
			list, err := r.requested()
			if err != nil && err != ErrUnavailable {
				w.f("error: get_extension_info: %s\n", err)
			}
			w.extensions("\t", list)
		case oidChallenge:
			if again {
				w.f("warning: more than one Challenge password attribute\n")
			}
			w.challenge(r)
		default:
			w.unknownAttribute(a)
		}
	}
}

// challenge shows the password in the escapes of distinguished names.
func (w *writer) challenge(r *Request) {
	value, err := r.first(oidChallenge)
	text := ""
	if err == nil {
		text, err = attribute{oidChallenge, value}.String()
	}
	if err != nil {
		w.f("error: get_challenge_password: %s\n", err)
		return
	}
	w.f("\t\tChallenge password: %s\n", text)
}

func (w *writer) unknownAttribute(a requestAttribute) {
	w.f("\t\tUnknown attribute %s:\n", a.oid)
	if len(a.values) == 0 {
		w.f("error: get_attribute_data: %s\n", ErrUnavailable)
		return
	}
	w.unknown("\t\t\t", a.values[0].raw)
}
