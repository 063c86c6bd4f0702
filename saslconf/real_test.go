package saslconf

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"vncsec/internal/peertest"
)

// TestMechanismsOfLibsasl2 holds the table of mechanisms against what saslpluginviewer
// tells of the plugins that are installed, and the plugins against where they are.
func TestMechanismsOfLibsasl2(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "saslpluginviewer")
	out, err := exec.Command("/usr/sbin/saslpluginviewer", "-s").Output()
	must(t, err)
	entry := regexp.MustCompile(`Plugin "(\w+)" \[loaded\].*\n\s*SASL mechanism: (\S+), best SSF: (\d+).*\n\s*security flags: (\S*)`)
	found := entry.FindAllStringSubmatch(string(out), -1)
	if len(found) < 10 {
		t.Fatalf("saslpluginviewer told of %d mechanisms:\n%s", len(found), out)
	}
	plugins := Plugins(PluginDirs(environment{}.lookup))
	for _, match := range found {
		plugin, name, flags := match[1], match[2], strings.Split(match[4], "|")
		ssf, err := strconv.Atoi(match[3])
		must(t, err)
		m, ok := LookupMechanism(name)
		if !ok {
			t.Errorf("the table lacks %s", name)
			continue
		}
		if m.Plugin != plugin || m.SSF != ssf {
			t.Errorf("%s is of plugin %s and has SSF %d; the table says %+v", name, plugin, ssf, m)
		}
		if m.Anonymous == slices.Contains(flags, "NO_ANONYMOUS") || m.Plaintext == (slices.Contains(flags, "NO_PLAINTEXT") || m.Anonymous) {
			t.Errorf("%s has the flags %s; the table says %+v", name, flags, m)
		}
		if !plugins.has(plugin) {
			t.Errorf("the plugin %s is loaded but not found in %s", plugin, plugins)
		}
	}
}

// TestPackages asks Debian's package manager which package a plugin is of.
func TestPackages(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "libsasl2")
	if _, err := exec.LookPath("dpkg-query"); err != nil {
		t.Skip("this is not Debian")
	}
	asked := 0
	for plugin, names := range packages {
		for _, dir := range PluginDirs(environment{}.lookup) {
			out, err := exec.Command("dpkg-query", "--search", filepath.Join(dir, "lib"+plugin+".so")).Output()
			if err != nil {
				continue // not installed
			}
			asked++
			if got, _, _ := strings.Cut(string(out), ":"); got != names.debian {
				t.Errorf("the plugin %s is of package %s; the table says %s", plugin, got, names.debian)
			}
		}
	}
	if asked < 5 {
		t.Errorf("only %d plugins are of a package", asked)
	}
}

// TestRealDatabase checks one that saslpasswd2 made.
func TestRealDatabase(t *testing.T) {
	t.Parallel()
	peertest.Need(t, "saslpasswd2")
	w := newWorld(t)
	must(t, exec.Command("rm", w.database).Run())
	cmd := exec.Command("/usr/sbin/saslpasswd2", "-p", "-c", "-u", host, "-f", w.database, "alice")
	cmd.Stdin = strings.NewReader("geheim\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	w.set("mech_list", "scram-sha-256")
	if findings := w.check(); len(findings) > 0 {
		t.Errorf("found %+v", findings)
	}
}
