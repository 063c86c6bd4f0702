package certtool

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"vncsec/internal/pbe"
	"vncsec/issue/certtool/keys"
	"vncsec/templates"
)

// errNoPIN is what certtool says when an encrypted key has to be opened and nobody can
// be asked.
var errNoPIN = says("No PIN given.\nnote: when operating in batch mode, set the GNUTLS_PIN or GNUTLS_SO_PIN environment variables")

// openKey reads a private key. If it is encrypted, first finds the first password to
// try, and after that certtool's other sources are tried.
func (t *tool) openKey(ctx context.Context, data []byte, first func(context.Context) (pbe.Password, error)) (keys.Private, error) {
	key, err := keys.Parse(data, t.opts.inder, nil)
	var sealed *keys.SealedError
	if !errors.As(err, &sealed) {
		return key, err
	}
	password, err := first(ctx)
	if err != nil {
		return nil, err
	}
	key, err = keys.Parse(data, t.opts.inder, &password)
	if !errors.Is(err, keys.ErrDecrypt) {
		return key, err
	}
	again, asked := t.optionPassword()
	if !asked {
		return nil, err
	}
	return keys.Parse(data, t.opts.inder, &again)
}

// pin finds the password of a key as certtool finds a token's PIN: in the environment,
// among the options unless --ask-pass is given, and by asking unless there is a
// template.
func (t *tool) pin(ctx context.Context) (pbe.Password, error) {
	if pin := t.env.Getenv("GNUTLS_PIN"); pin != "" {
		return newPassword([]byte(pin)), nil
	}
	if password, ok := t.optionPassword(); ok && !t.opts.askPass {
		return password, nil
	}
	if t.opts.batch && !t.opts.askPass {
		return pbe.Password{}, errNoPIN
	}
	text, err := t.askSecret(ctx, "Enter password: ")
	if err == nil && len(text) == 0 {
		err = errNoPIN
	}
	return newPassword(text), err
}

// optionPassword is the password that the options give.
func (t *tool) optionPassword() (pbe.Password, bool) {
	switch {
	case t.opts.nullPassword:
		return pbe.Password{Null: true}, true
	case t.password != nil:
		return newPassword([]byte(*t.password)), true
	}
	return pbe.Password{}, false
}

// keyPassword finds the password to open or close a key file with: of the options, of
// the template, or by asking, twice if it is new. Plain says that the file is not
// encrypted: nothing was given or entered, and not on purpose.
func (t *tool) keyPassword(ctx context.Context, confirm bool) (password pbe.Password, plain bool, err error) {
	if password, ok := t.optionPassword(); ok {
		empty := len(password.Text) == 0 && !password.Null && !t.opts.emptyPassword
		return password, empty, nil
	}
	var text []byte
	if t.opts.batch && !t.opts.askPass {
		text, err = t.templatePassword()
	} else if confirm {
		text, err = t.askNewSecret(ctx)
	} else {
		text, err = t.askSecret(ctx, "Enter password: ")
	}
	return newPassword(text), len(text) == 0, err
}

// askSecret asks for a password: the person at the terminal, or standard input. The end
// of the input is an empty answer, as in certtool.
func (t *tool) askSecret(ctx context.Context, question string) ([]byte, error) {
	if t.env.Prompter != nil {
		secret, err := t.env.Prompter.Secret(ctx, question)
		if !errors.Is(err, ErrNoTerminal) {
			return secret, err
		}
	}
	t.logf("%s", question)
	line, err := t.readLine()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	return []byte(line), err
}

// maxMismatches bounds how often two passwords may differ.
const maxMismatches = 10

// askNewSecret asks for a password until it was entered twice alike. An empty second
// answer is taken for a wish to have none.
func (t *tool) askNewSecret(ctx context.Context) ([]byte, error) {
	for range maxMismatches {
		first, err := t.askSecret(ctx, "Enter password: ")
		if err != nil {
			return nil, err
		}
		second, err := t.askSecret(ctx, "Confirm password: ")
		if err != nil {
			return nil, err
		}
		if len(second) == 0 || subtle.ConstantTimeCompare(first, second) == 1 {
			clear(first)
			return second, nil
		}
		t.logf("Password mismatch, try again.\n")
	}
	return nil, errors.New("the passwords differ again and again")
}

// newPassword brings a password into the form that GnuTLS derives keys from, the
// OpaqueString of RFC 8265 section 4.2: all kinds of blanks alike, in Unicode's form C.
// Bytes that are no UTF-8 stay as they are.
func newPassword(text []byte) pbe.Password {
	if !utf8.Valid(text) {
		return pbe.Password{Text: text}
	}
	blanks := bytes.Map(func(r rune) rune {
		if unicode.Is(unicode.Zs, r) {
			return ' '
		}
		return r
	}, text)
	return pbe.Password{Text: norm.NFC.Bytes(blanks)}
}

// templatePassword is the password of keys in the template.
func (t *tool) templatePassword() ([]byte, error) {
	if t.template == nil {
		return nil, nil
	}
	profile, err := t.template.Certtool(templates.KeyFile, t.env.Now())
	if err != nil || profile.Password == nil {
		return nil, err
	}
	return []byte(*profile.Password), nil
}
