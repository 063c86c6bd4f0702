package saslconf

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestKerberosRealms finds the realms that Kerberos takes off names, where it is offered.
func TestKerberosRealms(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	settings := write("krb5.conf", "[libdefaults]\n\tdefault_realm = HOME.EXAMPLE\n")
	second := write("more.conf", "[libdefaults]\n\tdefault_realm = LATER.EXAMPLE\n")
	other := write("other.conf", "[libdefaults]\n")
	keytab := write("krb5.tab", keytabOf("vnc", host))
	for _, test := range []struct {
		mechanisms, settings, keytab string
		want                         []string
	}{
		{"gssapi", settings + ":" + second, keytab, []string{"HOME.EXAMPLE", "EXAMPLE.ORG"}},
		{"plain GS2-KRB5", other + ":" + settings, keytab, []string{"HOME.EXAMPLE", "EXAMPLE.ORG"}},
		{"gssapi", "/nowhere", keytab, []string{"EXAMPLE.ORG"}},
		{"gssapi", settings, "/nowhere", []string{"HOME.EXAMPLE"}},
		{"gssapi", settings, settings, []string{"HOME.EXAMPLE"}},
		{"plain scram-sha-256", settings, keytab, nil},
	} {
		c, err := Parse("qemu.conf", []byte("mech_list: "+test.mechanisms+"\nkeytab: "+test.keytab+"\n"))
		must(t, err)
		got := c.KerberosRealms(environment{krb5ConfigEnv: test.settings}.lookup)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s with %s and %s: %q, want %q", test.mechanisms, test.settings, test.keytab, got, test.want)
		}
	}
}
