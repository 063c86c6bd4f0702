package cli

import (
	"fmt"
	"strings"

	"vncsec/vncserve/probe"
)

// probeText writes a report for people. Its first line is the verdict, which is all that
// some monitoring systems show.
func probeText(r *probe.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", printable(r.Address), probeSummary(r))
	rows := textRows{&b}
	if r.Protocol != "" {
		rows.add("protocol", "RFB "+r.Protocol)
	}
	rows.add("reached", r.Remote)
	rows.add("security types", numberedText(r.SecurityTypes))
	rows.add("sub-types", numberedText(r.SubTypes))
	if r.TLS != nil {
		rows.tls(r.TLS)
	}
	for _, offer := range r.SASL {
		mechanisms := strings.Join(offer.Mechanisms, ", ")
		if mechanisms == "" {
			mechanisms = "none at all"
		}
		rows.add("SASL mechanisms", fmt.Sprintf("%s (%s)", mechanisms, offer.Method))
	}
	if r.Login != nil {
		rows.add("logged in", loginText(r.Login))
	}
	if r.Desktop != nil {
		rows.desktop(r.Desktop)
	}
	if len(r.Findings) > 0 {
		b.WriteByte('\n')
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s: %s [%s]\n    cure: %s\n", f.Severity, printable(f.Message), f.Code, printable(f.Cure))
	}
	return strings.ReplaceAll(b.String(), performanceData, "¦")
}

// performanceData is what figures begin with in the output of monitoring plugins, in the
// first line and in those that follow: nothing of a server's may look like them.
const performanceData = "|"

// probeSummary is the verdict in a few words.
func probeSummary(r *probe.Report) string {
	if len(r.Findings) > 0 {
		var parts []string
		for _, s := range []probe.Severity{probe.Unknown, probe.Critical, probe.Warning} {
			var codes []string
			for _, f := range r.Findings {
				if f.Severity == s {
					codes = append(codes, string(f.Code))
				}
			}
			if len(codes) > 0 {
				parts = append(parts, fmt.Sprintf("%s (%s)", s, strings.Join(codes, ", ")))
			}
		}
		return strings.Join(parts, ", ")
	}
	text := "good"
	if r.TLS != nil {
		text += fmt.Sprintf(", %s, certificate for %s", r.TLS.Version, count(r.TLS.Chain[0].DaysLeft, "day"))
	}
	if r.Login != nil && r.Login.OK {
		text += ", logged in by " + r.Login.Method
	}
	return text
}

// textRows are lines of a name and a value.
type textRows struct{ b *strings.Builder }

// add writes a line, unless the value is empty.
func (rows textRows) add(name, value string) {
	if value != "" {
		fmt.Fprintf(rows.b, "%-19s %s\n", name+":", printable(value))
	}
}

func (rows textRows) tls(f *probe.TLSFacts) {
	rows.add("TLS", fmt.Sprintf("%s, %s, %s", f.Version, f.Cipher, f.KeyExchange))
	rows.add("below TLS 1.2", f.Old)
	for i, cert := range f.Chain {
		name := "certificate"
		if i > 0 {
			name = "with it"
		}
		rows.add(name, cert.Subject)
		rows.add("  issuer", cert.Issuer)
		rows.add("  names", strings.Join(cert.Names, ", "))
		rows.add("  key, signature", cert.Key+", "+cert.Signature)
		rows.add("  valid", fmt.Sprintf("%s to %s (%s left)", cert.NotBefore.Format("2006-01-02"), cert.NotAfter.Format("2006-01-02 15:04 MST"), count(cert.DaysLeft, "day")))
		rows.add("  SHA-256", cert.SHA256)
	}
	if f.Name != "" {
		rows.add("name", f.Name+map[bool]string{true: ": fits", false: ": does not fit"}[f.NameFits])
	}
	rows.add("trust", f.Trust+map[bool]string{true: ": good", false: ": does not verify"}[f.Trusted])
	wish := string(f.ClientCertificate)
	if len(f.ClientCAs) > 0 {
		wish += ", of " + strings.Join(f.ClientCAs, "; ")
	}
	rows.add("client certificate", wish)
}

func (rows textRows) desktop(d *probe.DesktopFacts) {
	rows.add("desktop", fmt.Sprintf("%q, %d x %d", d.Name, d.Width, d.Height))
	rows.add("pixel format", formatText(d.Format))
	var used []string
	for _, e := range d.Encodings {
		used = append(used, fmt.Sprintf("%s (%s, %d bytes)", e.Encoding, count(e.Rectangles, "rectangle"), e.Bytes))
	}
	rows.add("picture", fmt.Sprintf("%d bytes, first seen after %.1f ms", d.Bytes, float64(d.FirstPicture)))
	rows.add("encodings", strings.Join(used, ", "))
}

func formatText(f probe.PixelFormat) string {
	order := "little endian"
	if f.BigEndian {
		order = "big endian"
	}
	text := fmt.Sprintf("%d bits, depth %d, %s", f.BitsPerPixel, f.Depth, order)
	if !f.TrueColour {
		return text + ", colour map"
	}
	return text + fmt.Sprintf(", red %d << %d, green %d << %d, blue %d << %d",
		f.RedMax, f.RedShift, f.GreenMax, f.GreenShift, f.BlueMax, f.BlueShift)
}

func loginText(l *probe.LoginFacts) string {
	switch {
	case l.OK && l.Mechanism != "":
		return fmt.Sprintf("by %s, %s", l.Method, l.Mechanism)
	case l.OK:
		return "by " + l.Method
	case l.Method != "":
		return "no: " + l.Method + " failed"
	}
	return "no: " + l.Why
}

func numberedText(list []probe.Numbered) string {
	var names []string
	for _, n := range list {
		names = append(names, fmt.Sprintf("%s (%d)", n.Name, n.Number))
	}
	return strings.Join(names, ", ")
}
