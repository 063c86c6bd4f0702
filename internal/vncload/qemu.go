package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"vncsec/vncserve/listen"
)

// startQEMU starts a guest that shows a page of text.
func startQEMU(o options) (*server, error) {
	disk := filepath.Join(o.dir, "disk.img")
	if err := os.WriteFile(disk, textDisk(), 0o600); err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	return startQuiet("QEMU", port, "qemu-system-x86_64", "-accel", "tcg", "-m", "8", "-nodefaults", "-vga", "std", "-display", "none",
		"-drive", "if=ide,format=raw,file="+disk,
		"-object", "tls-creds-x509,id=tls0,dir="+o.dir+",endpoint=server,verify-peer=no",
		"-vnc", "127.0.0.1:"+strconv.Itoa(port-listen.BasePort)+",tls-creds=tls0")
}

const (
	sector  = 512
	columns = 80
	rows    = 25
)

// textPages is how many pages of text the memory of the text screen has.
const textPages = 8

// textDisk is a disk whose boot sector has the BIOS read the sectors behind it into the
// memory of the text screen. From then on it changes the first page's last character 18
// times a second: QEMU looks for news more and more rarely while there are none. A key
// has it turn a page at each of these ticks; another one brings the first page back.
func textDisk() []byte {
	code := []byte{
		0x31, 0xc0, //             xor  ax, ax
		0x8e, 0xd0, //             mov  ss, ax
		0xbc, 0x00, 0x7c, //       mov  sp, 7c00h
		0xb8, 0x03, 0x00, //       mov  ax, 0003h   ; text, 80 by 25
		0xcd, 0x10, //             int  10h
		0xb4, 0x01, //             mov  ah, 1       ; cursor shape
		0xb9, 0x00, 0x20, //       mov  cx, 2000h   ; none
		0xcd, 0x10, //             int  10h
		0xb8, 0x00, 0xb8, //       mov  ax, b800h
		0x8e, 0xc0, //             mov  es, ax
		0x31, 0xdb, //             xor  bx, bx
		0xb8, 0x40, 0x02, //       mov  ax, 0240h   ; read 64 sectors
		0xb9, 0x02, 0x00, //       mov  cx, 0002h   ; from the second on
		0xba, 0x80, 0x00, //       mov  dx, 0080h   ; of the first disk
		0xcd, 0x13, //             int  13h
		0x31, 0xed, //             xor  bp, bp      ; no turning
		0xf4,                         // tick:   hlt
		0x26, 0xfe, 0x06, 0x9e, 0x0f, //         inc  byte [es:3998]
		0xb4, 0x01, //                           mov  ah, 1     ; a key?
		0xcd, 0x16, //                           int  16h
		0x74, 0x06, //                           jz   page
		0x31, 0xc0, //                           xor  ax, ax    ; take it
		0xcd, 0x16, //                           int  16h
		0xf7, 0xd5, //                           not  bp
		0x85, 0xed, //               page:       test bp, bp
		0x74, 0x0a, //                           jz   first
		0x81, 0xc6, 0x00, 0x08, //               add  si, 2048  ; characters
		0x81, 0xe6, 0xff, 0x3f, //               and  si, 16383
		0xeb, 0x02, //                           jmp  show
		0x31, 0xf6, //               first:      xor  si, si
		0xba, 0xd4, 0x03, //         show:       mov  dx, 03d4h ; CRT controller
		0x89, 0xf0, //                           mov  ax, si
		0xb0, 0x0c, //                           mov  al, 0ch   ; start address, high
		0xef,       //                           out  dx, ax
		0xeb, 0xd4, //                           jmp  tick
	}
	const pageSize = 4096
	disk := make([]byte, 2*textPages*pageSize)
	copy(disk, code)
	disk[sector-2], disk[sector-1] = 0x55, 0xaa // bootable
	for n := range textPages {
		copy(disk[sector+n*pageSize:], textCells(n))
	}
	return disk
}

// textCells is a page as an administrator sees it: characters and attributes.
func textCells(n int) []byte {
	const plain, prompt, folder = 0x07, 0x0a, 0x09
	var cells []byte
	line := func(attribute byte, text string) {
		text = fmt.Sprintf("%-*.*s", columns, columns, text)
		for _, c := range []byte(text) {
			cells = append(cells, c, attribute)
		}
	}
	line(prompt, "root@console:/etc# ls -l && journalctl -n 12")
	for i := 11 * n; i < 11*(n+1); i++ {
		attribute, kind, name := byte(plain), "-rw-r--r--", fmt.Sprintf("service-%d.conf", i*37%101)
		if i%4 == 3 {
			attribute, kind, name = folder, "drwxr-xr-x", fmt.Sprintf("conf%d.d", i)
		}
		line(attribute, fmt.Sprintf("%s %2d root root %7d Nov %2d %02d:%02d %s", kind, 1+i%4, i*7919%99991, 1+i*3%28, i*5%24, i*17%60, name))
	}
	for i := 12 * n; i < 12*(n+1); i++ {
		line(plain, fmt.Sprintf("Nov 28 04:%02d:%02d console systemd[%d]: Started Session %d of User admin.", i%60, i*23%60, 1+i%3, 100+i))
	}
	line(prompt, "root@console:/etc# ")
	return cells[:2*columns*rows]
}
