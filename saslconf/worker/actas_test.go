package worker

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"vncsec/vncserve/reason"
)

// proof is a client's last message of SCRAM-SHA-256 (RFC 5802 section 3).
func proof(t *testing.T, gs2, bare, challenge, password string) string {
	t.Helper()
	parts := regexp.MustCompile(`^r=([^,]+),s=([^,]+),i=(\d+)$`).FindStringSubmatch(challenge)
	if parts == nil {
		t.Fatalf("the challenge is %q", challenge)
	}
	var count int
	if _, err := fmt.Sscan(parts[3], &count); err != nil {
		t.Fatal(err)
	}
	salt, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		t.Fatal(err)
	}
	salted, err := pbkdf2.Key(sha256.New, password, salt, count, sha256.Size)
	if err != nil {
		t.Fatal(err)
	}
	mac := func(key []byte, text string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	key := mac(salted, "Client Key")
	stored := sha256.Sum256(key)
	last := "c=" + base64.StdEncoding.EncodeToString([]byte(gs2)) + ",r=" + parts[1]
	signature := mac(stored[:], bare+","+challenge+","+last)
	for i := range key {
		key[i] ^= signature[i]
	}
	return last + ",p=" + base64.StdEncoding.EncodeToString(key)
}

// TestActAs has a user with the right password who wants to be somebody else: nobody may,
// by any mechanism, and the same messages without that wish let him in.
func TestActAs(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	s.addUser("admin", hostName(t), "other")
	e := s.engine()
	for other, code := range map[string]reason.Code{
		"": "", "alice": "", "admin": reason.SASLNotAuthorized, "nobody": reason.SASLNotAuthorized, "ALICE": reason.SASLNotAuthorized,
		"alice@elsewhere": reason.SASLNotAuthorized, "alic": reason.SASLNotAuthorized, "alicee": reason.SASLNotAuthorized,
	} {
		t.Run("as "+other, func(t *testing.T) {
			for _, mechanism := range []string{"PLAIN", "SCRAM-SHA-256", "DIGEST-MD5"} {
				x, err := e.NewExchange(t.Context(), inTLS)
				if err != nil {
					t.Fatal(err)
				}
				defer x.Close()
				var done bool
				switch mechanism {
				case "PLAIN":
					step, startErr := x.Start(t.Context(), mechanism, []byte(other+"\x00alice\x00secret"))
					done, err = step.Done, startErr
				case "SCRAM-SHA-256":
					gs2 := "n,,"
					if other != "" {
						gs2 = "n,a=" + other + ","
					}
					const bare = "n=alice,r=abcdefgh"
					step, startErr := x.Start(t.Context(), mechanism, []byte(gs2+bare))
					if startErr != nil {
						t.Fatal(startErr)
					}
					step, err = x.Step(t.Context(), []byte(proof(t, gs2, bare, string(step.Data), "secret")))
					done = step.Done
				case "DIGEST-MD5":
					step, startErr := x.Start(t.Context(), mechanism, nil)
					if startErr != nil {
						t.Fatal(startErr)
					}
					step, err = x.Step(t.Context(), []byte(digest(string(step.Data), hostName(t), other)))
					done = step.Done
				}
				if code != "" {
					wantCode(t, err, code)
				}
				if in := err == nil && done && x.User() == "alice"; in != (code == "") {
					t.Errorf("%s: alice is in as %q: %v, %v", mechanism, x.User(), done, err)
				}
			}
		})
	}
}

// digest is alice's answer to a challenge of DIGEST-MD5 (RFC 2831 section 2.1.2), with the
// name of somebody whom she wants to act as.
func digest(challenge, host, other string) string {
	_, nonce, _ := strings.Cut(challenge, `nonce="`)
	nonce, _, _ = strings.Cut(nonce, `"`)
	hash := func(s string) string { sum := md5.Sum([]byte(s)); return hex.EncodeToString(sum[:]) }
	secret := md5.Sum([]byte("alice:" + host + ":secret"))
	a1 := string(secret[:]) + ":" + nonce + ":cnonce"
	also := ""
	if other != "" {
		a1 += ":" + other
		also = fmt.Sprintf(`,authzid="%s"`, other)
	}
	response := hash(hash(a1) + ":" + nonce + ":00000001:cnonce:auth:" + hash("AUTHENTICATE:vnc/"+host))
	return fmt.Sprintf(`username="alice",realm="%s",nonce="%s",cnonce="cnonce",nc=00000001,qop=auth,digest-uri="vnc/%s",response=%s,charset=utf-8%s`,
		host, nonce, host, response, also)
}
