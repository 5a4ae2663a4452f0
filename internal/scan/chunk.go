package scan

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// MaxRowChars is the number of characters that a row can have.
const MaxRowChars = 16_000

const (
	ChunkBytes   = 256 << 10
	FirstBytes   = 8 << 10           // of the first chunk: most files of tests are no larger
	MaxLineBytes = 4*MaxRowChars + 4 // a longer line has too many characters, whatever they are; with BOM and CR
)

// Chunk is a stretch of a stream that ends with a line, the beginning of what follows, and a cursor
// over the lines. It is the one driver of the tokenizer: Fill reads from the stream, Next steps from
// row to row. The zero value is the chunk before the first.
//
// Line numbers are relative to the chunk, so that several goroutines can work on one chunk each.
type Chunk struct {
	tokenizer       // its buffer is readable for a block beyond ChunkBytes, its end is that of the last whole line
	to        int   // the end of what has been read
	offset    int64 // where in the stream the chunk begins
	err       error // of the stream

	dropped int // how many bytes of the last line are not kept, since it is too long
	ended   int // 1 if a "\n" follows them

	next   int // where the next line begins
	limit  int // the file is too large if that is beyond
	number int // of the line that was read last, from 1
}

// Grown returns a chunk that has room for the largest one already.
func Grown() *Chunk {
	c := &Chunk{}
	c.buf = make([]byte, ChunkBytes+blockSize)
	return c
}

// Fill makes c the chunk after prev, which may be c itself: it takes over what follows the last whole
// line there, and reads from src until it has a whole line. At the end of the stream a line may lack
// its "\n"; with any other error what remains is no line. Fill reports whether there is a line; if
// not, Err says why. The file may have maxBytes bytes in all; see TooLarge.
func (c *Chunk) Fill(prev *Chunk, src io.Reader, maxBytes int64) bool {
	found := c.follow(prev, src)
	c.reset(c.buf, c.end)
	c.sum()
	c.next, c.number = 0, 0
	switch left := maxBytes - c.offset; {
	case left >= int64(c.end+c.dropped+c.ended):
		c.limit = c.end
	case left >= int64(c.end): // the end of the last line is too far away
		c.limit = c.end - 1
	default:
		c.limit = int(left)
	}
	return found
}

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

// sizeAfter is the size of the chunk after prev: small at first, and also while a chunk does not fill
// it.
func sizeAfter(prev *Chunk) int {
	if prev.to < FirstBytes {
		return FirstBytes
	}
	return ChunkBytes
}

// drop reads over the rest of a line that is too long. Its beginning is kept.
func (c *Chunk) drop(src io.Reader) {
	end := MaxLineBytes + 1 // enough to see that it is too long
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
		c.to = 0 // what remains is no line
	}
}

// fill reads more into buf, which is filled up to an index, and returns the new index.
func fill(src io.Reader, buf []byte, to int) (int, error) {
	for range 100 {
		n, err := src.Read(buf[to:])
		if n > 0 || err != nil {
			return to + n, err
		}
	}
	return to, io.ErrNoProgress
}

// Err returns why the stream has ended, or nil.
func (c *Chunk) Err() error { return c.err }

// Next reads the next line that is not empty into row. It returns false at the end of the chunk, or
// where the file gets too large. A row of too many characters has no values.
func (c *Chunk) Next(row *Row) bool {
	from, to, ok := c.line()
	if ok {
		c.read(row, from, to)
	}
	return ok
}

var bom = []byte("\uFEFF")

// NextHeader is Next for the header of a file: it leaves out a byte order mark, and reports whether
// there is one.
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

// line returns where the next line is that is not empty, without its end.
func (c *Chunk) line() (from, to int, ok bool) {
	for c.next < c.end {
		from, to = c.next, c.end
		c.number++
		if n := bytes.IndexByte(c.buf[from:to], '\n'); n >= 0 {
			to = from + n
			c.next = to + 1
		} else { // the end of the stream, or a line that is too long
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

// read makes row the line between two indices.
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

// isLong reports whether a line has too many characters, or may have more than a chunk holds. A CR at
// its end is part of the line's end.
func isLong(line []byte) bool {
	return len(line) > MaxLineBytes || utf8.RuneCount(bytes.TrimSuffix(line, []byte{'\r'})) > MaxRowChars
}

// TooLarge reports whether Next has ended since the file has more bytes than it may.
func (c *Chunk) TooLarge() bool { return c.next > c.limit }

// Lines returns how many lines Next has read, empty ones included.
func (c *Chunk) Lines() int { return c.number }

// Done reports whether Next has come to the end of the chunk.
func (c *Chunk) Done() bool { return c.next >= c.end }

// Read returns how many bytes of the stream Next has read up to now.
func (c *Chunk) Read() int64 {
	if c.next == c.end {
		return c.offset + int64(c.end+c.dropped+c.ended)
	}
	return c.offset + int64(c.next)
}

// Offset returns where in the stream an index of the chunk is.
func (c *Chunk) Offset(at int) int64 { return c.offset + int64(at) }

// Len returns the size of the chunk's buffer.
func (c *Chunk) Len() int { return len(c.buf) }

// Bytes returns what is between two indices, with the escapes of rows that were read resolved.
func (c *Chunk) Bytes(from, to int) []byte { return c.buf[from:to] }

// ProveUTF8 looks whether all lines that Next has not read yet are valid UTF-8, for
// [Row.ValidUTF8], which is then faster.
func (c *Chunk) ProveUTF8() { c.utf8 = proveUTF8(c.buf[c.next:c.end]) }
