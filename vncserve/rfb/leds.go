package rfb

// LEDs are the lights of a keyboard (rfbproto, "QEMU LED State Pseudo-encoding").
type LEDs uint8

// The lights.
const (
	ScrollLock LEDs = 1 << iota
	NumLock
	CapsLock
)

// The keys that switch the lights.
const (
	KeyScrollLock Keysym = 0xff14
	KeyNumLock    Keysym = 0xff7f
	KeyCapsLock   Keysym = 0xffe5
)
