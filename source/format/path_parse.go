package format

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// ParsePath parses a path. The error is a *[PathError].
//
//	email                       the member email of a JSON record, or the column email of a table
//	profile.email               the member email of the member profile, or the column "profile.email"
//	"https://example.com/id"    a key with special characters, quoted as in JSON
//	#3                          the third column of a table
//	phones[0]                   the first element of an array
//	groups[*]                   all elements of an array
//	roles[*].name               the member name of each element
//	credentials[type=password]  the first element whose member type has the text password
//	secretData|json.value       the member value of the JSON in the string secretData
//
// A key without quotation marks can have any characters but control characters and . [ ] | " \ =, and does not begin with #.
// White space around it belongs to it only inside of quotation marks. The value in [key=value] can be quoted too.
//
// A path with [*] finds an Array of what the rest of the path finds in the elements. Elements in which it finds nothing, or null, are
// left out, so the Array can be empty. With more than one [*] the Array is flat. A path that meets
// something else than it expects, such as [0] at an object, finds nothing: its value is Missing.
//
// |json finds nothing in an empty string. In a string that is not JSON, it finds an Invalid value.
//
// The empty text is the path of the record itself.
func ParsePath(text string) (Path, error) {
	p := pathParser{text: text}
	for p.at < len(text) {
		if err := p.step(); err != nil {
			return Path{}, err
		}
	}
	return Path{steps: p.steps}, nil
}

// MustPath is like [ParsePath] but panics if the text is not a path. It is for constants.
func MustPath(text string) Path {
	p, err := ParsePath(text)
	if err != nil {
		panic(err)
	}
	return p
}

// pathParser parses a path from left to right.
type pathParser struct {
	text  string
	at    int
	steps []step
}

func (p *pathParser) fail(at int, format string, args ...any) error {
	return &PathError{Text: p.text, Offset: at, Reason: fmt.Sprintf(format, args...)}
}

// step parses the next step.
func (p *pathParser) step() error {
	first := len(p.steps) == 0
	switch c := p.text[p.at]; {
	case c == '[':
		return p.bracket()
	case c == '|':
		return p.decode()
	case c == '.' && !first:
		p.at++
		return p.key()
	case first && c == '#':
		return p.column()
	case first:
		return p.key()
	default:
		return p.fail(p.at, `a ".", "[" or "|" is expected here`)
	}
}

func (p *pathParser) key() error {
	key, err := p.name(special, plainKey)
	if err != nil {
		return err
	}
	p.steps = append(p.steps, step{kind: stepKey, key: key})
	return nil
}

func (p *pathParser) column() error {
	start := p.at + 1
	n, end := p.number(start)
	if n < 1 {
		return p.fail(start, "the number of a column is expected, from #1")
	}
	p.at = end
	p.steps = append(p.steps, step{kind: stepColumn, n: n})
	return nil
}

func (p *pathParser) decode() error {
	const word = "|json"
	if !strings.HasPrefix(p.text[p.at:], word) {
		return p.fail(p.at, "the only function is %s", word)
	}
	p.at += len(word)
	p.steps = append(p.steps, step{kind: stepJSON})
	return nil
}

// bracket parses [n], [*] or [key=value].
func (p *pathParser) bracket() error {
	p.at++
	rest := p.text[p.at:]
	if strings.HasPrefix(rest, "*]") {
		p.at += 2
		p.steps = append(p.steps, step{kind: stepEach})
		return nil
	}
	if n, end := p.number(p.at); end > p.at && strings.HasPrefix(p.text[end:], "]") {
		if n < 0 {
			return p.fail(p.at, "the number is too large")
		}
		p.at = end + 1
		p.steps = append(p.steps, step{kind: stepIndex, n: n})
		return nil
	}
	return p.match()
}

// match parses the rest of [key=value].
func (p *pathParser) match() error {
	if p.at == len(p.text) || p.text[p.at] == ']' {
		return p.fail(p.at, "a number, * or key=value is expected between the brackets")
	}
	key, err := p.name(special, plainKey)
	if err != nil {
		return err
	}
	if err := p.expect('=', "a number, * or key=value is expected between the brackets"); err != nil {
		return err
	}
	value, err := p.name(`]"\`, plainMatch)
	if err != nil {
		return err
	}
	if err := p.expect(']', `a "]" is expected here`); err != nil {
		return err
	}
	p.steps = append(p.steps, step{kind: stepMatch, key: key, value: value})
	return nil
}

func (p *pathParser) expect(c byte, reason string) error {
	if p.at == len(p.text) || p.text[p.at] != c {
		return p.fail(p.at, "%s", reason)
	}
	p.at++
	return nil
}

// name parses a key or a value. Without quotation marks, it ends before one of the characters of stops, and must be plain.
func (p *pathParser) name(stops string, plain func(string) bool) (string, error) {
	start := p.at
	if strings.HasPrefix(p.text[start:], `"`) {
		return p.quoted()
	}
	end := len(p.text)
	if i := strings.IndexAny(p.text[start:], stops); i >= 0 {
		end = start + i
	}
	name := p.text[start:end]
	switch {
	case name == "":
		return "", p.fail(start, "a name is expected here")
	case !utf8.ValidString(name):
		return "", p.fail(start, "the name is not valid UTF-8")
	case !plain(name):
		return "", p.fail(start, "write this name between quotation marks")
	}
	p.at = end
	return name, nil
}

// quoted parses a JSON string.
func (p *pathParser) quoted() (string, error) {
	start := p.at
	for end := start + 1; end < len(p.text); end++ {
		switch p.text[end] {
		case '\\':
			end++
		case '"':
			unquoted, err := jsontext.AppendUnquote(nil, p.text[start:end+1])
			if err != nil {
				return "", p.fail(start, "the quoted name is not a JSON string")
			}
			p.at = end + 1
			return string(unquoted), nil
		}
	}
	return "", p.fail(start, "the quotation mark is not closed")
}

// number parses digits. n is -1 if there are none, or too many.
func (p *pathParser) number(start int) (n, end int) {
	for end = start; end < len(p.text) && '0' <= p.text[end] && p.text[end] <= '9'; end++ {
	}
	n, err := strconv.Atoi(p.text[start:end])
	if err != nil || n > 1<<30 {
		return -1, end
	}
	return n, end
}
