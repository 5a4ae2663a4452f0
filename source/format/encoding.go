package format

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// charset is the encoding of a text.
type charset struct {
	name    string            // as the HTML standard names it, such as "windows-1252"
	why     string            // "" if nothing need be said
	decoder encoding.Encoding // nil for UTF-8
	bom     int               // the number of bytes of the byte order mark
}

const utf8Name = "utf-8"

// recognizeCharset returns the encoding of a text that begins with head. A byte order mark decides, then the name, if any, then whether
// the text is UTF-8 or looks like UTF-16. complete says that head is the whole text.
func recognizeCharset(head []byte, complete bool, name string) (charset, error) {
	var named encoding.Encoding
	if name != "" {
		var err error
		if named, err = htmlindex.Get(strings.TrimSpace(name)); err != nil {
			return charset{}, &EncodingError{Encoding: name}
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return charset{name: utf8Name, why: "BOM", bom: 3}, nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return utf16Charset(unicode.LittleEndian, "BOM", 2), nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return utf16Charset(unicode.BigEndian, "BOM", 2), nil
	case named != nil:
		return namedCharset(named), nil
	}
	switch zeros(head) {
	case 1:
		return utf16Charset(unicode.LittleEndian, "every second byte is 0", 0), nil
	case 0:
		return utf16Charset(unicode.BigEndian, "every second byte is 0", 0), nil
	}
	return utf8Or(head, complete)
}

func utf16Charset(order unicode.Endianness, why string, bom int) charset {
	name := "utf-16le"
	if order == unicode.BigEndian {
		name = "utf-16be"
	}
	return charset{name: name, why: why, decoder: unicode.UTF16(order, unicode.IgnoreBOM), bom: bom}
}

// isUTF16 reports whether a byte order mark or the name of the encoding says so. Such a text has bytes that are 0.
func isUTF16(head []byte, name string) bool {
	return bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) ||
		strings.HasPrefix(strings.ToLower(strings.TrimSpace(name)), "utf-16") || zeros(head) >= 0
}

func namedCharset(named encoding.Encoding) charset {
	name, err := htmlindex.Name(named)
	if err != nil {
		name = "unnamed"
	}
	if name == utf8Name {
		return charset{name: name, why: "as set"}
	}
	return charset{name: name, why: "as set", decoder: named}
}

// zeros returns 0 or 1 if many bytes at even or at odd offsets are 0, and few of the others, as in UTF-16 of Latin letters. Otherwise
// it returns -1.
func zeros(head []byte) int {
	var count [2]int
	for i, c := range head {
		if c == 0 {
			count[i&1]++
		}
	}
	half := len(head) / 2
	for parity := range count {
		if half > 0 && count[parity] > half*2/5 && count[1-parity] <= count[parity]/10 {
			return parity
		}
	}
	return -1
}

// utf8Or returns UTF-8, or an error if head is not UTF-8. A few invalid bytes among more characters beyond ASCII that are valid UTF-8 are
// damage in a UTF-8 text: the other single-byte encodings hardly ever look like that.
func utf8Or(head []byte, complete bool) (charset, error) {
	valid, invalid, first := 0, 0, -1
	for i := 0; i < len(head); {
		if head[i] < utf8.RuneSelf {
			i++
			continue
		}
		if !complete && !utf8.FullRune(head[i:]) {
			break
		}
		r, size := utf8.DecodeRune(head[i:])
		if r == utf8.RuneError && size == 1 {
			invalid++
			if first < 0 {
				first = i
			}
		} else {
			valid++
		}
		i += size
	}
	switch {
	case invalid == 0:
		return charset{name: utf8Name}, nil
	case valid > invalid:
		return charset{name: utf8Name, why: "with some invalid bytes"}, nil
	default:
		return charset{}, &EncodingError{Line: 1 + bytes.Count(head[:first], []byte{'\n'}), Byte: head[first]}
	}
}

// decode returns the text that follows the byte order mark, in UTF-8. Bytes that are not valid in the other encoding become U+FFFD.
func (c charset) decode(r io.Reader) io.Reader {
	if c.bom > 0 {
		// The mark is in the head, so the stream has at least that many bytes.
		_, _ = io.CopyN(io.Discard, r, int64(c.bom))
	}
	if c.decoder == nil {
		return r
	}
	return transform.NewReader(r, c.decoder.NewDecoder())
}

// display returns the encoding for a description.
func (c charset) display() string {
	name := c.name
	if strings.HasPrefix(name, "utf-") {
		name = strings.ToUpper(name)
	}
	switch c.why {
	case "":
		return name
	case "BOM":
		return name + " with BOM"
	default:
		return name + " (" + c.why + ")"
	}
}
