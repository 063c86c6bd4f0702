package saslconf

import "testing"

// TestNeedsTLSCure names the service file where libsasl2 would not find it.
func TestNeedsTLSCure(t *testing.T) {
	t.Parallel()
	const serve = "vncsec serve --x509 /etc/pki/qemu --sasl"
	for path, want := range map[string]string{
		DefaultPath:          serve,
		"/srv/a b/qemu.conf": serve + " --sasl-conf '/srv/a b/qemu.conf'",
	} {
		if got := needsTLSCure(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
