package main

import (
	"bytes"
	"io"
	"os"
	"sync"

	"github.com/schollz/progressbar/v3"

	"github.com/cognito-import/importjob/source/format"
)

// readingBar shows how much of the input a command has read, on a terminal. Several goroutines can read.
type readingBar struct {
	mu       sync.Mutex
	bar      progress
	read     int64 // bytes
	matching int64 // what the bar counts for matching two files, which takes about as long as reading so many bytes
	matched  int64 // of matching
}

// show begins the bar, which follows the reading of in. A command calls hide before it prints.
func (b *readingBar) show(in *input, title string, std *streams) {
	if !std.terminal {
		return
	}
	total := int64(0)
	total, b.matching = in.size()
	if total == 0 {
		return
	}
	b.bar.bar = newBar(std.err, title, total+b.matching, progressbar.OptionSetWidth(15), progressbar.OptionShowBytes(true), progressbar.OptionShowTotalBytes(total > 0))
	in.options.Format.OnRead = func(n int) error {
		b.add(int64(n))
		return nil
	}
	in.options.OnMatch = b.match
	if in.dialect {
		in.stream = &countedReader{in.stream, b}
	}
}

func (b *readingBar) add(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.read += n
	b.bar.set(b.read + b.matched)
}

func (b *readingBar) match(done, all int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.matched = int64(float64(b.matching) * float64(done) / float64(all))
	b.bar.set(b.read + b.matched)
}

// hide removes the bar from the terminal until more is read, and calls print.
func (b *readingBar) hide(print func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar.bar != nil {
		_ = b.bar.bar.Clear() // the output must not fail because of the bar
	}
	print()
}

func (b *readingBar) shown() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bar.bar != nil
}

// end removes the bar.
func (b *readingBar) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bar.end()
}

// countedReader is a reader whose bar shows what was read.
type countedReader struct {
	io.ReadCloser
	bar *readingBar
}

func (r *countedReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.bar.add(int64(n))
	return n, err
}

// withoutBar is the standard output, which can be the terminal that shows the bar. While there is a bar, it writes whole lines only: the
// bar would take the place of the begin of a line.
type withoutBar struct {
	w    io.Writer
	bar  *readingBar
	rest []byte // the begin of a line
}

func (w *withoutBar) Write(p []byte) (int, error) {
	if !w.bar.shown() {
		if err := w.flush(); err != nil {
			return 0, err
		}
		return w.w.Write(p)
	}
	whole := bytes.LastIndexByte(p, '\n') + 1
	var err error
	if whole > 0 {
		w.bar.hide(func() { _, err = w.w.Write(append(w.rest, p[:whole]...)) })
		w.rest = w.rest[:0]
	}
	w.rest = append(w.rest, p[whole:]...)
	return len(p), err
}

// flush writes the begin of a line that was kept back.
func (w *withoutBar) flush() error {
	if len(w.rest) == 0 {
		return nil
	}
	_, err := w.w.Write(w.rest)
	w.rest = nil
	return err
}

// size returns how many bytes are read of the input, and what matching with a second file counts, in bytes. To match, the export is read
// twice. The size is -1 if it is not known.
func (in *input) size() (read, matching int64) {
	names, err := format.Files(in.paths)
	if err != nil { // the command will say so
		return -1, 0
	}
	second := in.options.Hashes
	if second != "" {
		names = append(names, second)
	}
	all := int64(0)
	for i, name := range names {
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			return -1, 0
		}
		all, read = all+info.Size(), read+info.Size()
		if second != "" && i < len(names)-1 {
			read += info.Size()
		}
	}
	if second != "" {
		matching = all
	}
	return read, matching
}
