package certtool

import "fmt"

// text is the value of an option that takes one.
type text struct {
	value string
	given bool
}

// number is the value of an option that takes a decimal number.
type number struct {
	value int
	given bool
}

// options holds what the command line asked for. Options that ask for an action are
// in given only.
type options struct {
	given map[string]bool // every option that stood there, by its long name

	infile, outfile text
	debug           number
	verbose         bool
	v1              bool
	signParams      text
	noCRQExtensions bool
	p12Name         text
	keyType         text
	bits            number
	curve           text
	secParam        text
	pkcs8           bool
	verifyHostname  text
	verifyEmail     text
	verifyPurpose   text
	verifyProfile   text
	verifyBroken    bool
	loadPrivkey     text
	loadPubkey      text
	loadRequest     text
	loadCertificate text
	loadCAPrivkey   text
	loadCACert      text
	loadCRL         text
	password        text
	nullPassword    bool
	emptyPassword   bool
	hexNumbers      bool
	cprint          bool
	rsa, dsa, ecdsa bool
	hash            text
	saltSize        number
	inder, outder   bool
	template        text
	stdoutInfo      bool
	askPass         bool
	pkcsCipher      text
	noText          bool
	batch           bool // --batch, or a template was given
	attime          text
}

// optionKind is what an option takes.
type optionKind int

const (
	flagOption optionKind = iota
	textOption
	numberOption
)

// option is a row of the table of options.
type option struct {
	name  string
	short byte
	// One of these receives what the command line says; none: given is enough.
	flag   *bool
	text   *text
	number *number
	// inverse is set for flags that have a --no- form as well.
	inverse bool
	// unsupported is set for what certtool has and vncsec has not.
	unsupported bool
}

// table holds all options of certtool 3.7.9, in the order of its help.
func (o *options) table() []option {
	return []option{
		{name: "debug", short: 'd', number: &o.debug},
		{name: "verbose", short: 'V', flag: &o.verbose},
		{name: "infile", text: &o.infile},
		{name: "outfile", text: &o.outfile},
	}
}

// parse reads a command line.
func (o *options) parse(args []string) error {
	o.given = make(map[string]bool)
	return fmt.Errorf("not read yet")
}
