package layout

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"vncsec/internal/oddcert"
)

func install(t *testing.T, from files, dir string, force bool, roles ...Role) ([]Installed, error) {
	t.Helper()
	return Install(context.Background(), InstallOptions{Roles: roles, From: from.write(t), Dir: dir, Force: force})
}

func bothSets() files {
	both := goodSet(Server)
	for name, data := range goodSet(Client) {
		if name != CACertFile {
			both[name] = data
		}
	}
	return both
}

// content reads a whole folder, for comparisons.
func content(t *testing.T, dir string) files {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return files{}
	}
	must(t, err)
	result := files{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		must(t, err)
		result[e.Name()] = data
	}
	return result
}

func sameFiles(a, b files) bool { return maps.EqualFunc(a, b, bytes.Equal) }

func TestInstall(t *testing.T) {
	crl := makeCRL(t, caSpec(), caKey(), time.Now().Add(-time.Hour), time.Now().AddDate(0, 1, 0))
	for _, tt := range []struct {
		name  string
		from  files
		roles []Role
		want  []string
	}{
		{"server", bothSets(), []Role{Server}, []string{CACertFile, ServerCertFile, ServerKeyFile}},
		{"client", bothSets(), []Role{Client}, []string{CACertFile, ClientCertFile, ClientKeyFile}},
		{"both", bothSets(), []Role{Server, Client}, []string{CACertFile, ClientCertFile, ClientKeyFile, ServerCertFile, ServerKeyFile}},
		{"with a revocation list", goodSet(Server).with(CACRLFile, crl), []Role{Server}, []string{CACertFile, CACRLFile, ServerCertFile, ServerKeyFile}},
		{"indexed", goodSet(Server).with("server-cert-0.pem", leafSpec(Server).PEM(), "server-key-0.pem", oddcert.KeyPEM(leafKey())), []Role{Server},
			[]string{CACertFile, "server-cert-0.pem", ServerCertFile, "server-key-0.pem", ServerKeyFile}},
		{"nothing else", goodSet(Server).with("notes.txt", []byte("x"), CAKeyFile, oddcert.KeyPEM(caKey()), DHParamsFile, dhParams()), []Role{Server},
			[]string{CACertFile, ServerCertFile, ServerKeyFile}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir, from := filepath.Join(t.TempDir(), "above", "pki"), tt.from.write(t)
			umask := syscall.Umask(0) // modes must not depend on it
			result, err := Install(context.Background(), InstallOptions{Roles: tt.roles, From: from, Dir: dir})
			syscall.Umask(umask)
			must(t, err)
			got := content(t, dir)
			if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, tt.want) {
				t.Errorf("installed %v, want %v", names, tt.want)
			}
			for _, r := range result {
				checkInstalled(t, r, tt.from[filepath.Base(r.Path)])
			}
			if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("folder: %v, %v", info.Mode(), err)
			}
			for _, role := range tt.roles {
				if report := mustCheck(t, CheckOptions{Role: role, Dir: dir}); len(report.Findings) > 0 {
					t.Errorf("%s: %+v", role, report.Findings)
				}
			}
		})
	}
}

func checkInstalled(t *testing.T, r Installed, want []byte) {
	t.Helper()
	data, err := os.ReadFile(r.Path)
	must(t, err)
	info, err := os.Lstat(r.Path)
	must(t, err)
	mode := fs.FileMode(0o644)
	if strings.Contains(filepath.Base(r.Path), "-key") {
		mode = 0o600
	}
	if info.Mode() != mode || !bytes.Equal(data, want) || r.State != StateInstalled || r.Kept != "" {
		t.Errorf("%+v has mode %v", r, info.Mode())
	}
}

func TestInstallAgain(t *testing.T) {
	from, dir := goodSet(Server), filepath.Join(t.TempDir(), "pki")
	_, err := install(t, from, dir, false, Server)
	must(t, err)
	must(t, os.Chmod(filepath.Join(dir, ServerKeyFile), 0o644))
	result, err := install(t, from, dir, false, Server)
	must(t, err)
	for _, r := range result {
		want := StateUnchanged
		if filepath.Base(r.Path) == ServerKeyFile {
			want = StateMode
		}
		if r.State != want {
			t.Errorf("%s is %s, want %s", r.Path, r.State, want)
		}
	}
	if report := mustCheck(t, CheckOptions{Role: Server, Dir: dir}); len(report.Findings) > 0 {
		t.Errorf("%+v", report.Findings)
	}
	if got := content(t, dir); !sameFiles(got, from) {
		t.Error("the files are others now")
	}
}

func TestInstallOver(t *testing.T) {
	old, renewed, dir := goodSet(Server), leafSpec(Server), filepath.Join(t.TempDir(), "pki")
	renewed.Key = rsaKey().Public()
	from := set(Server, renewed).with(ServerKeyFile, oddcert.KeyPEM(rsaKey()))
	from[CACertFile] = old[CACertFile]
	_, err := install(t, old, dir, false, Server)
	must(t, err)
	if _, err := install(t, from, dir, false, Server); !errors.Is(err, fs.ErrExist) {
		t.Errorf("without force: %v", err)
	}
	if !sameFiles(content(t, dir), old) {
		t.Fatal("refused, and yet something changed")
	}
	result, err := install(t, from, dir, true, Server)
	must(t, err)
	for _, r := range result {
		if name := filepath.Base(r.Path); name != CACertFile && (r.State != StateReplaced || r.Kept != r.Path+".old") {
			t.Errorf("%+v", r)
		}
	}
	want := from.with(ServerCertFile+".old", old[ServerCertFile], ServerKeyFile+".old", old[ServerKeyFile])
	if !sameFiles(content(t, dir), want) {
		t.Errorf("the folder has %v", slices.Sorted(maps.Keys(content(t, dir))))
	}
}

// refusedFor returns the codes of a refusal.
func refusedFor(err error) []Code {
	var refused *RefusedError
	if !errors.As(err, &refused) {
		return nil
	}
	var codes []Code
	for _, f := range refused.Findings {
		codes = append(codes, f.Code)
	}
	return codes
}

func TestInstallRefusesSources(t *testing.T) {
	good := goodSet(Server)
	foreign, mixed := leafSpec(Server), set(Server, leafSpec(Client))
	foreign.Signer = otherCAKey()
	other := caSpec()
	other.Key, other.Signer = otherCAKey().Public(), otherCAKey()
	for _, tt := range []struct {
		name string
		from files
		want Code
	}{
		{"empty folder", files{}, FileMissing},
		{"client's files", goodSet(Client), FileMissing},
		{"no CA", good.with(CACertFile, []byte(nil)), FileMissing},
		{"no key", good.with(ServerKeyFile, []byte(nil)), PairIncomplete},
		{"other key", good.with(ServerKeyFile, oddcert.KeyPEM(otherCAKey())), KeyMismatch},
		{"sealed key", good.with(ServerKeyFile, sealedKey(t)), KeySealed},
		{"another CA's certificate", good.with(ServerCertFile, foreign.PEM()), ChainSignature},
		{"client certificate as server", mixed, EKUWrongRole},
		{"another CA's revocation list", good.with(CACRLFile, makeCRL(t, other, otherCAKey(), time.Now().Add(-time.Hour), time.Now().Add(time.Hour))), CRLForeign},
		{"garbage", good.with(ServerCertFile, []byte("garbage")), CertMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "pki")
			for _, force := range []bool{false, true} {
				_, err := install(t, tt.from, dir, force, Server)
				if codes := refusedFor(err); !slices.Contains(codes, tt.want) {
					t.Errorf("force %v: got %v, want %s", force, err, tt.want)
				}
			}
			if exists(dir) {
				t.Error("the folder was made")
			}
		})
	}
}

func TestInstallRefusesTargets(t *testing.T) {
	old := goodSet(Server)
	newCA := caSpec()
	newCA.Key, newCA.Signer, newCA.Subject, newCA.Issuer = otherCAKey().Public(), otherCAKey(), "new", "new"
	client := leafSpec(Client)
	client.Issuer, client.Signer = "new", otherCAKey()
	fromNew := set(Client, client).with(CACertFile, newCA.PEM())
	oldCRL := makeCRL(t, caSpec(), caKey(), time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	newServer := leafSpec(Server)
	newServer.Issuer, newServer.Signer = "new", otherCAKey()
	for _, tt := range []struct {
		name   string
		change func(t *testing.T, dir string)
		from   files
		role   Role
		force  bool
		want   []Code // nil if it is installed
	}{
		{"another authority", nil, fromNew, Client, false, is(CADiffers)},
		{"another authority by force", nil, fromNew, Client, true, nil},
		{"old revocation list under a new authority", func(t *testing.T, dir string) { files{CACRLFile: oldCRL}.writeTo(t, dir) },
			set(Server, newServer).with(CACertFile, newCA.PEM()), Server, true, is(CRLForeign)},
		{"old indexed identity under a new authority", func(t *testing.T, dir string) {
			files{"server-cert-0.pem": old[ServerCertFile], "server-key-0.pem": old[ServerKeyFile]}.writeTo(t, dir)
		}, set(Server, newServer).with(CACertFile, newCA.PEM()), Server, true, is(ChainIssuer)},
		{"folder for everybody", func(t *testing.T, dir string) { must(t, os.Chmod(dir, 0o777)) }, old, Server, true, is(FolderWritable)},
		{"linked file", func(t *testing.T, dir string) {
			must(t, os.Rename(filepath.Join(dir, ServerKeyFile), filepath.Join(dir, "real")))
			must(t, os.Symlink("real", filepath.Join(dir, ServerKeyFile)))
		}, old, Server, true, is(FileSymlink)},
		{"foreign file", func(t *testing.T, dir string) {
			asRoot(t)
			must(t, os.Chown(filepath.Join(dir, ServerKeyFile), stranger, 0))
		}, old, Server, true, is(FileOwner)},
		{"foreign folder", func(t *testing.T, dir string) { asRoot(t); must(t, os.Chown(dir, stranger, 0)) }, old, Server, true, is(FolderOwner)},
		{"garbage that stays", func(t *testing.T, dir string) { files{DHParamsFile: []byte("garbage")}.writeTo(t, dir) }, old, Server, true, is(DHMalformed)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := old.write(t)
			if tt.change != nil {
				tt.change(t, dir)
			}
			before := content(t, dir)
			_, err := install(t, tt.from, dir, tt.force, tt.role)
			if codes := refusedFor(err); !slices.Equal(codes, tt.want) || (tt.want == nil) != (err == nil) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if err != nil && !sameFiles(before, content(t, dir)) {
				t.Error("refused, and yet something changed")
			}
		})
	}
}

func TestInstallRefusesLinkedFolder(t *testing.T) {
	top := t.TempDir()
	link := filepath.Join(top, "link")
	must(t, os.Symlink(goodSet(Server).write(t), link))
	if _, err := install(t, goodSet(Server), link, true, Server); !slices.Equal(refusedFor(err), is(FileSymlink)) {
		t.Errorf("got %v", err)
	}
}

func TestInstallOptionErrors(t *testing.T) {
	for name, opts := range map[string]InstallOptions{
		"no role": {From: "."}, "no source": {Roles: []Role{Server}}, "bad role": {Roles: []Role{"x"}, From: "."},
	} {
		if _, err := Install(context.Background(), opts); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
