package probe

import (
	"testing"

	"vncsec/internal/explain/explaintest"
)

func TestExplanations(t *testing.T) {
	explaintest.Complete(t, Explanations(), "codes.go", 25)
}
