// Package explaintest checks tables of explanations.
package explaintest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"testing"

	"vncsec/internal/explain"
)

// form is that of codes.
var form = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Complete demands that a table explains every constant of type Code that a source file
// of the package under test declares, each once and as a whole. The file has at least so
// many of them.
func Complete[Code ~string](t *testing.T, table []explain.Entry[Code], file string, atLeast int) {
	t.Helper()
	declared := declaredIn[Code](t, file)
	if len(declared) < atLeast {
		t.Fatalf("found only %d codes in %s", len(declared), file)
	}
	for _, e := range table {
		if !declared[e.Code] {
			t.Errorf("%s is explained twice or not declared", e.Code)
		}
		delete(declared, e.Code)
		if !form.MatchString(string(e.Code)) || e.Meaning == "" || len(e.Causes) == 0 || len(e.Cure) == 0 {
			t.Errorf("the explanation of %q is not whole", e.Code)
		}
	}
	for code := range declared {
		t.Errorf("%s is not explained", code)
	}
}

// declaredIn reads the constants of type Code in a file.
func declaredIn[Code ~string](t *testing.T, name string) map[Code]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
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
		for _, value := range spec.Values {
			text, err := strconv.Unquote(value.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			if codes[Code(text)] {
				t.Errorf("%s is declared twice", text)
			}
			codes[Code(text)] = true
		}
		return true
	})
	return codes
}
