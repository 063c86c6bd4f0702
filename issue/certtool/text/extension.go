package text

import (
	"slices"
)

// extension is one X.509 extension, its value still encoded.
type extension struct {
	oid      string
	critical bool
	value    []byte
}

const (
	oidSubjectKeyID     = "2.5.29.14"
	oidKeyUsage         = "2.5.29.15"
	oidSubjectAltName   = "2.5.29.17"
	oidIssuerAltName    = "2.5.29.18"
	oidBasicConstraints = "2.5.29.19"
	oidCRLNumber        = "2.5.29.20"
	oidNameConstraints  = "2.5.29.30"
	oidAuthorityKeyID   = "2.5.29.35"
	oidKeyPurpose       = "2.5.29.37"
	oidProxy            = "1.3.6.1.5.5.7.1.14"
	oidTLSFeatures      = "1.3.6.1.5.5.7.1.24"
)

// extensions reads Extensions.
func (d decoder) extensions() []extension {
	list := d.open(tagSequence)
	all := []extension{}
	for list.more() {
		seq := list.sequence()
		ext := extension{oid: seq.oid(), critical: seq.optionalBoolean()}
		ext.value = seq.read(tagOctetString).content
		seq.close()
		all = append(all, ext)
	}
	list.close()
	return all
}

// explicitExtensions reads Extensions behind a context tag of their own.
func (d decoder) explicitExtensions(n uint32) []extension {
	if !d.explicit(n, tagSequence) {
		return nil
	}
	return d.extensions()
}

func find(list []extension, oid string) *extension {
	i := slices.IndexFunc(list, func(e extension) bool { return e.oid == oid })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// printers hold what is known of each extension: its title, how the value is
// written, and the word for it in the warning about a second one.
var printers = map[string]struct {
	title string
	print func(w *writer, indent string, value []byte) error
	fault string // what stands in front of an error
	twice string
}{
	oidBasicConstraints:       {"Basic Constraints", (*writer).basicConstraints, "get_basic_constraints", "basic constraint"},
	oidSubjectKeyID:           {"Subject Key Identifier", (*writer).subjectKeyID, "get_subject_key_id", "SKI extension"},
	oidAuthorityKeyID:         {"Authority Key Identifier", (*writer).authorityKeyID, "gnutls_x509_ext_import_authority_key_id", "AKI extension"},
	oidKeyUsage:               {"Key Usage", (*writer).keyUsageExtension, "get_key_usage", "key usage extension"},
	"2.5.29.16":               {"Private Key Usage Period", (*writer).usagePeriod, "get_private_key_usage_period", "private key usage period extension"},
	oidKeyPurpose:             {"Key Purpose", (*writer).keyPurpose, "gnutls_x509_ext_import_key_purposes", "key purpose extension"},
	oidSubjectAltName:         {"Subject Alternative Name", (*writer).alternativeNames, "gnutls_x509_ext_import_subject_alt_names", "SKI extension"},
	oidIssuerAltName:          {"Issuer Alternative Name", (*writer).alternativeNames, "gnutls_x509_ext_import_subject_alt_names", "Issuer AltName extension"},
	"2.5.29.31":               {"CRL Distribution points", (*writer).distributionPoints, "gnutls_x509_ext_import_crl_dist_points", "CRL distribution point"},
	oidProxy:                  {"Proxy Certificate Information", (*writer).proxy, "get_proxy", "proxy extension"},
	"1.3.6.1.5.5.7.1.1":       {"Authority Information Access", (*writer).authorityInformation, "get_aia", ""},
	"1.3.6.1.4.1.11129.2.4.2": {"CT Precertificate SCTs", (*writer).timestamps, "gnutls_x509_ext_ct_import_scts()", ""},
	oidNameConstraints:        {"Name Constraints", (*writer).nameConstraints, "", "name constraints extension"},
	oidTLSFeatures:            {"TLS Features", (*writer).tlsFeatures, "get_tlsfeatures", "tlsfeatures extension"},
	"2.5.4.3":                 {"Common Name", (*writer).commonName, "x509_decode_string", ""},
}

// extensions writes the extensions of a certificate or of a request, which are
// indented by one more.
func (w *writer) extensions(indent string, list []extension) {
	if len(list) > 0 {
		w.f("%s\tExtensions:\n", indent)
	}
	seen := map[string]bool{}
	for _, e := range list {
		if twice := printers[e.oid].twice; twice != "" && seen[e.oid] {
			w.f("warning: more than one %s\n", twice)
		}
		seen[e.oid] = true
		w.extension(indent, e)
	}
}

func (w *writer) extension(indent string, e extension) {
	printer, ok := printers[e.oid]
	switch {
	case ok:
		w.f("%s\t\t%s (%s):\n", indent, printer.title, criticality(e.critical))
		if err := printer.print(w, indent, e.value); err != nil && printer.fault != "" {
			w.f("error: %s: %s\n", printer.fault, err)
		}
	case e.oid == "2.5.29.32":
		w.policies(indent, e)
	case e.oid == "2.5.29.54":
		w.inhibitAnyPolicy(indent, e)
	case e.oid == "1.2.643.100.111":
		w.f("%s\t\tSubject Signing Tool(%s):\n", indent, criticality(e.critical))
		w.subjectSigningTool(indent, e.value)
	case e.oid == "1.2.643.100.112":
		w.f("%s\t\tIssuer Signing Tool(%s):\n", indent, criticality(e.critical))
		w.issuerSigningTool(indent, e.value)
	default:
		w.f("%s\t\tUnknown extension %s (%s):\n", indent, e.oid, criticality(e.critical))
		w.unknown(indent+"\t\t\t", e.value)
	}
}

// unknown shows octets that have no meaning here.
func (w *writer) unknown(indent string, value []byte) {
	w.f("%sASCII: %s\n%sHexdump: %s\n", indent, ascii(value), indent, hexOf(value))
}

// whole decodes a value that is one element of the tag.
func whole(der []byte, want tag) (content []byte, err error) {
	d := decode(der)
	e := d.read(want)
	return e.content, d.finish()
}

// opened opens a value that is one SEQUENCE.
func opened(der []byte) decoder { return decode(der).open(tagSequence) }

// finished closes it, and what is around it.
func (d decoder) finished() error {
	d.close()
	return decoder{d.in, len(d.in.der)}.finish()
}
