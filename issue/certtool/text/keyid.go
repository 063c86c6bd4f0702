package text

func (w *writer) subjectKeyID(_ string, value []byte) error {
	if len(value) == 0 {
		return ErrUnavailable
	}
	id, err := whole(value, tagOctetString)
	switch {
	case err != nil:
		return err
	case len(id) == 0:
		return ErrDER
	}
	w.f("\t\t\t%s\n", hexOf(id))
	return nil
}

func (w *writer) authorityKeyID(_ string, value []byte) error {
	seq := opened(value)
	id, identified := seq.optional(context(0))
	names := seq.optionalNames(1)
	serial, numbered := seq.optional(context(2))
	if err := seq.finished(); err != nil {
		return err
	}
	decoded := []generalName{}
	for _, n := range names {
		g, err := n.decoded()
		if err == ErrUnavailable {
			break
		}
		if err != nil {
			return err
		}
		decoded = append(decoded, g)
	}
	if (numbered && len(serial.content) == 0) || (identified && len(id.content) == 0) {
		return ErrDER
	}
	if numbered && len(decoded) > 0 {
		w.generalName("\t\t\t", decoded[0], false)
		w.f("\t\t\tserial: %s\n", hexOf(serial.content))
	}
	if identified {
		w.f("\t\t\t%s\n", hexOf(id.content))
	}
	return nil
}
