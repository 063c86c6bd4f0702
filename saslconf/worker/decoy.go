package worker

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	"vncsec/saslconf/cyrus"
	"vncsec/saslconf/users"
)

// decoy goes on with SCRAM log-ins of users who do not exist, or have no secret that the
// mechanism can use. libsasl2 ends them at once, which tells everybody who asks what names
// there are. Here they are sent what a user with stored keys is sent, and fail at the end,
// where a wrong password does (RFC 5802 section 9 asks for that).
//
// Users whose password is stored readable look different: libsasl2 makes their salt anew,
// and has to compute their keys, which takes time.
type decoy struct {
	secret     []byte
	iterations map[string]int // by mechanism, as the database has them
	refusal    error          // that the log-in under way will end with
}

// Lengths of libsasl2's, in bytes: of the salt that comes with stored keys, and of what it
// adds to a nonce before encoding.
const (
	decoySalt  = 16
	decoyNonce = 24
)

// decoySample is how many stored keys are looked at. Each costs opening the database.
const decoySample = 32

const scram = "SCRAM-"

// step turns the end of a log-in into its next step, if the user is the reason. First is the
// client's first message.
func (d *decoy) step(mechanism, user string, first []byte, err error) (cyrus.Step, bool) {
	var sasl *cyrus.Error
	if !strings.HasPrefix(mechanism, scram) || !errors.As(err, &sasl) {
		return cyrus.Step{}, false
	}
	if _, broken := backendFault(sasl); broken || sasl.Code != cyrus.NoUser && !noSecret(sasl) {
		return cyrus.Step{}, false
	}
	nonce, ok := clientNonce(first)
	if !ok {
		return cyrus.Step{}, false
	}
	random := make([]byte, decoyNonce)
	_, _ = rand.Read(random) // never fails
	encode := base64.StdEncoding.EncodeToString
	d.refusal = err
	return cyrus.Step{Data: fmt.Appendf(nil, "r=%s%s,s=%s,i=%d", nonce, encode(random), encode(d.salt(mechanism, user)), d.count(mechanism))}, true
}

// salt is always the same for a name, as a stored one is.
func (d *decoy) salt(mechanism, user string) []byte {
	mac := hmac.New(sha256.New, d.secret)
	fmt.Fprintf(mac, "%s\x00%s", mechanism, user)
	return mac.Sum(nil)[:decoySalt]
}

func (d *decoy) count(mechanism string) int {
	if n := d.iterations[mechanism]; n > 0 {
		return n
	}
	return users.Iterations
}

// take gives the refusal, once.
func (d *decoy) take() error {
	err := d.refusal
	d.refusal = nil
	return err
}

// clientNonce is the nonce of a message that libsasl2 has understood (RFC 5802 section 7):
// "n,[a=AUTHZID],n=USER,r=NONCE[,...]".
func clientNonce(first []byte) ([]byte, bool) {
	const nonce = 3
	fields := bytes.SplitN(first, []byte(","), nonce+2) // the rest may be very long
	if len(fields) <= nonce {
		return nil, false
	}
	return bytes.CutPrefix(fields[nonce], []byte("r="))
}

// machineID is a number of this machine that nobody outside knows (machine-id(5)).
const machineID = "/etc/machine-id"

// decoySecret is what decoys' salts are made from: the same whenever the server starts, so
// that a restart does not show which of them are real, where the system has such a number.
func decoySecret() []byte {
	id, err := os.ReadFile(machineID)
	if id = bytes.TrimSpace(id); err != nil || len(id) < sha256.Size {
		id = make([]byte, sha256.Size)
		_, _ = rand.Read(id) // never fails
	}
	mac := hmac.New(sha256.New, id)
	mac.Write([]byte("vncsec: salts of users who do not exist"))
	return mac.Sum(nil)
}

// storedIterations finds how many iterations most of some stored keys have, by mechanism.
func (s *service) storedIterations() map[string]int {
	keys, ok := s.users()
	if !ok {
		return nil
	}
	database, err := s.server.Database()
	if err != nil {
		return nil
	}
	defer database.Close()
	seen := map[users.Keys]int{}
	sample := 0
	for _, key := range keys {
		if key.Property != cyrus.SCRAMKeys {
			continue
		}
		if sample++; sample > decoySample {
			break
		}
		value, found, err := database.Value(key)
		if stored, ok := users.ParseKeys(value); ok && found && err == nil {
			seen[stored]++
		}
		clear(value)
	}
	most := map[string]int{}
	for keys, n := range seen {
		best := users.Keys{Mechanism: keys.Mechanism, Iterations: most[keys.Mechanism]}
		if n > seen[best] || n == seen[best] && keys.Iterations > best.Iterations {
			most[keys.Mechanism] = keys.Iterations
		}
	}
	return most
}
