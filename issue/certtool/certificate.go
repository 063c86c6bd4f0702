package certtool

import (
	"context"
	"errors"
)

func (t *tool) generateCertificate(ctx context.Context) error {
	return errors.New("generateCertificate: not written yet")
}
