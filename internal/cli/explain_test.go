package cli

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestExplainCertificates explains every code that the verification of certificates
// has, with and without the prefix that it gets in logs.
func TestExplainCertificates(t *testing.T) {
	source, err := os.ReadFile("../../ca/verifyerror.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`Code = "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(codes) < 15 {
		t.Fatalf("found only the codes %q", codes)
	}
	for _, code := range codes {
		var out strings.Builder
		if err := (Env{Stdout: &out}).explain(code[1], false); err != nil || !strings.Contains(out.String(), "what helps:") {
			t.Errorf("%s: %v, %q", code[1], err, &out)
		}
	}
}

// TestExplainList lists every code in one line.
func TestExplainList(t *testing.T) {
	var out strings.Builder
	if err := (Env{Stdout: &out}).explain("", false); err != nil {
		t.Fatal(err)
	}
	for _, e := range explanations() {
		if !strings.Contains(out.String(), "\n    "+e.Code+" ") {
			t.Errorf("%s is not listed", e.Code)
		}
	}
}
