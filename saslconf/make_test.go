package saslconf

import (
	"slices"
	"strings"
	"testing"
)

func TestNew(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		options NewOptions
		want    []string // settings in their order
	}{
		{NewOptions{Ways: []string{"scram-sha-256"}}, []string{"mech_list=scram-sha-256", "auxprop_plugin=sasldb", "sasldb_path=/etc/qemu/passwd.db"}},
		{NewOptions{Ways: []string{"SCRAM-SHA-256", "scram-sha-256", "scram-sha-1"}, Database: "/a/db"},
			[]string{"mech_list=scram-sha-256 scram-sha-1", "auxprop_plugin=sasldb", "sasldb_path=/a/db"}},
		{NewOptions{Ways: []string{"gssapi"}, Beside: "/b"}, []string{"mech_list=gssapi", "keytab=/b/krb5.tab"}},
		{NewOptions{Ways: []string{"plain-pam"}}, []string{"mech_list=plain", "pwcheck_method=saslauthd", "saslauthd_path=/var/run/saslauthd/mux"}},
		{NewOptions{Ways: []string{"plain", "digest-md5"}, Database: "/a/db", Beside: "/b"},
			[]string{"mech_list=plain digest-md5", "pwcheck_method=auxprop", "auxprop_plugin=sasldb", "sasldb_path=/a/db"}},
	} {
		c, err := New(test.options)
		if err != nil {
			t.Errorf("%v: %v", test.options, err)
			continue
		}
		var got []string
		for _, s := range c.Settings() {
			got = append(got, s.Key+"="+s.Value)
			if key, ok := LookupKey(s.Key); !ok || key.faultOf(s.Value) != "" {
				t.Errorf("%s: %s is not good: %s", s.Key, s.Value, key.faultOf(s.Value))
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%v:\ngot  %q\nwant %q", test.options, got, test.want)
		}
		for line := range strings.Lines(string(c.Bytes())) {
			if len(line) > 100 {
				t.Errorf("a line of %d characters: %s", len(line), line)
			}
		}
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	c, err := New(NewOptions{Ways: []string{"scram-sha-256", "gssapi", "plain-pam"}})
	must(t, err)
	c.Path = DefaultPath
	next := strings.Join(c.Next(host), "\n")
	for _, want := range []string{"vncsec sasl user add NAME\n", "addprinc -randkey vnc/" + host, "ktadd -k /etc/qemu/krb5.tab", "saslauthd", "/etc/pam.d/vnc", "vncsec sasl check"} {
		if !strings.Contains(next, want) {
			t.Errorf("%q is not in\n%s", want, next)
		}
	}
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{"mechlist": "mech_list", "sasldb": "sasldb_path", "pwcheck_metod": "pwcheck_method", "key_tab": "keytab", "banner": ""} {
		if got, _ := SuggestKey(word); got != want {
			t.Errorf("SuggestKey(%s) = %q, want %q", word, got, want)
		}
	}
}
