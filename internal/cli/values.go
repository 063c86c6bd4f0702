package cli

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
)

// choice is an option value that is one of a few words. Shell completion offers
// them.
type choice struct {
	value string // as long as the option is not given, its default
	words []string
}

// list names the words for a help text.
func (c *choice) list() string { return strings.Join(c.words, ", ") }

// Set takes a value from the command line.
func (c *choice) Set(value string) error {
	if !slices.Contains(c.words, value) {
		return fmt.Errorf("unknown word%s", didYouMean(value, c.words))
	}
	c.value = value
	return nil
}

// String returns the value, or the default.
func (c *choice) String() string { return c.value }

// wholeNumber is an option value that is a number within limits.
type wholeNumber struct {
	value    *int
	min, max int
}

// Set takes a value from the command line.
func (n *wholeNumber) Set(value string) error {
	number, err := strconv.Atoi(value)
	if err != nil || number < n.min || number > n.max {
		return fmt.Errorf("not a whole number from %d to %d", n.min, n.max)
	}
	*n.value = number
	return nil
}

// String returns the value; zero, the default of all these options, is silent.
func (n *wholeNumber) String() string {
	if n.value == nil || *n.value == 0 {
		return ""
	}
	return strconv.Itoa(*n.value)
}

// addresses is an option value that may be given several times: IP addresses.
type addresses struct{ list *[]net.IP }

// Set takes one more address from the command line.
func (a *addresses) Set(value string) error {
	ip := net.ParseIP(value)
	if ip == nil {
		return fmt.Errorf("not an IP address")
	}
	*a.list = append(*a.list, ip)
	return nil
}

// String returns the addresses read so far.
func (a *addresses) String() string {
	if a.list == nil {
		return ""
	}
	texts := make([]string, len(*a.list))
	for i, ip := range *a.list {
		texts[i] = ip.String()
	}
	return strings.Join(texts, ", ")
}

// words is an option value that may be given several times: texts.
type words struct{ list *[]string }

// Set takes one more text from the command line.
func (w *words) Set(value string) error {
	if value == "" {
		return fmt.Errorf("empty")
	}
	*w.list = append(*w.list, value)
	return nil
}

// String returns the texts read so far.
func (w *words) String() string {
	if w.list == nil {
		return ""
	}
	return strings.Join(*w.list, ", ")
}
