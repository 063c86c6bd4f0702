package samplescreen

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// The colours of the text, which are those of VGA.
const (
	black  = 0x000000
	grey   = 0xaaaaaa
	white  = 0xffffff
	red    = 0xff5555
	green  = 0x55ff55
	blue   = 0x5555ff
	yellow = 0xffff55
)

// cell is a character of a page.
type cell struct {
	char   byte
	colour uint32
}

// page is a terminal's content.
type page struct {
	columns, rows int
	cells         []cell
}

// newPage fills a page with what an administrator reads: listings, logs, prompts.
// Frames have the same kind of text.
func newPage(columns, rows int, frame uint64) *page {
	p := &page{columns: columns, rows: rows, cells: make([]cell, columns*rows)}
	r := newRand('t', frame)
	w := pageWriter{page: p}
	for w.y < rows {
		passage := []func(*pageWriter, *rand.Rand){listing, kernelLog, serviceLog, table}[r.IntN(4)]
		prompt(&w, r)
		passage(&w, r)
	}
	return p
}

// pageWriter writes text line by line; what does not fit is lost.
type pageWriter struct {
	*page
	x, y int
}

func (w *pageWriter) print(colour uint32, format string, args ...any) {
	for _, c := range []byte(fmt.Sprintf(format, args...)) {
		if c == '\n' {
			w.x, w.y = 0, w.y+1
			continue
		}
		if w.x < w.columns && w.y < w.rows {
			w.cells[w.y*w.columns+w.x] = cell{c, colour}
		}
		w.x++
	}
}

var (
	words = strings.Fields(`server network device started stopped failed connection timeout
		memory interface address module driver session user request cache buffer reset
		listening on port configuration loaded reached target mounted filesystem service
		unit state link ready queue entry from is not the for with`)
	files = strings.Fields(`README.md main.go config.yaml passwd hosts resolv.conf fstab
		nginx.conf access.log error.log backup.tar.gz id_ed25519.pub notes.txt data.db
		libvirt images vm-disk.qcow2 script.sh Makefile go.mod ca-cert.pem server-key.pem`)
	commands = strings.Fields("ls_-l dmesg|tail journalctl_-xe systemctl_status df_-h ps_aux ip_addr cat_/etc/fstab")
	units    = strings.Fields("sshd systemd kernel dbus-daemon NetworkManager cron qemu libvirtd")
)

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

func sentence(r *rand.Rand, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = pick(r, words)
	}
	return strings.Join(list, " ")
}

func prompt(w *pageWriter, r *rand.Rand) {
	w.print(green, "root@host-%02d", r.IntN(20))
	w.print(grey, ":")
	w.print(blue, "/%s", pick(r, []string{"etc", "var/log", "srv/images", "root"}))
	w.print(grey, "# %s\n", strings.ReplaceAll(pick(r, commands), "_", " "))
}

func listing(w *pageWriter, r *rand.Rand) {
	w.print(grey, "total %d\n", r.IntN(5000))
	for range 3 + r.IntN(8) {
		directory := r.IntN(4) == 0
		mode, colour := "-rw-r--r--", uint32(grey)
		if directory {
			mode, colour = "drwxr-xr-x", blue
		}
		w.print(grey, "%s %2d root root %8d %s %2d %02d:%02d ", mode, 1+r.IntN(9), r.IntN(1<<r.IntN(24)+10),
			pick(r, []string{"Jan", "Feb", "Mar", "Jun", "Sep", "Nov"}), 1+r.IntN(28), r.IntN(24), r.IntN(60))
		w.print(colour, "%s\n", pick(r, files))
	}
}

func kernelLog(w *pageWriter, r *rand.Rand) {
	at := r.IntN(900)
	for range 3 + r.IntN(8) {
		at += r.IntN(3)
		w.print(green, "[%5d.%06d] ", at, r.IntN(1e6))
		w.print(yellow, "%s: ", pick(r, []string{"pci 0000:00:1f.2", "usb 1-1", "EXT4-fs (vda1)", "e1000", "ACPI"}))
		w.print(grey, "%s 0x%08x\n", sentence(r, 2+r.IntN(5)), r.Uint32())
	}
}

func serviceLog(w *pageWriter, r *rand.Rand) {
	for range 3 + r.IntN(8) {
		colour := uint32(grey)
		switch r.IntN(10) {
		case 0:
			colour = red
		case 1:
			colour = white
		}
		w.print(colour, "Mar %2d %02d:%02d:%02d host-%02d %s[%d]: %s\n", 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60),
			r.IntN(20), pick(r, units), r.IntN(32768), sentence(r, 3+r.IntN(6)))
	}
}

func table(w *pageWriter, r *rand.Rand) {
	w.print(white, "%-22s %8s %8s %8s %5s %s\n", "Filesystem", "Size", "Used", "Avail", "Use%", "Mounted on")
	for range 3 + r.IntN(5) {
		w.print(grey, "%-22s %7dG %7dG %7dG %4d%% /%s\n", fmt.Sprintf("/dev/mapper/vg0-%s", pick(r, words)),
			r.IntN(900), r.IntN(500), r.IntN(400), r.IntN(100), pick(r, words))
	}
}
