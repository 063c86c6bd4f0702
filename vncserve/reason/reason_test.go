package reason

import (
	"errors"
	"fmt"
	"testing"

	"vncsec/internal/explain/explaintest"
)

// TestTable finds codes without an explanation, and explanations that are not whole or
// not found.
func TestTable(t *testing.T) {
	explaintest.Complete(t, All(), "codes.go", 50)
	for _, e := range All() {
		if got, ok := Explain(e.Code); !ok || got.Meaning != e.Meaning {
			t.Errorf("Explain(%s) finds %v", e.Code, got)
		}
	}
	if _, ok := Explain("no-such-code"); ok {
		t.Error("an unknown code is explained")
	}
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
