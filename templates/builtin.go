package templates

import (
	"embed"
	"fmt"
)

//go:embed builtin/*.info
var builtin embed.FS

// Role is what a certificate is for.
type Role string

// The roles that have a built-in template.
const (
	CA     Role = "ca"
	Server Role = "server"
	Client Role = "client"
)

// Builtin returns the text of the built-in template of a role: that of QEMU's
// manual with the names, which are nobody's, as comments.
func Builtin(role Role) ([]byte, error) {
	text, err := builtin.ReadFile("builtin/" + string(role) + ".info")
	if err != nil {
		return nil, fmt.Errorf("templates: there is no built-in template for %q, only for %q, %q and %q", role, CA, Server, Client)
	}
	return text, nil
}

// Default parses the built-in template of a role.
func Default(role Role) (*Template, error) {
	text, err := Builtin(role)
	if err != nil {
		return nil, err
	}
	return Parse("built-in "+string(role)+".info", text)
}
