package encoding

import (
	"maps"
	"slices"
	"testing"

	"vncsec/internal/samplescreen"
	"vncsec/vncserve/rfb"
)

// BenchmarkEncode gives, for each encoding and content, the time in ms per megapixel
// and the ratio of the pixels' four bytes to the wire's.
func BenchmarkEncode(b *testing.B) {
	contents := screens(b, 1024, 768)
	for _, content := range slices.Sorted(maps.Keys(contents)) {
		p := contents[content]
		for _, name := range slices.Sorted(maps.Keys(forms)) {
			b.Run(name+"/"+content, func(b *testing.B) {
				v := newViewer(b, rfb.Canonical, p.Width, p.Height)
				size := 0
				for b.Loop() {
					size = v.encode(p, p.Bounds(), forms[name]).Size()
				}
				b.SetBytes(int64(4 * len(p.Pix)))
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(p.Pix)), "ms/MP")
				b.ReportMetric(float64(4*len(p.Pix))/float64(size), "ratio")
			})
		}
	}
}

// screens are what consoles show, all but VGA's in a size.
func screens(tb testing.TB, width, height int) map[string]*Picture {
	tb.Helper()
	console, err := samplescreen.Console(width, height, 0)
	if err != nil {
		tb.Fatal(err)
	}
	desktop, err := samplescreen.Desktop(width, height, 0)
	if err != nil {
		tb.Fatal(err)
	}
	contents := map[string]*Picture{}
	for name, s := range map[string]*samplescreen.Screen{
		"VGA":     samplescreen.VGA(0),
		"console": console,
		"desktop": desktop,
		"photo":   samplescreen.Photo(width, height, 0),
	} {
		contents[name] = &Picture{Width: s.Width, Height: s.Height, Pix: s.Pix}
	}
	return contents
}
