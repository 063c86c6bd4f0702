package users

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
)

// DefaultMechanism is the one whose keys are stored if nobody asks for another.
const DefaultMechanism = "SCRAM-SHA-256"

// hashes are those of libsasl2's SCRAM mechanisms.
var hashes = map[string]func() hash.Hash{
	"SCRAM-SHA-1":   sha1.New,
	"SCRAM-SHA-224": sha256.New224,
	"SCRAM-SHA-256": sha256.New,
	"SCRAM-SHA-384": sha512.New384,
	"SCRAM-SHA-512": sha512.New,
}

// Mechanisms lists the mechanisms that keys can be made for.
func Mechanisms() []string {
	return []string{"SCRAM-SHA-1", "SCRAM-SHA-224", "SCRAM-SHA-256", "SCRAM-SHA-384", "SCRAM-SHA-512"}
}

// Iterations are the strength of new keys. RFC 7677 section 4 asks for 4,096 and advises
// 15,000; the viewer has to compute them at each log-in, and those that use libsasl2 refuse
// more than 65,536.
const Iterations = 16384

// saltLength is libsasl2's, in bytes.
const saltLength = 16

// newKeys turns a password into what libsasl2 keeps as authPassword for a mechanism:
// MECHANISM$ITERATIONS:SALT$STOREDKEY:SERVERKEY, as in RFC 5803 section 2.
func newKeys(mechanism string, password []byte) ([]byte, error) {
	salt := make([]byte, saltLength)
	if _, err := rand.Read(salt); err != nil {
		return nil, err
	}
	return deriveKeys(mechanism, password, salt, Iterations)
}

// deriveKeys is RFC 5802 section 3.
func deriveKeys(mechanism string, password, salt []byte, count int) ([]byte, error) {
	newHash, ok := hashes[mechanism]
	if !ok {
		return nil, fmt.Errorf("no keys can be made for the mechanism %q; it can be one of %s", mechanism, strings.Join(Mechanisms(), ", "))
	}
	salted, err := pbkdf2.Key(newHash, string(password), salt, count, newHash().Size())
	if err != nil {
		return nil, err
	}
	defer clear(salted)
	clientKey := keyed(newHash, salted, "Client Key")
	defer clear(clientKey)
	h := newHash()
	h.Write(clientKey)
	encode := base64.StdEncoding.EncodeToString
	return fmt.Appendf(nil, "%s$%d:%s$%s:%s", mechanism, count, encode(salt), encode(h.Sum(nil)),
		encode(keyed(newHash, salted, "Server Key"))), nil
}

func keyed(newHash func() hash.Hash, key []byte, text string) []byte {
	mac := hmac.New(newHash, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// Keys tell of stored keys what anybody may know.
type Keys struct {
	Mechanism  string `json:"mechanism"`
	Iterations int    `json:"iterations"`
}

// ParseKeys reads what is stored as authPassword, by this package or by libsasl2; false if it
// is neither.
func ParseKeys(stored []byte) (Keys, bool) {
	mechanism, rest, ok := strings.Cut(string(stored), "$")
	count, rest, ok2 := strings.Cut(rest, ":")
	salt, keys, ok3 := strings.Cut(rest, "$")
	storedKey, serverKey, ok4 := strings.Cut(keys, ":")
	mechanism = strings.TrimSpace(mechanism)
	if !ok || !ok2 || !ok3 || !ok4 || !slices.Contains(Mechanisms(), mechanism) {
		return Keys{}, false
	}
	n, err := strconv.ParseUint(strings.TrimSpace(count), 10, 32)
	size := hashes[mechanism]().Size()
	if err != nil || n == 0 || decodedLength(salt) < 1 || decodedLength(storedKey) != size || decodedLength(serverKey) != size {
		return Keys{}, false
	}
	return Keys{Mechanism: mechanism, Iterations: int(n)}, true
}

// decodedLength is -1 for what is no Base64.
func decodedLength(s string) int {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s))
	if err != nil {
		return -1
	}
	return len(b)
}
