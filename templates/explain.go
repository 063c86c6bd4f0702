package templates

import "vncsec/internal/explain"

// Explanation is what there is to know about a code.
type Explanation = explain.Entry[Code]

// Explanations lists every code of findings.
func Explanations() []Explanation { return append([]Explanation(nil), explanations...) }

var explanations = []Explanation{
	{
		Code:    TooLarge,
		Meaning: "The template is larger than any real one.",
		Causes:  []string{"another file was named"},
		Cure:    []string{"name the template"},
	},
	{
		Code:    ByteOrderMark,
		Meaning: "The file begins with a byte order mark, and certtool reads nothing of it.",
		Causes:  []string{"an editor of Windows wrote it"},
		Cure:    []string{"save it as UTF-8 without BOM"},
	},
	{
		Code:    UnreadableRest,
		Meaning: "A character cannot start an option, and certtool reads nothing from there on.",
		Causes:  []string{"a value of several lines without quotes", "a comment without #"},
		Cure:    []string{"make it a comment with #, or put the value into quotes"},
	},
	{
		Code:    CarriageReturn,
		Meaning: "Lines end as in Windows, and the carriage return becomes part of the values.",
		Causes:  []string{"an editor of Windows wrote it"},
		Cure:    []string{"convert the line ends: sed -i 's/\\r$//' FILE"},
	},
	{
		Code:    ZeroByte,
		Meaning: "The file has a zero byte.",
		Causes:  []string{"it is UTF-16, or no text at all"},
		Cure:    []string{"save it as UTF-8"},
	},
	{
		Code:    NotUTF8,
		Meaning: "A value is not UTF-8.",
		Causes:  []string{"the file is in an older character set"},
		Cure:    []string{"iconv -f latin1 -t utf8 FILE"},
	},
	{
		Code:    LostBackslash,
		Meaning: "certtool drops a backslash together with the character after it.",
		Causes:  []string{"a path or name of Windows"},
		Cure:    []string{"write the character without the backslash"},
	},
	{
		Code:    UnclosedQuote,
		Meaning: "A quote is not closed before the end of the file.",
		Causes:  []string{"a quotation mark is missing, or was meant as an apostrophe"},
		Cure:    []string{"close it"},
	},
	{
		Code:    ControlInValue,
		Meaning: "A value has a control character or more than one line.",
		Causes:  []string{"a quote is closed lines later"},
		Cure:    []string{"close the quote on its line"},
	},
	{
		Code:    TrailingBlanks,
		Meaning: "Blanks at the end of a line become part of the value.",
		Causes:  []string{"an editor left them"},
		Cure:    []string{"remove them"},
	},
	{
		Code:    SecondDelimiter,
		Meaning: "A second = or : becomes part of the value.",
		Causes:  []string{"option == value, or option := value"},
		Cure:    []string{"write one, or put the value into quotes"},
	},
	{
		Code:    TrailingComment,
		Meaning: "A comment behind a value becomes part of it.",
		Causes:  []string{"comments are possible on lines of their own only"},
		Cure:    []string{"put the comment on a line of its own"},
	},
	{
		Code:    UnknownOption,
		Meaning: "There is no such option.",
		Causes:  []string{"it is mistyped", "it is of a newer certtool"},
		Cure:    []string{"the message names the nearest one"},
	},
	{
		Code:    WrongCase,
		Meaning: "An option is not in lower case, and certtool takes no notice of it.",
		Causes:  []string{"it was written as it stands in certificates"},
		Cure:    []string{"write it in lower case"},
	},
	{
		Code:    FlagValue,
		Meaning: "A flag has a value: certtool switches it on whatever that is, even no.",
		Causes:  []string{"flag = no was meant to switch it off"},
		Cure:    []string{"leave the line out to switch it off"},
	},
	{
		Code:    EmptyValue,
		Meaning: "An option has no value.",
		Causes:  []string{"the value was forgotten"},
		Cure:    []string{"add it, or leave the line out"},
	},
	{
		Code:    BadValue,
		Meaning: "The value is none that the option takes.",
		Causes:  []string{"it is mistyped"},
		Cure:    []string{"the message says what is expected"},
	},
	{
		Code:    NotANumber,
		Meaning: "The value is no number: certtool takes the digits that it finds.",
		Causes:  []string{"a unit stands behind it"},
		Cure:    []string{"write digits only"},
	},
	{
		Code:    DaysReplaced,
		Meaning: "The number of days is none, and certtool takes another.",
		Causes:  []string{"0, or a unit behind the number"},
		Cure:    []string{"write a number of days, or -1 for no end"},
	},
	{
		Code:    NegativeSerial,
		Meaning: "The serial number is negative.",
		Causes:  []string{"it is larger than certtool reads"},
		Cure:    []string{"leave it out: a random one is taken"},
	},
	{
		Code:    AmbiguousDate,
		Meaning: "certtool reads the date differently from how it looks.",
		Causes:  []string{"the month stands first", "a relative time stands after a time zone"},
		Cure:    []string{"write YYYY-MM-DD"},
	},
	{
		Code:    Repeated,
		Meaning: "An option is given twice that can be given once.",
		Causes:  []string{"a line was added at the end and not put in place of the old one"},
		Cure:    []string{"leave one out"},
	},
	{
		Code:    AliasPair,
		Meaning: "An option is given under two of its names.",
		Causes:  []string{"it has an old name and a new one"},
		Cure:    []string{"leave one out"},
	},
	{
		Code:    TooManyValues,
		Meaning: "An option is given more often than certtool reads.",
		Causes:  []string{"a long list of names"},
		Cure:    []string{"leave the rest out, or issue two certificates"},
	},
	{
		Code:    PolicyGap,
		Meaning: "The numbers of policies have a gap, and certtool stops there.",
		Causes:  []string{"they begin with 0, or one was removed"},
		Cure:    []string{"number them from 1 on"},
	},
	{
		Code:    NoEffect,
		Meaning: "An option has no effect here.",
		Causes:  []string{"it is for requests, authorities or revocation lists"},
		Cure:    []string{"leave it out"},
	},
	{
		Code:    TwoEnds,
		Meaning: "The end is given twice, as days and as a date.",
		Causes:  []string{"both expiration_days and expiration_date"},
		Cure:    []string{"leave one out"},
	},
	{
		Code:    ReversedValidity,
		Meaning: "The end comes before the start.",
		Causes:  []string{"the dates were exchanged"},
		Cure:    []string{"exchange them"},
	},
	{
		Code:    MissingSAN,
		Meaning: "A server's certificate gets no name that browsers and Go programs look at.",
		Causes:  []string{"certtool does not take the host name from cn"},
		Cure:    []string{"add dns_name or ip_address"},
	},
	{
		Code:    MissingUsage,
		Meaning: "The certificate may not be used for what it is for.",
		Causes:  []string{"tls_www_server, tls_www_client, ca or cert_signing_key is missing"},
		Cure:    []string{"add the option that the message names"},
	},
	{
		Code:    BeyondCA,
		Meaning: "The certificate would outlive its authority.",
		Causes:  []string{"it is issued late in the authority's life"},
		Cure:    []string{"take an earlier end, or renew the authority"},
	},
}
