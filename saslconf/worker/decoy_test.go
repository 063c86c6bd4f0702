package worker

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"vncsec/saslconf/users"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/security"
)

const keysOfAlice = "SCRAM-SHA-256$%d:MDEyMzQ1Njc4OWFiY2RlZg==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="

// challenge is a server's first message of SCRAM: nonce, salt, iterations.
var challenge = regexp.MustCompile(`^r=rOprNGfwEbeRWgbNEkqO([A-Za-z0-9+/]{32}),s=([A-Za-z0-9+/]{22}==),i=([0-9]+)$`)

// TestDecoy: who guesses names sees the same of users who exist and of those who do not,
// up to the last answer, and always the same of one user.
func TestDecoy(t *testing.T) {
	t.Parallel()
	s := newSite(t, withDatabase)
	s.addUser("alice", hostName(t), "secret")
	s.setKeys("alice", hostName(t), fmt.Sprintf(keysOfAlice, 5000))
	s.addUser("bob", hostName(t), "secret")
	s.setKeys("bob", hostName(t), strings.Replace(fmt.Sprintf(keysOfAlice, 5000), "MDEy", "NDEy", 1))
	s.addUser("zoe", hostName(t), "secret")
	s.setKeys("zoe", hostName(t), strings.Replace(fmt.Sprintf(keysOfAlice, 7000), "256", "512", 1))
	e := s.engine()
	salts := map[string]string{}
	for range 2 { // the second time by another worker
		for name, code := range map[string]reason.Code{
			"alice": reason.SASLPasswordWrong, "alice@" + hostName(t): reason.SASLPasswordWrong,
			"mallory": reason.SASLUserUnknown, "mallory@" + hostName(t): reason.SASLUserUnknown,
			"eve": reason.SASLUserUnknown, "alice@nowhere": reason.SASLRealm, "zoe": reason.SASLNoSecret,
		} {
			for _, asked := range []bool{false, true} {
				x, step := beginSCRAM(t, e, "n,,n="+name+",r=rOprNGfwEbeRWgbNEkqO", asked)
				found := challenge.FindStringSubmatch(string(step.Data))
				if found == nil || step.Done {
					t.Fatalf("%s is sent %q, done: %v", name, step.Data, step.Done)
				}
				if found[3] != "5000" {
					t.Errorf("%s has %s iterations", name, found[3])
				}
				plain, _ := strings.CutSuffix(name, "@"+hostName(t))
				if before, ok := salts[plain]; ok && before != found[2] {
					t.Errorf("%s has the salt %s, and had %s", name, found[2], before)
				}
				salts[plain] = found[2]
				proof := base64.StdEncoding.EncodeToString(make([]byte, 32))
				_, err := x.Step(t.Context(), []byte("c=biws,r=rOprNGfwEbeRWgbNEkqO"+found[1]+",p="+proof))
				wantCode(t, err, code)
				_, err = x.Step(t.Context(), nil)
				if err == nil {
					t.Errorf("%s goes on", name)
				}
				x.Close()
			}
		}
		killAll(e.idle)
	}
	for _, name := range []string{"alice", "mallory"} { // whoever they want to act as
		for _, other := range []string{"alice", "bob", "eve", "mallory", " ", strings.Repeat("x", 300)} {
			_, step := beginSCRAM(t, e, "n,a="+other+",n="+name+",r=rOprNGfwEbeRWgbNEkqO", false)
			if found := challenge.FindStringSubmatch(string(step.Data)); found == nil || found[2] != salts[name] {
				t.Errorf("%s as %s is sent %q", name, other, step.Data)
			}
		}
	}
	seen := map[string]string{}
	for name, salt := range salts {
		if other, ok := seen[salt]; ok {
			t.Errorf("%s and %s have one salt", name, other)
		}
		seen[salt] = name
	}
}

// beginSCRAM sends the first message, at once or when it is asked for.
func beginSCRAM(t *testing.T, e *Engine, first string, asked bool) (security.SASLExchange, security.SASLStep) {
	t.Helper()
	x, err := e.NewExchange(t.Context(), inTLS)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	var message []byte
	if !asked {
		message = []byte(first)
	}
	step, err := x.Start(t.Context(), "SCRAM-SHA-256", message)
	if asked && err == nil {
		step, err = x.Step(t.Context(), []byte(first))
	}
	if err != nil {
		t.Errorf("%q: %v", first, err)
	}
	return x, step
}

// TestDecoyShape takes what most of the stored keys have.
func TestDecoyShape(t *testing.T) {
	t.Parallel()
	s := newSite(t, withDatabase)
	for name, iterations := range map[string]int{"a": 4096, "b": 20000, "c": 20000, "d": 5000} {
		s.addUser(name, hostName(t), "secret")
		s.setKeys(name, hostName(t), fmt.Sprintf(keysOfAlice, iterations))
	}
	s.addUser("readable", hostName(t), "secret")
	_, step := beginSCRAM(t, s.engine(), "n,,n=mallory,r=rOprNGfwEbeRWgbNEkqO", false)
	if !strings.HasSuffix(string(step.Data), ",i=20000") {
		t.Errorf("the decoy is %q", step.Data)
	}
	none := newSite(t, withDatabase)
	none.addUser("readable", hostName(t), "secret")
	_, step = beginSCRAM(t, none.engine(), "n,,n=mallory,r=rOprNGfwEbeRWgbNEkqO", false)
	if !strings.HasSuffix(string(step.Data), fmt.Sprintf(",i=%d", users.Iterations)) {
		t.Errorf("the decoy is %q", step.Data)
	}
}

// TestNoDecoy leaves faults that have nothing to do with who asks as they are.
func TestNoDecoy(t *testing.T) {
	t.Parallel()
	s := newSite(t, withDatabase)
	s.write("sasldb", "these are no users")
	e := s.engine()
	for _, name := range []string{"alice", "mallory"} {
		x, err := e.NewExchange(t.Context(), inTLS)
		if err != nil {
			t.Fatal(err)
		}
		_, err = x.Start(t.Context(), "SCRAM-SHA-256", []byte("n,,n="+name+",r=rOprNGfwEbeRWgbNEkqO"))
		wantCode(t, err, reason.SASLDBInvalid)
		x.Close()
	}
	for _, first := range []string{"", "n", "n,,n=mallory", "n,,n=mallory,r", "n,,n=mallory,x=y", ",,,r=x", "n,,m=x,n=mallory,r=x"} {
		x, err := e.NewExchange(t.Context(), inTLS)
		if err != nil {
			t.Fatal(err)
		}
		step, err := x.Start(t.Context(), "SCRAM-SHA-256", []byte(first))
		if code, _ := reason.Of(err); code != reason.SASLProtocol && len(step.Data) > 0 {
			t.Errorf("%q is answered %q, %v", first, step.Data, err)
		}
		x.Close()
	}
}
