package pbe

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"testing"
)

func unhex(t *testing.T, digits string) []byte {
	t.Helper()
	data, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestRC2 has those examples of RFC 2268 section 5 whose effective key length is that
// of the key.
func TestRC2(t *testing.T) {
	for _, test := range []struct{ key, plain, sealed string }{
		{"ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49"},
		{"3000000000000000", "1000000000000001", "30649edf9be7d2c2"},
		{"88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6"},
	} {
		block, err := newRC2(unhex(t, test.key))
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 8)
		block.Encrypt(got, unhex(t, test.plain))
		if !bytes.Equal(got, unhex(t, test.sealed)) {
			t.Errorf("key %s: %x, want %s", test.key, got, test.sealed)
		}
		block.Decrypt(got, got)
		if !bytes.Equal(got, unhex(t, test.plain)) {
			t.Errorf("key %s: decrypted to %x, want %s", test.key, got, test.plain)
		}
	}
}

// ciphers are all that Seal knows.
var ciphers = []Cipher{AES128, AES192, AES256, TripleDES, PKCS12_3DES, PKCS12_RC4, PKCS12_RC2}

func TestSealOpen(t *testing.T) {
	t.Parallel()
	plain := []byte("what nobody else shall read")
	password := Password{Text: []byte("pässword")}
	for _, c := range ciphers {
		const rounds = 1000 // the real number takes long with the race detector
		algorithm, sealed, err := seal(c, plain, password, rounds)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(sealed, plain[:8]) {
			t.Errorf("cipher %d: the plain text is in %x", c, sealed)
		}
		got, err := Open(algorithm, sealed, password)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("cipher %d: %q, %v", c, got, err)
		}
		if got, err := Open(algorithm, sealed, Password{Text: []byte("wrong")}); err == nil && bytes.Equal(got, plain) {
			t.Errorf("cipher %d opens with the wrong password", c)
		}
		info, err := Describe(algorithm)
		if err != nil || info.Cipher != c || info.Rounds != rounds || len(info.Salt) != saltSize {
			t.Errorf("cipher %d is described as %+v, %v", c, info, err)
		}
	}
}

// TestEmptyAndNull tells the empty password from none where PKCS #12 does.
func TestEmptyAndNull(t *testing.T) {
	empty, null := Password{}, Password{Null: true}
	salt := []byte("12345678")
	if bytes.Equal(PKCS12Key(sha1.New, 1, empty, salt, 1, 20), PKCS12Key(sha1.New, 1, null, salt, 1, 20)) {
		t.Error("PKCS #12 derives the same key from the empty password and from none")
	}
}

// TestPKCS12Key derives keys that are longer than a hash, with and without a salt.
func TestPKCS12Key(t *testing.T) {
	short := PKCS12Key(sha256.New, 1, Password{Text: []byte("x")}, []byte("salt"), 3, 16)
	long := PKCS12Key(sha256.New, 1, Password{Text: []byte("x")}, []byte("salt"), 3, 100)
	if len(long) != 100 || !bytes.Equal(short, long[:16]) {
		t.Errorf("%x does not begin %x", short, long)
	}
	if bytes.Equal(long[:32], long[32:64]) {
		t.Error("the parts of a long key are the same")
	}
	if got := PKCS12Key(sha1.New, 1, Password{Null: true}, nil, 1, 8); len(got) != 8 {
		t.Errorf("%d octets", len(got))
	}
}

// TestBounds refuses what asks for too much work, and what is not known.
func TestBounds(t *testing.T) {
	algorithm := func(oid asn1.ObjectIdentifier, params any) pkix.AlgorithmIdentifier {
		a, err := encode(oid, params)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	scheme := pkcs12OID(3)
	for name, a := range map[string]pkix.AlgorithmIdentifier{
		"rounds":         algorithm(scheme, pkcs12Params{Salt: []byte("x"), Rounds: MaxRounds + 1}),
		"no rounds":      algorithm(scheme, pkcs12Params{Salt: []byte("x")}),
		"negative":       algorithm(scheme, pkcs12Params{Salt: []byte("x"), Rounds: -1}),
		"no parameters":  {Algorithm: scheme},
		"PBES2, nothing": {Algorithm: oidPBES2},
		"unknown":        {Algorithm: asn1.ObjectIdentifier{1, 2, 3}},
	} {
		if _, err := Open(a, make([]byte, 16), Password{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	var unsupported *UnsupportedError
	if _, err := Open(pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 3}}, nil, Password{}); !errors.As(err, &unsupported) {
		t.Errorf("an unknown scheme is %v", err)
	}
}

// FuzzDescribe reads parameters that may be anything.
func FuzzDescribe(f *testing.F) {
	for _, c := range ciphers {
		algorithm, err := pbes2Algorithm(c, 1)
		if c > TripleDES {
			algorithm, err = pkcs12Algorithm(c, 1)
		}
		if err != nil {
			f.Fatal(err)
		}
		der, err := asn1.Marshal(algorithm)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		var algorithm pkix.AlgorithmIdentifier
		if _, err := asn1.Unmarshal(der, &algorithm); err != nil {
			return
		}
		info, err := Describe(algorithm)
		if err != nil || info.Rounds > 10 {
			return
		}
		plain, err := Open(algorithm, make([]byte, 32), Password{Text: []byte("x")})
		if err == nil && len(plain) > 32 {
			t.Errorf("32 octets decrypt to %d", len(plain))
		}
	})
}
