package peertest

import (
	"image"
	"strings"
	"testing"
)

func TestScreen(t *testing.T) {
	t.Parallel()
	screen := NewScreen(t)
	img, err := screen.Capture("root")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := img.Rect.Size(), image.Pt(1600, 1200); got != want {
		t.Errorf("the screen is %v, want %v", got, want)
	}
	if id, ok := screen.Window("."); ok {
		t.Errorf("an empty screen has window %s", id)
	}

	screen.Type(t, "aäλä")
	keyboard, err := screen.command("xkbcomp", "-w0", "-xkb", screen.Display, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, symbol := range []string{"adiaeresis", "U03BB"} {
		if !strings.Contains(string(keyboard), symbol) {
			t.Errorf("the keyboard has no key for %s:\n%s", symbol, keyboard)
		}
	}
}
