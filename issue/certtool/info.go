package certtool

import (
	"context"
	"errors"
)

func (t *tool) certificateInfo(ctx context.Context) error {
	return errors.New("certificateInfo: not written yet")
}

func (t *tool) crlInfo(ctx context.Context) error { return errors.New("crlInfo: not written yet") }

func (t *tool) crqInfo(ctx context.Context) error { return errors.New("crqInfo: not written yet") }

func (t *tool) keyInfo(ctx context.Context) error { return errors.New("keyInfo: not written yet") }

func (t *tool) pubkeyInfo(ctx context.Context) error {
	return errors.New("pubkeyInfo: not written yet")
}

func (t *tool) certificatePubkey(ctx context.Context) error {
	return errors.New("certificatePubkey: not written yet")
}

func (t *tool) p8Info(ctx context.Context) error { return errors.New("p8Info: not written yet") }
