package certtool

import (
	"context"
	"errors"
)

func (t *tool) generateProxy(ctx context.Context) error {
	return errors.New("generateProxy: not written yet")
}
