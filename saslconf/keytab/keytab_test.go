package keytab

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vncsec/internal/peertest"
)

// entry writes an entry as MIT Kerberos does.
func entry(order binary.AppendByteOrder, version byte, realm string, components ...string) []byte {
	text := func(b []byte, s string) []byte { return append(order.AppendUint16(b, uint16(len(s))), s...) }
	count := len(components)
	if version == 1 {
		count++
	}
	b := order.AppendUint16(nil, uint16(count))
	b = text(b, realm)
	for _, c := range components {
		b = text(b, c)
	}
	if version == 2 {
		b = order.AppendUint32(b, 1)
	}
	b = order.AppendUint32(b, 1_700_000_000)
	b = append(b, 3)
	b = order.AppendUint16(b, 18)
	b = text(b, "secret key bytes")
	if version == 2 {
		b = order.AppendUint32(b, 300)
	}
	return append(order.AppendUint32(nil, uint32(len(b))), b...)
}

func TestParse(t *testing.T) {
	hole := append(binary.BigEndian.AppendUint32(nil, uint32(0xFFFFFFFB)), "holes"...) // -5
	for _, test := range []struct {
		name string
		data []byte
		want string
		kvno uint32
	}{
		{"empty", []byte{5, 2}, "", 0},
		{"one", append([]byte{5, 2}, entry(binary.BigEndian, 2, "EXAMPLE.ORG", "vnc", "a.example.org")...), "vnc/a.example.org@EXAMPLE.ORG", 300},
		{"native", append([]byte{5, 1}, entry(binary.NativeEndian, 1, "R", "qemu", "h")...), "qemu/h@R", 3},
		{"hole and end", bytes.Join([][]byte{{5, 2}, hole, entry(binary.BigEndian, 2, "R", "vnc", "h"), {0, 0, 0, 0}, []byte("rest")}, nil), "vnc/h@R", 300},
	} {
		t.Run(test.name, func(t *testing.T) {
			entries, err := Parse(test.data)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, e := range entries {
				names = append(names, e.Principal())
				if e.Version != test.kvno || e.Encryption != 18 || e.Time.Unix() != 1_700_000_000 {
					t.Errorf("read %+v", e)
				}
			}
			if got := strings.Join(names, " "); got != test.want {
				t.Errorf("read %q, want %q", got, test.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	good := append([]byte{5, 2}, entry(binary.BigEndian, 2, "R", "vnc", "h")...)
	for name, data := range map[string][]byte{
		"nothing": nil, "one byte": {5}, "text": []byte("mech_list: plain\n"), "version": {5, 3},
		"cut": good[:len(good)-1], "no name": {5, 2, 0, 0, 0, 2, 0, 0}, "short entry": {5, 2, 0, 0, 0, 4, 0, 1, 0, 9},
		"huge": {5, 2, 0x7f, 0xff, 0xff, 0xff, 1}, "smallest": {5, 2, 0x80, 0, 0, 0, 1},
	} {
		if entries, err := Parse(data); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: read %v, %v", name, entries, err)
		}
	}
}

// TestKtutil reads what MIT Kerberos wrote.
func TestKtutil(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "ktutil")
	file := filepath.Join(t.TempDir(), "keytab")
	cmd := exec.Command("ktutil")
	cmd.Stdin = strings.NewReader("addent -password -p vnc/h.example.org@EXAMPLE.ORG -k 7 -e aes256-cts\npw\n" +
		"addent -password -p qemu/h.example.org@EXAMPLE.ORG -k 1000 -e aes128-cts\npw\nwkt " + file + "\nquit\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := Parse(data)
	if err != nil || len(entries) != 2 {
		t.Fatalf("read %v, %v", entries, err)
	}
	if e := entries[0]; e.Principal() != "vnc/h.example.org@EXAMPLE.ORG" || e.Version != 7 || e.Encryption != 18 {
		t.Errorf("first %+v", e)
	}
	if e := entries[1]; e.Principal() != "qemu/h.example.org@EXAMPLE.ORG" || e.Version != 1000 || e.Encryption != 17 {
		t.Errorf("second %+v", e)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte{5, 2})
	f.Add(append([]byte{5, 2}, entry(binary.BigEndian, 2, "R", "vnc", "h")...))
	f.Add(append([]byte{5, 1}, entry(binary.NativeEndian, 1, "R", "vnc", "h")...))
	f.Add([]byte{5, 2, 0x80, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := Parse(data)
		if err != nil && !errors.Is(err, ErrFormat) {
			t.Fatalf("an error without ErrFormat: %v", err)
		}
		size := 0
		for _, e := range entries {
			size += len(e.Principal())
		}
		if size > len(data) {
			t.Fatalf("%d bytes of names from %d bytes", size, len(data))
		}
	})
}
