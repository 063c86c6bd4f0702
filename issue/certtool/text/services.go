package text

// distributionPoints writes all full names of all points; reasons and issuers are
// not shown (RFC 5280 section 4.2.1.13).
func (w *writer) distributionPoints(_ string, value []byte) error {
	seq := opened(value)
	points := [][]rawName{}
	for seq.more() {
		points = append(points, seq.distributionPoint())
	}
	if err := seq.finished(); err != nil {
		return err
	}
	names := []generalName{}
	for _, point := range points {
		if len(point) == 0 {
			break // GnuTLS stops reading
		}
		for i, n := range point {
			g, err := n.decoded()
			if err == ErrUnavailable && i > 0 {
				break
			}
			if err == ErrUnavailable {
				return w.names(names)
			}
			if err != nil {
				return err
			}
			names = append(names, g)
		}
	}
	return w.names(names)
}

func (d decoder) distributionPoint() []rawName {
	var names []rawName
	point := d.open(tagSequence)
	if point.explicit(0, contextOf(0), contextOf(1)) {
		if point.peek(contextOf(0)) {
			names = point.optionalNames(0)
		} else {
			point.relativeName(contextOf(1))
		}
	}
	point.optional(context(1))
	point.optionalNames(2)
	point.close()
	return names
}

// optionalNames reads GeneralNames behind an implicit tag.
func (d decoder) optionalNames(n uint32) []rawName {
	inner, ok := d.optionalOpen(contextOf(n))
	if !ok {
		return nil
	}
	return inner.generalNames()
}

func (w *writer) authorityInformation(_ string, value []byte) error {
	if len(value) == 0 {
		return ErrUnavailable
	}
	seq := opened(value)
	type access struct {
		method   string
		location rawName
	}
	list := []access{}
	for seq.more() {
		entry := seq.sequence()
		list = append(list, access{entry.oid(), entry.generalName()})
		entry.close()
	}
	if err := seq.finished(); err != nil {
		return err
	}
	names := map[string]string{"1.3.6.1.5.5.7.48.1": "id-ad-ocsp", "1.3.6.1.5.5.7.48.2": "id-ad-caIssuers"}
	var text writer
	for _, a := range list {
		g, err := a.location.decoded()
		if err == ErrUnavailable {
			break
		}
		if err != nil {
			return err
		}
		method, ok := names[a.method]
		if !ok {
			method = "UNKNOWN"
		}
		text.f("\t\t\tAccess Method: %s (%s)\n\t\t\tAccess Location ", a.method, method)
		text.generalName("", g, false)
	}
	w.Write(text.Bytes())
	return nil
}
