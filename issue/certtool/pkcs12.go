package certtool

import (
	"context"
	"errors"
)

func (t *tool) toPKCS12(context.Context) error { return errors.New("not written yet") }
func (t *tool) p12Info(context.Context) error  { return errors.New("not written yet") }
