package gnutls

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// nameConstraints collects the name constraints of all issuers of a path. Each
// issuer's permitted names must hold on their own (RFC 5280, 6.1.4 g). GnuTLS
// computes intersections instead, and its versions differ where several issuers
// constrain the same kind of name; 3.8 compares without case, as here.
type nameConstraints struct {
	permitted [][]generalName
	excluded  []generalName
}

// add takes over the constraints of an issuer, if it has any.
func (n *nameConstraints) add(issuer *Certificate) error {
	ext := issuer.extension(oidNameConstraints)
	if ext == nil {
		return nil
	}
	value := cryptobyte.String(ext.Value)
	var seq cryptobyte.String
	if !value.ReadASN1(&seq, cbasn1.SEQUENCE) || !value.Empty() {
		return errExtension
	}
	permitted, err := readSubtrees(&seq, 0)
	if err != nil {
		return err
	}
	excluded, err := readSubtrees(&seq, 1)
	if err != nil || !seq.Empty() {
		return errExtension
	}
	n.permitted = append(n.permitted, permitted)
	n.excluded = append(n.excluded, excluded...)
	return nil
}

func readSubtrees(s *cryptobyte.String, tag uint8) ([]generalName, error) {
	var list, subtree cryptobyte.String
	var present bool
	if !s.ReadOptionalASN1(&list, &present, cbasn1.Tag(tag).ContextSpecific().Constructed()) {
		return nil, errExtension
	}
	var names []generalName
	for !list.Empty() {
		if !list.ReadASN1(&subtree, cbasn1.SEQUENCE) {
			return nil, errExtension
		}
		name, err := readGeneralName(&subtree)
		if err != nil {
			return nil, err
		}
		if name.kind == nameIP && len(name.value) != 8 && len(name.value) != 32 {
			return nil, errExtension
		}
		names = append(names, name)
	}
	return names, nil
}

// check holds the end certificate's names against the constraints. DNS names,
// e-mail and IP addresses are compared; other kinds of names only if excluded.
func (n *nameConstraints) check(cert *Certificate) error {
	if len(n.permitted) == 0 && len(n.excluded) == 0 {
		return nil
	}
	names := constrainedNames(cert)
	if n.tooMany(len(names)) {
		return errors.New("there are too many names and constraints")
	}
	for _, name := range names {
		if slices.ContainsFunc(n.excluded, name.within) {
			return fmt.Errorf("the name %q is excluded", name.value)
		}
		for _, permitted := range n.permitted {
			if !name.permittedBy(permitted) {
				return fmt.Errorf("the name %q is not permitted", name.value)
			}
		}
	}
	return nil
}

// maxComparisons bounds the work that a certificate can ask for, as OpenSSL does.
const maxComparisons = 1 << 20

func (n *nameConstraints) tooMany(names int) bool {
	constraints := len(n.excluded)
	for _, permitted := range n.permitted {
		constraints += len(permitted)
	}
	return names*constraints > maxComparisons
}

// constrainedNames are the alternative names, and the subject's common name or
// e-mail address where no alternative name of that kind stands for it.
func constrainedNames(cert *Certificate) []generalName {
	var names []generalName
	for _, kind := range []int{nameEmail, nameDNS, nameURI, nameIP} {
		for _, value := range cert.alternativeNames(kind) {
			names = append(names, generalName{kind, value})
		}
	}
	subject := func(kind int, oid asn1.ObjectIdentifier) {
		if len(cert.alternativeNames(kind)) > 0 {
			return
		}
		for _, value := range cert.subjectValues(oid) {
			names = append(names, generalName{kind, value})
		}
	}
	subject(nameEmail, oidEmail)
	if cert.mayServe() {
		subject(nameDNS, oidCommonName)
	}
	return append(names, generalName{kind: nameDirectory, value: cert.RawSubject})
}

func (c *Certificate) mayServe() bool {
	purposes, _, err := c.Purposes()
	return err == nil && (len(purposes) == 0 || slices.ContainsFunc(purposes, func(p asn1.ObjectIdentifier) bool {
		return p.Equal(PurposeServer) || p.Equal(PurposeAny)
	}))
}

// permittedBy is true where the list says nothing about this kind of name.
func (g generalName) permittedBy(list []generalName) bool {
	concerned := false
	for _, constraint := range list {
		if constraint.kind != g.kind || len(constraint.value) == 0 || g.kind == nameURI || g.kind == nameDirectory ||
			(g.kind == nameIP && len(constraint.value) != 2*len(g.value)) {
			continue
		}
		if g.within(constraint) {
			return true
		}
		concerned = true
	}
	return !concerned
}

// within reports whether the name lies in the subtree; an empty subtree of a kind
// holds all names of that kind.
func (g generalName) within(subtree generalName) bool {
	if g.kind != subtree.kind {
		return false
	}
	switch g.kind {
	case nameIP:
		return inNetwork(g.value, subtree.value)
	case nameDNS:
		return len(subtree.value) == 0 || bytes.EqualFold(g.value, subtree.value) ||
			endsWith(g.value, "."+strings.TrimPrefix(string(subtree.value), "."))
	case nameEmail:
		return len(subtree.value) == 0 || emailWithin(g.value, subtree.value)
	default:
		return true // GnuTLS cannot compare these and refuses
	}
}

func emailWithin(address, subtree []byte) bool {
	if bytes.EqualFold(address, subtree) || (subtree[0] == '.' && endsWith(address, string(subtree))) {
		return true
	}
	return endsWith(address, "@"+string(subtree))
}

// endsWith compares the end of a name, in front of which something must stand.
func endsWith(name []byte, end string) bool {
	return len(name) > len(end) && strings.EqualFold(string(name[len(name)-len(end):]), end)
}

func inNetwork(ip, network []byte) bool {
	if len(network) != 2*len(ip) {
		return false
	}
	base, mask := network[:len(ip)], network[len(ip):]
	for i := range ip {
		if ip[i]&mask[i] != base[i]&mask[i] {
			return false
		}
	}
	return true
}
