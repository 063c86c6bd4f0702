package peertest

// The guest that QEMU runs: a boot sector that fills the screen with a known
// picture and then shows what is typed. It needs no operating system, so it is
// up as soon as the BIOS is done, and what it has put into text memory can be
// read back to compare it with what a viewer sent.
const (
	// GuestColumns and GuestRows are the size of the guest's text screen.
	GuestColumns, GuestRows = 80, 25

	textMemory = 0xb8000 // physical address of the VGA's text pages
	sectorSize = 512

	// guestReady is the cell (character, then attribute) that the guest writes
	// last when it paints: number 1999, the one at the lower right.
	guestLastCell  = GuestColumns*GuestRows - 1
	guestAttribute = 0x70 // black on grey: the attribute of typed characters
)

// bootSector is the guest's code, for a processor in real mode, at 0000:7c00.
//
// It paints cell i of the text screen with character i mod 256 and attribute
// i mod 128 (bit 7 would blink), so that all glyphs and colours are seen, and
// then puts each character that the BIOS reads from the keyboard into the
// cells from the upper left on. The text cursor is hidden, as it blinks too.
func bootSector() []byte {
	code := []byte{
		0x31, 0xc0, //             xor  ax, ax
		0x8e, 0xd8, //             mov  ds, ax
		0x8e, 0xd0, //             mov  ss, ax
		0xbc, 0x00, 0x7c, //       mov  sp, 7c00h
		0xb8, 0x03, 0x00, //       mov  ax, 0003h   ; text, 80 by 25
		0xcd, 0x10, //             int  10h
		0xb4, 0x01, //             mov  ah, 1       ; cursor shape
		0xb9, 0x00, 0x20, //       mov  cx, 2000h   ; none
		0xcd, 0x10, //             int  10h
		0xb8, 0x00, 0xb8, //       mov  ax, b800h
		0x8e, 0xc0, //             mov  es, ax
		0xfc,       //             cld
		0x31, 0xff, //             xor  di, di
		0x89, 0xf8, // paint:      mov  ax, di
		0xd1, 0xe8, //             shr  ax, 1       ; the number of the cell
		0x88, 0xc4, //             mov  ah, al
		0x80, 0xe4, 0x7f, //       and  ah, 7fh
		0xab,                   // stosw
		0x81, 0xff, 0xa0, 0x0f, // cmp  di, 4000
		0x72, 0xf0, //             jb   paint
		0x31, 0xff, //             xor  di, di
		0x31, 0xc0, // key:        xor  ax, ax      ; wait for a key
		0xcd, 0x16, //             int  16h
		0xb4, guestAttribute, //   mov  ah, attribute
		0xab,       //             stosw
		0xeb, 0xf7, //             jmp  key
	}
	sector := make([]byte, sectorSize)
	copy(sector, code)
	sector[sectorSize-2], sector[sectorSize-1] = 0x55, 0xaa // bootable
	return sector
}
