// Package authz decides by name who may open a console: lists of SASL user names or of
// certificates' distinguished names, in the JSON of QEMU's authz-list-file or as plain
// text, one name a line. Who is in no rule is denied.
package authz

import "slices"

// List is an ordered list of rules. The first one that matches a name decides.
type List struct {
	// Default is what happens to names that no rule matches.
	Default Policy
	Rules   []Rule
}

// Rule decides on the names that it matches.
type Rule struct {
	// Match is a name, or a pattern if Glob is set: "*" stands for any characters, "?"
	// for one.
	Match  string
	Glob   bool
	Policy Policy
}

// Policy is a decision. Its zero value denies.
type Policy bool

// The two policies.
const (
	Deny  Policy = false
	Allow Policy = true
)

// Allows decides on a name. An empty name is nobody's. Aliases are other names that may be
// the same person's: rules that deny match them too, and names that differ from the rule's
// in case only, so that nobody gets around such a rule by another of his names. Rules that
// allow are exact.
func (l *List) Allows(name string, aliases ...string) bool { return l.decide(Deny, name, aliases) }

// Restricts decides on a name in a list of those who may do less than others: here the
// rules that allow, which put somebody on the list, match as loosely, and those that deny
// are exact.
func (l *List) Restricts(name string, aliases ...string) bool { return l.decide(Allow, name, aliases) }

// decide finds the first rule for a name. Rules of the strict policy match loosely.
func (l *List) decide(strict Policy, name string, aliases []string) bool {
	if name == "" {
		return false
	}
	names := append([]string{name}, aliases...)
	for _, rule := range l.Rules {
		if rule.matches(name) || rule.Policy == strict && rule.meets(names) {
			return bool(rule.Policy)
		}
	}
	return bool(l.Default)
}

func (r Rule) matches(name string) bool {
	if r.Glob {
		return matchGlob(r.Match, name)
	}
	return r.Match == name
}

// meets tells whether the rule matches one of the names of a person, or a name like it.
func (r Rule) meets(names []string) bool {
	likeness := Rule{Match: alike(r.Match), Glob: r.Glob}
	return slices.ContainsFunc(names, func(name string) bool {
		return r.matches(name) || likeness.matches(alike(name))
	})
}
