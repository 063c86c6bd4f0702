package encoding

import "math"

// photoCompressor compresses the raw tiles of photographs. They repeat little; what
// makes them smaller is that neighbours are alike, so each tile, and each half of it,
// has codes of its own.
type photoCompressor struct {
	deflater *deflater
	effort   Effort
	tiles    int
	// search is set if repetitions are worth the search.
	search bool
}

func (c *photoCompressor) begin(d *deflater, effort Effort) {
	*c = photoCompressor{deflater: d, effort: effort}
}

const (
	// photoBlock is the size of what gets codes of its own.
	photoBlock = 6 << 10
	// photoTrial is the number of tiles until the search is tried again.
	photoTrial = 16
	// photoGain is the part of the bytes that the search must save.
	photoGain = 25
)

// add compresses a tile. The search takes five times the time; what it is worth is
// tried out with some of the tiles.
func (c *photoCompressor) add(data []byte) {
	trial := c.effort == Balanced && c.tiles%photoTrial == 0
	c.tiles++
	effort := huffmanOnly
	if c.effort == Small || c.search || trial {
		effort = c.effort
	}
	before, alone := c.deflater.out.Len(), 0
	for rest := data; len(rest) > 0; {
		block := rest[:min(photoBlock, len(rest))]
		rest = rest[len(block):]
		c.deflater.add(block, effort)
		if trial {
			alone += entropy(block)
		}
	}
	if trial {
		c.search = (c.deflater.out.Len()-before)*photoGain < alone*(photoGain-1)
	}
}

// entropy gives the least number of bytes that codes for each byte of data alone can
// make of it.
func entropy(data []byte) int {
	var counts [256]int
	for _, b := range data {
		counts[b]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			bits += float64(n) * math.Log2(float64(len(data))/float64(n))
		}
	}
	return int(bits / 8)
}
