package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

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
	return escapeControls(b.String())
}

// escapeControls writes the control characters that encoding/json leaves as they are, DEL
// and those above it, in JSON's other form: some terminals obey them.
func escapeControls(text string) string {
	const first, last = 0x7f, 0x9f
	control := func(r rune) bool { return r >= first && r <= last }
	if strings.IndexFunc(text, control) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if control(r) {
			fmt.Fprintf(&b, "\\u%04x", r)
			continue
		}
		b.WriteRune(r)
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
