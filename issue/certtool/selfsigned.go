package certtool

import (
	"context"
	"errors"
)

func (t *tool) generateSelfSigned(ctx context.Context) error {
	return errors.New("generateSelfSigned: not written yet")
}
