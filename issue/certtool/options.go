package certtool

// textValue is what an option that takes a text was given.
type textValue struct {
	value string
	given bool
}

// numberValue is what an option that takes a number was given.
type numberValue struct {
	value int
	given bool
}

// options holds what a command line asks for. Options that choose an action are in
// given only.
type options struct {
	given map[string]bool // all options that the line has, by their long names
	table []option
	rows  map[string]*option

	infile, outfile textValue
	inder, outder   bool
	noText          bool
	stdoutInfo      bool
	hexNumbers      bool
	cprint          bool
	debug           numberValue
	verbose         bool

	template textValue
	batch    bool // ask nothing
	askPass  bool
	attime   textValue // the time that counts as now
	version  textValue

	loadPrivkey, loadPubkey, loadRequest textValue
	loadCertificate, loadCRL             textValue
	loadCACertificate, loadCAPrivkey     textValue

	keyType         textValue
	rsa, dsa, ecdsa bool
	bits, saltSize  numberValue
	curve, secParam textValue
	hash            textValue
	signParams      textValue
	v1              bool
	noCRQExtensions bool

	pkcs8                       bool
	password                    textValue
	nullPassword, emptyPassword bool
	pkcsCipher                  textValue
	p12Name                     textValue

	verifyHostname, verifyEmail  textValue
	verifyPurpose, verifyProfile textValue
	verifyAllowBroken            bool
}

// option is a row of the table of options. What the command line says goes to flag,
// text or number; an option without them is only noted as given.
type option struct {
	name  string
	short byte
	help  string
	// section begins a section of the help with this row.
	section string

	flag     *bool
	text     *textValue
	number   *numberValue
	argument string // what the help calls the value
	optional bool   // the long form may do without the value, which is in the same word
	max      int    // of a number from 0 on; 0: any number

	// negated is where the row's --no- form is noted; without one there is none.
	negated *bool
	// alias names the option that this is another word for.
	alias string
	// requires and conflicts name another option.
	requires, conflicts string

	deprecated  bool // not in the help
	extension   bool // not in certtool 3.7.9: must be written out
	unsupported bool // in certtool 3.7.9, and not here
}

// takesValue tells whether the option is followed by a value.
func (o *option) takesValue() bool { return o.argument != "" }

// newOptions returns options of which none is given yet.
//
// The table has the options of certtool 3.7.9 in the order of its help, in which
// they also appear in the message on an ambiguous prefix.
func newOptions() *options {
	o := &options{given: make(map[string]bool)}
	var ignored bool
	o.table = []option{
		{name: "debug", short: 'd', number: &o.debug, argument: "num", max: 9999, help: "Say that a debug level was set (vncsec logs nothing more)"},
		{name: "verbose", short: 'V', flag: &o.verbose, help: "Tell more of what is done"},
		{name: "infile", text: &o.infile, argument: "file", help: "Read from this file instead of standard input"},
		{name: "outfile", text: &o.outfile, argument: "str", help: "Write to this file instead of standard output"},

		{section: "Certificates", name: "certificate-info", short: 'i', help: "Describe a certificate"},
		{name: "pubkey-info", help: "Describe a public key"},
		{name: "generate-self-signed", short: 's', help: "Make a certificate signed with its own key"},
		{name: "generate-certificate", short: 'c', help: "Make a certificate signed by an authority"},
		{name: "generate-proxy", help: "Make a proxy certificate (RFC 3820)"},
		{name: "update-certificate", short: 'u', help: "Sign a certificate again with new dates"},
		{name: "fingerprint", help: "Hash a certificate"},
		{name: "key-id", help: "Hash the public key of a certificate"},
		{name: "certificate-pubkey", deprecated: true},
		{name: "v1", flag: &o.v1, help: "Make a certificate of version 1, without extensions"},
		{name: "sign-params", text: &o.signParams, argument: "str", help: "Sign in a variant of the algorithm: rsa-pss"},

		{section: "Certificate requests", name: "crq-info", help: "Describe a certificate request"},
		{name: "generate-request", short: 'q', conflicts: "infile", help: "Make a PKCS #10 certificate request"},
		{name: "no-crq-extensions", flag: &o.noCRQExtensions, help: "Ask for no key usage or purposes in the request"},

		{section: "PKCS #12 files", name: "p12-info", help: "Describe a PKCS #12 file"},
		{name: "p12-name", text: &o.p12Name, argument: "str", help: "Friendly name of the certificate and the key"},
		{name: "to-p12", help: "Make a PKCS #12 file"},

		{section: "Private keys", name: "key-info", short: 'k', help: "Describe a private key"},
		{name: "p8-info", help: "Describe a PKCS #8 file without opening it"},
		{name: "to-rsa", help: "Turn an RSA-PSS key into a plain RSA one"},
		{name: "generate-privkey", short: 'p', help: "Make a private key"},
		{name: "key-type", text: &o.keyType, argument: "str", help: "Type of the key: rsa, rsa-pss, dsa, ecdsa, ed25519, ed448, x25519, x448"},
		{name: "bits", number: &o.bits, argument: "num", help: "Size of the key in bits"},
		{name: "curve", text: &o.curve, argument: "str", help: "Curve of an EC key: secp256r1 ..."},
		{name: "sec-param", text: &o.secParam, argument: "str", help: "Size of the key by strength: low, legacy, medium, high, ultra, future"},
		{name: "to-p8", help: "Turn a key into PKCS #8"},
		{name: "pkcs8", short: '8', flag: &o.pkcs8, help: "Write keys as PKCS #8"},
		{name: "provable", unsupported: true},
		{name: "verify-provable-privkey", unsupported: true},
		{name: "seed", argument: "str", unsupported: true},

		{section: "Revocation lists", name: "crl-info", short: 'l', help: "Describe a CRL"},
		{name: "generate-crl", help: "Make a CRL"},
		{name: "verify-crl", requires: "load-ca-certificate", help: "Verify a CRL against trusted authorities"},

		{section: "Verification", name: "verify-chain", short: 'e', help: "Verify a chain of certificates that ends in its authority"},
		{name: "verify", help: "Verify a certificate, or a chain, against trusted authorities"},
		{name: "verify-hostname", text: &o.verifyHostname, argument: "str", help: "Host name that the certificate must have"},
		{name: "verify-email", text: &o.verifyEmail, argument: "str", conflicts: "verify-hostname", help: "E-mail address that the certificate must have"},
		{name: "verify-purpose", text: &o.verifyPurpose, argument: "str", help: "OID of a purpose that the certificate must have"},
		{name: "verify-allow-broken", flag: &o.verifyAllowBroken, help: "Accept broken algorithms such as MD5"},
		{name: "verify-profile", text: &o.verifyProfile, argument: "str", help: "Strength that all algorithms must have: low, legacy, medium, high ..."},

		{name: "p7-generate", unsupported: true},
		{name: "p7-sign", unsupported: true},
		{name: "p7-detached-sign", unsupported: true},
		{name: "p7-include-cert", negated: &ignored, unsupported: true},
		{name: "p7-time", negated: &ignored, unsupported: true},
		{name: "p7-show-data", negated: &ignored, unsupported: true},
		{name: "p7-info", unsupported: true},
		{name: "p7-verify", unsupported: true},
		{name: "smime-to-p7", unsupported: true},

		{section: "Other options", name: "generate-dh-params", unsupported: true},
		{name: "get-dh-params", help: "Print well-known Diffie-Hellman parameters of the size of --bits or --sec-param"},
		{name: "dh-info", unsupported: true},
		{name: "load-privkey", text: &o.loadPrivkey, argument: "str", help: "File with the private key"},
		{name: "load-pubkey", text: &o.loadPubkey, argument: "str", help: "File with the public key"},
		{name: "load-request", text: &o.loadRequest, argument: "str", help: "File with the certificate request"},
		{name: "load-certificate", text: &o.loadCertificate, argument: "str", help: "File with the certificate, or several"},
		{name: "load-ca-privkey", text: &o.loadCAPrivkey, argument: "str", help: "File with the private key of the authority"},
		{name: "load-ca-certificate", text: &o.loadCACertificate, argument: "str", help: "File with the certificate of the authority"},
		{name: "load-crl", text: &o.loadCRL, argument: "str", help: "File with the CRL"},
		{name: "load-data", argument: "str", unsupported: true},
		{name: "password", text: &o.password, argument: "str", help: "Password of keys; everybody on this machine can read it in the list of processes"},
		{name: "null-password", flag: &o.nullPassword, help: "Use the NULL password"},
		{name: "empty-password", flag: &o.emptyPassword, help: "Use the empty password"},
		{name: "hex-numbers", flag: &o.hexNumbers, help: "Print long numbers in a form that is easy to parse"},
		{name: "cprint", flag: &o.cprint, help: "Print the numbers of keys as C source"},
		{name: "rsa", flag: &o.rsa, deprecated: true},
		{name: "dsa", flag: &o.dsa, deprecated: true},
		{name: "ecc", flag: &o.ecdsa, deprecated: true},
		{name: "ecdsa", alias: "ecc", deprecated: true},
		{name: "hash", text: &o.hash, argument: "str", help: "Hash to sign with"},
		{name: "salt-size", number: &o.saltSize, argument: "num", help: "Octets of salt that an RSA-PSS key asks for"},
		{name: "inder", flag: &o.inder, negated: &o.inder, help: "Read DER instead of PEM"},
		{name: "inraw", alias: "inder", help: "Another word for --inder"},
		{name: "outder", flag: &o.outder, negated: &o.outder, help: "Write DER instead of PEM"},
		{name: "outraw", alias: "outder", help: "Another word for --outder"},
		{name: "disable-quick-random", deprecated: true},
		{name: "template", text: &o.template, argument: "str", help: "File with the answers to all questions"},
		{name: "stdout-info", flag: &o.stdoutInfo, help: "Describe what is made on standard output instead of standard error"},
		{name: "ask-pass", flag: &o.askPass, help: "Ask for passwords in spite of --template"},
		{name: "pkcs-cipher", text: &o.pkcsCipher, argument: "str", help: "Cipher for keys: 3des, 3des-pkcs12, aes-128, aes-192, aes-256, rc2-40, arcfour, none"},
		{name: "provider", argument: "str", unsupported: true},
		{name: "text", negated: &o.noText, help: "Write a description above the PEM block, too; --no-text leaves it out"},
		{name: "attime", text: &o.attime, argument: "str", extension: true, help: "Take this date for the present time (as certtool 3.8 does)"},
		{name: "batch", flag: &o.batch, extension: true, help: "Ask nothing: fail instead"},

		{section: "Help", name: "version", short: 'v', text: &o.version, argument: "arg", optional: true, help: "Print the version"},
		{name: "help", short: 'h', help: "Print this help"},
		{name: "more-help", short: '!', help: "Print this help"},
	}
	o.rows = make(map[string]*option, len(o.table))
	for i := range o.table {
		o.rows[o.table[i].name] = &o.table[i]
	}
	return o
}
