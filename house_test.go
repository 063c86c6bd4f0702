package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goPackage is what go list tells of a package.
type goPackage struct {
	Name, ImportPath, Dir string
	GoFiles               []string
	Deps                  []string // all packages it needs, at any depth
}

// packages lists the packages of the module, without their tests.
func packages(t *testing.T) []goPackage {
	t.Helper()
	command := exec.Command("go", "list", "-json=Name,ImportPath,Dir,GoFiles,Deps", "./...")
	var complaints strings.Builder
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, &complaints)
	}
	var list []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// TestImports keeps the command line out of the domain packages, and the server
// apart from the files it is set up from: vncserve takes its credentials as values.
func TestImports(t *testing.T) {
	edge := []string{"vncsec", "vncsec/internal/cli"}
	terminal := []string{"github.com/urfave/cli/v2", "github.com/AlecAivazis/survey/v2", "golang.org/x/term", "vncsec/internal/cli"}
	for _, p := range packages(t) {
		if slices.Contains(edge, p.ImportPath) {
			continue
		}
		forbidden := terminal
		switch {
		case strings.HasPrefix(p.ImportPath, "vncsec/vncserve"):
			forbidden = append(forbidden, "vncsec/layout", "vncsec/issue")
		case p.ImportPath == "vncsec/templates":
			forbidden = append(forbidden, "vncsec/ca", "vncsec/layout", "vncsec/issue")
		case p.ImportPath == "vncsec/ca":
			forbidden = append(forbidden, "vncsec/layout", "vncsec/issue")
		case p.ImportPath == "vncsec/layout":
			forbidden = append(forbidden, "vncsec/issue", "vncsec/vncserve")
		}
		for _, name := range forbidden {
			if slices.Contains(p.Deps, name) {
				t.Errorf("%s must not need %s", p.ImportPath, name)
			}
		}
	}
}

// TestProcess keeps the end of the process, and its standard streams, in main.go:
// everything else returns errors and writes to the writers it was given. Programs
// that only measure vncsec are processes of their own.
func TestProcess(t *testing.T) {
	forbidden := map[string][]string{
		"os":  {"Exit", "Stdin", "Stdout", "Stderr"},
		"log": {"Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln", "Print", "Printf", "Println"},
		"fmt": {"Print", "Printf", "Println"},
	}
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			if p.Name == "main" && (p.ImportPath != "vncsec" || name == "main.go") {
				continue
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				selector, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := selector.X.(*ast.Ident); ok && slices.Contains(forbidden[x.Name], selector.Sel.Name) {
					t.Errorf("%s: %s.%s stands outside main.go", files.Position(n.Pos()), x.Name, selector.Sel.Name)
				}
				return true
			})
		}
	}
}
