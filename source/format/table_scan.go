package format

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// outcome says how the scan of a record ended.
type outcome uint8

const (
	scanned   outcome = iota
	needMore          // the record goes on beyond the text
	stray             // a quotation mark is where none can be
	notClosed         // a quotation mark is not closed
)

// cell is where the text of a cell is, in its record. A record has at most MaxRecord bytes and what one fill reads.
type cell struct {
	from, to int32
	quoted   bool
	doubled  bool // the text has quotation marks that are written twice, or escapes
}

// scanner finds the cells of a record.
type scanner struct {
	delimiter  byte
	escape     byte // makes a part of a cell of the character behind it; 0 for none
	terminator byte // of records: LF, or CR in a file without LF; CRLF counts as LF
	cells      []cell
	quoted     bool // the record has quotation marks, or escapes
}

// scan finds the record that is next in the window, and returns its length with the terminator. It reads nothing.
func (s *scanner) scan(w *window) (int, outcome) {
	s.cells = s.cells[:0]
	b, final := w.rest(), w.err != nil
	end := bytes.IndexByte(b, s.terminator)
	line, whole := b, len(b)
	if end >= 0 {
		line, whole = b[:end], end+1
	} else if !final {
		return 0, needMore
	}
	if s.quoted = w.quoteBefore(w.pos+len(line)) || s.escape != 0 && bytes.IndexByte(line, s.escape) >= 0; s.quoted {
		return s.scanQuoted(b, final)
	}
	s.split(s.withoutCR(line))
	return whole, scanned
}

// withoutCR removes the CR of a CRLF.
func (s *scanner) withoutCR(line []byte) []byte {
	if s.terminator == '\n' && len(line) > 0 && line[len(line)-1] == '\r' {
		return line[:len(line)-1]
	}
	return line
}

// split finds the cells of a line without quotation marks. It looks at eight bytes at a time.
func (s *scanner) split(line []byte) {
	const (
		each = 0x0101010101010101
		low  = 0x7f7f7f7f7f7f7f7f
	)
	wanted := each * uint64(s.delimiter)
	cells, from := s.cells, int32(0)
	rest, at := line, int32(0)
	for ; len(rest) >= 8; rest, at = rest[8:], at+8 {
		x := binary.LittleEndian.Uint64(rest) ^ wanted
		// The high bit of each byte that is 0, which is each delimiter.
		for hits := ^((x&low + low) | x | low); hits != 0; hits &= hits - 1 {
			to := at + int32(bits.TrailingZeros64(hits)>>3)
			cells = append(cells, cell{from: from, to: to})
			from = to + 1
		}
	}
	for i, c := range rest {
		if c == s.delimiter {
			to := at + int32(i)
			cells = append(cells, cell{from: from, to: to})
			from = to + 1
		}
	}
	s.cells = append(cells, cell{from: from, to: int32(len(line))})
}

// scanQuoted is scan for a record with quotation marks or escapes in its first line.
func (s *scanner) scanQuoted(b []byte, final bool) (int, outcome) {
	at := 0
	for {
		c, next, result := s.scanCell(b, at, final)
		if result != scanned {
			s.cells = append(s.cells, cell{from: int32(at)}) // its number is that of the faulty cell
			return 0, result
		}
		s.cells = append(s.cells, c)
		if next < len(b) && b[next] == s.delimiter {
			at = next + 1
			continue
		}
		return s.end(b, next, final)
	}
}

// end returns the length of a record whose last cell ends at.
func (s *scanner) end(b []byte, at int, final bool) (int, outcome) {
	if at < len(b) && b[at] == '\r' && s.terminator == '\n' {
		at++
	}
	switch {
	case at < len(b):
		return at + 1, scanned
	case final:
		return at, scanned
	default:
		return 0, needMore
	}
}

// scanCell finds the cell that begins at. next is the place of its delimiter, of the end of its line, or of the end of b.
func (s *scanner) scanCell(b []byte, at int, final bool) (c cell, next int, result outcome) {
	if s.escape != 0 {
		return s.scanEscapedCell(b, at, final)
	}
	if at < len(b) && b[at] == '"' {
		return s.scanQuotedCell(b, at, final)
	}
	for next = at; next < len(b); next++ {
		switch b[next] {
		case s.delimiter:
			return cell{from: int32(at), to: int32(next)}, next, scanned
		case s.terminator:
			to := at + len(s.withoutCR(b[at:next]))
			return cell{from: int32(at), to: int32(to)}, to, scanned
		case '"':
			return c, next, stray
		}
	}
	if !final {
		return c, next, needMore
	}
	to := at + len(s.withoutCR(b[at:]))
	return cell{from: int32(at), to: int32(to)}, to, scanned
}

func (s *scanner) scanQuotedCell(b []byte, at int, final bool) (c cell, next int, result outcome) {
	c = cell{from: int32(at + 1), quoted: true}
	last := min(len(b), at+1+MaxQuoted+1) // a closing mark further on is too far
	for i := at + 1; ; {
		n := -1
		if i < last {
			n = bytes.IndexByte(b[i:last], '"')
		}
		if n < 0 {
			if final || last < len(b) {
				return c, at, notClosed
			}
			return c, at, needMore
		}
		i += n
		if i+1 == len(b) && !final {
			return c, at, needMore
		}
		if i+1 < len(b) && b[i+1] == '"' {
			c.doubled = true
			i += 2
			continue
		}
		c.to = int32(i)
		return c, i + 1, s.after(b, i+1, final)
	}
}

// after says whether a delimiter or the end of a record is behind a closing mark.
func (s *scanner) after(b []byte, at int, final bool) outcome {
	switch {
	case at == len(b):
		return scanned // of a final b, since the caller looked
	case b[at] == s.delimiter, b[at] == s.terminator:
		return scanned
	case b[at] != '\r':
		return stray
	case at+1 < len(b) && b[at+1] == s.terminator:
		return scanned
	case at+1 == len(b) && final:
		return scanned
	case at+1 == len(b):
		return needMore
	default:
		return stray
	}
}
