package saslconf

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Application is the name under which QEMU initializes libsasl2, and after which
// the service file is called.
const Application = "qemu"

// FileName is the name of the service file.
const FileName = Application + ".conf"

// DefaultPath is where a service file belongs: the first folder in which libsasl2
// looks on Debian.
const DefaultPath = "/etc/sasl2/" + FileName

// The environment variables that libsasl2 takes its folders from: those of service
// files, and those of plugins. Both are lists with colons.
const (
	confPathEnv   = "SASL_CONF_PATH"
	pluginPathEnv = "SASL_PATH"
)

// qemuFile is QEMU's own settings file, which has the same name and another syntax.
// QEMU opens it too, which is why it is sometimes taken for the service file.
const qemuFile = "/etc/qemu/" + FileName

// Candidate is a place where libsasl2 looks for the service file.
type Candidate struct {
	Path  string `json:"path"`
	State string `json:"state"` // one of the States
}

// The states of a candidate.
const (
	StateUsed     = "used"     // this is the one
	StateMissing  = "missing"  // there is no file
	StateClosed   = "closed"   // the account cannot open it, which libsasl2 takes for missing
	StateShadowed = "shadowed" // there is a file, but one before it is used
)

// Search is how the service file was found.
type Search struct {
	Path       string      `json:"path,omitempty"` // empty: none
	Why        string      `json:"why"`
	Candidates []Candidate `json:"candidates,omitempty"` // in the order of libsasl2
}

// Find looks for the service file as libsasl2 does for a process of the account: in
// the folders of SASL_CONF_PATH or else of the system, in order. A file that cannot
// be opened is passed over silently.
func Find(account *Account, getenv func(string) (string, bool)) *Search {
	s := &Search{}
	for _, path := range SearchPath(getenv) {
		state := account.stateOf(path)
		if state == StateUsed && s.Path != "" {
			state = StateShadowed
		}
		if state == StateUsed {
			s.Path = path
		}
		s.Candidates = append(s.Candidates, Candidate{Path: path, State: state})
	}
	s.Why = s.explain(getenv)
	return s
}

func (a *Account) stateOf(path string) string {
	switch _, err := os.Stat(path); {
	case err != nil && os.IsPermission(err):
		return StateClosed
	case err != nil:
		return StateMissing
	case a.mayRead(path) != nil:
		return StateClosed
	}
	return StateUsed
}

// explain says why a search ended as it did.
func (s *Search) explain(getenv func(string) (string, bool)) string {
	where := "the folders that libsasl2 was built with"
	if dirs, ok := getenv(confPathEnv); ok {
		where = confPathEnv + "=" + dirs
	}
	if s.Path == "" {
		return "no readable " + FileName + " in " + where
	}
	return "the first readable " + FileName + " in " + where
}

// SearchPath lists the paths that libsasl2 tries for the service file. An empty
// folder in SASL_CONF_PATH is the root folder.
func SearchPath(getenv func(string) (string, bool)) []string {
	dirs := confDirs()
	if list, ok := getenv(confPathEnv); ok {
		dirs = strings.Split(list, ":")
	}
	paths := make([]string, len(dirs))
	for i, dir := range dirs {
		paths[i] = filepath.Clean(dir + "/" + FileName)
	}
	return slices.Compact(paths)
}

// confDirs are the folders that distributors build into libsasl2: Debian's, which
// are also those of Arch and SUSE, or Fedora's.
func confDirs() []string {
	if lib64 := "/usr/lib64/sasl2"; isDir(lib64) && !isDir(multiarch()) {
		return []string{lib64, "/etc/sasl2"}
	}
	return []string{"/etc/sasl2", "/etc/sasl", multiarch(), "/usr/lib/sasl2"}
}

// PluginDirs lists the folders from which libsasl2 loads its plugins.
func PluginDirs(getenv func(string) (string, bool)) []string {
	if list, ok := getenv(pluginPathEnv); ok {
		return strings.Split(list, ":")
	}
	for _, dir := range []string{multiarch(), "/usr/lib64/sasl2"} {
		if isDir(dir) {
			return []string{dir}
		}
	}
	return []string{"/usr/lib/sasl2"}
}

// multiarch is Debian's folder for the plugins of this architecture.
func multiarch() string {
	triplet, ok := map[string]string{
		"386": "i386-linux-gnu", "amd64": "x86_64-linux-gnu", "arm": "arm-linux-gnueabihf", "arm64": "aarch64-linux-gnu",
		"loong64": "loongarch64-linux-gnu", "ppc64le": "powerpc64le-linux-gnu", "riscv64": "riscv64-linux-gnu", "s390x": "s390x-linux-gnu",
	}[runtime.GOARCH]
	if !ok {
		triplet = runtime.GOARCH + "-linux-gnu"
	}
	return "/usr/lib/" + triplet + "/sasl2"
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
