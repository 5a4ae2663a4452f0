package format

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Path names a value in a record, beginning at the record. [ParsePath] has the syntax. The zero Path names the record itself.
type Path struct {
	steps []step // never changed after ParsePath
}

// step is one step of a path.
type step struct {
	kind  stepKind
	key   string // of stepKey and stepMatch
	value string // of stepMatch
	n     int    // of stepColumn and stepIndex
}

type stepKind uint8

const (
	stepKey    stepKind = iota + 1 // the member key, or the column of that name
	stepColumn                     // the column n, from 1
	stepIndex                      // the element n, from 0
	stepEach                       // all elements
	stepMatch                      // the first element whose member key has the text value
	stepJSON                       // the JSON in a string
)

// IsZero reports whether the path names the record itself.
func (p Path) IsZero() bool { return len(p.steps) == 0 }

// Equal reports whether two paths are the same.
func (p Path) Equal(q Path) bool { return slices.Equal(p.steps, q.steps) }

// String returns the path so that [ParsePath] returns the same path. Keys are quoted where they must be.
func (p Path) String() string {
	var b strings.Builder
	for i, s := range p.steps {
		switch s.kind {
		case stepKey:
			if i > 0 {
				b.WriteByte('.')
			}
			writeKey(&b, s.key, plainKey(s.key))
		case stepColumn:
			b.WriteByte('#')
			b.WriteString(strconv.Itoa(s.n))
		case stepIndex:
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(s.n))
			b.WriteByte(']')
		case stepEach:
			b.WriteString("[*]")
		case stepMatch:
			b.WriteByte('[')
			writeKey(&b, s.key, plainKey(s.key))
			b.WriteByte('=')
			writeKey(&b, s.value, plainMatch(s.value))
			b.WriteByte(']')
		case stepJSON:
			b.WriteString("|json")
		}
	}
	return b.String()
}

// MarshalText returns String.
func (p Path) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText parses the path. The error is a *PathError.
func (p *Path) UnmarshalText(text []byte) error {
	parsed, err := ParsePath(string(text))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}

// Column returns the path of a column of a table by its name, whatever characters the name has.
func Column(name string) Path { return Path{steps: []step{{kind: stepKey, key: name}}} }

// special are the characters that a key without quotation marks cannot have.
const special = `.[]|"\=`

// plainKey reports whether a key needs no quotation marks.
func plainKey(key string) bool {
	return key != "" && key[0] != '#' && strings.TrimSpace(key) == key && plain(key, special)
}

// plainMatch reports whether the value of a [key=value] needs no quotation marks.
func plainMatch(value string) bool {
	return value != "" && strings.TrimSpace(value) == value && plain(value, `]"\`)
}

// plain reports whether the text has no control characters and none of the others.
func plain(text, others string) bool {
	for _, r := range text {
		if r < ' ' || r == 0x7f || strings.ContainsRune(others, r) {
			return false
		}
	}
	return true
}

func writeKey(b *strings.Builder, key string, plain bool) {
	if plain {
		b.WriteString(key)
		return
	}
	quoted, _ := jsontext.AppendQuote(nil, key) // fails only for invalid UTF-8, which ParsePath refuses
	b.Write(quoted)
}

// firstRune returns the first character of a text that is not empty.
func firstRune(text string) string {
	_, size := utf8.DecodeRuneInString(text)
	return text[:size]
}
