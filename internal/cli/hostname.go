package cli

import "vncsec/templates"

// hostNames turns host names of a command line into the form that certificates and DNS have.
func hostNames(names ...*string) error {
	for _, name := range names {
		ascii, err := templates.ASCIIHost(*name)
		if err != nil {
			return usagef("%v", err)
		}
		*name = ascii
	}
	return nil
}
