package layout

// Explanation is what there is to know about a code.
type Explanation struct {
	Code    Code
	Meaning string   // one sentence
	Causes  []string // the likely ones, the likeliest first
	Cure    []string // what to do, one step an entry
}

// Explanations lists every code of findings.
func Explanations() []Explanation { return append([]Explanation(nil), explanations...) }

var explanations = []Explanation{
	{
		Code:    FileMissing,
		Meaning: "A file that is needed is not in the folder.",
		Causes:  []string{"nothing was installed yet", "the file has another name: QEMU's are ca-cert.pem, server-cert.pem, server-key.pem"},
		Cure:    []string{"vncsec issue makes the files, vncsec install puts them there"},
	},
	{
		Code:    FileUnreadable,
		Meaning: "A file or folder cannot be read by this account.",
		Causes:  []string{"it belongs to another account", "a folder above it is closed"},
		Cure:    []string{"run it as the account that the server runs as, or chown the files to it"},
	},
	{
		Code:    FileType,
		Meaning: "Something in the place of a file is not a regular one.",
		Causes:  []string{"it is a folder, a pipe or a device"},
		Cure:    []string{"move it away and install the file"},
	},
	{
		Code:    FileTooLarge,
		Meaning: "A file is larger than any certificate or key.",
		Causes:  []string{"another file was copied under that name"},
		Cure:    []string{"move it away and install the right one"},
	},
	{
		Code:    FileSymlink,
		Meaning: "A file is a symbolic link: who controls what it leads to controls the file.",
		Causes:  []string{"a tool such as certbot keeps its files elsewhere"},
		Cure:    []string{"copy the file, and copy it again when it is renewed"},
	},
	{
		Code:    FileOwner,
		Meaning: "A file belongs to another user, who can change it.",
		Causes:  []string{"it was copied with its owner"},
		Cure:    []string{"chown it to root or to the account that runs the server"},
	},
	{
		Code:    FileWritable,
		Meaning: "Others can change a certificate, and so decide whom to trust.",
		Causes:  []string{"it was made with a wide umask"},
		Cure:    []string{"chmod 0644"},
	},
	{
		Code:    KeyMode,
		Meaning: "Others can read a private key, and so pretend to be its owner.",
		Causes:  []string{"it was made with a wide umask, or opened for the server's account"},
		Cure:    []string{"chmod 0600, chown it to the account that needs it, and issue a new one if somebody may have read it"},
	},
	{
		Code:    FolderOwner,
		Meaning: "A folder belongs to another user, who can replace what is in it.",
		Causes:  []string{"the files lie in somebody's home"},
		Cure:    []string{"put them into a folder of root's"},
	},
	{
		Code:    FolderWritable,
		Meaning: "Others can write in a folder and replace what is in it.",
		Causes:  []string{"it is a shared folder, or was made with a wide umask"},
		Cure:    []string{"chmod go-w it, or put the files elsewhere"},
	},
	{
		Code:    CAKeyPresent,
		Meaning: "The authority's private key lies among the files of a server or viewer.",
		Causes:  []string{"the whole folder of the authority was copied"},
		Cure:    []string{"move it to where the authority is kept; if others had access, make a new authority"},
	},
	{
		Code:    PairIncomplete,
		Meaning: "A certificate has no key beside it, or a key no certificate.",
		Causes:  []string{"only one file of the two was copied"},
		Cure:    []string{"copy both, or issue them anew"},
	},
	{
		Code:    PairSkipped,
		Meaning: "A numbered certificate is never read, as a lower number is missing.",
		Causes:  []string{"server-cert-0.pem was removed"},
		Cure:    []string{"number them from 0 on without a gap"},
	},
	{
		Code:    NoIdentity,
		Meaning: "A viewer has no certificate of its own, and servers that verify viewers refuse it.",
		Causes:  []string{"only ca-cert.pem was installed"},
		Cure:    []string{"vncsec issue client NAME, then vncsec install client"},
	},
	{
		Code:    CertMalformed,
		Meaning: "A certificate cannot be read.",
		Causes:  []string{"the file was cut off or changed on its way", "it is DER, not PEM"},
		Cure:    []string{"copy it again; openssl x509 -inform DER turns DER into PEM"},
	},
	{
		Code:    CertUnsupported,
		Meaning: "GnuTLS reads the certificate, vncsec and other Go programs do not.",
		Causes:  []string{"it breaks a rule of X.509, such as a negative serial number"},
		Cure:    []string{"vncsec check names the command that issues it anew; then vncsec install"},
	},
	{
		Code:    CertExpired,
		Meaning: "A certificate in the folder has expired.",
		Causes:  []string{"it was not renewed in time", "the clock of this machine is wrong"},
		Cure:    []string{"vncsec check names the command that issues it anew; then vncsec install"},
	},
	{
		Code:    CertNotYetValid,
		Meaning: "A certificate in the folder is not valid yet.",
		Causes:  []string{"the clock of this machine is wrong, or was when the certificate was issued"},
		Cure:    []string{"set the clock, or issue it anew"},
	},
	{
		Code:    CertExpiresSoon,
		Meaning: "A certificate in the folder expires soon.",
		Causes:  []string{"time went by"},
		Cure:    []string{"vncsec check names the command that issues it anew; then vncsec install"},
	},
	{
		Code:    CertIsCA,
		Meaning: "The certificate of a server or viewer is that of an authority.",
		Causes:  []string{"ca-cert.pem was copied over it", "its template has the option ca"},
		Cure:    []string{"vncsec check names the command that issues it anew; then vncsec install"},
	},
	{
		Code:    CertRevoked,
		Meaning: "The certificate is on the authority's list of revoked ones.",
		Causes:  []string{"it was replaced, or its key was lost"},
		Cure:    []string{"vncsec check names the command that issues it anew; then vncsec install"},
	},
	{
		Code:    CANotCA,
		Meaning: "What stands for the authority is not the certificate of one.",
		Causes:  []string{"its template lacks the option ca", "another certificate was copied over it"},
		Cure:    []string{"make the authority with vncsec ca init"},
	},
	{
		Code:    CATooMany,
		Meaning: "ca-cert.pem has more certificates than QEMU reads.",
		Causes:  []string{"a whole bundle of authorities was copied"},
		Cure:    []string{"keep only those that sign your certificates"},
	},
	{
		Code:    CADiffers,
		Meaning: "Another authority is installed already.",
		Causes:  []string{"the folder was set up with an older or foreign authority"},
		Cure:    []string{"install with --force if the new one shall take its place; peers need it as well"},
	},
	{
		Code:    UsageCertSign,
		Meaning: "The authority's certificate does not permit signing certificates.",
		Causes:  []string{"its template lacks cert_signing_key"},
		Cure:    []string{"vncsec ca init makes an authority that may"},
	},
	{
		Code:    UsageSignature,
		Meaning: "The certificate's key usage does not permit signatures, which TLS needs.",
		Causes:  []string{"its template lacks signing_key"},
		Cure:    []string{"vncsec check names the command that issues it anew; then vncsec install"},
	},
	{
		Code:    UsageEncipher,
		Meaning: "The certificate's key usage does not permit key encipherment, which older QEMU demands.",
		Causes:  []string{"its template lacks encryption_key"},
		Cure:    []string{"vncsec check names the command that issues it anew; then vncsec install"},
	},
	{
		Code:    EKUWrongRole,
		Meaning: "The certificate is for the other role: a viewer's for a server, or the reverse.",
		Causes:  []string{"its template has tls_www_client in place of tls_www_server, or the reverse"},
		Cure:    []string{"vncsec check names the command that issues it anew; then vncsec install"},
	},
	{
		Code:    BadExtension,
		Meaning: "A part of the certificate cannot be read.",
		Causes:  []string{"it was made by a faulty program"},
		Cure:    []string{"vncsec check names the command that issues it anew; then vncsec install"},
	},
	{
		Code:    KeyMalformed,
		Meaning: "A private key cannot be read.",
		Causes:  []string{"the file was cut off or changed on its way", "it is not PEM"},
		Cure:    []string{"copy it again, or issue a new pair"},
	},
	{
		Code:    KeyUnsupported,
		Meaning: "A private key is of a kind that vncsec does not know.",
		Causes:  []string{"it is DSA, GOST, or on a smart card"},
		Cure:    []string{"issue a pair with --key-type ecdsa-p256"},
	},
	{
		Code:    KeySealed,
		Meaning: "A private key is sealed with a passphrase, which a server cannot type.",
		Causes:  []string{"it was made for a person"},
		Cure:    []string{"vncsec check names the command that opens it; mode 0600 then protects it"},
	},
	{
		Code:    KeyMismatch,
		Meaning: "Certificate and private key do not belong together.",
		Causes:  []string{"one of the two was replaced alone"},
		Cure:    []string{"install both from one place"},
	},
	{
		Code:    KeyWeak,
		Meaning: "An RSA key is too short.",
		Causes:  []string{"it is old, or its template says bits = 1024"},
		Cure:    []string{"vncsec check names the command that issues it anew; then vncsec install"},
	},
	{
		Code:    KeyEd25519,
		Meaning: "An Ed25519 key is not understood by all.",
		Causes:  []string{"it was made with --key-type ed25519"},
		Cure:    []string{"issue it anew with --key-type ecdsa-p256"},
	},
	{
		Code:    CRLMalformed,
		Meaning: "The list of revoked certificates cannot be read.",
		Causes:  []string{"the file was cut off", "it is DER, not PEM"},
		Cure:    []string{"copy it again"},
	},
	{
		Code:    CRLForeign,
		Meaning: "The list of revoked certificates was signed by another authority.",
		Causes:  []string{"it was copied from elsewhere, or the authority was made anew"},
		Cure:    []string{"make a new list at the authority"},
	},
	{
		Code:    CRLExpired,
		Meaning: "The list of revoked certificates is out of date or from the future, and every viewer's certificate is refused.",
		Causes:  []string{"it was not made anew in time", "the clock is wrong"},
		Cure:    []string{"make a new list at the authority and install it"},
	},
	{
		Code:    DHMalformed,
		Meaning: "The Diffie-Hellman parameters cannot be read.",
		Causes:  []string{"another file was copied over dh-params.pem"},
		Cure:    []string{"remove the file: it is not needed any more"},
	},
	{
		Code:    DHDeprecated,
		Meaning: "Diffie-Hellman parameters are not needed any more.",
		Causes:  []string{"the set-up is an old one"},
		Cure:    []string{"remove dh-params.pem"},
	},
	{
		Code:    ChainOrder,
		Meaning: "The certificates in a file are not in order: each must be followed by its issuer's.",
		Causes:  []string{"they were put together in the wrong order"},
		Cure:    []string{"put the own one first, then its issuer, and so on"},
	},
	{
		Code:    ChainSelfIssued,
		Meaning: "A certificate names itself as its issuer and is taken for an authority.",
		Causes:  []string{"it is self-signed, or server and authority have the same name"},
		Cure:    []string{"sign it with an authority of another name"},
	},
	{
		Code:    ChainNoRoot,
		Meaning: "The chain does not end at a self-signed certificate.",
		Causes:  []string{"ca-cert.pem has only an intermediate authority"},
		Cure:    []string{"add the root's certificate to ca-cert.pem"},
	},
	{
		Code:    ChainLoop,
		Meaning: "Authorities signed each other in a circle.",
		Causes:  []string{"cross-signed authorities were put together"},
		Cure:    []string{"keep one that signed itself"},
	},
	{
		Code:    ChainIssuer,
		Meaning: "The issuer of a certificate is not in ca-cert.pem.",
		Causes:  []string{"certificate and authority come from different places", "the authority was made anew"},
		Cure:    []string{"install the certificate together with the ca-cert.pem of its authority"},
	},
	{
		Code:    ChainNotCA,
		Meaning: "A certificate of the chain was signed by one that is no authority's.",
		Causes:  []string{"its template lacks the option ca"},
		Cure:    []string{"vncsec check names the command that issues it anew; then vncsec install"},
	},
	{
		Code:    ChainSignature,
		Meaning: "A certificate names an issuer that did not sign it.",
		Causes:  []string{"the authority was made anew under the old name", "the file was changed"},
		Cure:    []string{"issue the certificate anew with today's authority"},
	},
	{
		Code:    ChainInsecure,
		Meaning: "A certificate is signed with a broken hash, MD5 or SHA-1.",
		Causes:  []string{"it is old"},
		Cure:    []string{"vncsec check names the command that issues it anew; then vncsec install"},
	},
	{
		Code:    ChainLimits,
		Meaning: "An authority of the chain may not certify what the certificate says.",
		Causes:  []string{"a path length or name constraint"},
		Cure:    []string{"sign with an authority that may"},
	},
	{
		Code:    ChainCritical,
		Meaning: "A certificate has a critical part that is not understood.",
		Causes:  []string{"it was made for another purpose"},
		Cure:    []string{"vncsec check names the command that issues it anew; then vncsec install"},
	},
	{
		Code:    ChainUnverified,
		Meaning: "vncsec cannot verify a signature of the chain; QEMU may.",
		Causes:  []string{"it is of a kind that Go does not have"},
		Cure:    []string{"vncsec check names the command that issues it anew; then vncsec install"},
	},
	{
		Code:    ChainTime,
		Meaning: "A certificate of the chain is not valid today.",
		Causes:  []string{"an authority expired"},
		Cure:    []string{"renew the authority, then issue what it signed anew"},
	},
	{
		Code:    ChainRefused,
		Meaning: "vncsec and other Go programs refuse the chain, though QEMU takes it.",
		Causes:  []string{"it breaks a rule that GnuTLS does not enforce"},
		Cure:    []string{"vncsec check names the command that issues it anew; then vncsec install"},
	},
	{
		Code:    SANMissing,
		Meaning: "A server's certificate has no subjectAltName: browsers and Go programs refuse it, and everybody who connects by address.",
		Causes:  []string{"its template has only cn, as in the QEMU manual"},
		Cure:    []string{"vncsec issue server HOST puts the name in; --dns and --ip add others"},
	},
	{
		Code:    NameMismatch,
		Meaning: "The certificate is not for the name that viewers connect to.",
		Causes:  []string{"viewers use another name or an address"},
		Cure:    []string{"issue it with --dns NAME or --ip ADDRESS"},
	},
}
