package cli

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/urfave/cli/v2"
)

// jsonFlag is the option that asks for output that programs read.
func jsonFlag(asJSON *bool) cli.Flag {
	return &cli.BoolFlag{Name: "json", Usage: "print JSON", Destination: asJSON}
}

// dirFlag is the option that names the folder of a server's or viewer's files.
func dirFlag(dir *string) cli.Flag {
	return &cli.PathFlag{
		Name:        "dir",
		Usage:       "`DIR` where the VNC server or viewer looks for its files",
		DefaultText: "/etc/pki/qemu for root, else ~/.pki/qemu",
		Destination: dir,
	}
}

// jsonText writes a value as indented JSON.
func jsonText(value any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		panic(err) // only types that cannot be JSON fail, and those are ours
	}
	return b.String()
}

// count writes a number with what is counted, in the singular or plural.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
