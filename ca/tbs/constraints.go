package tbs

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte/asn1"

	"vncsec/templates"
)

// setNameConstraints sets what names an authority may certify (RFC 5280 section
// 4.2.1.10); without any it does nothing. Names with empty labels are refused, as by
// GnuTLS with the corrections of 2026.
func (e *Extensions) setNameConstraints(permitted, excluded templates.Subtrees) error {
	allow, deny := bases(permitted), bases(excluded)
	if len(allow)+len(deny) == 0 {
		return nil
	}
	for _, name := range slices.Concat(permitted.DNS, permitted.Emails, excluded.DNS, excluded.Emails) {
		if name == "." || strings.Contains(name, "..") {
			return fmt.Errorf("%q has an empty label: %w", name, errParameter)
		}
	}
	return e.set(OIDNameConstraints, true, asn1.SEQUENCE, func(b *builder) {
		addSubtrees(b, explicit(0), allow)
		addSubtrees(b, explicit(1), deny)
	})
}

// bases lists the names of one side in certtool's order.
func bases(trees templates.Subtrees) (names []generalName) {
	for _, network := range trees.IPs {
		names = append(names, generalName{nameIP, networkOctets(network)})
	}
	for _, domain := range trees.DNS {
		names = append(names, generalName{nameDNS, []byte(domain)})
	}
	for _, mail := range trees.Emails {
		names = append(names, generalName{nameMail, []byte(mail)})
	}
	return names
}

// networkOctets is the address of a network and its mask.
func networkOctets(network netip.Prefix) []byte {
	octets := network.Masked().Addr().AsSlice()
	mask := make([]byte, len(octets))
	for bit := range network.Bits() {
		mask[bit/8] |= 0x80 >> (bit % 8)
	}
	return append(octets, mask...)
}

func addSubtrees(b *builder, tag asn1.Tag, names []generalName) {
	if len(names) == 0 {
		return
	}
	b.AddASN1(tag, func(b *builder) {
		for _, name := range names {
			b.AddASN1(asn1.SEQUENCE, name.add)
		}
	})
}
