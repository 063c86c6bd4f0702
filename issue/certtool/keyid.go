package certtool

import (
	"context"
	"errors"
)

func (t *tool) keyID(ctx context.Context) error { return errors.New("keyID: not written yet") }
