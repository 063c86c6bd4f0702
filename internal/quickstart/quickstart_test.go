package quickstart

import (
	"context"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vncsec/ca"
	"vncsec/layout"
)

func testOptions(t *testing.T) Options {
	return Options{
		Dir:  filepath.Join(t.TempDir(), "quickstart"),
		Host: Host{Name: "here.example", Names: []string{"here.example", "localhost"}, Addresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}},
		User: "alice",
	}
}

// reused gives for each step whether it used what was there; the check is no such step.
func reused(s *Site) []bool {
	var list []bool
	for _, step := range s.Steps[:3] {
		list = append(list, step.State == Reused)
	}
	return list
}

func TestPrepareTwice(t *testing.T) {
	o := testOptions(t)
	for _, want := range [][]bool{{false, false, false}, {true, true, true}} {
		site, err := Prepare(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, reused(site)); diff != "" {
			t.Error(diff)
		}
	}
	checkPrivate(t, o.Dir)
	if leftovers, _ := filepath.Glob(filepath.Join(o.Dir, "issued-*")); len(leftovers) > 0 {
		t.Errorf("keys are left in %v", leftovers)
	}
	if config, err := layout.LoadClient(filepath.Join(o.Dir, "pki"), "127.0.0.1"); err != nil || len(config.Certificates) != 1 {
		t.Errorf("the client's files do not load: %v", err)
	}
}

// checkPrivate looks for files and folders that others may open.
func checkPrivate(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		secret := entry.IsDir() || strings.Contains(entry.Name(), "key")
		if secret && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestPrepareRenewsWhatIsNotGood(t *testing.T) {
	for name, test := range map[string]struct {
		change func(t *testing.T, o *Options)
		want   []bool
	}{
		"another host name": {func(_ *testing.T, o *Options) { o.Host.Names = append(o.Host.Names, "new.example") }, []bool{true, false, true}},
		"another user":      {func(_ *testing.T, o *Options) { o.User = "bob" }, []bool{true, true, false}},
		"soon expired": {func(_ *testing.T, o *Options) {
			o.Now = func() time.Time { return time.Now().Add(360 * 24 * time.Hour) }
		}, []bool{true, false, false}},
		"a lost certificate": {func(t *testing.T, o *Options) {
			if err := os.Remove(filepath.Join(o.Dir, "pki", "client-cert.pem")); err != nil {
				t.Fatal(err)
			}
		}, []bool{true, true, false}},
		"another authority": {func(t *testing.T, o *Options) {
			if err := os.RemoveAll(filepath.Join(o.Dir, "ca")); err != nil {
				t.Fatal(err)
			}
		}, []bool{false, false, false}},
	} {
		t.Run(name, func(t *testing.T) {
			o := testOptions(t)
			if _, err := Prepare(context.Background(), o); err != nil {
				t.Fatal(err)
			}
			test.change(t, &o)
			site, err := Prepare(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, reused(site)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPrepareRefusesSealedAuthority(t *testing.T) {
	o := testOptions(t)
	o.Now = time.Now
	profile, err := authorityProfile(o)
	if err != nil {
		t.Fatal(err)
	}
	_, err = ca.Create(context.Background(), ca.CreateOptions{Dir: filepath.Join(o.Dir, "ca"), Profile: profile, Passphrase: []byte("secret")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Prepare(context.Background(), o); err == nil || !strings.Contains(err.Error(), "sealed") {
		t.Errorf("error %v", err)
	}
}

func TestThisHost(t *testing.T) {
	host := ThisHost(context.Background())
	if !slices.Contains(host.Names, "localhost") || !slices.Contains(host.Names, host.Name) || len(host.Addresses) != 2 {
		t.Errorf("host %+v", host)
	}
	var odd Host
	for _, name := range []string{"", "two words", "127.0.0.1", "Twice", "twice.", "-dash"} {
		odd.add(name)
	}
	if diff := cmp.Diff([]string{"twice"}, odd.Names); diff != "" {
		t.Error(diff)
	}
}
