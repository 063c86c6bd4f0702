package certtool

import (
	"bufio"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"time"

	"vncsec/internal/atomicfile"
	"vncsec/templates"
	"vncsec/templates/gnudate"
)

// Env is all that a run takes from the process around it.
type Env struct {
	Program string        // what messages call the program; empty: certtool
	Version func() string // of vncsec; nil: unknown

	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer

	Now    func() time.Time         // nil: time.Now
	Getenv func(name string) string // nil: no variable is set

	Prompter Prompter // nil: there is nobody to ask, and Stdin has the answers
}

// tool is one run of certtool.
type tool struct {
	env  Env
	opts *options
	in   *bufio.Reader // standard input, which questions and files share
	out  output

	template *templates.Template // nil: questions are asked

	// What the options come to.
	requested keyKind     // of --key-type and its older spellings; 0: none is asked for
	hash      crypto.Hash // of --hash; 0: none
	signPSS   bool        // of --sign-params
	pkcs8     bool        // keys are written as PKCS #8
	password  *string     // of the options; nil: it is asked for

	signsForIPsec bool // said at the end of certtool's questions: the usage needs nothing more

	inputEnded bool // a question found the end of standard input
}

// errVerdict ends a run with status 1 whose output is its answer: what was looked at is
// not as it should be. As in certtool only standard output gets it, no file.
var errVerdict = errors.New("certtool: the answer is no")

// Run executes one command line, without the program's name, and returns
// certtool's exit code: 0, or 1 after any error.
func Run(ctx context.Context, args []string, env Env) int {
	t := &tool{env: env.withDefaults(), opts: newOptions()}
	t.in = bufio.NewReader(t.env.Stdin)
	err := t.run(ctx, args)
	if err == nil || errors.Is(err, errVerdict) && !t.opts.outfile.given {
		if flushErr := t.flush(); flushErr != nil {
			err = flushErr
		}
	}
	switch {
	case err == nil:
		return 0
	case !errors.Is(err, errVerdict):
		t.report(err)
	}
	return 1
}

func (env Env) withDefaults() Env {
	if env.Program == "" {
		env.Program = "certtool"
	}
	if env.Now == nil {
		env.Now = time.Now
	}
	if env.Getenv == nil {
		env.Getenv = func(string) string { return "" }
	}
	if env.Version == nil {
		env.Version = func() string { return "(unknown)" }
	}
	env.Now = inZone(env.Now, env.Getenv("TZ"))
	return env
}

// inZone makes a clock show the time in the zone of TZ. Of its rules, which need no time
// zone database, Go itself takes no notice.
func inZone(now func() time.Time, tz string) func() time.Time {
	zone, err := gnudate.Zone(tz)
	if tz == "" || err != nil {
		return now
	}
	return func() time.Time { return now().In(zone) }
}

// report tells what went wrong, in certtool's form.
func (t *tool) report(err error) {
	var usage *usageError
	if !errors.As(err, &usage) {
		t.logf("%s\n", err)
		return
	}
	t.logf("%s: %s\n", t.env.Program, err)
	if usage.help {
		t.logf("%s", t.helpText())
	}
}

// logf writes a message to standard error.
func (t *tool) logf(format string, args ...any) {
	fmt.Fprintf(t.env.Stderr, format, args...)
}

// run executes one command line up to its error.
func (t *tool) run(ctx context.Context, args []string) error {
	if err := t.opts.parse(args); err != nil {
		return err
	}
	switch {
	case t.opts.given["help"] || t.opts.given["more-help"]:
		t.writeText(t.helpText())
		return nil
	case t.opts.given["version"]:
		text, err := t.versionText()
		t.writeText(text)
		return err
	}
	if name, found := t.opts.unsupported(); found {
		return fmt.Errorf("--%s is not supported by vncsec", name)
	}
	if err := t.prepare(); err != nil {
		return err
	}
	action, found := t.opts.action()
	if !found {
		t.writeText(t.helpText())
		return errVerdict
	}
	return action(t, ctx)
}

// prepare turns options into what actions need, in certtool's order, which decides
// about the message if several are wrong.
func (t *tool) prepare() error {
	if out := t.opts.outfile; out.given {
		if err := atomicfile.CanOverwrite(out.value); err != nil {
			return says("Cannot open %s for writing: %w", out.value, err)
		}
	}
	for _, step := range []func() error{
		t.checkInfile, t.chooseKeyKind, t.setClock, t.loadTemplate, t.noteDebug,
		t.chooseHash, t.checkCurve, t.choosePassword, t.chooseSignature,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// noteDebug says what certtool says, on standard output, where scripts expect it.
func (t *tool) noteDebug() error {
	if !t.opts.debug.given {
		return nil
	}
	_, err := fmt.Fprintf(t.env.Stdout, "Setting log level to %d\n", t.opts.debug.value)
	return err
}

// choosePassword finds the password that the options give. It is for reading keys and
// for writing them.
func (t *tool) choosePassword() error {
	t.pkcs8 = t.opts.pkcs8
	if given := t.opts.password; given.given {
		t.password = &given.value
		if t.opts.given["generate-privkey"] && !t.pkcs8 {
			t.logf("Assuming PKCS #8 format...\n")
			t.pkcs8 = true
		}
	}
	if t.opts.nullPassword || t.opts.emptyPassword {
		t.password = new(string)
	}
	return nil
}

// setClock makes --attime the present time.
func (t *tool) setClock() error {
	at := t.opts.attime
	if !at.given {
		return nil
	}
	asked := new(templates.Template)
	asked.Add("activation_date", at.value)
	profile, err := asked.Certtool(templates.SelfSigned, t.env.Now())
	if err != nil {
		return fmt.Errorf("--attime: %w", err)
	}
	t.env.Now = func() time.Time { return profile.NotBefore }
	return nil
}
