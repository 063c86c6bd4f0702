package certtool_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// casesDir holds the hand-written cases: txtar files with a template in each member.
// Lines of a template that begin with "#:" are not part of it. They say how it is
// used, in words:
//
//	KIND ...        the kinds of calls, see kinds; without one: self and signed
//	NAME=VALUE      a file of the fixtures for the call, or tz, the time zone
//	quoted          the template follows as Go string literals, for bytes that a
//	                text file cannot hold
//	--OPTION ...    more arguments, up to the end of the line
var casesDir = filepath.Join("..", "..", "testdata", "certtool", "cases")

// kinds are the calls that templates are used for. $NAME is a file of the fixtures
// that a case may choose.
var kinds = map[string]string{
	"self":         "--generate-self-signed --load-privkey $key.key",
	"signed":       "--generate-certificate " + withCA + " --load-privkey $key.key",
	"request":      "--generate-request --load-privkey $key.key",
	"from-request": "--generate-certificate " + withCA + " --load-request $csr.csr",
	"self-request": "--generate-self-signed --load-privkey $key.key --load-request $csr.csr",
	"crl":          "--generate-crl " + withCA + " --load-certificate revoked.pem",
	"crl-empty":    "--generate-crl " + withCA,
	"crl-base":     "--generate-crl " + withCA + " --load-certificate revoked.pem --load-crl $crl.crl",
	"update":       "--update-certificate " + withCA + " --load-certificate $cert.pem",
	"proxy":        "--generate-proxy --load-certificate $cert.pem --load-ca-privkey rsa.key --load-privkey $key.key",
}

const withCA = "--load-ca-certificate $ca.pem --load-ca-privkey $cakey.key"

// defaultFiles are the files for calls that do not choose.
var defaultFiles = map[string]string{"key": "rsa", "ca": "ca", "cakey": "ca", "csr": "full", "crl": "base", "cert": "leaf"}

// differentialCase is a template and what it is used for.
type differentialCase struct {
	name     string // FILE/MEMBER
	kinds    []string
	files    map[string]string
	zone     string
	args     []string
	template []byte
}

// calls lists the command lines of a case by their names, FILE/MEMBER:KIND.
func (c differentialCase) calls(f fixtures) map[string]call {
	all := make(map[string]call)
	for _, kind := range c.kinds {
		all[c.name+":"+kind] = call{
			args:     append(c.arguments(f, kinds[kind]), c.args...),
			template: c.template,
			zone:     c.zone,
		}
	}
	return all
}

// arguments fills the files into the arguments of a kind.
func (c differentialCase) arguments(f fixtures, pattern string) []string {
	words := strings.Fields(pattern)
	for i, word := range words {
		name := os.Expand(word, func(name string) string { return cmp.Or(c.files[name], defaultFiles[name]) })
		switch filepath.Ext(name) {
		case ".pem", ".key", ".csr", ".crl":
			words[i] = f.path(name)
		}
	}
	return append(words, "--template", "TEMPLATE", "--outfile", "OUT")
}

// loadCases reads all files of the folder.
func loadCases(t *testing.T) []differentialCase {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(casesDir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in %s: %v", casesDir, err)
	}
	var all []differentialCase
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, member := range archive.Files {
			name := strings.TrimSuffix(filepath.Base(file), ".txtar") + "/" + member.Name
			c, err := parseCase(name, member.Data)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			all = append(all, c)
		}
	}
	return all
}

// parseCase separates the words for the test from the template.
func parseCase(name string, data []byte) (differentialCase, error) {
	c := differentialCase{name: name, files: map[string]string{}, zone: "UTC"}
	quoted := false
	for line := range bytes.Lines(data) {
		directive, ok := strings.CutPrefix(string(line), "#:")
		if !ok {
			c.template = append(c.template, line...)
			continue
		}
		words := strings.Fields(directive)
		if i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "-") }); i >= 0 {
			c.args = append(c.args, words[i:]...)
			words = words[:i]
		}
		for _, word := range words {
			file, value, isFile := strings.Cut(word, "=")
			switch {
			case word == "quoted":
				quoted = true
			case file == "tz":
				c.zone = value
			case isFile && defaultFiles[file] != "":
				c.files[file] = value
			case kinds[word] != "":
				c.kinds = append(c.kinds, word)
			default:
				return c, fmt.Errorf("unknown word %q", word)
			}
		}
	}
	if len(c.kinds) == 0 {
		c.kinds = []string{"self", "signed"}
	}
	if !quoted {
		return c, nil
	}
	return c, c.unquote()
}

// unquote reads the template as string literals, one a line.
func (c *differentialCase) unquote() error {
	var template []byte
	for line := range bytes.Lines(c.template) {
		text, err := strconv.Unquote(string(bytes.TrimSpace(line)))
		if err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
		template = append(template, text...)
	}
	c.template = template
	return nil
}
