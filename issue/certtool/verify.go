package certtool

import (
	"context"
	"errors"
)

func (t *tool) verify(ctx context.Context) error { return errors.New("verify: not written yet") }

func (t *tool) verifyChain(ctx context.Context) error {
	return errors.New("verifyChain: not written yet")
}

func (t *tool) verifyCRL(ctx context.Context) error { return errors.New("verifyCRL: not written yet") }
