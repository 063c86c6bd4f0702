package probe

import (
	"context"
	"image"
	"image/color"
	"strings"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/rfb"
)

// rectangle is an update of one rectangle.
func rectangle(r image.Rectangle, e rfb.Encoding, data string) string {
	wire := rfb.FramebufferUpdate{Rectangles: 1}.AppendWire(nil)
	return string(rfb.NewRectHeader(r, e).AppendWire(wire)) + data
}

// TestInspectWhole has servers whose picture is whole by odd ways.
func TestInspectWhole(t *testing.T) {
	login := "RFB 003.008\n\x01\x01" + "\x00\x00\x00\x00" +
		string(rfb.ServerInit{Width: 4, Height: 4, Format: rfb.Canonical, Name: "x"}.AppendWire(nil))
	upper, lower := image.Rect(0, 0, 4, 2), image.Rect(0, 2, 4, 4)
	raw := func(r image.Rectangle) string {
		return rectangle(r, rfb.EncodingRaw, strings.Repeat("ab\xff\xff", r.Dx()*r.Dy()))
	}
	for name, words := range map[string]string{
		"two halves":             raw(upper) + raw(lower),
		"overlapping halves":     raw(image.Rect(0, 0, 4, 3)) + raw(image.Rect(0, 1, 4, 4)),
		"a half copied":          raw(upper) + rectangle(lower, rfb.EncodingCopyRect, "\x00\x00\x00\x00"),
		"another size":           raw(upper) + rectangle(image.Rect(0, 0, 4, 2), rfb.EncodingDesktopSize, "") + raw(upper),
		"no pixels of something": raw(image.Rectangle{}) + raw(image.Rect(0, 0, 4, 4)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := Inspect(context.Background(), Target{Address: hostile(t, true, login+words), Timeout: peertest.Patience})
			if len(report.Findings) > 0 || report.Picture == nil || report.Picture.At(3, 1) != (color.RGBA{0xff, 'b', 'a', 0xff}) {
				t.Errorf("findings %+v, picture %v", report.Findings, report.Picture)
			}
		})
	}
}

// TestInspectResized has a blank display that gets another size while something is waited
// for, of which only a part comes.
func TestInspectResized(t *testing.T) {
	login := "RFB 003.008\n\x01\x01" + "\x00\x00\x00\x00" +
		string(rfb.ServerInit{Width: 2, Height: 1, Format: rfb.Canonical, Name: "x"}.AppendWire(nil))
	blank := rectangle(image.Rect(0, 0, 2, 1), rfb.EncodingRaw, strings.Repeat("\x00", 8))
	resized := rectangle(image.Rect(0, 0, 4, 4), rfb.EncodingDesktopSize, "")
	part := rectangle(image.Rect(0, 0, 4, 3), rfb.EncodingRaw, strings.Repeat("abcd", 12))
	rest := rectangle(image.Rect(0, 3, 4, 4), rfb.EncodingRaw, strings.Repeat("efgh", 4))
	report := Inspect(context.Background(), Target{Address: hostile(t, true, login+blank+resized+part), Timeout: patience, Settle: true})
	if len(report.Findings) != 1 || report.Findings[0].Code != PictureFailed || !strings.Contains(report.Findings[0].Message, "4 pixels") || report.Picture != nil {
		t.Errorf("a part: findings %+v, picture %v", report.Findings, report.Picture)
	}
	report = Inspect(context.Background(), Target{Address: hostile(t, true, login+blank+resized+part+rest), Timeout: peertest.Patience, Settle: true})
	if len(report.Findings) > 0 || report.Picture == nil || report.Desktop.Width != 4 || report.Desktop.Height != 4 {
		t.Errorf("all: findings %+v, desktop %+v", report.Findings, report.Desktop)
	}
}
