// Package scan splits a CSV file in Cognito's format into rows and values. It is the fast core of
// importjob.Reader and importjob.Check.
//
// A Chunk has some whole lines of the file. Its method Fill reads the next chunk, and Next reads the
// next Row of the chunk. A tokenizer finds the values of the rows.
package scan

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// MaxRowChars is the largest number of characters in a row.
const MaxRowChars = 16_000

const (
	ChunkBytes   = 256 << 10         // the size of a chunk
	FirstBytes   = 8 << 10           // the size of the first chunk; most files in tests are smaller
	MaxLineBytes = 4*MaxRowChars + 4 // a longer line certainly has too many characters; 4 is for the byte order mark and the CR
)

// Chunk is a part of a stream: some whole lines, the beginning of the next line, and a cursor that moves
// from line to line. The zero value is the empty chunk before the first.
//
// The line numbers of its rows are relative to the chunk, so that several goroutines can work on one
// chunk each. Only one goroutine at a time can use a Chunk.
type Chunk struct {
	tokenizer       // its buffer has blockSize more bytes than the chunk; its end is the end of the last whole line
	to        int   // the end of the bytes that have been read
	offset    int64 // the position of the chunk in the stream
	err       error // the error of the stream, or nil

	dropped int // the number of bytes that the buffer lacks of the last line, because the line is too long
	ended   int // 1 if a "\n" follows them, otherwise 0

	next   int // the index of the next line
	limit  int // the file is too large if next is greater than limit
	number int // the number of the line that was read last, from 1
}

// Grown returns an empty chunk whose buffer has the largest size.
func Grown() *Chunk {
	c := &Chunk{}
	c.buf = make([]byte, ChunkBytes+blockSize)
	return c
}

// Fill makes c the chunk after prev. prev can be c itself. Fill copies the bytes after the last whole line
// of prev, and reads from src until it has a whole line. At the end of the stream, the last line is
// whole even without a "\n". After any other error, the remaining bytes are dropped. Fill returns
// false if there is no further line; Err then tells why. maxBytes is the largest size of the file; see
// TooLarge.
func (c *Chunk) Fill(prev *Chunk, src io.Reader, maxBytes int64) bool {
	found := c.follow(prev, src)
	c.reset(c.buf, c.end)
	c.sum()
	c.next, c.number = 0, 0
	switch left := maxBytes - c.offset; {
	case left >= int64(c.end+c.dropped+c.ended):
		c.limit = c.end
	case left >= int64(c.end): // only the dropped bytes of the last line exceed maxBytes
		c.limit = c.end - 1
	default:
		c.limit = int(left)
	}
	return found
}

// follow reads the lines of the chunk. It returns false if there is no further line.
func (c *Chunk) follow(prev *Chunk, src io.Reader) bool {
	offset := prev.offset + int64(prev.end+prev.dropped+prev.ended)
	rest := prev.buf[prev.end:prev.to]
	if size := sizeAfter(prev) + blockSize; len(c.buf) < size {
		c.buf = make([]byte, size)
	}
	c.to = copy(c.buf, rest)
	c.offset, c.end, c.dropped, c.ended, c.err = offset, 0, 0, 0, prev.err
	for searched := 0; ; {
		if n := bytes.LastIndexByte(c.buf[searched:c.to], '\n'); n >= 0 {
			c.end = searched + n + 1
			return true
		}
		searched = c.to
		switch {
		case c.to > MaxLineBytes:
			c.drop(src)
			return c.end > 0
		case c.err == io.EOF:
			c.end = c.to
			return c.end > 0
		case c.err != nil:
			return false
		case c.to == len(c.buf)-blockSize:
			c.buf = append(make([]byte, 0, ChunkBytes+blockSize), c.buf...)[:ChunkBytes+blockSize]
		default:
			c.to, c.err = fill(src, c.buf[:len(c.buf)-blockSize], c.to)
		}
	}
}

// sizeAfter returns the size of the chunk after prev. It is small for the first chunk, and remains small
// while the chunks do not fill it.
func sizeAfter(prev *Chunk) int {
	if prev.to < FirstBytes {
		return FirstBytes
	}
	return ChunkBytes
}

// drop reads the rest of a line that is too long, and keeps only the beginning of the line.
func (c *Chunk) drop(src io.Reader) {
	end := MaxLineBytes + 1 // so many bytes show that the line is too long
	c.dropped = c.to - end
	rest := c.buf[end : len(c.buf)-blockSize]
	for c.err == nil {
		var n int
		n, c.err = fill(src, rest, 0)
		if i := bytes.IndexByte(rest[:n], '\n'); i >= 0 {
			c.dropped += i
			c.ended = 1
			c.end, c.to = end, end+copy(rest, rest[i+1:n])
			return
		}
		c.dropped += n
	}
	if c.err == io.EOF {
		c.end, c.to = end, end
	} else {
		c.to = 0 // the line is not whole
	}
}

// fill reads from src into buf[to:], and returns the end of the bytes that have been read.
func fill(src io.Reader, buf []byte, to int) (int, error) {
	for range 100 {
		n, err := src.Read(buf[to:])
		if n > 0 || err != nil {
			return to + n, err
		}
	}
	return to, io.ErrNoProgress
}

// Err returns the error of the stream, which is io.EOF at its end, or nil.
func (c *Chunk) Err() error { return c.err }

// Next reads the next line that is not empty into row. It returns false at the end of the chunk, or if the
// file is too large. A row with too many characters gets no values.
func (c *Chunk) Next(row *Row) bool {
	from, to, ok := c.line()
	if ok {
		c.read(row, from, to)
	}
	return ok
}

var bom = []byte("\uFEFF")

// NextHeader is Next for the header of a file. It skips a byte order mark, and reports whether there is
// one.
func (c *Chunk) NextHeader(row *Row) (hasBOM, ok bool) {
	from, to, ok := c.line()
	if !ok {
		return false, false
	}
	hasBOM = bytes.HasPrefix(c.buf[from:to], bom)
	if hasBOM {
		from += len(bom)
	}
	c.read(row, from, to)
	return hasBOM, true
}

// line returns the start and the end of the next line that is not empty, without the "\n".
func (c *Chunk) line() (from, to int, ok bool) {
	for c.next < c.end {
		from, to = c.next, c.end
		c.number++
		if n := bytes.IndexByte(c.buf[from:to], '\n'); n >= 0 {
			to = from + n
			c.next = to + 1
		} else { // the last line of the stream, or a line that is too long
			c.next = to
		}
		if c.next > c.limit {
			return 0, 0, false
		}
		if to-from > 1 || to > from && c.buf[from] != '\r' {
			return from, to, true
		}
	}
	return 0, 0, false
}

// read reads the line between two indices into row.
func (c *Chunk) read(row *Row, from, to int) {
	row.tokens = &c.tokenizer
	row.line, row.offset, row.size = c.number, c.offset+int64(from), to-from
	if to-from > MaxRowChars {
		if to == c.end {
			row.size += c.dropped
		}
		if isLong(c.buf[from:to]) {
			row.empty(from)
			return
		}
	}
	commas := c.count(from, to)
	c.split(row, from, to)
	row.values = 1 + commas - row.escapes
}

// isLong reports whether a line has too many characters, or is so long that the chunk has only its
// beginning. A CR at the end does not count as a character.
func isLong(line []byte) bool {
	return len(line) > MaxLineBytes || utf8.RuneCount(bytes.TrimSuffix(line, []byte{'\r'})) > MaxRowChars
}

// TooLarge reports whether Next returned false because the file has more bytes than allowed.
func (c *Chunk) TooLarge() bool { return c.next > c.limit }

// Lines returns the number of lines that Next has read, including empty ones.
func (c *Chunk) Lines() int { return c.number }

// Done reports whether Next has read the last line of the chunk.
func (c *Chunk) Done() bool { return c.next >= c.end }

// Read returns the number of bytes of the stream that Next has read.
func (c *Chunk) Read() int64 {
	if c.next == c.end {
		return c.offset + int64(c.end+c.dropped+c.ended)
	}
	return c.offset + int64(c.next)
}

// Offset returns the position in the stream of an index of the chunk.
func (c *Chunk) Offset(at int) int64 { return c.offset + int64(at) }

// Len returns the size of the chunk's buffer.
func (c *Chunk) Len() int { return len(c.buf) }

// Bytes returns the bytes between two indices. In rows that Next has read, the backslashes before commas
// have been removed.
func (c *Chunk) Bytes(from, to int) []byte { return c.buf[from:to] }

// ProveUTF8 checks all lines that Next has not read yet. If they are valid UTF-8, [Row.ValidUTF8] need not
// check each row.
func (c *Chunk) ProveUTF8() { c.utf8 = proveUTF8(c.buf[c.next:c.end]) }
