package text

import (
	"encoding/binary"
	"time"
)

// sct is a signed certificate timestamp of version 1 (RFC 6962 section 3.2).
type sct struct {
	version   byte
	log       []byte
	time      uint64 // milliseconds since 1970
	algorithm string
	signature []byte
}

// sctAlgorithms are pairs of hash and signature (RFC 5246 section 7.4.1.4.1).
var sctAlgorithms = map[[2]byte]string{
	{1, 1}: "RSA-MD5", {2, 1}: "RSA-SHA1", {3, 1}: "RSA-SHA224", {4, 1}: "RSA-SHA256", {5, 1}: "RSA-SHA384", {6, 1}: "RSA-SHA512",
	{2, 2}: "DSA-SHA1", {3, 2}: "DSA-SHA224", {4, 2}: "DSA-SHA256", {5, 2}: "DSA-SHA384", {6, 2}: "DSA-SHA512",
	{2, 3}: "ECDSA-SHA1", {3, 3}: "ECDSA-SHA224", {4, 3}: "ECDSA-SHA256", {5, 3}: "ECDSA-SHA384", {6, 3}: "ECDSA-SHA512",
}

// timestamps writes the timestamps in a precertificate's extension.
func (w *writer) timestamps(indent string, value []byte) error {
	d := decode(value)
	content := d.choice(tagOctetString).content
	if !d.ok() {
		return d.in.err
	}
	list, ok := parseSCTs(content)
	if !ok {
		return ErrUnavailable
	}
	for i, s := range list {
		w.f("%s\t\t\tSigned Certificate Timestamp %d:\n", indent, i+1)
		if s.version != 0 {
			w.f("%s\t\t\t\tVersion: %d (unknown SCT version)\n", indent, s.version)
			continue
		}
		at := time.Unix(int64(s.time/1000), 0).UTC()
		w.f("%s\t\t\t\tVersion: 1\n", indent)
		w.f("%s\t\t\t\tLog ID: %s\n", indent, hexOf(s.log))
		w.f("%s\t\t\t\tTime: %s\n", indent, at.Format("Mon, Jan 02 15:04:05 UTC 2006"))
		w.f("%s\t\t\t\tExtensions: none\n", indent)
		w.f("%s\t\t\t\tSignature algorithm: %s\n", indent, s.algorithm)
		w.f("%s\t\t\t\tSignature: %s\n", indent, hexOf(s.signature))
	}
	return nil
}

// parseSCTs reads a SignedCertificateTimestampList (RFC 6962 section 3.3).
func parseSCTs(content []byte) ([]sct, bool) {
	if len(content) < 2 {
		return nil, false
	}
	length := int(binary.BigEndian.Uint16(content))
	rest := content[2:]
	if length < 4 || length > len(rest) {
		return nil, false
	}
	rest = rest[:length]
	list := []sct{}
	for len(rest) >= 2 {
		size := int(binary.BigEndian.Uint16(rest))
		if size == 0 || size > len(rest)-2 {
			return nil, false
		}
		s, ok := parseSCT(rest[2 : 2+size])
		if !ok {
			return nil, false
		}
		list = append(list, s)
		rest = rest[2+size:]
	}
	return list, len(rest) == 0
}

// sctHeader is the size of all that stands in front of a signature: version, log,
// time, no extensions, algorithm and the signature's size.
const sctHeader = 1 + 32 + 8 + 2 + 2 + 2

func parseSCT(b []byte) (sct, bool) {
	if len(b) <= sctHeader || binary.BigEndian.Uint16(b[41:]) != 0 {
		return sct{}, false
	}
	s := sct{version: b[0], log: b[1:33], time: binary.BigEndian.Uint64(b[33:]), signature: b[sctHeader:]}
	s.algorithm = sctAlgorithms[[2]byte{b[43], b[44]}]
	return s, s.algorithm != "" && int(binary.BigEndian.Uint16(b[45:])) == len(s.signature)
}
