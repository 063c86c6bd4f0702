package cli

import (
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"vncsec/internal/atomicfile"
)

// forceFlag is the option that allows to replace files.
func forceFlag(force *bool) cli.Flag {
	return &cli.BoolFlag{Name: "force", Usage: "replace existing files, and keep each as FILE.old", Destination: force}
}

// fileResult is a file that a command has written, or left as it was.
type fileResult struct {
	Path  string `json:"path"`
	Mode  string `json:"mode"` // octal permission bits
	State string `json:"state"`
	Kept  string `json:"kept,omitempty"` // where the file that was replaced is now
}

// newFileResult describes a file as it is on the disk.
func newFileResult(path, state, kept string) fileResult {
	result := fileResult{Path: path, State: state, Kept: kept}
	if info, err := os.Lstat(path); err == nil {
		result.Mode = fmt.Sprintf("%04o", info.Mode().Perm())
	}
	return result
}

// writtenFile describes a file that was written; kept is where the one that it
// replaced is now, if there was one.
func writtenFile(path, kept string) fileResult {
	state := "written"
	if kept != "" {
		state = "replaced"
	}
	return newFileResult(path, state, kept)
}

// fileTable lists files for people: what happened, mode, path.
func fileTable(files []fileResult) string {
	column := 0
	for _, file := range files {
		column = max(column, len(file.State))
	}
	var b strings.Builder
	for _, file := range files {
		fmt.Fprintf(&b, "%-*s  %s  %s", column, file.State, file.Mode, printable(file.Path))
		if file.Kept != "" {
			fmt.Fprintf(&b, " (the old one is %s)", printable(file.Kept))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// next tells which command comes next.
func (env Env) next(command string) {
	fmt.Fprintf(env.Stderr, "next: %s\n", command)
}

// sameAs are the options for replacing a file by one with its mode and owner.
func sameAs(path string) (atomicfile.Options, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return atomicfile.Options{}, err
	}
	options := atomicfile.Options{Mode: info.Mode().Perm(), Force: true}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && os.Geteuid() == 0 {
		options.UID, options.GID = int(stat.Uid), int(stat.Gid)
	}
	return options, nil
}
