package saslconf

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"vncsec/internal/shell"
	"vncsec/vncserve/reason"
)

// locate finds the service file, and says what is odd about where it is.
func (x *examination) locate() {
	found := Find(x.account, x.Getenv)
	if x.File == "" {
		x.search = found
		x.checkSearch()
		return
	}
	path, err := filepath.Abs(x.File)
	if err != nil {
		path = x.File
	}
	x.search = &Search{Path: path, Why: "named on the command line", Candidates: found.Candidates}
	if !slices.ContainsFunc(found.Candidates, func(c Candidate) bool { return c.State == StateUsed && sameFile(c.Path, path) }) && isThere(path) {
		x.addAbout(path, Warning, reason.SASLConfElsewhere, 0,
			instead(found)+"; vncsec serve takes this one with --sasl-conf", elsewhereCure(path))
	}
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// sameFile tells whether two paths lead to one file.
func sameFile(a, b string) bool {
	first, errA := os.Stat(a)
	second, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(first, second)
}

// instead words what QEMU finds in place of a file.
func instead(found *Search) string {
	if found.Path == "" {
		return "QEMU does not find this file: there is " + found.Why
	}
	return "QEMU does not find this file but " + found.Path + ", " + found.Why
}

// elsewhereCure makes libsasl2 find a file: by its place, or by its folder.
func elsewhereCure(path string) string {
	if filepath.Base(path) != FileName {
		return shell.Line("install", "-D", "-m", "0644", path, DefaultPath)
	}
	return "export " + confPathEnv + "=" + shell.Quote(filepath.Dir(path)) + " # for QEMU, in whatever starts it"
}

// checkSearch says what the search came upon.
func (x *examination) checkSearch() {
	used := false
	for _, c := range x.search.Candidates {
		used = used || c.State == StateUsed
		switch {
		case c.State == StateClosed && !used:
			x.addAbout(c.Path, Critical, reason.SASLConfUnreadable, 0,
				fmt.Sprintf("%s cannot read the service file, which libsasl2 then takes for missing: %v", x.account.Name, x.account.mayRead(c.Path)),
				x.readableCure(c.Path))
		case c.State == StateShadowed:
			x.addAbout(c.Path, Warning, reason.SASLConfElsewhere, 0,
				"this file is never read: "+x.search.Path+" comes first", shell.Line("mv", c.Path, c.Path+".unused"))
		}
	}
	if dirs, ok := x.Getenv(confPathEnv); ok {
		x.addAbout(orDefault(x.search.Path, x.wanted()), Warning, reason.SASLConfElsewhere, 0,
			fmt.Sprintf("%s=%s decides where the file is: a QEMU that is started without it, by systemd or libvirt, reads another or none", confPathEnv, dirs),
			"unset "+confPathEnv)
	}
	x.checkQEMUFile()
	if x.search.Path == "" && len(critical(x.findings)) == 0 {
		x.findings = append(x.findings, unreadable(x.wanted(), fs.ErrNotExist))
	}
}

// readableCure opens a service file for reading: it holds no secret in most cases.
func (x *examination) readableCure(path string) string {
	if access, ok := x.account.mayRead(path).(*accessError); ok && access.info.IsDir() {
		return shell.Line("chmod", "a+x", access.path)
	}
	return shell.Line("chmod", "a+r", path)
}

// wanted is where a missing file should be.
func (x *examination) wanted() string {
	if len(x.search.Candidates) > 0 {
		return x.search.Candidates[0].Path
	}
	return DefaultPath
}

// checkQEMUFile finds a service file in the place of QEMU's own settings, which have
// sections: QEMU does not even start with it.
func (x *examination) checkQEMUFile() {
	data, err := readFile(qemuFile)
	if err != nil || !bytes.Contains(bytes.ToLower(data), []byte("mech_list")) {
		return
	}
	x.addAbout(qemuFile, Critical, reason.SASLConfElsewhere, 0,
		"libsasl2 never reads this file, and QEMU, which takes it for its own settings, does not start with it", shell.Line("mv", qemuFile, DefaultPath))
}

// load reads the file; false if it is no use.
func (x *examination) load() bool {
	c, err := Load(x.search.Path)
	if refused, ok := err.(*RefusedError); ok {
		x.findings = append(x.findings, refused.Findings...)
		return false
	}
	x.config = c
	if err := x.account.mayRead(c.Path); err != nil {
		x.add(Critical, reason.SASLConfUnreadable, 0, fmt.Sprintf("%s cannot read the service file: %v", x.account.Name, err), x.readableCure(c.Path))
	}
	return true
}

// checkSafety finds out who else can change the file or read what is secret in it.
func (x *examination) checkSafety() {
	x.checkChangeable(x.config.Path, reason.SASLConfWritable, 0)
	info, err := os.Stat(x.config.Path)
	if err != nil || !othersMayRead(info) {
		return
	}
	for _, s := range x.config.Settings() {
		if key, ok := LookupKey(s.Key); ok && key.Kind == Secret {
			x.add(Critical, reason.SASLConfSecret, s.Line, fmt.Sprintf("%s is a password, and every user can read the file (mode %04o); expected 0600", s.Key, info.Mode().Perm()),
				x.account.ownCure(x.config.Path))
		}
	}
}

// checkChangeable finds out who else can change a file or put another in its place.
// The bits allowed are ones that the group of the file may have.
func (x *examination) checkChangeable(path string, code reason.Code, allowed fs.FileMode) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return
	}
	if info, err := os.Stat(real); err == nil {
		if uid, _ := ownersOf(info); x.isStranger(uid) {
			x.addAbout(path, Critical, code, 0, fmt.Sprintf("it belongs to user %s, who can change it; expected root or %s", userName(uid), x.account.Name), shell.Line("chown", x.account.Name, path))
		}
		if mode := info.Mode().Perm(); mode&^allowed&0o022 != 0 {
			x.addAbout(path, Critical, code, 0, fmt.Sprintf("others can change it (mode %04o)", mode), shell.Line("chmod", "go-w", path))
		}
	}
	for dir := filepath.Dir(real); ; dir = filepath.Dir(dir) {
		x.checkFolder(path, dir, code)
		if dir == filepath.Dir(dir) {
			return
		}
	}
}

// checkFolder finds out who can replace a file by way of a folder above it. In one
// with the sticky bit, as /tmp, only the owner of a file can.
func (x *examination) checkFolder(path, dir string, code reason.Code) {
	info, err := os.Stat(dir)
	if err != nil {
		return
	}
	uid, gid := ownersOf(info)
	mode := info.Mode()
	switch {
	case x.isStranger(uid):
		x.addAbout(path, Critical, code, 0, fmt.Sprintf("the folder %s belongs to user %s, who can replace the file", dir, userName(uid)), shell.Line("chown", "root", dir))
	case mode&fs.ModeSticky != 0:
	case mode&0o002 != 0, mode&0o020 != 0 && gid != 0:
		x.addAbout(path, Critical, code, 0, fmt.Sprintf("others can write in the folder %s (mode %04o) and replace the file", dir, mode.Perm()), shell.Line("chmod", "go-w", dir))
	}
}

// isStranger tells whether a user is neither root nor the one who runs the server,
// nor the one who looks.
func (x *examination) isStranger(uid int) bool {
	return uid != 0 && uid != x.account.UID && uid != os.Geteuid()
}

// checkSettings looks at keys and values by themselves.
func (x *examination) checkSettings() {
	seen := map[string]int{}
	for _, s := range x.config.Settings() {
		if first, ok := seen[s.Key]; ok {
			x.add(Warning, reason.SASLKeyDuplicate, s.Line, fmt.Sprintf("%s stands in line %d already, and the first one counts: %q does not", s.Key, first, Shown(s)), editCure(s.Line, "d", x.config.Path))
			continue
		}
		seen[s.Key] = s.Line
		key, ok := LookupKey(s.Key)
		if !ok {
			x.unknownKey(s)
			continue
		}
		if fault := key.faultOf(s.Value); fault != "" && s.Key != "mech_list" {
			severity := Warning
			if key.Security {
				severity = Critical
			}
			x.add(severity, reason.SASLValueInvalid, s.Line, fmt.Sprintf("%s has the value %q: %s", s.Key, Shown(s), fault), x.valueCure(key, s))
		}
	}
	if level := x.config.Get("log_level"); level == "7" {
		s, _ := x.config.Lookup("log_level")
		x.add(Critical, reason.SASLValueInvalid, s.Line, "log_level 7 writes passwords into the system log", setCure(x.config.Path, "log_level", "1"))
	}
}

// HasSecret tells whether there is a password in the file.
func (c *Config) HasSecret() bool {
	return slices.ContainsFunc(c.settings, func(s Setting) bool {
		key, ok := LookupKey(s.Key)
		return ok && key.Kind == Secret
	})
}

// Shown is the value of a setting for people, who must not see passwords.
func Shown(s Setting) string {
	if key, ok := LookupKey(s.Key); ok && key.Kind == Secret {
		return "(secret)"
	}
	return s.Value
}

// unknownKey is the finding about a key that nobody reads. Where a key was probably
// meant that keeps a door shut, it is critical.
func (x *examination) unknownKey(s Setting) {
	meant, ok := SuggestKey(s.Key)
	if !ok {
		x.add(Warning, reason.SASLKeyUnknown, s.Line, fmt.Sprintf("libsasl2 knows no key %s, and ignores it", s.Key), editCure(s.Line, "d", x.config.Path))
		return
	}
	severity := Warning
	if key, _ := LookupKey(meant); key.Security {
		severity = Critical
	}
	x.add(severity, reason.SASLKeyUnknown, s.Line, fmt.Sprintf("libsasl2 knows no key %s, and ignores it: did you mean %s?", s.Key, meant), editCure(s.Line, renameKey(s.Key, meant), x.config.Path))
}

// valueCure proposes a value: the words without what separates them wrongly, the
// default, or nothing.
func (x *examination) valueCure(key Key, s Setting) string {
	clean := strings.Join(strings.FieldsFunc(trimTypePrefix(s.Value), func(r rune) bool { return strings.ContainsRune(blanks+`,;"'`, r) }), " ")
	if clean != "" && clean != s.Value && key.faultOf(clean) == "" {
		return setCure(x.config.Path, s.Key, clean)
	}
	if key.Default != "" && key.faultOf(key.Default) == "" {
		return setCure(x.config.Path, s.Key, key.Default)
	}
	return setCure(x.config.Path, s.Key, "") + " # takes it out"
}
