package encoding

import "image"

// zrleTile is the width and height of ZRLE's tiles, those at the right and lower edges
// excepted.
const zrleTile = 64

// The subencodings of a tile (RFC 6143 section 7.7.6).
const (
	tileRaw        = 0
	tileSolid      = 1
	tilePlainRLE   = 128
	tilePaletteRLE = 128 // plus the palette's size, 2 to 127

	maxPacked  = 16  // the largest palette of packed pixels
	maxPalette = 127 // the largest palette of runs
)

// zrleEncoder makes ZRLE segments.
type zrleEncoder struct {
	runs  runs
	tiles []byte // not yet compressed
	runny int    // how many of their bytes are runs
	photo photoCompressor
}

// segment encodes r of p into a segment of a zlib stream. The result is valid until the
// next call.
func (e *zrleEncoder) segment(p *Picture, r image.Rectangle, w *tile, d *deflater, effort Effort, t *Translator) []byte {
	d.begin()
	e.tiles, e.runny = e.tiles[:0], 0
	e.photo.begin(d, effort)
	for y := r.Min.Y; y < r.Max.Y; y += zrleTile {
		for x := r.Min.X; x < r.Max.X; x += zrleTile {
			w.load(p, image.Rect(x, y, x+zrleTile, y+zrleTile).Intersect(r), t)
			e.addTile(w, d, effort, t)
		}
	}
	if text := d.out.Len() == 0 && e.runny < len(e.tiles)/4; text && effort == Balanced {
		effort = Small // there are few bytes to search
	}
	e.flush(d, effort)
	return d.bytes()
}

// flush compresses the tiles that have come together.
func (e *zrleEncoder) flush(d *deflater, effort Effort) {
	if len(e.tiles) > 0 {
		d.add(e.tiles, effort)
		e.tiles, e.runny = e.tiles[:0], 0
	}
}

// addTile encodes one tile.
func (e *zrleEncoder) addTile(w *tile, d *deflater, effort Effort, t *Translator) {
	switch {
	case w.findFew():
		e.tiles = appendFew(e.tiles, w, t)
	case w.busy():
		e.flush(d, effort)
		e.tiles = appendRawTile(e.tiles, w, t)
		e.photo.add(e.tiles)
		e.tiles = e.tiles[:0]
	default:
		before := len(e.tiles)
		e.tiles = e.runs.appendTile(e.tiles, w, t)
		e.runny += len(e.tiles) - before
	}
}

func appendRawTile(dst []byte, w *tile, t *Translator) []byte {
	return t.appendCompact(append(dst, tileRaw), w.values()...)
}
