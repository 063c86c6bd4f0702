package certtool

import (
	"context"
	"errors"
)

func (t *tool) generateCRL(ctx context.Context) error {
	return errors.New("generateCRL: not written yet")
}
