package text

import (
	"bytes"
	"fmt"
	"slices"
)

func (w *writer) proxy(_ string, value []byte) error {
	seq := opened(value)
	length, limited := seq.optional(tagInteger)
	policy := seq.sequence()
	language := policy.oid()
	content, given := policy.optional(tagOctetString)
	policy.close()
	if err := seq.finished(); err != nil {
		return err
	}
	n, err := small(length.content)
	switch {
	case err != nil:
		return err
	case given && len(content.content) == 0:
		return ErrDER
	}
	if limited && int32(n) >= 0 {
		w.f("\t\t\tPath Length Constraint: %d\n", n)
	}
	w.f("\t\t\tPolicy Language: %s", language)
	switch language {
	case "1.3.6.1.5.5.7.21.1":
		w.f(" (id-ppl-inheritALL)")
	case "1.3.6.1.5.5.7.21.2":
		w.f(" (id-ppl-independent)")
	}
	w.f("\n")
	if given {
		w.f("\t\t\tPolicy:\n\t\t\t\tASCII: %s\n\t\t\t\tHexdump: %s\n", ascii(content.content), hexOf(content.content))
	}
	return nil
}

// tlsExtensions are the names of TLS extensions, which TLS features are.
var tlsExtensions = map[uint32]string{
	0: "Server Name Indication", 1: "Maximum Record Size", 5: "OCSP Status Request", 10: "Supported Groups",
	11: "Supported EC Point Formats", 12: "SRP", 13: "Signature Algorithms", 14: "SRTP", 15: "Heartbeat",
	16: "ALPN", 19: "Client Certificate Type", 20: "Server Certificate Type", 21: "ClientHello Padding",
	22: "Encrypt-then-MAC", 23: "Extended Master Secret", 27: "Compress Certificate", 28: "Record Size Limit",
	35: "Session Ticket", 41: "Pre Shared Key", 42: "Early Data", 43: "Supported Versions", 44: "Cookie",
	45: "PSK Key Exchange Modes", 49: "Post Handshake Auth", 51: "Key Share", 65281: "Safe Renegotiation",
}

func (w *writer) tlsFeatures(indent string, value []byte) error {
	if len(value) == 0 {
		return ErrUnavailable
	}
	seq := opened(value)
	contents := [][]byte{}
	for seq.more() {
		contents = append(contents, seq.read(tagInteger).content)
	}
	if err := seq.finished(); err != nil {
		return err
	}
	features := []uint32{}
	for _, content := range contents {
		n, err := small(content)
		switch {
		case err != nil:
			return err
		case n > 0xffff:
			return ErrCertificate
		case slices.Contains(features, n):
			continue
		case len(features) == maxEntries:
			return Error("GnuTLS internal error.")
		}
		features = append(features, n)
	}
	for _, n := range features {
		if name, ok := tlsExtensions[n]; ok {
			w.f("%s\t\t\t%s(%d)\n", indent, name, n)
		} else {
			w.f("%s\t\t\t%d\n", indent, n)
		}
	}
	return nil
}

func (w *writer) commonName(indent string, value []byte) error {
	d := decode(value)
	content := d.choice(tagPrintableString).content
	switch {
	case !d.ok():
		return d.in.err
	case bytes.IndexByte(content, 0) >= 0:
		return ErrEmbeddedNUL
	}
	w.f("%s\t\t\t%s\n", indent, content)
	return nil
}

func (w *writer) inhibitAnyPolicy(indent string, e extension) {
	content, err := whole(e.value, tagInteger)
	var n uint32
	if err == nil {
		n, err = small(content)
	}
	if err != nil {
		w.f("error: certificate inhibit any policy import: %s\n", err)
		return
	}
	w.f("%s\t\tInhibit anyPolicy skip certs: %d (%s)\n", indent, n, criticality(e.critical))
}

// subjectSigningTool and issuerSigningTool are the extensions of Russia's
// Federal Security Service order 795.
func (w *writer) subjectSigningTool(indent string, value []byte) {
	d := decode(value)
	content := d.read(tagUTF8String).content
	if !d.ok() || bytes.IndexByte(content, 0) >= 0 {
		w.unknown(indent+"\t\t\t", value)
		return
	}
	w.f("%s\t\t\t%s\n", indent, content)
}

func (w *writer) issuerSigningTool(indent string, value []byte) {
	seq := opened(value)
	var text bytes.Buffer
	for _, name := range []string{"SignTool", "CATool", "SignToolCert", "CAToolCert"} {
		content := seq.read(tagUTF8String).content
		if len(content) == 0 {
			break
		}
		fmt.Fprintf(&text, "%s\t\t\t%s: %s\n", indent, name, untilNUL(content))
	}
	if seq.finished() != nil {
		w.unknown(indent+"\t\t\t", value)
		return
	}
	w.Write(text.Bytes())
}
