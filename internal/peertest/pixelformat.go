package peertest

import "fmt"

// PixelFormat is how a viewer is told to ask for its pixels, in the terms of RFC 6143
// section 7.4.
type PixelFormat struct {
	BitsPerPixel, Depth             uint8
	BigEndian, TrueColour           bool
	RedMax, GreenMax, BlueMax       uint16
	RedShift, GreenShift, BlueShift uint8
}

// String gives the numbers in the order of the wire.
func (f PixelFormat) String() string {
	flag := map[bool]int{true: 1}
	return fmt.Sprint(f.BitsPerPixel, f.Depth, flag[f.BigEndian], flag[f.TrueColour],
		f.RedMax, f.GreenMax, f.BlueMax, f.RedShift, f.GreenShift, f.BlueShift)
}
