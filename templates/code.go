package templates

// Code names the kind of a finding. Codes are stable: scripts may rely on them.
type Code string

// Codes of findings about the file.
const (
	TooLarge       Code = "too-large"
	ByteOrderMark  Code = "byte-order-mark"
	UnreadableRest Code = "unreadable-rest" // certtool stops reading there
	CarriageReturn Code = "carriage-return"
	ZeroByte       Code = "zero-byte"
	NotUTF8        Code = "not-utf8"
)

// Codes of findings about how a value is written.
const (
	LostBackslash   Code = "lost-backslash" // and the character behind it
	UnclosedQuote   Code = "unclosed-quote"
	ControlInValue  Code = "control-character"
	TrailingBlanks  Code = "trailing-blanks"
	SecondDelimiter Code = "second-delimiter"
	TrailingComment Code = "trailing-comment"
)

// Codes of findings about single options.
const (
	UnknownOption  Code = "unknown-option"
	WrongCase      Code = "wrong-case"
	FlagValue      Code = "flag-value" // of which certtool takes no notice
	EmptyValue     Code = "empty-value"
	BadValue       Code = "bad-value"
	NotANumber     Code = "not-a-number" // certtool reads what digits it finds
	DaysReplaced   Code = "days-replaced"
	NegativeSerial Code = "negative-serial"
	AmbiguousDate  Code = "ambiguous-date"
)

// Codes of findings about several options together.
const (
	Repeated         Code = "repeated"
	AliasPair        Code = "alias-pair"
	TooManyValues    Code = "too-many-values"
	PolicyGap        Code = "policy-gap"
	NoEffect         Code = "no-effect"
	TwoEnds          Code = "two-ends"
	ReversedValidity Code = "reversed-validity"
	MissingSAN       Code = "missing-san"
	MissingUsage     Code = "missing-usage"
	BeyondCA         Code = "beyond-ca"
)

// silent tells whether certtool makes something else of the fault than it looks like,
// without a word.
func (c Code) silent() bool {
	switch c {
	case ByteOrderMark, UnreadableRest, CarriageReturn, ZeroByte, NotUTF8, LostBackslash, UnclosedQuote,
		ControlInValue, TrailingBlanks, SecondDelimiter, TrailingComment, WrongCase, FlagValue, NotANumber,
		DaysReplaced, NegativeSerial, AmbiguousDate, AliasPair, TooManyValues, PolicyGap, NoEffect,
		TwoEnds, ReversedValidity, MissingSAN, MissingUsage:
		return true
	}
	return false
}
