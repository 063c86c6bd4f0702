package nearest

import "testing"

func TestWord(t *testing.T) {
	options := []string{"cn", "ca", "organization", "tls_www_server", "tls_www_client", "signing_key", "encryption_key"}
	commands := []string{"ca", "issue", "install", "check", "serve", "server", "client", "version"}
	for _, test := range []struct {
		word       string
		candidates []string
		want       string
	}{
		{"cnn", options, "cn"},
		{"organisation", options, "organization"},
		{"organziation", options, "organization"},
		{"tls_www_sever", options, "tls_www_server"},
		{"tls_www_cleint", options, "tls_www_client"},
		{"SIGNING_KEY", options, "signing_key"},
		{"org", options, "organization"},
		{"www_client", options, "tls_www_client"},
		{"dir", []string{"dns", "ca-dir"}, "ca-dir"},
		{"xyzzy", options, ""},
		{"", options, ""},
		{"q", options, ""},
		{"insall", commands, "install"},
		{"isseu", commands, "issue"},
		{"serv", commands, "serve"},
		{"sever", commands, "server"},
		{"word", nil, ""},
	} {
		got, ok := Word(test.word, test.candidates)
		if got != test.want || ok != (test.want != "") {
			t.Errorf("Word(%q) = %q, %v; want %q", test.word, got, ok, test.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"abc", "abc", 0},
		{"abc", "acb", 1},
		{"ab", "ba", 1},
		{"kitten", "sitting", 3},
		{"ca", "abc", 3},
	} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
		if got := distance(test.b, test.a); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.b, test.a, got, test.want)
		}
	}
}
