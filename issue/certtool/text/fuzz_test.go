package text

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// FuzzText makes sure that whatever is read is described, at a bounded length.
func FuzzText(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, x := range allFixtures(f) {
		f.Add(x.der)
		f.Add(damaged(x.der, random))
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		for _, label := range []string{"CERTIFICATE", "X509 CRL", "CERTIFICATE REQUEST", "PUBLIC KEY"} {
			for _, options := range []Options{{}, {HexNumbers: true, Unsigned: true}} {
				text, err := describe(label, der, options)
				checkLength(t, len(text), len(der))
				if err != nil && text != "" {
					t.Errorf("both a text and the error %v", err)
				}
			}
		}
	})
}

// FuzzPrivateKey does the same for private keys, whose numbers are computed with.
func FuzzPrivateKey(f *testing.F) {
	for _, x := range fixtures(f, "privatekeys.pem") {
		f.Add(x.der)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		for _, label := range []string{"", labelPKCS8, labelRSA, labelEC, labelDSA} {
			key, err := ParsePrivateKey(label, der)
			if err != nil {
				continue
			}
			checkLength(t, len(key.Text(false)), len(der))
			checkLength(t, len(key.Text(true)), len(der))
			key.Valid()
			key.Traditional()
		}
	})
}

func checkLength(t *testing.T, text, der int) {
	const perOctet, fixed = 64, 8192
	if text > perOctet*der+fixed {
		t.Errorf("%d octets are described by %d", der, text)
	}
}

// TestLongIdentifiers: names of objects are cut, as in libtasn1.
func TestLongIdentifiers(t *testing.T) {
	d := decode(nil)
	if got := d.parseOID([]byte(strings.Repeat("\x01", 10000))); len(got) != maxOID {
		t.Errorf("an identifier of %d characters", len(got))
	}
}
