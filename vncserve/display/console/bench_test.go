package console

import (
	"image"
	"strings"
	"testing"

	"vncsec/vncserve/rfb"
	"vncsec/vncserve/rfb/encoding"
)

// page is what a terminal looks like in practice.
var page = strings.Repeat("\x1b[0;32mroot@host\x1b[0m:\x1b[34m/etc\x1b[0m# ls -l services\r\n"+
	"-rw-r--r-- 1 root root 12813 Mar 27  2021 services\r\n"+
	"drwxr-xr-x 2 root root  4096 Nov 23 22:23 \x1b[1;34msystemd\x1b[0m\r\n", 9)

// BenchmarkOutput is the speed of the way from the command's output to the
// framebuffer, when each piece of 4 KiB is drawn.
func BenchmarkOutput(b *testing.B) {
	c := newConsole(b, Config{Command: []string{"sleep", "1000"}})
	text := []byte(strings.Repeat(page, 4096/len(page)+1)[:4096])
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		c.output(text)
		c.fb.Snapshot()
	}
}

// BenchmarkPage encodes a text page of 80 x 25 as a viewer gets it.
func BenchmarkPage(b *testing.B) {
	c := newConsole(b, Config{Command: []string{"sleep", "1000"}})
	c.output([]byte(page))
	p := c.fb.Snapshot()
	translator, err := encoding.NewTranslator(rfb.Canonical)
	if err != nil {
		b.Fatal(err)
	}
	var e encoding.Encoder
	form := encoding.Form{Encoding: rfb.EncodingZRLE, Format: translator.Format()}
	size := 0
	for b.Loop() {
		size = e.Encode(p, p.Bounds(), image.Point{}, form, translator).Size()
	}
	b.SetBytes(int64(4 * len(p.Pix)))
	b.ReportMetric(float64(4*len(p.Pix))/float64(size), "ratio")
}
