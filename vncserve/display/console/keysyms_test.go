package console

import (
	"bufio"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"vncsec/internal/peertest"
	"vncsec/vncserve/display/console/terminal"
	"vncsec/vncserve/rfb"
)

// xKeysyms reads the keysyms of X: all names, and the characters of those that are
// some.
func xKeysyms(t *testing.T) (named map[string]rfb.Keysym, runes map[rfb.Keysym]rune) {
	t.Helper()
	const header = "/usr/include/X11/keysymdef.h"
	peertest.Need(t, "keysymdef.h")
	f, err := os.Open(header)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	definition := regexp.MustCompile(`^#define XK_(\w+)\s+0x([0-9a-f]+)\s*(?:/\*[ (]*U\+([0-9A-Fa-f]+))?`)
	named, runes = make(map[string]rfb.Keysym), make(map[rfb.Keysym]rune)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		m := definition.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		n, _ := strconv.ParseUint(m[2], 16, 32)
		named[m[1]] = rfb.Keysym(n)
		if m[3] != "" {
			r, _ := strconv.ParseUint(m[3], 16, 32)
			runes[rfb.Keysym(n)] = rune(r)
		}
	}
	return named, runes
}

// TestKeysyms compares the characters of all keysyms with those in X's own list.
func TestKeysyms(t *testing.T) {
	_, runes := xKeysyms(t)
	if len(runes) < 1000 {
		t.Fatalf("the list has only %d characters", len(runes))
	}
	for key, want := range runes {
		if got, ok := key.Rune(); !ok || got != want {
			t.Errorf("keysym %#x is %q, want %q", key, got, want)
		}
	}
}

// TestDeadKeysAsInX compares what an accent and a letter make with X's own list for
// UTF-8.
func TestDeadKeysAsInX(t *testing.T) {
	named, _ := xKeysyms(t)
	f, err := os.Open("/usr/share/X11/locale/en_US.UTF-8/Compose")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	pair := regexp.MustCompile(`^<(dead_\w+)>\s+<(\w+)>\s*:\s*"([^"\\]+|\\")"`)
	same, differ := 0, make(map[string]int)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		m := pair.FindStringSubmatch(lines.Text())
		if m == nil || strings.HasPrefix(m[2], "dead_") {
			continue
		}
		letter, ok := named[m[2]]
		if _, known := deadKeys[named[m[1]]]; !ok || !known {
			continue
		}
		var k keyboard
		k.encode(named[m[1]], terminal.Modes{})
		if got := string(k.encode(letter, terminal.Modes{})); got == strings.TrimPrefix(m[3], `\`) {
			same++
		} else {
			differ[m[1]]++
			t.Logf("%s %s makes %q, in X %q", m[1], m[2], got, m[3])
		}
	}
	// What differs are letters that have the accent only as a mark of its own, which
	// here comes before them as a character; second forms of some letters (horns typed
	// with the hook); and pairs that make something else altogether.
	total := 0
	for _, n := range differ {
		total += n
	}
	if same < 740 || total > 270 {
		t.Errorf("%d are the same, %d differ: %v", same, total, differ)
	}
}
