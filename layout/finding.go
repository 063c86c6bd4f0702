package layout

import "slices"

// Severity tells how bad a finding is.
type Severity string

// The severities. Critical means that the newest QEMU refuses to load the folder,
// that vncsec serve does, or that somebody else can read or replace a key. Warning
// means that somebody named in Affects will have trouble.
const (
	Warning  Severity = "warning"
	Critical Severity = "critical"
)

// Code names the kind of a finding. Codes are stable: scripts may rely on them.
type Code string

// Codes of findings about files and folders.
const (
	FileMissing    Code = "file-missing"
	FileUnreadable Code = "file-unreadable"
	FileType       Code = "file-type" // not a regular file
	FileTooLarge   Code = "file-too-large"
	FileSymlink    Code = "file-symlink"
	FileOwner      Code = "file-owner"
	FileWritable   Code = "file-writable"
	KeyMode        Code = "key-mode"
	FolderOwner    Code = "folder-owner"
	FolderWritable Code = "folder-writable"
	CAKeyPresent   Code = "ca-key-present"
	PairIncomplete Code = "pair-incomplete"
	PairSkipped    Code = "pair-skipped" // behind a gap in the numbers
	NoIdentity     Code = "no-identity"  // a viewer without a certificate
)

// Codes of findings about the content of a single file.
const (
	CertMalformed   Code = "cert-malformed"
	CertUnsupported Code = "cert-unsupported" // GnuTLS reads it, Go does not
	CertExpired     Code = "cert-expired"
	CertNotYetValid Code = "cert-not-yet-valid"
	CertExpiresSoon Code = "cert-expires-soon"
	CertIsCA        Code = "cert-is-ca"
	CertRevoked     Code = "cert-revoked"
	CANotCA         Code = "ca-not-ca"
	CATooMany       Code = "ca-too-many"
	CADiffers       Code = "ca-differs" // from the one that is installed
	UsageCertSign   Code = "usage-no-cert-sign"
	UsageSignature  Code = "usage-no-signature"
	UsageEncipher   Code = "usage-no-encipherment"
	EKUWrongRole    Code = "eku-wrong-role"
	BadExtension    Code = "extension-malformed"
	KeyMalformed    Code = "key-malformed"
	KeyUnsupported  Code = "key-unsupported" // a kind that vncsec does not know
	KeySealed       Code = "key-sealed"
	KeyMismatch     Code = "key-mismatch"
	KeyWeak         Code = "key-weak"
	KeyEd25519      Code = "key-ed25519"
	CRLMalformed    Code = "crl-malformed"
	CRLForeign      Code = "crl-foreign"
	CRLExpired      Code = "crl-expired"
	DHMalformed     Code = "dh-malformed"
	DHDeprecated    Code = "dh-deprecated"
)

// Codes of findings about chains and names.
const (
	ChainOrder      Code = "chain-order"
	ChainSelfIssued Code = "chain-self-issued"
	ChainNoRoot     Code = "chain-no-root"
	ChainLoop       Code = "chain-loop"
	ChainIssuer     Code = "chain-unknown-issuer"
	ChainNotCA      Code = "chain-issuer-not-ca"
	ChainSignature  Code = "chain-signature"
	ChainInsecure   Code = "chain-insecure-signature"
	ChainLimits     Code = "chain-constraints"
	ChainCritical   Code = "chain-unknown-critical"
	ChainUnverified Code = "chain-unverifiable"
	ChainTime       Code = "chain-time"
	ChainRefused    Code = "chain-refused" // by vncsec's and other Go programs' rules
	SANMissing      Code = "san-missing"
	NameMismatch    Code = "name-mismatch"
)

// Those who may refuse a certificate, as Finding.Affects names them.
const (
	affectsQEMU      = "QEMU" // all versions
	affectsServe     = "vncsec serve"
	affectsGo        = "Go clients"
	affectsBrowsers  = "browsers"
	affectsLibVNC    = "libvncclient"
	affectsGnuTLS    = "GnuTLS viewers (gtk-vnc, TigerVNC, libvncclient)"
	affectsOpenSSL   = "OpenSSL at its default security level"
	affectsVerifiers = "servers that verify clients (x509verify)"
)

// Finding is one thing that is wrong with a folder.
type Finding struct {
	Severity Severity `json:"severity"`
	Code     Code     `json:"code"`
	File     string   `json:"file"`    // path of the file or folder
	Message  string   `json:"message"` // what was found and what was expected
	Cure     string   `json:"cure"`    // a command line
	// Affects names the programs that refuse, empty where nobody does and the
	// finding is about safety.
	Affects []string `json:"affects,omitempty"`
}

// Report is what Check found in a folder.
type Report struct {
	Role     Role      `json:"role"`
	Dir      string    `json:"dir"`
	Hostname string    `json:"hostname,omitempty"`
	Findings []Finding `json:"findings"` // critical ones first
}

// Count returns how many findings have the severity.
func (r *Report) Count(s Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// merge joins findings that differ only in whom they affect, as the same fault
// met by several QEMU versions does, and sorts the critical ones to the front.
func merge(findings []Finding) []Finding {
	merged := []Finding{} // not nil: an empty list in JSON
	for _, f := range findings {
		same := func(g Finding) bool { return g.Code == f.Code && g.File == f.File && g.Message == f.Message }
		i := slices.IndexFunc(merged, same)
		if i < 0 {
			merged = append(merged, f)
			continue
		}
		for _, who := range f.Affects {
			if !slices.Contains(merged[i].Affects, who) {
				merged[i].Affects = append(merged[i].Affects, who)
			}
		}
		if f.Severity == Critical {
			merged[i].Severity = Critical
		}
	}
	for i := range merged {
		merged[i].Affects = shortenVersions(merged[i].Affects)
	}
	slices.SortStableFunc(merged, func(a, b Finding) int { return rank(a) - rank(b) })
	return merged
}

func rank(f Finding) int {
	if f.Severity == Critical {
		return 0
	}
	return 1
}

// shortenVersions says "QEMU" where all versions are named.
func shortenVersions(affects []string) []string {
	for _, q := range qemuVersions {
		if !slices.Contains(affects, q.name) {
			return affects
		}
	}
	short := []string{affectsQEMU}
	for _, who := range affects {
		if !slices.ContainsFunc(qemuVersions, func(q qemu) bool { return q.name == who }) {
			short = append(short, who)
		}
	}
	return short
}
