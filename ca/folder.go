package ca

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"vncsec/internal/atomicfile"
	"vncsec/templates"
)

// The files of a CA folder, which itself has mode 0700.
const (
	KeyFile  = "ca-key.pem"  // mode 0600, sealed or not
	CertFile = "ca-cert.pem" // mode 0644
)

const (
	folderMode = 0o700
	keyMode    = 0o600
	certMode   = 0o644

	maxFileSize = 1 << 20
)

// DirEnv is the environment variable that names the CA folder.
const DirEnv = "VNCSEC_CA_DIR"

// DefaultDir is the CA folder of this user: $VNCSEC_CA_DIR, else for root
// /var/lib/vncsec/ca, else vncsec/ca in the data folder of the XDG base directory
// specification. It is empty if the user has no home.
func DefaultDir() string {
	if dir := os.Getenv(DirEnv); dir != "" {
		return dir
	}
	if os.Geteuid() == 0 {
		return "/var/lib/vncsec/ca"
	}
	// The specification tells to ignore relative paths.
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return filepath.Join(data, "vncsec", "ca")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".local", "share", "vncsec", "ca")
}

// CreateOptions say what authority to create.
type CreateOptions struct {
	Dir        string             // the CA folder; made if it does not exist
	Profile    *templates.Profile // what its certificate holds
	KeyType    KeyType            // empty: DefaultKeyType
	Passphrase []byte             // seals the key; nil: the key is not sealed
	Force      bool               // replace an authority; its files are kept as NAME.old
	Now        func() time.Time   // the clock, time.Now if nil
}

// Create makes the key and the certificate of a new authority and writes both, or
// none, into its folder. Without Force an authority that exists makes it return
// an *atomicfile.ExistsError.
func Create(ctx context.Context, opts CreateOptions) (*Authority, error) {
	if err := refuseExisting(opts); err != nil {
		return nil, err
	}
	authority, err := selfSign(ctx, opts.Profile, opts.KeyType, opts.Now)
	if err != nil {
		return nil, err
	}
	keyPEM, err := MarshalKey(authority.key, opts.Passphrase)
	if err != nil {
		return nil, err
	}
	defer clear(keyPEM)
	if err := atomicfile.MakeDir(opts.Dir, folderMode); err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	set := atomicfile.NewSet(opts.Dir)
	set.Add(KeyFile, keyPEM, atomicfile.Options{Mode: keyMode, Force: opts.Force})
	set.Add(CertFile, MarshalCertificate(authority.cert), atomicfile.Options{Mode: certMode, Force: opts.Force})
	if authority.Files, err = set.Commit(); err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	return authority, nil
}

// refuseExisting saves the seconds that a large key takes. Only the write itself
// decides.
func refuseExisting(opts CreateOptions) error {
	for _, name := range []string{KeyFile, CertFile} {
		path := filepath.Join(opts.Dir, name)
		if _, err := os.Lstat(path); err == nil && !opts.Force {
			return fmt.Errorf("ca: %w", &atomicfile.ExistsError{Path: path})
		}
	}
	return nil
}

// Open opens the authority of a folder. The passphrase is asked for only if the
// key is sealed, and cleared after use; it may be nil if no sealed key is
// expected, which then is ErrPassphraseNeeded.
func Open(dir string, passphrase func() ([]byte, error)) (*Authority, error) {
	certPath, keyPath := filepath.Join(dir, CertFile), filepath.Join(dir, KeyFile)
	certPEM, err := ReadFile(certPath)
	if err != nil {
		return nil, fmt.Errorf("ca: the authority's certificate: %w", err)
	}
	certs, err := ParseCertificates(certPEM)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", certPath, err)
	}
	keyPEM, err := readSecret(keyPath)
	if err != nil {
		return nil, fmt.Errorf("ca: the authority's key: %w", err)
	}
	defer clear(keyPEM)
	key, err := ParseKey(keyPEM, nil)
	if errors.Is(err, ErrPassphraseNeeded) && passphrase != nil {
		secret, askErr := passphrase()
		if askErr != nil {
			return nil, fmt.Errorf("ca: the passphrase of %s: %w", keyPath, askErr)
		}
		defer clear(secret)
		key, err = ParseKey(keyPEM, secret)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", keyPath, err)
	}
	authority, err := newAuthority(certs[0], key, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", certPath, err)
	}
	return authority, nil
}

// ReadFile reads a regular file with certificates, of at most a megabyte. It never
// waits, as for the other end of a pipe in the file's place.
func ReadFile(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readAll(file)
}

// readSecret reads a file that nobody else can have read or replaced: no symbolic
// link, of this user or root, without rights for others. Certificate authorities
// made by certtool often have a key that all may read.
func readSecret(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ELOOP) {
		return nil, fmt.Errorf("%s is a symbolic link: put the file itself there", path)
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); info.Mode().IsRegular() && mode&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read or written by others (mode %04o): chmod 600 %s, and make a new authority if others had access", path, mode, path)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 && int(stat.Uid) != os.Geteuid() {
		return nil, fmt.Errorf("%s belongs to the user %d, neither to this user nor to root", path, stat.Uid)
	}
	return readAll(file)
}

func readAll(file *os.File) ([]byte, error) {
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(fmt.Errorf("%s is not a regular file", file.Name()), err)
	}
	data, err := io.ReadAll(io.LimitReader(file, maxFileSize+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFileSize {
		return nil, fmt.Errorf("%s has more than %d bytes", file.Name(), maxFileSize)
	}
	return data, nil
}
