package saslconf

import (
	"fmt"
	"slices"
	"strings"

	"vncsec/internal/shell"
	"vncsec/vncserve/reason"
)

// checkMechanisms looks at the list of mechanisms.
func (x *examination) checkMechanisms() {
	list, ok := x.config.Mechanisms()
	if !ok {
		x.add(Critical, reason.SASLMechListEmpty, 0, "there is no mech_list, so libsasl2 offers every mechanism that is installed, ANONYMOUS too", setCure(x.config.Path, "mech_list", "scram-sha-256"))
		return
	}
	setting, _ := x.config.Lookup("mech_list")
	for _, name := range list {
		m, ok := LookupMechanism(name)
		if !ok {
			x.unknownMechanism(name, setting.Line)
			continue
		}
		x.checkMechanism(m, setting.Line)
	}
	x.checkOffer(setting.Line)
}

// unknownMechanism is the finding about a word of the list that libsasl2 ignores.
func (x *examination) unknownMechanism(name string, line int) {
	meant, ok := suggestMechanism(name)
	message := fmt.Sprintf("there is no mechanism %s, and libsasl2 ignores it", name)
	if ok {
		message += ": did you mean " + strings.ToLower(meant) + "?"
	}
	if strings.ContainsAny(name, ",;") {
		message += " (mechanisms are separated by blanks)"
	}
	x.add(Critical, reason.SASLMechUnknown, line, message, setCure(x.config.Path, "mech_list", x.correctedList()))
}

// correctedList is the list with what was most likely meant.
func (x *examination) correctedList() string {
	var corrected []string
	for _, name := range strings.FieldsFunc(x.config.Get("mech_list"), func(r rune) bool { return strings.ContainsRune(blanks+`,;"'`, r) }) {
		m, ok := LookupMechanism(name)
		if meant, near := suggestMechanism(name); !ok && near {
			m, ok = LookupMechanism(meant)
		}
		if lower := strings.ToLower(m.Name); ok && !m.Anonymous && !slices.Contains(corrected, lower) {
			corrected = append(corrected, lower)
		}
	}
	if len(corrected) == 0 {
		return "scram-sha-256"
	}
	return strings.Join(corrected, " ")
}

// without is a cure: the list without one mechanism.
func (x *examination) without(name string) string {
	kept := slices.DeleteFunc(words(strings.ToLower(x.config.Get("mech_list"))), func(word string) bool {
		return baseName(word) == name
	})
	if len(kept) == 0 {
		kept = []string{"scram-sha-256"}
	}
	return setCure(x.config.Path, "mech_list", strings.Join(kept, " "))
}

// checkMechanism looks at one mechanism of the list.
func (x *examination) checkMechanism(m Mechanism, line int) {
	switch {
	case m.Anonymous:
		x.add(Critical, reason.SASLMechUnsafe, line, "ANONYMOUS lets everybody in; vncsec serve never offers it, QEMU does", x.without(m.Name))
	case !x.plugins.has(m.Plugin):
		x.notInstalled(m, line)
	case x.Transport != "" && !m.usable(x.Transport):
		x.add(Warning, reason.SASLMechNeedsTLS, line, fmt.Sprintf("%s is not offered without TLS: it does not encrypt what follows", m.Name), needsTLSCure(x.config.Path))
	}
	switch {
	case m.Name == "GSS-SPNEGO":
		x.add(Warning, reason.SASLMechSPNEGO, line, "gtk-vnc (gvncviewer, remote-viewer) chooses GSS-SPNEGO and then gives up, without trying another; GSSAPI is Kerberos too", x.without(m.Name))
	case m.Weak != "":
		x.add(Warning, reason.SASLMechWeak, line, m.Name+" is weak: "+m.Weak, x.without(m.Name))
	}
}

// needsTLSCure is how to serve a service file with TLS.
func needsTLSCure(path string) string {
	words := []string{"vncsec", "serve", "--x509", "/etc/pki/qemu", "--sasl"}
	if path != "" && path != DefaultPath {
		words = append(words, "--sasl-conf", path)
	}
	return shell.Line(words...)
}

func (x *examination) notInstalled(m Mechanism, line int) {
	cure := installCommand(m.Plugin)
	if cure == "" {
		cure = x.without(m.Name)
	}
	x.add(Warning, reason.SASLMechUnavailable, line,
		fmt.Sprintf("%s is not installed, and libsasl2 leaves it out silently: its plugin %s is not in %s (%s)", m.Name, m.Plugin, strings.Join(x.plugins, ":"), packagesOf(m.Plugin)), cure)
}

// checkOffer makes sure that something is left to log in with. What was said about
// single mechanisms is critical if nothing is.
func (x *examination) checkOffer(line int) {
	on := x.Transport
	if on == "" {
		on = TLS // where the most is allowed
	}
	if len(x.config.Offered(on, x.plugins)) > 0 {
		return
	}
	explained := false
	for i, f := range x.findings {
		switch f.Code {
		case reason.SASLMechUnavailable, reason.SASLMechNeedsTLS:
			x.findings[i].Severity = Critical
			explained = true
		case reason.SASLMechUnsafe, reason.SASLMechUnknown:
			explained = true
		}
	}
	if !explained {
		x.add(Critical, reason.SASLMechUnavailable, line, "none of the mechanisms can be used", setCure(x.config.Path, "mech_list", "scram-sha-256"))
	}
}
