package layout

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"vncsec/internal/shell"
)

func cureMode(mode fs.FileMode, path string) string {
	return fmt.Sprintf("chmod %04o %s", mode, shell.Quote(path))
}

// cureOwner takes a file, or the folder itself, away from the user who has it. What
// lies below a folder of that user, such as his home, stays his.
func cureOwner(owner, has int, dir, path string) string {
	for _, above := range ancestry(filepath.Dir(dir)) {
		if info, err := os.Lstat(above); err == nil && ownerOf(info) == has {
			return fmt.Sprintf("sudo -u '#%d' -s # and run vncsec again as that user", has)
		}
	}
	return fmt.Sprintf("chown %d %s", owner, shell.Quote(path))
}

// cureShared closes a folder to others, but for one that is meant for all.
func cureShared(path string, mode fs.FileMode) string {
	if mode&fs.ModeSticky != 0 {
		return fmt.Sprintf("mkdir -m 0700 %s # and put the files there", shell.Quote(filepath.Join(path, "pki")))
	}
	return fmt.Sprintf("chmod go-w %s", shell.Quote(path))
}

// cureLink replaces a symbolic link by the file it points to.
func cureLink(path string) string {
	p := shell.Quote(path)
	return fmt.Sprintf("cp --remove-destination -- \"$(readlink -f %s)\" %s", p, p)
}

// cureFolder looks at a folder as root, who can look into all, and at what is no
// folder.
func cureFolder(role Role, dir string) string {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Sprintf("ls -ld %s", shell.Quote(dir))
	}
	return fmt.Sprintf("sudo vncsec check %s --dir %s", role, shell.Quote(dir))
}

func cureAside(path string) string {
	return fmt.Sprintf("mv %s %s", shell.Quote(path), shell.Quote(path+".bad"))
}

// cureIssue makes a new identity and puts it, with its CA certificate, in place.
func cureIssue(role Role, name, dir string) string {
	// Names are written by strangers: one with a dash would be an option.
	if name == "" || strings.HasPrefix(name, "-") {
		name = map[Role]string{Server: "HOST", Client: "NAME"}[role]
	}
	out := "new-" + string(role)
	return fmt.Sprintf("vncsec issue %s %s --out %s && vncsec install %s --from %s --dir %s --force",
		role, shell.Quote(name), out, role, out, shell.Quote(dir))
}

func cureUnseal(path string) string {
	p := shell.Quote(path)
	return fmt.Sprintf("(umask 077; openssl pkey -in %s -out %s) && mv %s %s", p, shell.Quote(path+".open"), shell.Quote(path+".open"), p)
}

// cureCRL makes a fresh revocation list; it runs where the CA's key is.
func cureCRL(dir string) string {
	return fmt.Sprintf("certtool --generate-crl --load-ca-privkey %s --load-ca-certificate %s --outfile %s",
		CAKeyFile, CACertFile, shell.Quote(filepath.Join(dir, CACRLFile)))
}

func cureDER(path string) string {
	p, pem := shell.Quote(path), shell.Quote(path+".pem")
	return fmt.Sprintf("openssl x509 -inform DER -in %s -out %s && mv %s %s", p, pem, pem, p)
}
