package templates

import "testing"

// BenchmarkParse reads the client template of QEMU's manual, checks included.
func BenchmarkParse(b *testing.B) {
	text := []byte("country = GB\nstate = London\nlocality = City Of London\norganization = Name of your organization\ncn = hostname.foo.example.com\ntls_www_client\nencryption_key\nsigning_key\n")
	for b.Loop() {
		if _, err := Parse("client.info", text); err != nil {
			b.Fatal(err)
		}
	}
}
