package certtool

import (
	"context"
	"fmt"
	"strconv"

	"vncsec/templates"
)

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
