package cli

import (
	"fmt"
	"os"
	"syscall"

	"vncsec/internal/shell"
)

// checkPrivate refuses a file with a secret that others can read, or that
// somebody else may have put there. Pipes (as in a shell's process
// substitution) have nobody else at their ends.
func checkPrivate(kind string, f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return withHint(fmt.Errorf("%s: %s is open to others (mode %04o)", kind, f.Name(), mode),
			"chmod 600 %s", shell.Quote(f.Name()))
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 && int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("%s: %s belongs to user %d, neither to you nor to root", kind, f.Name(), stat.Uid)
	}
	return nil
}
