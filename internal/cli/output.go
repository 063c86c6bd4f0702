package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"

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
	return escapeUnseen(b.String())
}

// escapeUnseen writes the characters that encoding/json leaves as they are and that cannot
// be seen in JSON's other form: terminals obey control characters above DEL, and show what
// is around a character such as U+202E in another order.
func escapeUnseen(text string) string {
	unseen := func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }
	if strings.IndexFunc(text, unseen) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if !unseen(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, "\\u%04x", unit)
		}
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
