package format

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// Limits of what is kept in memory of one record.
const (
	// MaxRecord is the length of the longest record, in bytes.
	MaxRecord = 16 << 20
	// MaxQuoted is the length of the longest cell between quotation marks, in bytes. Behind a mark that is not closed within so many
	// bytes, reading goes on at the next line.
	MaxQuoted = 1 << 20
)

const windowSize = 128 << 10

// window is the part of a stream that is in memory. Strings cut from it stay valid: they refer to a copy that is made once per part, and
// not to buf.
type window struct {
	r       io.Reader
	buf     []byte
	pos     int    // what is before it was consumed
	err     error  // what the stream returned after buf, or nil
	text    string // a copy of buf[textAt:], or ""
	textAt  int
	validTo int  // buf[pos:validTo] is valid UTF-8
	checked bool // validTo was computed for this part
	quote   int  // the place of the next quotation mark, if it is not before pos; len(buf) if there is none
}

func newWindow(r io.Reader) *window { return &window{r: r, quote: -1} }

// rest returns what is in memory and was not consumed.
func (w *window) rest() []byte { return w.buf[w.pos:] }

// fill reads on until the memory is full, which grows if less than half of it is free. It returns false at the end of the stream.
func (w *window) fill() bool {
	if w.err != nil {
		return false
	}
	w.text, w.validTo, w.checked, w.quote = "", 0, false, -1
	rest := w.rest()
	switch {
	case w.buf == nil:
		w.buf = make([]byte, 0, windowSize)
	case len(rest) > cap(w.buf)/2:
		w.buf = append(make([]byte, 0, 2*cap(w.buf)), rest...)
	default:
		w.buf = w.buf[:copy(w.buf[:cap(w.buf)], rest)]
	}
	w.pos = 0
	for len(w.buf) < cap(w.buf) && w.err == nil {
		w.buf, w.err = readMore(w.buf, w.r)
	}
	return true
}

// rests returns what rest does as a string, or a longer one.
func (w *window) rests() string {
	if w.text == "" {
		w.text, w.textAt = string(w.buf[w.pos:]), w.pos
	}
	return w.text[w.pos-w.textAt:]
}

// valid reports whether buf[pos:to], which is whole lines, is valid UTF-8. It checks all lines of a part at once.
func (w *window) valid(to int) bool {
	if to <= w.validTo {
		return true
	}
	if !w.checked {
		w.checked = true
		end := max(to, bytes.LastIndexByte(w.buf, '\n')+1)
		if utf8.Valid(w.buf[w.pos:end]) {
			w.validTo = end
			return true
		}
	}
	return utf8.Valid(w.buf[w.pos:to])
}

// quoteBefore reports whether a quotation mark is in buf[pos:end].
func (w *window) quoteBefore(end int) bool {
	if w.quote < w.pos {
		w.quote = len(w.buf)
		if i := bytes.IndexByte(w.rest(), '"'); i >= 0 {
			w.quote = w.pos + i
		}
	}
	return w.quote < end
}

// line returns the length of the next line, without and with its terminator. Both are -1 if the line is longer than MaxRecord.
// At the end of the stream, both are 0.
func (w *window) line(terminator byte) (length, whole int) {
	searched := 0
	for {
		rest := w.rest()
		if i := bytes.IndexByte(rest[searched:], terminator); i >= 0 {
			return searched + i, searched + i + 1
		}
		if searched = len(rest); searched > MaxRecord {
			return -1, -1
		}
		if !w.fill() {
			return len(rest), len(rest)
		}
	}
}

// skipLine consumes the rest of the line, however long it is. It returns false if the stream ends before the terminator.
func (w *window) skipLine(terminator byte) bool {
	for {
		if i := bytes.IndexByte(w.rest(), terminator); i >= 0 {
			w.pos += i + 1
			return true
		}
		w.pos = len(w.buf)
		if !w.fill() {
			return false
		}
	}
}

// cutOff returns the error of a stream that did not end regularly, or nil. What is left in memory then may be a part of a record.
func (w *window) cutOff() error {
	if w.err == io.EOF {
		return nil
	}
	return w.err
}
