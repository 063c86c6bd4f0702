package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestComplete(t *testing.T) {
	for _, test := range []struct {
		line string // words, separated by "_"; the last one is under the cursor
		kind string
		want string // candidates, separated by blanks
	}{
		{"iss", "words", "issue"},
		{"", "words", "issue check serve version help"},
		{"sec", "words", ""}, // hidden
		{"x", "words", ""},
		{"issue_", "words", "server help"},
		{"help_iss", "words", "issue"},
		{"issue_server_", "words", ""},
		{"issue_server_--f", "words", "--force"},
		{"issue_server_-", "words", "--cn --dns --force --help --out"},
		{"issue_server_host_--", "words", "--cn --dns --force --help --out"},
		{"issue_server_--out_", "dirs", ""},
		{"issue_server_-o_x", "dirs", ""},
		{"issue_server_--out=x", "dirs", ""},
		{"issue_server_--force=x", "words", ""},
		{"issue_server_--cn_", "words", ""},
		{"check_", "words", "server client"},
		{"check_--json_c", "words", "client"},
		{"check_server_", "words", ""},
		{"check_--bogus_s", "words", "server"},
		{"serve_--_", "files", ""},
		{"serve_--_top_--", "files", ""},
		{"nonsense_", "words", "issue check serve version help"},
	} {
		words := strings.Split(test.line, "_")
		kind, got := complete(testTree(), words[:len(words)-1], words[len(words)-1])
		if want := strings.Fields(test.want); kind != test.kind || !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("complete(%q) = %s %q, want %s %q", test.line, kind, got, test.kind, want)
		}
	}
}

func TestCompletionAnswer(t *testing.T) {
	root := tree()[0]
	for _, test := range []struct{ line, want string }{
		{"issue_client_x_--key-type=rsa-2", "words\n--key-type=rsa-2048\n"},
		{"issue_client_x_--key-type_ed", "words\ned25519\n"},
		{"install_server_--from_", "dirs\n"},
		{"issue_client_x_--template_", "files\n"},
		{"completion_", "words\nbash\nzsh\nfish\n"},
	} {
		if got := completions(root, strings.Split(test.line, "_")); got != test.want {
			t.Errorf("%q is answered with %q, want %q", test.line, got, test.want)
		}
	}
	if got := completions(root, nil); got != "words\n" {
		t.Errorf("no words are answered with %q", got)
	}
}

// FuzzComplete looks for command lines that cannot be completed without a panic.
func FuzzComplete(f *testing.F) {
	f.Add("issue_server_--out=x")
	f.Add("serve_--_--")
	f.Add("---_=")
	f.Fuzz(func(t *testing.T, line string) {
		words := strings.Split(line, "_")
		current := words[len(words)-1]
		_, candidates := complete(testTree(), words[:len(words)-1], current)
		for _, candidate := range candidates {
			if !strings.HasPrefix(candidate, current) {
				t.Errorf("%q was completed to %q", current, candidate)
			}
		}
	})
}
