// Package authz decides by name who may open a console: lists of SASL user names or of
// certificates' distinguished names, in the JSON of QEMU's authz-list-file or as plain
// text, one name a line. Who is in no rule is denied.
package authz

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

// Allows decides on a name. An empty name is nobody's.
func (l *List) Allows(name string) bool {
	if name == "" {
		return false
	}
	for _, rule := range l.Rules {
		if rule.matches(name) {
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
