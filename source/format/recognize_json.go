package format

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

var jsonStart = regexp.MustCompile(`\A[ \t\r\n]*(?:\{[ \t\r\n]*(?:["}]|\z)|\[[ \t\r\n]*(?:[\[{"\]]|\z))`)

// looksLikeJSON reports whether the text begins with an object, or with an array of objects, arrays or strings.
func looksLikeJSON(text []byte) bool { return jsonStart.Match(text) }

// recognizedJSON is what the beginning of a JSON text shows.
type recognizedJSON struct {
	format  Format
	records Path
	why     string
}

// recognizeJSON tells lines of JSON from a document, and finds the records of a document.
func recognizeJSON(text []byte, name string) recognizedJSON {
	text = bytes.TrimLeft(text, " \t\r\n")
	switch {
	case text[0] == '[':
		return recognizedJSON{format: JSON, records: Path{steps: []step{{kind: stepEach}}}, why: "an array"}
	case looksLikeLines(text):
		return recognizedJSON{format: NDJSON}
	case strings.Contains(name, ".ndjson"), strings.Contains(name, ".jsonl"):
		return recognizedJSON{format: NDJSON, why: "by its name"}
	default:
		return recognizeObject(text)
	}
}

// looksLikeLines reports whether the first line is a whole value and there are more, or if it is not, whether the next two are: the first line
// of NDJSON can be a bad one.
func looksLikeLines(text []byte) bool {
	lines := make([][]byte, 0, 3)
	for len(text) > 0 && len(lines) < cap(lines) {
		line, rest, _ := bytes.Cut(text, []byte{'\n'})
		if line = bytes.TrimSpace(line); len(line) > 0 {
			lines = append(lines, line)
		}
		text = rest
	}
	whole := func(i int) bool {
		return i < len(lines) && lines[i][0] == '{' && jsontext.Value(lines[i]).IsValid()
	}
	return len(lines) > 1 && whole(0) || whole(1) && whole(2)
}

// recognizeObject finds the records in an object: in the member users, or in the longest array of objects, if that is at least half of the
// text. Otherwise the object is a record.
func recognizeObject(text []byte) recognizedJSON {
	arrays := arraysOfObjects(text)
	longest, key := 0, ""
	for _, a := range arrays {
		if strings.EqualFold(a.key, "users") {
			return recognizedJSON{format: JSON, records: eachOf(a.key), why: "an array of objects"}
		}
		if a.length > longest {
			longest, key = a.length, a.key
		}
	}
	if longest > len(text)/2 {
		return recognizedJSON{format: JSON, records: eachOf(key), why: "the longest array of objects"}
	}
	return recognizedJSON{format: JSON}
}

func eachOf(key string) Path {
	return Path{steps: []step{{kind: stepKey, key: key}, {kind: stepEach}}}
}

// array is an array of objects in the first object of a text.
type array struct {
	key    string
	length int // in bytes, as far as the text has it
}

func arraysOfObjects(text []byte) []array {
	dec := newDecoder()
	dec.reset(text, lenient...)
	var arrays []array
	if _, err := dec.ReadToken(); err != nil {
		return nil
	}
	for dec.PeekKind() == jsontext.KindString {
		name, err := dec.ReadToken()
		if err != nil {
			break
		}
		key := name.String()
		start := int(dec.InputOffset())
		isArray := dec.PeekKind() == jsontext.KindBeginArray && arrayStart.Match(text[start:])
		err = dec.SkipValue()
		end := int(dec.InputOffset())
		if err != nil {
			end = len(text)
		}
		if isArray {
			arrays = append(arrays, array{key: key, length: end - start})
		}
		if err != nil {
			break
		}
	}
	return arrays
}

var arrayStart = regexp.MustCompile(`\A[ \t\r\n:]*\[[ \t\r\n]*\{`)
