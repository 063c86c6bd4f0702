package layout

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// quote makes a word safe for a shell. Names in certificates are written by
// strangers and end in command lines that administrators paste.
func quote(word string) string {
	plain := func(r rune) bool {
		return !strings.ContainsRune("%+,-./:=@_", r) && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	if word != "" && word[0] != '-' && strings.IndexFunc(word, plain) < 0 {
		return word
	}
	printable := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, word)
	return "'" + strings.ReplaceAll(printable, "'", `'\''`) + "'"
}

func cureMode(mode fs.FileMode, path string) string {
	return fmt.Sprintf("chmod %04o %s", mode, quote(path))
}

func cureOwner(uid int, path string) string {
	return fmt.Sprintf("chown %d %s", uid, quote(path))
}

// cureLink replaces a symbolic link by the file it points to.
func cureLink(path string) string {
	p := quote(path)
	return fmt.Sprintf("cp --remove-destination -- \"$(readlink -f %s)\" %s", p, p)
}

func cureAside(path string) string {
	return fmt.Sprintf("mv %s %s", quote(path), quote(path+".bad"))
}

// cureIssue makes a new identity and puts it, with its CA certificate, in place.
func cureIssue(role Role, name, dir string) string {
	if name == "" {
		name = map[Role]string{Server: "HOST", Client: "NAME"}[role]
	}
	out := "new-" + string(role)
	return fmt.Sprintf("vncsec issue %s %s --out %s && vncsec install %s --from %s --dir %s --force",
		role, quote(name), out, role, out, quote(dir))
}

func cureUnseal(path string) string {
	p := quote(path)
	return fmt.Sprintf("(umask 077; openssl pkey -in %s -out %s) && mv %s %s", p, quote(path+".open"), quote(path+".open"), p)
}

// cureCRL makes a fresh revocation list; it runs where the CA's key is.
func cureCRL(dir string) string {
	return fmt.Sprintf("certtool --generate-crl --load-ca-privkey %s --load-ca-certificate %s --outfile %s",
		CAKeyFile, CACertFile, quote(filepath.Join(dir, CACRLFile)))
}

func cureDER(path string) string {
	p, pem := quote(path), quote(path+".pem")
	return fmt.Sprintf("openssl x509 -inform DER -in %s -out %s && mv %s %s", p, pem, pem, p)
}
