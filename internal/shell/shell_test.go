package shell

import (
	"os/exec"
	"testing"
)

func TestQuote(t *testing.T) {
	for _, test := range []struct{ word, want string }{
		{"plain", "plain"},
		{"/etc/pki/qemu", "/etc/pki/qemu"},
		{"--dir=a,b:c@d+e%f_g", "--dir=a,b:c@d+e%f_g"},
		{"", "''"},
		{"two words", "'two words'"},
		{"it's", `'it'\''s'`},
		{"$(reboot)", "'$(reboot)'"},
		{"~root", "'~root'"},
		{"a\nb\x1b[31m\u0085", "'a?b?[31m?'"},
		{"Müller", "'Müller'"},
	} {
		if got := Quote(test.word); got != test.want {
			t.Errorf("Quote(%q) = %s, want %s", test.word, got, test.want)
		}
	}
}

func TestLine(t *testing.T) {
	if got, want := Line("vncsec", "check", "a b"), "vncsec check 'a b'"; got != want {
		t.Errorf("Line = %s, want %s", got, want)
	}
}

// TestShell lets a real shell read what Quote wrote.
func TestShell(t *testing.T) {
	for _, word := range []string{
		"plain", "", "two  words", "it's", `back\slash`, "$HOME", "`id`", `"quoted"`, "*", "a;b&c|d", "#x", "!x", "{a,b}", "Müller", "~", "=x", "%1",
	} {
		out, err := exec.Command("sh", "-c", "printf %s "+Quote(word)).Output()
		if err != nil || string(out) != word {
			t.Errorf("a shell read %s as %q, %v; want %q", Quote(word), out, err, word)
		}
	}
}
