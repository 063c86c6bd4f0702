package templates

import (
	"testing"

	"vncsec/internal/explain/explaintest"
)

func TestExplanations(t *testing.T) {
	t.Parallel()
	explaintest.Complete(t, Explanations(), "code.go", 25)
}
