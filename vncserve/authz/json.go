package authz

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// parseJSON reads the form of QEMU's authz-list-file (qapi/authz.json):
//
//	{"policy": "deny", "rules": [{"match": "C=GB,*", "policy": "allow", "format": "glob"}]}
//
// Without a policy the list denies; without a format a rule is exact. As in QEMU, names of
// members are not matched loosely, and one that is unknown or there twice is an error:
// a rule that is not understood must not be left out.
func parseJSON(data []byte) (*List, error) {
	p := &parser{Decoder: json.NewDecoder(bytes.NewReader(data))}
	list := &List{}
	err := p.object(map[string]func() error{
		"policy": p.policy(&list.Default),
		"rules":  func() error { return p.rules(list) },
	})
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return nil, &SyntaxError{Line: lineAt(data, p.offset(err)), Reason: describe(err)}
	}
	return list, nil
}

// parser reads JSON token by token.
type parser struct{ *json.Decoder }

// offset is where an error was found.
func (p *parser) offset(err error) int {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return int(syntax.Offset)
	}
	return int(p.InputOffset())
}

// describe gives the error of a file that ends too early a name that says so.
func describe(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the file ends within the JSON object"
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// object reads an object whose members are known.
func (p *parser) object(members map[string]func() error) error {
	if err := p.delim('{'); err != nil {
		return err
	}
	seen := map[string]bool{}
	for p.More() {
		token, err := p.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		read, known := members[name]
		if !known {
			return fmt.Errorf("unknown member %q; known are match, policy, format and rules", name)
		}
		if seen[name] {
			return fmt.Errorf("the member %q is there twice", name)
		}
		seen[name] = true
		if err := read(); err != nil {
			return err
		}
	}
	return p.delim('}')
}

func (p *parser) delim(want json.Delim) error {
	token, err := p.Token()
	if err != nil {
		return err
	}
	if token != want {
		return fmt.Errorf("found %v where %q must stand", token, want.String())
	}
	return nil
}

func (p *parser) text(member string) (string, error) {
	token, err := p.Token()
	if err != nil {
		return "", err
	}
	text, ok := token.(string)
	if !ok {
		return "", fmt.Errorf("%s is %v, and must be a text", member, token)
	}
	return text, nil
}

// choose reads a text that is one of two.
func (p *parser) choose(member, no, yes string) (bool, error) {
	text, err := p.text(member)
	switch {
	case err != nil:
		return false, err
	case text == yes:
		return true, nil
	case text == no:
		return false, nil
	}
	return false, fmt.Errorf("%s is %q, and must be %q or %q", member, text, no, yes)
}

func (p *parser) policy(to *Policy) func() error {
	return func() error {
		allow, err := p.choose("policy", "deny", "allow")
		*to = Policy(allow)
		return err
	}
}

func (p *parser) rules(list *List) error {
	if err := p.delim('['); err != nil {
		return err
	}
	for p.More() {
		rule, err := p.rule()
		if err != nil {
			return err
		}
		list.Rules = append(list.Rules, rule)
	}
	return p.delim(']')
}

func (p *parser) rule() (rule Rule, err error) {
	decided := false
	err = p.object(map[string]func() error{
		"match": func() (err error) {
			rule.Match, err = p.text("match")
			return err
		},
		"policy": func() error {
			decided = true
			return p.policy(&rule.Policy)()
		},
		"format": func() (err error) {
			rule.Glob, err = p.choose("format", "exact", "glob")
			return err
		},
	})
	switch {
	case err != nil:
		return rule, err
	case rule.Match == "":
		return rule, errors.New("a rule has no match")
	case !decided:
		return rule, fmt.Errorf("the rule for %q has no policy", rule.Match)
	}
	return rule, nil
}

// end finds what follows the list.
func (p *parser) end() error {
	token, err := p.Token()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("found %v after the list", token)
}
