package importjob

import (
	"bytes"
	"io"
	"unicode/utf8"
)

const (
	windowBytes  = 256 << 10
	firstBytes   = 8 << 10            // of the first window: most files of tests are no larger
	maxLineBytes = 4*MaxRowLength + 4 // a longer line has too many characters, whatever they are; with BOM and CR
)

// window is a stretch of a stream that ends with a line, and the beginning of what follows.
type window struct {
	buf    []byte // readable for a block beyond windowBytes
	to     int    // the end of what has been read
	cut    int    // the end of the last whole line
	offset int64  // where in the stream the window begins
	err    error  // of the stream

	dropped int // how many bytes of the last line are not kept, since it is too long
	ended   int // 1 if a "\n" follows them
}

// follow makes w the window after prev, which may be w itself: it takes over what follows the
// last whole line there, and reads on until it has a whole line. At the end of the stream a line
// may lack its "\n"; with any other error what remains is no line. It reports whether there is
// a line.
func (w *window) follow(prev *window, src io.Reader) bool {
	offset := prev.after()
	rest := prev.buf[prev.cut:prev.to]
	if size := windowSize(prev) + blockSize; len(w.buf) < size {
		w.buf = make([]byte, size)
	}
	w.to = copy(w.buf, rest)
	w.offset, w.cut, w.dropped, w.ended, w.err = offset, 0, 0, 0, prev.err
	for searched := 0; ; {
		if n := bytes.LastIndexByte(w.buf[searched:w.to], '\n'); n >= 0 {
			w.cut = searched + n + 1
			return true
		}
		searched = w.to
		switch {
		case w.to > maxLineBytes:
			w.drop(src)
			return w.cut > 0
		case w.err == io.EOF:
			w.cut = w.to
			return w.cut > 0
		case w.err != nil:
			return false
		case w.to == len(w.buf)-blockSize:
			w.buf = append(make([]byte, 0, windowBytes+blockSize), w.buf...)[:windowBytes+blockSize]
		default:
			w.to, w.err = fill(src, w.buf[:len(w.buf)-blockSize], w.to)
		}
	}
}

// after returns where in the stream the line after the last whole one begins.
func (w *window) after() int64 { return w.offset + int64(w.cut+w.dropped+w.ended) }

// windowSize is the size of the window after prev: small at first, and also while a window does
// not fill it.
func windowSize(prev *window) int {
	if prev.to < firstBytes {
		return firstBytes
	}
	return windowBytes
}

// drop reads over the rest of a line that is too long. What is kept is its beginning.
func (w *window) drop(src io.Reader) {
	end := maxLineBytes + 1 // enough to see that it is too long
	w.dropped = w.to - end
	rest := w.buf[end : len(w.buf)-blockSize]
	for w.err == nil {
		var n int
		n, w.err = fill(src, rest, 0)
		if i := bytes.IndexByte(rest[:n], '\n'); i >= 0 {
			w.dropped += i
			w.ended = 1
			w.cut, w.to = end, end+copy(rest, rest[i+1:n])
			return
		}
		w.dropped += n
	}
	if w.err == io.EOF {
		w.cut, w.to = end, end
	} else {
		w.to = 0 // what remains is no line
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

// lines cuts windows into lines.
type lines struct {
	tokenizer
	window *window
	next   int // where in the window the next line begins
	limit  int // the file is too large if that is beyond
	number int // of the line, from 1
}

// read begins with a new window, of a file that may have a number of bytes.
func (l *lines) read(w *window, most int64) {
	l.reset(w.buf, w.cut)
	l.window, l.next = w, 0
	switch left := most - w.offset; {
	case left >= int64(w.cut+w.dropped+w.ended):
		l.limit = w.cut
	case left >= int64(w.cut): // the end of the last line is too far away
		l.limit = w.cut - 1
	default:
		l.limit = int(left)
	}
}

// line returns where in the window the next line is that is not empty, without its end. ok is
// false at the end of the window, or where the file gets too large.
func (l *lines) line() (from, to int, ok bool) {
	w := l.window
	for l.next < w.cut {
		from, to = l.next, w.cut
		l.number++
		if n := bytes.IndexByte(w.buf[from:to], '\n'); n >= 0 {
			to = from + n
			l.next = to + 1
		} else { // the end of the stream, or a line that is too long
			l.next = to
		}
		if l.next > l.limit {
			return 0, 0, false
		}
		if to-from > 1 || to > from && w.buf[from] != '\r' {
			return from, to, true
		}
	}
	return 0, 0, false
}

// fault is that the file is too large: why line has ended before the window does.
func (l *lines) fault() *CSVError {
	if l.next > l.limit {
		return &CSVError{Line: l.number, Err: ErrFileTooLarge}
	}
	return nil
}

// after returns where in the stream the next line begins.
func (l *lines) after() int64 {
	if l.next == l.window.cut {
		return l.window.after()
	}
	return l.window.offset + int64(l.next)
}

// row makes row the line between two indices of the window. Its values have not been counted. It
// is false when the row is too long to have any.
func (l *lines) row(row *Row, from, to int) bool {
	row.line, row.offset, row.size = l.number, l.window.offset+int64(from), to-from
	if to-from > MaxRowLength {
		if to == l.window.cut {
			row.size += l.window.dropped
		}
		if isLong(l.window.buf[from:to]) {
			row.empty()
			return false
		}
	}
	l.split(row, from, to)
	return true
}

// isLong reports whether a line has too many characters, or may have more than the window holds.
func isLong(line []byte) bool {
	return len(line) > maxLineBytes || rowLength(line) > MaxRowLength
}

// rowLength is the number of characters of a line. A CR at its end is part of the line's end.
func rowLength(line []byte) int {
	return utf8.RuneCount(bytes.TrimSuffix(line, []byte{'\r'}))
}
