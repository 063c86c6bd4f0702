package templates

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"
)

// TestExplanations finds codes of findings without an explanation, and explanations
// that are not whole.
func TestExplanations(t *testing.T) {
	t.Parallel()
	declared := declaredCodes(t)
	if len(declared) < 25 {
		t.Fatalf("found only %d codes", len(declared))
	}
	for _, e := range Explanations() {
		if !declared[e.Code] {
			t.Errorf("%s is explained twice or not declared", e.Code)
		}
		delete(declared, e.Code)
		if e.Meaning == "" || len(e.Causes) == 0 || len(e.Cure) == 0 {
			t.Errorf("the explanation of %s is not whole", e.Code)
		}
	}
	for code := range declared {
		t.Errorf("%s is not explained", code)
	}
}

// declaredCodes reads the constants of type Code in code.go.
func declaredCodes(t *testing.T) map[Code]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "code.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[Code]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "Code" {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		codes[Code(text)] = true
		return true
	})
	return codes
}
