package saslconf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"vncsec/internal/shell"
	"vncsec/vncserve/reason"
)

// Load reads a service file. The error is a *RefusedError.
func Load(path string) (*Config, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, &RefusedError{Findings: []Finding{unreadable(path, err)}}
	}
	c, err := Parse(path, data)
	if fault := (*SyntaxError)(nil); errors.As(err, &fault) {
		return nil, &RefusedError{Findings: []Finding{fault.finding()}}
	}
	return c, err
}

// Require checks the service file that a server is about to use and returns it. It
// refuses, with a *RefusedError, everything that would let in who must not, and
// everything that a server cannot work with: no file, a file that libsasl2 does not
// read, no list of mechanisms, none that may be used, a missing or unreadable
// database or keytab. What can change while the server runs is no reason to refuse.
func Require(ctx context.Context, o Options) (*Config, error) {
	x, err := examine(ctx, o)
	if err != nil {
		return nil, err
	}
	refusing := slices.DeleteFunc(critical(x.findings), func(f Finding) bool {
		return slices.Contains(changing, f.Code)
	})
	if len(refusing) > 0 {
		return nil, &RefusedError{Findings: refusing}
	}
	return x.config, nil
}

// changing are the codes of what is looked up anew for every log-in.
var changing = []reason.Code{
	reason.SASLDBEmpty, reason.SASLRealm, reason.SASLNoSecret,
	reason.SASLSaslauthdDown, reason.SASLPAMService,
}

// errNotFile and errTooLarge are what readFile refuses besides what the system does.
var (
	errNotFile  = errors.New("it is not a regular file")
	errTooLarge = fmt.Errorf("it has more than %d bytes", maxFile)
)

// readFile reads a file of bounded size, and no device or pipe, which could block.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotFile
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if len(data) > maxFile {
		return nil, errTooLarge
	}
	return data, err
}

// unreadable is the finding about a service file that cannot be read.
func unreadable(path string, err error) Finding {
	f := Finding{Severity: Critical, Code: reason.SASLConfUnreadable, File: path,
		Message: fmt.Sprintf("the service file cannot be read: %v", cause(err)), Cure: shell.Line("ls", "-l", path)}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.Code, f.Message, f.Cure = reason.SASLConfMissing, "there is no service file, and without one libsasl2 offers every mechanism that is installed, ANONYMOUS too", initCure(path)
	case errors.Is(err, fs.ErrPermission):
		f.Cure = shell.Line("chmod", "a+r", path)
	case errors.Is(err, errNotFile), errors.Is(err, errTooLarge):
		f.Code = reason.SASLConfInvalid
	}
	return f
}

// finding is the one about a line that libsasl2 refuses.
func (e *SyntaxError) finding() Finding {
	return Finding{Severity: Critical, Code: reason.SASLConfInvalid, File: e.Path, Line: e.Line,
		Message: e.Reason + "; libsasl2 refuses the whole file", Cure: editCure(e.Line, e.Edit, e.Path)}
}

// cause takes the bare reason out of the errors of package os.
func cause(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}
