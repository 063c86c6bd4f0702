package vncserve

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"vncsec/ca"
	"vncsec/vncserve/reason"
)

// TestCertificateReasons finds words of package ca for bad certificates that are not
// explained as reasons.
func TestCertificateReasons(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../ca/verifyerror.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Code") {
			return true
		}
		code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		found++
		if _, ok := reason.Explain(certificateReason(ca.Code(code))); !ok {
			t.Errorf("%s is not explained", certificateReason(ca.Code(code)))
		}
		return true
	})
	if found == 0 {
		t.Error("no code was found")
	}
}
