package security

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestChallengeVector checks DES with mirrored key bits. The vector was made with
// openssl: the key is "password" with the bits of each byte reversed.
//
//	printf '0123456789abcdef' | openssl enc -des-ecb -provider legacy -provider default -nopad -K 0e86ceceeef64e26
func TestChallengeVector(t *testing.T) {
	var challenge [challengeLen]byte
	copy(challenge[:], "0123456789abcdef")
	got, err := AnswerChallenge([]byte("password"), challenge)
	if err != nil {
		t.Fatal(err)
	}
	if want := "5645abeb5f1e6475e8feb11beb66ea19"; hex.EncodeToString(got[:]) != want {
		t.Errorf("got %x, want %s", got, want)
	}
}

func TestPassword(t *testing.T) {
	var challenge [challengeLen]byte
	accepts := func(t *testing.T, p *Password, typed string) bool {
		t.Helper()
		response, err := AnswerChallenge([]byte(typed), challenge)
		if err != nil {
			t.Fatal(err)
		}
		ok, err := p.accepts(challenge, response)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	var p Password
	if p.IsSet() || accepts(t, &p, "") || accepts(t, &p, "x") {
		t.Error("the zero value accepts somebody")
	}
	if _, err := p.Set(nil); !errors.Is(err, ErrEmptyPassword) || p.IsSet() {
		t.Errorf("an empty password is taken: %v", err)
	}
	if cut, err := p.Set([]byte("12345678")); cut || err != nil {
		t.Errorf("cut %v, error %v", cut, err)
	}
	for typed, want := range map[string]bool{"12345678": true, "123456789": true, "1234567": false, "": false, "12345679": false} {
		if accepts(t, &p, typed) != want {
			t.Errorf("%q: accepted is %v", typed, !want)
		}
	}
	if cut, err := p.Set([]byte("123456789")); !cut || err != nil {
		t.Errorf("cut %v, error %v", cut, err)
	}
	if _, err := p.Set([]byte("new")); err != nil || !accepts(t, &p, "new") || accepts(t, &p, "12345678") {
		t.Error("a new password does not replace the old one")
	}
}

func TestPasswordIsNotLogged(t *testing.T) {
	var p Password
	if _, err := p.Set([]byte("hunter22")); err != nil {
		t.Fatal(err)
	}
	key := vncKey([]byte("hunter22"))
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "password", &p)
	for _, text := range []string{log.String(), fmt.Sprint(&p), fmt.Sprintf("%v", &p)} {
		if strings.Contains(text, "hunter22") || strings.Contains(text, fmt.Sprint(key[:])) || !strings.Contains(text, "REDACTED") {
			t.Errorf("the password shows in %q", text)
		}
	}
}
