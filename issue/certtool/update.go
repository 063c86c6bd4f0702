package certtool

import (
	"context"
	"errors"
)

func (t *tool) updateCertificate(ctx context.Context) error {
	return errors.New("updateCertificate: not written yet")
}
