package encoding

import (
	"testing"

	"vncsec/vncserve/rfb"
)

// BenchmarkEncode gives the time, and the ratio of the compression, for a megapixel
// or so of text and of photo.
func BenchmarkEncode(b *testing.B) {
	for _, content := range []string{"text", "photo"} {
		p := pictures[content](1024, 768)
		for name, form := range forms {
			b.Run(name+"/"+content, func(b *testing.B) {
				v := newViewer(b, rfb.Canonical, p.Width, p.Height)
				size := 0
				for b.Loop() {
					size = v.encode(p, p.Bounds(), form).Size()
				}
				b.SetBytes(int64(4 * len(p.Pix)))
				b.ReportMetric(float64(4*len(p.Pix))/float64(size), "ratio")
			})
		}
	}
}
