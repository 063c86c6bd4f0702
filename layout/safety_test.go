package layout

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const stranger = 54321 // a user that exists nowhere

func asRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can give files to others")
	}
}

func TestCheckSafety(t *testing.T) {
	chmod := func(name string, mode fs.FileMode) func(*testing.T, string) {
		return func(t *testing.T, dir string) { must(t, os.Chmod(filepath.Join(dir, name), mode)) }
	}
	chown := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			asRoot(t)
			must(t, os.Lchown(filepath.Join(dir, name), stranger, 0))
		}
	}
	link := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			elsewhere := filepath.Join(t.TempDir(), name)
			must(t, os.Rename(filepath.Join(dir, name), elsewhere))
			must(t, os.Symlink(elsewhere, filepath.Join(dir, name)))
		}
	}
	replace := func(name string, with func(path string) error) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			must(t, os.RemoveAll(filepath.Join(dir, name)))
			must(t, with(filepath.Join(dir, name)))
		}
	}
	tests := []struct {
		name              string
		change            func(t *testing.T, dir string)
		critical, warning []Code
		file              string
	}{
		{"good", func(*testing.T, string) {}, nil, nil, ""},
		{"key for the group", chmod(ServerKeyFile, 0o640), is(KeyMode), nil, ServerKeyFile},
		{"key for everybody", chmod(ServerKeyFile, 0o644), is(KeyMode), nil, ServerKeyFile},
		{"key read-only", chmod(ServerKeyFile, 0o400), nil, nil, ""},
		{"certificate writable", chmod(ServerCertFile, 0o664), is(FileWritable), nil, ServerCertFile},
		{"CA writable", chmod(CACertFile, 0o666), is(FileWritable), nil, CACertFile},
		{"folder for everybody to see", chmod("", 0o755), nil, nil, ""},
		{"folder writable", chmod("", 0o777), is(FolderWritable), nil, ""},
		{"folder writable and sticky", chmod("", 0o777|fs.ModeSticky), is(FolderWritable), nil, ""},
		{"foreign key", chown(ServerKeyFile), is(FileOwner), nil, ServerKeyFile},
		{"foreign CA", chown(CACertFile), is(FileOwner), nil, CACertFile},
		{"foreign folder", chown(""), is(FolderOwner), nil, ""},
		{"linked key", link(ServerKeyFile), nil, is(FileSymlink), ServerKeyFile},
		{"foreign link", func(t *testing.T, dir string) { link(ServerCertFile)(t, dir); chown(ServerCertFile)(t, dir) }, is(FileOwner), is(FileSymlink), ServerCertFile},
		{"dangling link", replace(CACertFile, func(p string) error { return os.Symlink("nowhere", p) }), is(FileMissing), nil, CACertFile},
		{"link to itself", replace(CACRLFile, func(p string) error { return os.Symlink(p, p) }), is(FileUnreadable), nil, CACRLFile},
		{"folder instead of a file", replace(ServerCertFile, func(p string) error { return os.Mkdir(p, 0o700) }), is(FileType), nil, ServerCertFile},
		{"FIFO instead of a file", replace(CACertFile, func(p string) error { return syscall.Mkfifo(p, 0o600) }), is(FileType), nil, CACertFile},
		{"huge file", func(t *testing.T, dir string) { must(t, os.Truncate(filepath.Join(dir, CACertFile), maxFileSize+1)) }, is(FileTooLarge), nil, CACertFile},
		{"CA key", replace(CAKeyFile, func(p string) error { return os.WriteFile(p, nil, 0o600) }), nil, is(CAKeyPresent), CAKeyFile},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := goodSet(Server).write(t)
			tt.change(t, dir)
			report := mustCheck(t, CheckOptions{Role: Server, Dir: dir})
			if got := codesOf(report.Findings, Critical); !slices.Equal(got, tt.critical) {
				t.Errorf("critical %v, want %v: %+v", got, tt.critical, report.Findings)
			}
			if got := codesOf(report.Findings, Warning); !slices.Equal(got, tt.warning) {
				t.Errorf("warnings %v, want %v: %+v", got, tt.warning, report.Findings)
			}
			if want := filepath.Join(dir, tt.file); len(report.Findings) > 0 && report.Findings[0].File != want {
				t.Errorf("file %s, want %s", report.Findings[0].File, want)
			}
			checkWording(t, report)
		})
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestCheckFoldersAbove(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "shared", "pki")
	goodSet(Server).writeTo(t, dir)
	must(t, os.Chmod(filepath.Join(top, "shared"), 0o777))
	report := mustCheck(t, CheckOptions{Role: Server, Dir: dir})
	if got := codesOf(report.Findings, Critical); !slices.Equal(got, is(FolderWritable)) {
		t.Errorf("world-writable folder above: %+v", report.Findings)
	}
	must(t, os.Chmod(filepath.Join(top, "shared"), 0o777|fs.ModeSticky))
	if report := mustCheck(t, CheckOptions{Role: Server, Dir: dir}); len(report.Findings) > 0 {
		t.Errorf("as /tmp: %+v", report.Findings)
	}
	linked := filepath.Join(top, "link")
	must(t, os.Chmod(filepath.Join(top, "shared"), 0o777))
	must(t, os.Symlink(dir, linked))
	if report := mustCheck(t, CheckOptions{Role: Server, Dir: linked}); report.Count(Critical) == 0 {
		t.Error("a link hides the folder above")
	}
}

// The cures of modes and links are run, and must cure.
func TestCuresCure(t *testing.T) {
	dir := goodSet(Server).write(t)
	must(t, os.Chmod(filepath.Join(dir, ServerKeyFile), 0o644))
	must(t, os.Chmod(filepath.Join(dir, ServerCertFile), 0o666))
	elsewhere := filepath.Join(t.TempDir(), "it's a ca.pem")
	must(t, os.Rename(filepath.Join(dir, CACertFile), elsewhere))
	must(t, os.Symlink(elsewhere, filepath.Join(dir, CACertFile)))
	must(t, os.Chmod(dir, 0o777))
	for _, f := range mustCheck(t, CheckOptions{Role: Server, Dir: dir}).Findings {
		runShell(t, f.Cure)
	}
	if report := mustCheck(t, CheckOptions{Role: Server, Dir: dir}); len(report.Findings) > 0 {
		t.Errorf("not cured: %+v", report.Findings)
	}
}

// Below the home of a user nothing is taken away from him, nor is /tmp closed.
func TestCuresDoNoHarm(t *testing.T) {
	asRoot(t)
	home := filepath.Join(t.TempDir(), "home")
	dir := filepath.Join(home, "pki")
	goodSet(Client).writeTo(t, dir)
	for _, path := range []string{home, dir, filepath.Join(dir, ClientKeyFile)} {
		must(t, os.Lchown(path, stranger, stranger))
	}
	must(t, os.Chmod(dir, 0o777|fs.ModeSticky))
	findings := mustCheck(t, CheckOptions{Role: Client, Dir: dir}).Findings
	if got := codesOf(findings, Critical); !slices.Equal(got, is(FileOwner, FolderOwner, FolderWritable)) {
		t.Errorf("critical %v", got)
	}
	for _, f := range findings {
		if strings.Contains(f.Cure, "chown") || strings.Contains(f.Cure, "chmod") {
			t.Errorf("%s: %s", f.Message, f.Cure)
		}
	}
}

// Names in certificates are no options in the command lines that cure.
func TestCureNamesAreNoOptions(t *testing.T) {
	for name, want := range map[string]string{"--ca-dir=/tmp": " client NAME ", "-h": " client NAME ", "": " client NAME ", "a b": " client 'a b' "} {
		if got := cureIssue(Client, name, "/etc/pki/qemu"); !strings.Contains(got, want) {
			t.Errorf("%q: %s", name, got)
		}
	}
}

func TestCheckForAnotherUser(t *testing.T) {
	asRoot(t)
	dir := goodSet(Server).write(t)
	for _, name := range []string{"", ServerKeyFile, ServerCertFile, CACertFile} {
		must(t, os.Lchown(filepath.Join(dir, name), stranger, stranger))
	}
	uid := stranger
	if report := mustCheck(t, CheckOptions{Role: Server, Dir: dir, UID: &uid}); len(report.Findings) > 0 {
		t.Errorf("for its owner: %+v", report.Findings)
	}
	report := mustCheck(t, CheckOptions{Role: Server, Dir: dir})
	if got := codesOf(report.Findings, Critical); !slices.Equal(got, is(FileOwner, FolderOwner)) {
		t.Errorf("for root: %v", got)
	}
}

func TestCheckAtAnotherTime(t *testing.T) {
	dir := goodSet(Server).write(t)
	for _, tt := range []struct {
		at                time.Time
		critical, warning []Code
	}{
		{time.Now().AddDate(0, 0, 350), nil, is(CertExpiresSoon)},
		{time.Now().AddDate(2, 0, 0), is(CertExpired), nil},
		{time.Now().AddDate(-1, 0, 0), is(CertNotYetValid), nil},
	} {
		report := mustCheck(t, CheckOptions{Role: Server, Dir: dir, Now: tt.at})
		if c, w := codesOf(report.Findings, Critical), codesOf(report.Findings, Warning); !slices.Equal(c, tt.critical) || !slices.Equal(w, tt.warning) {
			t.Errorf("at %v: critical %v, warnings %v", tt.at, c, w)
		}
	}
}

// A folder that is a file, or closed to us, is unreadable and not empty.
func TestCheckUnreadable(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pki")
	must(t, os.WriteFile(dir, nil, 0o600))
	report := mustCheck(t, CheckOptions{Role: Server, Dir: dir})
	if got := codesOf(report.Findings, Critical); !slices.Equal(got, is(FileUnreadable)) || report.Findings[0].File != dir || len(report.Findings) != 1 {
		t.Errorf("a file: %+v", report.Findings)
	}
	if os.Geteuid() == 0 {
		return // root reads everything
	}
	closed := goodSet(Server).write(t)
	must(t, os.Chmod(closed, 0))
	defer os.Chmod(closed, 0o700)
	if got := codesOf(mustCheck(t, CheckOptions{Role: Server, Dir: closed}).Findings, Critical); !slices.Contains(got, FileUnreadable) {
		t.Errorf("closed: %v", got)
	}
}
