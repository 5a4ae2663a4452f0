package format

import "strings"

// scanEscapedCell is scanCell for a file with escapes, in which a delimiter, a quotation mark or a line end behind an escape is text.
func (s *scanner) scanEscapedCell(b []byte, at int, final bool) (c cell, next int, result outcome) {
	i, last := at, len(b)
	if at < len(b) && b[at] == '"' {
		i, last, c.quoted = at+1, min(len(b), at+1+MaxQuoted+1), true
	}
	c.from = int32(i)
	for ; i < last; i++ {
		switch char := b[i]; {
		case char == s.escape:
			c.doubled = true
			i++
		case char == '"' && !c.quoted:
			return c, i, stray
		case char == '"' && i+1 < len(b) && b[i+1] == '"':
			c.doubled = true
			i++
		case char == '"':
			c.to = int32(i)
			return c, i + 1, s.after(b, i+1, final)
		case c.quoted:
		case char == s.delimiter:
			c.to = int32(i)
			return c, i, scanned
		case char == s.terminator:
			i = at + len(s.withoutCR(b[at:i]))
			c.to = int32(i)
			return c, i, scanned
		}
	}
	switch {
	case !final && last == len(b):
		return c, at, needMore
	case c.quoted:
		return c, at, notClosed
	}
	i = at + len(s.withoutCR(b[at:]))
	c.to = int32(i)
	return c, i, scanned
}

// escapedValue returns the value of a cell with escapes, as LOAD DATA of MySQL reads it: \0, \b, \n, \r, \t and \Z are control characters,
// the escape before any other character means that character, and \N alone is NULL.
//
// Source: https://dev.mysql.com/doc/refman/8.4/en/load-data.html
func escapedValue(v Value, escape byte) Value {
	text := v.Text
	if len(text) == 2 && text[0] == escape && text[1] == 'N' {
		return Value{Kind: Null}
	}
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); i++ {
		switch char := text[i]; {
		case char == escape && i+1 < len(text):
			i++
			if at := strings.IndexByte("0bnrtZ", text[i]); at >= 0 {
				b.WriteByte("\x00\b\n\r\t\x1a"[at])
			} else {
				b.WriteByte(text[i])
			}
		case char == '"':
			i++ // it is written twice
			b.WriteByte('"')
		default:
			b.WriteByte(char)
		}
	}
	v.Text = b.String()
	return v
}
