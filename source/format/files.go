package format

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// file is one of the files of a reader.
type file struct {
	name        string
	reopen      bool          // it can be closed after recognition, and opened again
	source      io.ReadCloser // nil if it is not open
	stream      *stream       // nil if it is not open
	description Description
	columns     []string
}

// open opens the file and recognizes it.
func (f *file) open(o *Options) error {
	if f.source == nil {
		source, err := os.Open(f.name)
		if err != nil {
			return &Error{Name: f.name, Err: withoutPath(err)}
		}
		f.source = source
	}
	s, err := recognize(watched(f.source, o.OnRead), f.name, o)
	if err != nil {
		return errors.Join(f.failed(err), f.close())
	}
	f.stream, f.description, f.columns = s, s.description, s.records.columnNames()
	return nil
}

// watched returns a reader that calls onRead, if it is not nil.
func watched(r io.Reader, onRead func(int) error) io.Reader {
	if onRead == nil {
		return r
	}
	return &watchedReader{r, onRead}
}

type watchedReader struct {
	io.Reader
	onRead func(int) error
}

func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if n > 0 {
		if stop := w.onRead(n); stop != nil {
			return n, stop
		}
	}
	return n, err
}

// failed adds the name of the file to an error.
func (f *file) failed(err error) error {
	var inner *Error
	var rejected *RecordError
	switch {
	case errors.As(err, &inner):
		return &Error{Name: f.name, Line: inner.Line, Err: inner.Err}
	case errors.As(err, &rejected):
		return &Error{Name: f.name, Line: rejected.Line, Err: rejected.Err}
	default:
		return &Error{Name: f.name, Err: withoutPath(err)}
	}
}

func (f *file) close() error {
	if f.stream != nil {
		f.stream.close()
		f.stream = nil
	}
	if f.source == nil {
		return nil
	}
	err := f.source.Close()
	f.source = nil
	return err
}

// files is a [Reader] of several files, one after the other. All are recognized at once, so that a wrong one is found before the first record.
type files struct {
	all     []*file
	options *Options
	current int
	paths   []Path
	bind    BindOptions
	bound   bool
	started bool
	record  Record
	err     error // the final error, or nil
}

// openFiles opens and recognizes the files. It keeps open the first, and those that can be read once only.
func openFiles(all []*file, o *Options) (Reader, error) {
	r := &files{all: all, options: o}
	for i, f := range all {
		err := f.open(o)
		if err == nil {
			err = f.fits(all[0])
		}
		if err == nil && i > 0 && f.reopen {
			err = f.close()
		}
		if err != nil {
			_ = r.Close() // the files were only read
			return nil, err
		}
	}
	return r, nil
}

// fits returns an error if one file is a table and the other is JSON.
func (f *file) fits(first *file) error {
	if f.description.table() == first.description.table() {
		return nil
	}
	return &Error{Name: f.name, Err: &UnsupportedError{
		What:   fmt.Sprintf("%s, but %s is %s", f.description.form(), first.name, first.description.form()),
		Advice: "read tables and JSON files apart",
	}}
}

func (r *files) Describe() Description {
	d := r.all[0].description
	for _, f := range r.all[1:] {
		d.More = append(d.More, f.description)
	}
	return d
}

func (r *files) Columns() []string {
	names := slices.Clone(r.all[0].columns)
	seen := map[string]bool{"": true}
	for _, name := range names {
		seen[name] = true
	}
	for _, f := range r.all[1:] {
		for _, name := range f.columns {
			if !seen[name] {
				names, seen[name] = append(names, name), true
			}
		}
	}
	return names
}

func (r *files) Bind(paths []Path, o *BindOptions) error {
	if r.bound || r.started {
		return &BindError{Reason: "Bind was called before, or after Next"}
	}
	r.paths = slices.Clone(paths)
	if o != nil {
		r.bind = BindOptions{Records: o.Records, Where: slices.Clone(o.Where)}
	}
	for _, f := range r.all {
		if err := r.check(f); err != nil {
			return err
		}
	}
	r.bound = true
	return nil
}

// check binds a file, or only tries to if it is not open.
func (r *files) check(f *file) error {
	switch {
	case f.stream != nil:
		return r.bindFile(f)
	case f.description.table():
		c := columns{names: f.columns}
		return c.bind(r.paths, r.bind.Where)
	default:
		return nil // a path that suits one JSON file suits all
	}
}

func (r *files) bindFile(f *file) error {
	o := r.bind
	if o.Records.IsZero() {
		o.Records = f.description.Records
	}
	return f.stream.records.bind(r.paths, o)
}

func (r *files) Next() (Record, error) {
	if !r.started {
		if err := r.start(); err != nil {
			return Record{}, err
		}
	}
	for r.err == nil {
		err := r.all[r.current].stream.records.next(&r.record)
		if err == nil {
			return r.record, nil
		}
		if rejected := r.handle(err); rejected != nil {
			return Record{}, rejected
		}
	}
	return Record{}, r.err
}

// start binds no paths if Bind was not called.
func (r *files) start() error {
	if !r.bound {
		if err := r.Bind(nil, nil); err != nil {
			return err
		}
	}
	r.started = true
	return nil
}

// handle returns the error of a single record. At the end of a file, it goes to the next one; any other error is final.
func (r *files) handle(err error) error {
	f := r.all[r.current]
	var rejected *RecordError
	switch {
	case err == io.EOF:
		r.err = r.advance()
	case errors.As(err, &rejected):
		rejected.File, rejected.Name = r.current, f.name
		return rejected
	default:
		r.err = f.failed(err)
	}
	return nil
}

// advance goes to the next file. It returns io.EOF after the last one.
func (r *files) advance() error {
	f := r.all[r.current]
	if err := f.close(); err != nil {
		return &Error{Name: f.name, Err: withoutPath(err)}
	}
	if r.current+1 == len(r.all) {
		return io.EOF
	}
	r.current++
	r.record.File = r.current
	f = r.all[r.current]
	if f.stream == nil {
		if err := f.open(r.options); err != nil {
			return err
		}
		return r.bindFile(f)
	}
	return nil
}

// Close closes the files. Next then returns the same error again, or os.ErrClosed.
func (r *files) Close() error {
	if r.err == nil {
		r.err = os.ErrClosed
	}
	var errs []error
	for _, f := range r.all {
		if err := f.close(); err != nil {
			errs = append(errs, &Error{Name: f.name, Err: withoutPath(err)})
		}
	}
	return errors.Join(errs...)
}
