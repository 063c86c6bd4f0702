package certtool

import (
	"context"
	"errors"
)

func (t *tool) fingerprint(ctx context.Context) error {
	return errors.New("fingerprint: not written yet")
}
