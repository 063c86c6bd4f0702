package certtool_test

import (
	"fmt"
	"strings"
)

// questionKinds are the actions that ask when there is no template.
var questionKinds = []string{"self", "signed", "request", "from-request", "crl-empty", "crl", "update", "proxy"}

// answers are what people type, good and bad. The last ones are the most frequent.
var answers = []string{
	"DE", "Hessen", "Größe", "two words", " x ", "a.example", "bücher.example", "http://x/", "192.0.2.1", "2001:db8::1", "a@b.example",
	"0", "1", "-1", "007", "0x1234", "0xff", "100", "12x", "3650", "99999", "yes", "N", "Y", "no",
	"n", "n", "y", "y", "y", "", "", "", "", "", "", "", "",
}

// randomAnswers is a run without a template: some answers at random and then those
// that get through all questions that are asked again until they are answered.
func (g generator) randomAnswers(f fixtures, name string) (string, call) {
	c := differentialCase{kinds: []string{g.pick(questionKinds)}, files: map[string]string{}}
	if g.one(2) {
		c.files["key"] = g.pick([]string{"p256", "ed25519"})
	}
	c.files["csr"] = g.pick([]string{"plain", "full", "ca", "p256"})
	var stdin strings.Builder
	for range 50 {
		fmt.Fprintln(&stdin, g.pick(answers))
	}
	stdin.WriteString(strings.Repeat("100\n\ny\n", 20))
	args := c.arguments(f, kinds[c.kinds[0]])
	return name + ":" + c.kinds[0], call{
		// Without --template TEMPLATE.
		args: append(args[:len(args)-4], "--outfile", "OUT"), zone: "UTC", stdin: stdin.String(),
	}
}
