package saslconf

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vncsec/internal/peertest"
)

// TestAsLibsasl2 holds what Parse reads against what libsasl2 reads: in the files of
// the table, and in many that are put together at random from pieces that matter.
func TestAsLibsasl2(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "libsasl2-dev")
	var contents [][]byte
	for _, test := range files {
		contents = append(contents, []byte(test.content))
	}
	random := rand.New(rand.NewPCG(20, 263))
	for range 3000 {
		contents = append(contents, randomFile(random))
	}
	keys := make([][]string, len(contents))
	parsed := make([]*Config, len(contents))
	for i, content := range contents {
		keys[i] = []string{"mech_list", "x", "y"}
		if c, err := Parse("", content); err == nil {
			parsed[i] = c
			for _, s := range c.Settings() {
				keys[i] = append(keys[i], s.Key)
			}
		}
	}
	refused := 0
	for i, values := range peertest.SASLSettings(t, contents, keys) {
		if values == nil {
			refused++
		}
		if (parsed[i] == nil) != (values == nil) {
			t.Errorf("%.200q: libsasl2 reads %v, Parse %v", contents[i], values, parsed[i])
			continue
		}
		for _, key := range keys[i] {
			if values == nil {
				break
			}
			value, ok := values[key]
			if setting, found := parsed[i].Lookup(key); found != ok || setting.Value != value {
				t.Errorf("%.200q: %s is %q (%v) for libsasl2 and %q (%v) for Parse", contents[i], key, value, ok, setting.Value, found)
			}
		}
	}
	if refused < 300 || refused > 2700 {
		t.Errorf("of %d files libsasl2 refused %d: the files are too much alike", len(contents), refused)
	}
}

// randomFile puts a service file together.
func randomFile(random *rand.Rand) []byte {
	pieces := []string{
		"mech_list", "x", "y", "X", ":", ":", ": ", " : ", "=", " ", "\t", "\v", "\f", "\r", "\r\n", "\n", "\n", "\n", "#", "# ", "\x00", "plain", "a b", "\"q\"",
		"mech_list: plain\n", "x: 1\n", "y:2\n", "X: 3\n", "  x:4 \n", "# x: 5\n", "\xef\xbb\xbf", "\xe4", "-", "_", ".", "é",
		strings.Repeat("v", 4090), "x: " + strings.Repeat("v", 4090), strings.Repeat(" ", 4090), "vv", "vvv", "vvvv",
	}
	var b strings.Builder
	for range 1 + random.IntN(8) {
		b.WriteString(pieces[random.IntN(len(pieces))])
	}
	return []byte(b.String())
}

// TestSearchPathOfLibsasl2 finds the folders that SearchPath has in libsasl2 itself.
func TestSearchPathOfLibsasl2(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "libsasl2")
	libraries, err := filepath.Glob("/usr/lib*/*/libsasl2.so.*")
	if err != nil || len(libraries) == 0 {
		t.Skip("libsasl2 is nowhere where it could be read")
	}
	data, err := os.ReadFile(libraries[0])
	if err != nil {
		t.Fatal(err)
	}
	var dirs []string
	for _, path := range SearchPath(environment{}.lookup) {
		dirs = append(dirs, filepath.Dir(path))
	}
	if want := strings.Join(dirs, ":"); !strings.Contains(string(data), want+"\x00") {
		t.Errorf("%s does not have the folders %s", libraries[0], want)
	}
}

// environment stands for that of a process.
type environment map[string]string

func (e environment) lookup(name string) (string, bool) {
	value, ok := e[name]
	return value, ok
}
