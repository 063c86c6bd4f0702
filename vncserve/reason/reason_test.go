package reason

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"testing"
)

// TestTable finds codes without an explanation, and explanations that are not whole.
func TestTable(t *testing.T) {
	form := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	declared := declaredCodes(t)
	for _, e := range All() {
		if !declared[e.Code] {
			t.Errorf("%s is explained twice or not declared", e.Code)
		}
		delete(declared, e.Code)
		if !form.MatchString(string(e.Code)) || e.Meaning == "" || len(e.Causes) == 0 || len(e.Cure) == 0 {
			t.Errorf("the explanation of %q is not whole", e.Code)
		}
		if got, ok := Explain(e.Code); !ok || got.Meaning != e.Meaning {
			t.Errorf("Explain(%s) finds %v", e.Code, got)
		}
	}
	for code := range declared {
		t.Errorf("%s is not explained", code)
	}
	if _, ok := Explain("no-such-code"); ok {
		t.Error("an unknown code is explained")
	}
}

// declaredCodes reads the constants of codes.go.
func declaredCodes(t *testing.T) map[Code]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[Code]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok {
			return true
		}
		text, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		if codes[Code(text)] {
			t.Errorf("%s is declared twice", text)
		}
		codes[Code(text)] = true
		return true
	})
	return codes
}

func TestOf(t *testing.T) {
	err := fmt.Errorf("starting: %w", &Error{Code: SASLRealm, Err: errors.New("no realm X")})
	if code, ok := Of(err); !ok || code != SASLRealm {
		t.Errorf("found %q, %v", code, ok)
	}
	if _, ok := Of(errors.New("plain")); ok {
		t.Error("a code was found where there is none")
	}
	if got := err.Error(); got != "starting: sasl-realm: no realm X" {
		t.Errorf("the text is %q", got)
	}
}
