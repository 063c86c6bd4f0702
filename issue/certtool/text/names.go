package text

// parseNames reads a GeneralNames extension. GnuTLS takes no empty ones there.
func parseNames(value []byte) ([]generalName, error) {
	seq := opened(value)
	raw := seq.generalNames()
	if err := seq.finished(); err != nil {
		return nil, err
	}
	names := []generalName{}
	for _, n := range raw {
		g, err := n.decoded()
		switch {
		case err == ErrUnavailable:
			return names, nil
		case err != nil:
			return names, err
		case len(g.value) == 0:
			return names, ErrUnknownName
		}
		names = append(names, g)
	}
	return names, nil
}

func (w *writer) alternativeNames(indent string, value []byte) error {
	names, err := parseNames(value)
	if err != nil {
		return err
	}
	indent += "\t\t\t"
	for _, g := range names {
		if g.kind != otherName {
			w.generalName(indent, g, false)
			continue
		}
		if virtual, err := g.virtual(); err == nil {
			w.generalName(indent, virtual, false)
			continue
		}
		w.f("%sotherName OID: %s\n%sotherName DER: %s\n%sotherName ASCII: %s\n",
			indent, g.oid, indent, hexOf(g.value), indent, ascii(g.value))
	}
	return nil
}

func (w *writer) names(names []generalName) error {
	for _, g := range names {
		w.generalName("\t\t\t", g, false)
	}
	return nil
}
