package layout

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"vncsec/internal/shell"
)

// Permission bits.
const (
	groupWrites  fs.FileMode = 0o020
	othersWrite  fs.FileMode = 0o002
	notJustOwner fs.FileMode = 0o077
)

func (o CheckOptions) owner() int {
	if o.UID != nil {
		return *o.UID
	}
	return os.Geteuid()
}

// checkSafety finds out who else can read a key or put other files in the place of
// these. QEMU looks at none of it.
func checkSafety(content *folder, role Role, owner int) []Finding {
	findings := checkFolder(content.dir, owner)
	keys := map[string]bool{}
	for _, p := range role.pairs() {
		keys[p.key] = true
	}
	for _, name := range role.fileNames() {
		findings = append(findings, checkFile(content.get(name), keys[name], owner)...)
	}
	if path := filepath.Join(content.dir, CAKeyFile); exists(path) {
		findings = append(findings, Finding{
			Severity: Warning, Code: CAKeyPresent, File: path, Cure: fmt.Sprintf("mv %s CA-FOLDER/", shell.Quote(path)),
			Message: path + " is the private key of the authority: who reads it can make any certificate; keep it away from servers",
		})
	}
	return findings
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func unsafe(code Code, path, cure, format string, args ...any) Finding {
	return Finding{Severity: Critical, Code: code, File: path, Cure: cure, Message: fmt.Sprintf(format, args...)}
}

// checkFile looks at one file that is there. A file that is not on the disk yet
// has nothing to look at.
func checkFile(f *file, isKey bool, owner int) []Finding {
	if f.name == nil || f.target == nil {
		return nil
	}
	var findings []Finding
	if f.name.Mode()&fs.ModeSymlink != 0 {
		findings = checkLink(f, owner)
	}
	mode := f.target.Mode().Perm()
	if uid := ownerOf(f.target); uid != 0 && uid != owner {
		findings = append(findings, unsafe(FileOwner, f.path, cureOwner(owner, uid, filepath.Dir(f.path), f.path),
			"%s belongs to user %d, who can change it; expected user %d or root", f.path, uid, owner))
	}
	switch {
	case isKey && mode&notJustOwner != 0:
		findings = append(findings, unsafe(KeyMode, f.path, cureMode(0o600, f.path),
			"%s is a private key with mode %04o, open to others; expected 0600", f.path, mode))
	case mode&(groupWrites|othersWrite) != 0:
		findings = append(findings, unsafe(FileWritable, f.path, cureMode(0o644, f.path),
			"%s has mode %04o, others can change it; expected 0644", f.path, mode))
	}
	return findings
}

// checkLink looks at a symbolic link and the folder that it leads to.
func checkLink(f *file, owner int) []Finding {
	real, err := filepath.EvalSymlinks(f.path)
	if err != nil {
		real = "another file"
	}
	findings := []Finding{{
		Severity: Warning, Code: FileSymlink, File: f.path, Cure: cureLink(f.path),
		Message: fmt.Sprintf("%s is a symbolic link to %s: vncsec install will not replace it, and who controls that folder controls it", f.path, real),
	}}
	if uid := ownerOf(f.name); uid != 0 && uid != owner {
		findings = append(findings, unsafe(FileOwner, f.path, cureLink(f.path),
			"%s is a symbolic link of user %d, who can make it lead elsewhere; expected user %d or root", f.path, uid, owner))
	}
	if err == nil {
		findings = append(findings, checkFolder(filepath.Dir(real), owner)...)
	}
	return findings
}

// checkFolder looks at a folder and all folders above it: who can write in one of
// them can replace everything below.
func checkFolder(dir string, owner int) []Finding {
	var findings []Finding
	for _, path := range components(dir) {
		info, err := os.Lstat(path)
		if err != nil {
			continue // what is in it will be reported as missing or unreadable
		}
		if uid := ownerOf(info); uid != 0 && uid != owner {
			findings = append(findings, unsafe(FolderOwner, path, cureOwner(owner, uid, dir, path),
				"%s belongs to user %d, who can replace what is in it; expected user %d or root", path, uid, owner))
		}
		if info.IsDir() && sharedFolder(info, path == dir) {
			findings = append(findings, unsafe(FolderWritable, path, cureShared(path, info.Mode()),
				"others can write in %s (mode %s) and replace what is in it; expected mode %s", path, octal(info.Mode()), octal(modeOf(path))))
		}
	}
	return findings
}

// sharedFolder tells whether somebody else may rename or add files. In a folder with
// the sticky bit, as /tmp, others cannot rename what is ours, but they can add; the
// group of root is no danger.
func sharedFolder(info fs.FileInfo, last bool) bool {
	if info.Mode()&fs.ModeSticky != 0 && !last {
		return false
	}
	perm := info.Mode().Perm()
	return perm&othersWrite != 0 || (perm&groupWrites != 0 && groupOf(info) != 0)
}

// components lists a path and everything above it, and the same for what it leads
// to if there are symbolic links in it.
func components(dir string) []string {
	list := ancestry(dir)
	if real, err := filepath.EvalSymlinks(dir); err == nil && real != dir {
		for _, path := range ancestry(real) {
			if !slices.Contains(list, path) {
				list = append(list, path)
			}
		}
	}
	return list
}

func ancestry(dir string) []string {
	list := []string{"/"}
	for i := 1; i <= len(dir); i++ {
		if i == len(dir) || dir[i] == filepath.Separator {
			list = append(list, dir[:i])
		}
	}
	return slices.Compact(list)
}

// modeOf is the mode that Install gives a folder.
func modeOf(dir string) fs.FileMode {
	if dir == SystemDir || strings.HasPrefix(SystemDir, dir+"/") {
		return 0o755
	}
	return 0o700
}

func octal(mode fs.FileMode) string { return fmt.Sprintf("%04o", mode.Perm()) }

// ownerOf returns the user of a file, on systems that have such a thing.
func ownerOf(info fs.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid)
	}
	return os.Geteuid()
}

func groupOf(info fs.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Gid)
	}
	return 0
}
