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
	offset := prev.offset + int64(prev.cut+prev.dropped+prev.ended)
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

// lines cuts a window into lines.
type lines struct {
	tokenizer
	next   int // where the next line begins, in the window
	number int // of the line, from 1
}

// read begins with a new window.
func (l *lines) read(w *window) {
	l.reset(w.buf, w.cut)
	l.next = 0
}

// line returns where in the window the next line is that is not empty, without its end. The
// fault is that the file is larger than most; it ends the reading. ok is false at the end of the
// window.
func (l *lines) line(w *window, most int64) (from, to int, ok bool, fault *CSVError) {
	for {
		from = l.next
		if from >= w.cut {
			return 0, 0, false, nil
		}
		l.number++
		if n := bytes.IndexByte(w.buf[from:w.cut], '\n'); n >= 0 {
			to = from + n
			l.next = to + 1
		} else { // the end of the stream, or a line that is too long
			to = w.cut
			l.next = to
		}
		if l.after(w) > most {
			return 0, 0, false, &CSVError{Line: l.number, Err: ErrFileTooLarge}
		}
		if to-from > 1 || to > from && w.buf[from] != '\r' {
			return from, to, true, nil
		}
	}
}

// after returns where in the stream the next line begins.
func (l *lines) after(w *window) int64 {
	if l.next == w.cut {
		return w.offset + int64(w.cut+w.dropped+w.ended)
	}
	return w.offset + int64(l.next)
}

// row makes row the line between two indices of the window. The error is about the row.
func (l *lines) row(row *Row, w *window, from, to int, header []string) *CSVError {
	row.line, row.offset, row.size = l.number, w.offset+int64(from), to-from
	if to-from > MaxRowLength {
		if to == w.cut {
			row.size += w.dropped
		}
		if isLong(w.buf[from:to]) {
			row.empty()
			return &CSVError{Line: row.line, Err: ErrRowTooLong}
		}
	}
	l.split(row, from, to)
	if row.Len() != len(header) {
		return row.countFault(header)
	}
	return nil
}

// isLong reports whether a line has too many characters, or may have more than the window holds.
func isLong(line []byte) bool {
	return len(line) > maxLineBytes || rowLength(line) > MaxRowLength
}

// rowLength is the number of characters of a line. A CR at its end is part of the line's end.
func rowLength(line []byte) int {
	return utf8.RuneCount(bytes.TrimSuffix(line, []byte{'\r'}))
}
