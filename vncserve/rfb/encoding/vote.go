package encoding

// vote finds the colour of most pixels if one has more than half of them, else some
// colour that is there (the vote of Boyer and Moore).
type vote struct {
	colour uint32
	lead   int
}

func (v *vote) add(row []uint32) {
	for _, p := range row {
		switch {
		case p == v.colour:
			v.lead++
		case v.lead == 0:
			v.colour, v.lead = p, 1
		default:
			v.lead--
		}
	}
}
