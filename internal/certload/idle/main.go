// Idle does nothing, as a program that can load libsasl2 at run time: it takes what no
// such program in Go takes less than.
package main

import (
	"os"

	"github.com/ebitengine/purego"
)

func main() {
	if len(os.Args) == 0 { // never: it only has to be linked
		_, _ = purego.Dlopen("", purego.RTLD_LAZY)
	}
}
