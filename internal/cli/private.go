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
func checkPrivate(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("passphrase file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return withHint(fmt.Errorf("passphrase file: %s is open to others (mode %04o)", f.Name(), mode),
			"chmod 600 %s", shell.Quote(f.Name()))
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 && int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("passphrase file: %s belongs to user %d, neither to you nor to root", f.Name(), stat.Uid)
	}
	return nil
}
