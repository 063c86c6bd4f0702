package layout

import (
	"testing"

	"vncsec/internal/explain/explaintest"
)

func TestExplanations(t *testing.T) {
	t.Parallel()
	explaintest.Complete(t, Explanations(), "finding.go", 50)
}
