package security

import (
	"crypto/des"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"math/bits"
	"sync/atomic"
)

// MaxVNCPassword is how many bytes of a VNC password count (RFC 6143 section 7.2.2).
const MaxVNCPassword = 8

// challengeLen is the size of the challenge and of the response to it.
const challengeLen = 16

// ErrEmptyPassword is returned for an empty password. QEMU takes it, and then lets
// in whoever answers with the all-zero key.
var ErrEmptyPassword = errors.New("the password is empty")

// Password holds the VNC password that viewers must know. Its zero value holds
// none, and refuses every viewer. It may be set while viewers log in.
type Password struct {
	key     atomic.Pointer[[MaxVNCPassword]byte]
	guesses guesses
}

// Set takes a new password. Only its first MaxVNCPassword bytes count: cut tells
// that there were more.
func (p *Password) Set(password []byte) (cut bool, err error) {
	if len(password) == 0 {
		return false, ErrEmptyPassword
	}
	key := vncKey(password)
	p.key.Store(&key)
	return len(password) > MaxVNCPassword, nil
}

// IsSet tells whether a password has been set.
func (p *Password) IsSet() bool { return p.key.Load() != nil }

// String and LogValue keep the password out of logs.
func (p *Password) String() string { return "REDACTED" }

// LogValue implements slog.LogValuer.
func (p *Password) LogValue() slog.Value { return slog.StringValue("REDACTED") }

// accepts compares the response to a challenge with the right one, in constant time.
func (p *Password) accepts(challenge, response [challengeLen]byte) (bool, error) {
	key := p.key.Load()
	if key == nil {
		return false, nil
	}
	want, err := encryptChallenge(*key, challenge)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(want[:], response[:]) == 1, nil
}

// AnswerChallenge gives a viewer's response to a challenge.
func AnswerChallenge(password []byte, challenge [challengeLen]byte) ([challengeLen]byte, error) {
	return encryptChallenge(vncKey(password), challenge)
}

// vncKey makes the DES key: the first eight bytes, filled with zeros, with the bits
// of every byte mirrored, as all implementations do.
func vncKey(password []byte) (key [MaxVNCPassword]byte) {
	copy(key[:], password)
	for i, b := range key {
		key[i] = bits.Reverse8(b)
	}
	return key
}

func encryptChallenge(key [MaxVNCPassword]byte, challenge [challengeLen]byte) (out [challengeLen]byte, err error) {
	block, err := des.NewCipher(key[:])
	if err != nil {
		return out, fmt.Errorf("VNC authentication needs DES: %w", err)
	}
	block.Encrypt(out[:8], challenge[:8])
	block.Encrypt(out[8:], challenge[8:])
	return out, nil
}
