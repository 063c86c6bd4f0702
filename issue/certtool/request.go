package certtool

import (
	"context"
	"errors"
)

func (t *tool) generateRequest(ctx context.Context) error {
	return errors.New("generateRequest: not written yet")
}
