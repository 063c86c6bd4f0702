package text

func (w *writer) basicConstraints(indent string, value []byte) error {
	seq := opened(value)
	ca := seq.optionalBoolean()
	length, limited := seq.optional(tagInteger)
	if err := seq.finished(); err != nil {
		return err
	}
	n, err := small(length.content)
	if err != nil {
		return err
	}
	answer := "FALSE"
	if ca {
		answer = "TRUE"
	}
	w.f("%s\t\t\tCertificate Authority (CA): %s\n", indent, answer)
	if limited && int32(n) >= 0 {
		w.f("%s\t\t\tPath Length Constraint: %d\n", indent, n)
	}
	return nil
}

// nameConstraints says nothing of constraints that cannot be read.
func (w *writer) nameConstraints(indent string, value []byte) error {
	seq := opened(value)
	permitted, excluded := seq.subtrees(0), seq.subtrees(1)
	if err := seq.finished(); err != nil {
		return err
	}
	lists := [2][]generalName{}
	for i, raw := range [][]rawName{permitted, excluded} {
		var err error
		if lists[i], err = constraints(raw); err != nil {
			return err
		}
	}
	for i, title := range []string{"Permitted", "Excluded"} {
		if len(lists[i]) > 0 {
			w.f("%s\t\t\t%s:\n", indent, title)
		}
		for _, g := range lists[i] {
			w.generalName(indent+"\t\t\t\t", g, true)
		}
	}
	return nil
}

func (d decoder) subtrees(n uint32) []rawName {
	list, ok := d.optionalOpen(contextOf(n))
	if !ok {
		return nil
	}
	names := []rawName{}
	for list.more() {
		subtree := list.sequence()
		names = append(names, subtree.generalName())
		subtree.optional(context(0))
		subtree.optional(context(1))
		subtree.close()
	}
	list.close()
	return names
}

// constraints decodes the names of one side; GnuTLS reads no other kinds.
func constraints(raw []rawName) ([]generalName, error) {
	names := []generalName{}
	for _, n := range raw {
		g, err := n.decoded()
		if err == ErrUnavailable {
			return names, nil
		}
		if err == nil && g.kind == otherName {
			g, err = g.virtual()
		}
		if err != nil {
			return nil, err
		}
		switch g.kind {
		case dns, email, directoryName, uri, userPrincipal:
		case address:
			if len(g.value) != 8 && len(g.value) != 32 {
				return nil, ErrParameter
			}
			if prefixLength(g.value[len(g.value)/2:]) < 0 {
				return nil, ErrCIDR
			}
		default:
			return nil, ErrUnknownName
		}
		names = append(names, g)
	}
	return names, nil
}
