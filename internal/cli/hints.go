package cli

import (
	"errors"
)

// hints returns what to do about an error: the one place where the typed errors
// of the domain packages become advice.
func hints(err error) []string {
	var (
		usage  *usageError
		hinted *hintedError
	)
	switch {
	case errors.As(err, &usage):
		return usage.hints
	case errors.As(err, &hinted):
		return hinted.hints
	}
	return nil
}
