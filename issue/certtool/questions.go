package certtool

import (
	"bufio"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"vncsec/templates"
)

// Prompter asks the person at the terminal.
type Prompter interface {
	// Interactive tells whether lines can be asked; otherwise standard input has them.
	Interactive() bool
	// Line asks for a line of text; the answer has no line end. The error is io.EOF if
	// the person ended the input.
	Line(ctx context.Context, question string) (string, error)
	// Secret asks for something that must not be seen, on the terminal even where
	// standard input is none. The error is ErrNoTerminal without one: standard input is
	// read then.
	Secret(ctx context.Context, question string) ([]byte, error)
}

// ErrNoTerminal says that there is no terminal to ask on.
var ErrNoTerminal = errors.New("there is no terminal to ask on")

// subject is what the contents of a certificate, request or CRL are asked for.
type subject struct {
	purpose     templates.Applies
	plain       bool             // without extensions
	public      crypto.PublicKey // decides about the usages that are asked for
	fromRequest bool             // the name and the key come from a request
	caEnd       time.Time        // until when the authority is valid; zero: there is none
}

// profile returns what the template asks for, or without one the answers to certtool's
// questions. It warns of a validity that is longer than the authority's.
func (t *tool) profile(ctx context.Context, s subject) (*templates.Profile, error) {
	if t.template != nil {
		purpose := s.purpose
		if s.plain {
			purpose |= templates.Plain
		}
		profile, err := t.template.Certtool(purpose, t.env.Now())
		if err == nil {
			t.outlives(profile, s.caEnd)
		}
		return profile, err
	}
	if t.opts.batch {
		return nil, errors.New("--batch without --template: the contents have to be asked for")
	}
	q := &questions{tool: t, ctx: ctx, subject: s, answers: new(templates.Template)}
	q.ask()
	if q.err != nil {
		return nil, q.err
	}
	return q.answers.Certtool(s.purpose, t.env.Now())
}

// confirm asks whether what was shown is right. Only --stdout-info and a template do
// without it.
func (t *tool) confirm(ctx context.Context) error {
	if t.opts.batch || t.opts.stdoutInfo {
		return nil
	}
	q := &questions{tool: t, ctx: ctx}
	if q.yes("Is the above information ok? (y/N): ", false) {
		return nil
	}
	if q.err != nil {
		return q.err
	}
	return errors.New("not confirmed: nothing was written")
}

// outlives warns of a validity that is longer than the authority's, and tells whether
// certtool asks about it. It does not where there is no end at all.
func (t *tool) outlives(p *templates.Profile, caEnd time.Time) bool {
	if caEnd.IsZero() || !p.NoEnd && !p.NotAfter.After(caEnd) {
		return false
	}
	end := p.NotAfter
	if p.NoEnd {
		end = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	}
	const layout = "Mon Jan _2 15:04:05 2006"
	zone := t.env.Now().Location()
	t.logf("\nExpiration time: %s\n", end.In(zone).Format(layout))
	t.logf("CA expiration time: %s\n", caEnd.In(zone).Format(layout))
	t.logf("Warning: The time set exceeds the CA's expiration time\n")
	return !p.NoEnd
}

// questions asks for the contents of one certificate, request or CRL. The answers make
// a template, so that they mean what the same words in a file mean. The first error
// ends the asking.
type questions struct {
	tool *tool
	ctx  context.Context
	subject
	answers *templates.Template
	err     error
}

// ask asks everything in certtool's order.
func (q *questions) ask() {
	switch q.purpose {
	case templates.Request:
		q.askRequest()
	case templates.CRL:
		q.askCRL()
	case templates.Update:
		q.askDays("expiration", "The certificate will expire in (days): ")
	default:
		q.askCertificate()
	}
}

func (q *questions) askCertificate() {
	if !q.fromRequest {
		q.note("Please enter the details of the certificate's distinguished name. Just press enter to ignore a field.\n")
		if q.purpose == templates.Proxy {
			q.text("cn", "Common name: ")
		} else {
			q.askName()
			q.note("This field should not be used in new certificates.\n")
			q.text("pkcs9_email", "E-mail: ")
		}
	}
	q.askSerial("serial", "certificate's serial number", "4.1.2.2", newSerial())
	q.note("\n\nActivation/Expiration time.\n")
	q.askEnd()
	q.note("\n\nExtensions.\n")
	if q.fromRequest {
		q.flag("honor_crq_extensions", "Do you want to honour all the extensions from the request? (y/N): ")
	}
	if !q.tool.opts.v1 {
		q.askExtensions()
	}
	if q.purpose != templates.Proxy {
		q.repeated("crl_dist_points", "Enter the URI of the CRL distribution point: ", "Enter an additional URI of the CRL distribution point: ")
	}
}

// askName asks for the parts of a distinguished name.
func (q *questions) askName() {
	q.text("country", "Country name (2 chars): ")
	q.text("state", "State or province name: ")
	q.text("locality", "Locality name: ")
	q.text("organization", "Organization name: ")
	q.text("unit", "Organizational unit name: ")
	q.text("cn", "Common name: ")
	q.text("uid", "UID: ")
	q.repeated("dc", "Enter the subject's domain component (DC): ", "Enter an additional domain component (DC): ")
}

// askAlternatives asks for the alternative names that have a question.
func (q *questions) askAlternatives() {
	q.repeated("dns_name", "Enter a dnsName of the subject of the certificate: ", "Enter an additional dnsName of the subject of the certificate: ")
	q.repeated("uri", "Enter a URI of the subject of the certificate: ", "Enter an additional URI of the subject of the certificate: ")
	q.text("ip_address", "Enter the IP address of the subject of the certificate: ")
}

func (q *questions) askExtensions() {
	isCA := false
	if q.purpose == templates.Proxy {
		q.askPathLen()
		q.note("1.3.6.1.5.5.7.21.1 ::= id-ppl-inheritALL\n1.3.6.1.5.5.7.21.2 ::= id-ppl-independent\n")
		q.needed("proxy_policy_language", "Enter the OID of the proxy policy language: ")
	} else {
		isCA = q.askAuthority()
	}
	q.flag("tls_www_client", "Is this a TLS web client certificate? (y/N): ")
	isIKE := q.flag("ipsec_ike_key", "Will the certificate be used for IPsec IKE operations? (y/N): ")
	isServer := q.flag("tls_www_server", "Is this a TLS web server certificate? (y/N): ")
	q.askAlternatives()
	if !isServer && q.purpose != templates.Proxy {
		q.text("email", "Enter the e-mail of the subject of the certificate: ")
	}
	used := q.askUsages(isCA, isServer)
	used = q.flag("data_encipherment", "Will the certificate be used for data encryption? (y/N): ") || used
	q.flag("ocsp_signing_key", "Will the certificate be used to sign OCSP requests? (y/N): ")
	q.askPurposes()
	if isCA {
		used = q.askAuthorityUsages() || used
	}
	if isIKE && used {
		if q.tool.signsForIPsec = q.yes(signQuestion(isServer), true); !q.tool.signsForIPsec {
			q.add("non_repudiation", "")
		}
	}
}

// askAuthority asks for the basic constraints.
func (q *questions) askAuthority() bool {
	isCA := q.flag("ca", "Does the certificate belong to an authority? (y/N): ")
	if isCA {
		q.askPathLen()
	}
	return isCA
}

func (q *questions) askPathLen() {
	if n := q.number("Path length constraint (decimal, -1 for no constraint): ", -1); n >= 0 {
		q.add("path_len", strconv.FormatInt(n, 10))
	}
}

// askUsages asks what the key is used for, as far as that can be chosen, and tells
// whether it is used for anything.
func (q *questions) askUsages(isCA, isServer bool) (used bool) {
	if isCA && !isServer {
		return q.yesFlag("signing_key", signQuestion(isServer))
	}
	if kindOf(q.public) != rsaKey {
		return true // to sign, or to agree on keys
	}
	used = q.yesFlag("signing_key", signQuestion(isServer))
	return q.yesFlag("encryption_key", encryptQuestion(isServer)) || used
}

func signQuestion(isServer bool) string {
	if isServer {
		return "Will the certificate be used for signing (DHE ciphersuites)? (Y/n): "
	}
	return "Will the certificate be used for signing (required for TLS)? (Y/n): "
}

func encryptQuestion(isServer bool) string {
	if isServer {
		return "Will the certificate be used for encryption (RSA ciphersuites)? (Y/n): "
	}
	return "Will the certificate be used for encryption (not required for TLS)? (Y/n): "
}

func (q *questions) askPurposes() {
	q.flag("code_signing_key", "Will the certificate be used to sign code? (y/N): ")
	q.flag("time_stamping_key", "Will the certificate be used for time stamping? (y/N): ")
	q.flag("email_protection_key", "Will the certificate be used for email protection? (y/N): ")
}

// askAuthorityUsages asks what an authority signs, and tells whether it signs anything.
func (q *questions) askAuthorityUsages() bool {
	certs := q.yesFlag("cert_signing_key", "Will the certificate be used to sign other certificates? (Y/n): ")
	crls := q.flag("crl_signing_key", "Will the certificate be used to sign CRLs? (y/N): ")
	return certs || crls
}

func (q *questions) askRequest() {
	q.askName()
	q.askAlternatives()
	q.text("email", "Enter the e-mail of the subject of the certificate: ")
	if q.err == nil {
		var password []byte
		if password, q.err = q.tool.askSecret(q.ctx, "Enter a challenge password: "); len(password) > 0 {
			q.add("challenge_password", string(password))
		}
	}
	if q.tool.opts.noCRQExtensions {
		return
	}
	isCA := q.askAuthority()
	const likeServer = true
	if kindOf(q.public) == rsaKey {
		q.yesFlag("signing_key", signQuestion(likeServer))
	}
	q.yesFlag("encryption_key", encryptQuestion(likeServer))
	q.askPurposes()
	q.flag("ipsec_ike_key", "Will the certificate be used for IPsec IKE operations? (y/N): ")
	q.flag("ocsp_signing_key", "Will the certificate be used to sign OCSP requests? (y/N): ")
	if isCA {
		q.askAuthorityUsages()
	}
	q.flag("tls_www_client", "Is this a TLS web client certificate? (y/N): ")
	q.flag("tls_www_server", "Is this a TLS web server certificate? (y/N): ")
}

func (q *questions) askCRL() {
	q.askDays("crl_next_update", "The next CRL will be issued in (days): ")
	q.askSerial("crl_number", "CRL's serial number", "5.2.3", newCRLNumber(q.tool.env.Now()))
}

// newSerial makes the serial number that certtool proposes: 159 random bits.
func newSerial() []byte {
	serial := make([]byte, 20)
	rand.Read(serial)
	serial[0] &= 0x7f
	return serial
}

// newCRLNumber makes the number that certtool proposes: 5 octets of seconds, 4 of
// nanoseconds, 11 random ones.
func newCRLNumber(now time.Time) []byte {
	number := newSerial()
	for i, seconds := 4, now.Unix(); i >= 0; i-- {
		number[i], seconds = byte(seconds), seconds>>8
	}
	for i, nanoseconds := 8, now.Nanosecond(); i > 4; i-- {
		number[i], nanoseconds = byte(nanoseconds), nanoseconds>>8
	}
	number[0] &= 0x7f
	return number
}

// askSerial asks for a number that has a proposal.
func (q *questions) askSerial(option, label, section string, proposal []byte) {
	question := fmt.Sprintf("Enter the %s in decimal (123) or hex (0xabcd)\n(default is 0x%x)\nvalue: ", label, proposal)
	for {
		answer := q.line(question)
		if q.err != nil {
			return
		}
		if answer == "" {
			q.add(option, "0x"+hex.EncodeToString(proposal))
			return
		}
		serial, err := parseSerial(answer)
		switch {
		case err != nil:
			q.note("error parsing %s: %s\n", label, printable(answer))
		case len(serial) > 20 || len(serial) == 20 && serial[0] > 0x7f:
			q.note("%s would be encoded in more than 20 bytes, see RFC 5280, section %s\n", label, section)
		default:
			q.add(option, answer)
			return
		}
	}
}

// parseSerial reads a serial number: hexadecimal octets after 0x, or a decimal number
// from 1 to 2^63 - 2.
func parseSerial(text string) ([]byte, error) {
	if digits, ok := strings.CutPrefix(text, "0x"); ok {
		octets, err := hex.DecodeString(digits)
		if err == nil && len(octets) == 0 {
			err = errors.New("no digits")
		}
		return octets, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil && (n < 1 || n == 1<<63-1) {
		err = errors.New("out of range")
	}
	return nil, err
}

// askEnd asks for the end of a certificate's validity until it is right or, if it is
// later than the authority's, accepted.
func (q *questions) askEnd() {
	for {
		q.askDays("expiration", "The certificate will expire in (days): ")
		if q.err != nil {
			return
		}
		profile, err := q.answers.Certtool(q.purpose, q.tool.env.Now())
		if err != nil {
			q.err = err
			return
		}
		if !q.tool.outlives(profile, q.caEnd) || q.yes("Is it ok to proceed? (y/N): ", false) {
			return
		}
	}
}

// askDays asks for a number of days from now until one is given that is not 0. The
// options are those of the template that begin with a name.
func (q *questions) askDays(name, question string) {
	byDays, byDate := name+"_days", name+"_date"
	if name == "crl_next_update" {
		byDays = name
	}
	days := int64(0)
	for days == 0 {
		if days = q.number(question, 0); q.err != nil {
			return
		}
	}
	q.answers.Remove(byDays)
	q.answers.Remove(byDate)
	const longest = 3_660_000 // to beyond the year 9999
	switch {
	case days == -1 || days > longest:
		q.add(byDays, "-1")
	default:
		q.add(byDate, fmt.Sprintf("@%d", q.tool.env.Now().Unix()+days*24*60*60))
	}
}

// add puts an answer in the template. One that the template does not take ends the
// asking at once.
func (q *questions) add(option, value string) {
	if q.err == nil {
		q.answers.Add(option, value)
		_, q.err = q.answers.Certtool(q.purpose, q.tool.env.Now())
	}
}

// text asks for the value of an option; an empty one is none.
func (q *questions) text(option, question string) bool {
	answer := q.line(question)
	if answer == "" {
		return false
	}
	q.add(option, answer)
	return true
}

// repeated asks for values of an option until an empty one comes.
func (q *questions) repeated(option, first, further string) {
	for question := first; q.text(option, question); question = further {
	}
}

// needed asks for the value of an option until there is one.
func (q *questions) needed(option, question string) {
	for !q.text(option, question) {
		if q.endless() {
			return
		}
	}
}

// flag asks whether an option is set; a bare return means no.
func (q *questions) flag(option, question string) bool {
	return q.choose(option, question, false)
}

// yesFlag is flag where a bare return means yes.
func (q *questions) yesFlag(option, question string) bool {
	return q.choose(option, question, true)
}

func (q *questions) choose(option, question string, preset bool) bool {
	set := q.yes(question, preset)
	if set {
		q.add(option, "")
	}
	return set
}

// yes asks a question until the answer begins with y or n; a bare return and the end of
// the input stand for the preset.
func (q *questions) yes(question string, preset bool) bool {
	for {
		answer := q.line(question)
		switch {
		case q.err != nil:
			return false
		case answer == "":
			return preset
		case strings.ContainsAny(answer[:1], "yY"):
			return true
		case strings.ContainsAny(answer[:1], "nN"):
			return false
		}
	}
}

// number asks for a number. A bare return stands for the preset; what is no number is
// reported and 0.
func (q *questions) number(question string, preset int64) int64 {
	answer := q.line(question)
	switch {
	case q.err != nil:
		return 0
	case answer == "":
		if preset == 0 {
			q.endless()
		}
		return preset
	}
	n, err := strconv.ParseInt(strings.TrimSpace(answer), 0, 64)
	if err != nil {
		q.note("Not a number: `%s'\n", printable(answer))
	}
	return n
}

// endless ends the asking if the input has ended: the same question would come again
// for ever.
func (q *questions) endless() bool {
	if q.err == nil && q.tool.inputEnded {
		q.err = errors.New("standard input ended before the questions were answered: nothing was written (use --template to answer them in a file)")
	}
	return q.err != nil
}

// note prints something that is no question.
func (q *questions) note(format string, args ...any) {
	if q.err == nil {
		q.tool.logf(format, args...)
	}
}

// maxAnswer bounds the answer to a question, in bytes, as in certtool.
const maxAnswer = 511

// line asks for a line. The end of the input is an empty answer.
func (q *questions) line(question string) string {
	if q.err != nil {
		return ""
	}
	var answer string
	if p := q.tool.env.Prompter; p != nil && p.Interactive() {
		answer, q.err = p.Line(q.ctx, question)
	} else {
		q.tool.logf("%s", question)
		answer, q.err = q.tool.readLine()
	}
	switch {
	case errors.Is(q.err, io.EOF):
		q.err, q.tool.inputEnded = nil, true
	case len(answer) > maxAnswer:
		q.err = says("Too long line to parse in interactive mode; please use templates.")
	}
	if q.err == nil {
		q.err = q.ctx.Err()
	}
	return answer
}

// readLine reads a line of standard input without its end, at most as much as the
// buffer of the input holds. At the end of the input the error is io.EOF.
func (t *tool) readLine() (string, error) {
	line, err := t.in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		err = says("Too long line to parse in interactive mode; please use templates.")
	case err == io.EOF && len(line) > 0:
		err = nil
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r"), err
}

// templatePassword is the password of keys in the template.
func (t *tool) templatePassword() ([]byte, error) {
	if t.template == nil {
		return nil, nil
	}
	profile, err := t.template.Certtool(templates.KeyFile, t.env.Now())
	if err != nil || profile.Password == nil {
		return nil, err
	}
	return []byte(*profile.Password), nil
}

// setClock makes --attime the present time.
func (t *tool) setClock() error {
	at := t.opts.attime
	if !at.given {
		return nil
	}
	asked := new(templates.Template)
	asked.Add("activation_date", at.value)
	profile, err := asked.Certtool(templates.SelfSigned, t.env.Now())
	if err != nil {
		return fmt.Errorf("--attime: %w", err)
	}
	t.env.Now = func() time.Time { return profile.NotBefore }
	return nil
}
