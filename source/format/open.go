package format

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Options are the options of [Open] and [NewReader]. The zero value recognizes everything.
type Options struct {
	// Stdin is what the name "-" means. nil means that "-" is an error.
	Stdin io.Reader
	// Format is the format of the files. "" means the one that is recognized.
	Format Format
	// Encoding is the name of an encoding in the HTML standard, such as windows-1252 or iso-8859-15. A byte order mark takes precedence.
	// "" means UTF-8, UTF-16 if the bytes look like it, or else an *EncodingError.
	//
	// Source: https://encoding.spec.whatwg.org/#names-and-labels
	Encoding string
	// Delimiter is the ASCII character between the cells of a table. 0 means the one that is recognized: a comma, semicolon, tab or bar.
	Delimiter byte
	// Escape is the ASCII character that makes text of the delimiter, quotation mark or line end behind it, as in CSV files of MySQL's SELECT INTO
	// OUTFILE with ESCAPED BY. \n and others are then control characters, and \N and NULL are no text. 0 means that backslashes are recognized, if
	// the beginning of the file has quotation marks behind them. For CSV only.
	Escape byte
	// NoHeader says that the first record of a table is not a header. Paths then name columns by number: #1 is the first.
	NoHeader bool
	// Table is the table of a dump in SQL whose rows are read, such as users or public.users, in any case of letters. "" means that the dump has
	// one table only. The error for any other dump is a *TableError. It is not for other files.
	Table string
	// Nulls are the cells that mean NULL where they are not quoted, such as \N. A CSV file of PostgreSQL's COPY has "". For CSV only.
	Nulls []string
	// MaxBytes limits the size of each file after decompression. 0 means no limit. The error beyond it is a *SizeError.
	MaxBytes int64
	// OnRead, if not nil, is called after each read of a file, with the number of bytes before decompression. An error ends the reading,
	// and is what the *Error wraps. A file that is opened again is read again. The goroutine that reads calls it.
	OnRead func(bytes int) error
}

// copied returns a copy of the options, after a check.
func (o *Options) copied() (*Options, error) {
	if o == nil {
		return &Options{}, nil
	}
	c := *o
	c.Nulls = slices.Clone(o.Nulls)
	return &c, c.check()
}

func (o *Options) check() error {
	switch o.Format {
	case "", CSV, JSON, NDJSON, PGCopy:
	default:
		return fmt.Errorf("unknown format %q: use csv, json, ndjson or pgcopy", string(o.Format))
	}
	if o.Escape != 0 && (!validDelimiter(o.Escape) || o.Escape == o.Delimiter) {
		return fmt.Errorf("the escape %q is not possible: use a character such as \\", rune(o.Escape))
	}
	if o.Delimiter != 0 && !validDelimiter(o.Delimiter) {
		return fmt.Errorf("the delimiter %q is not possible: use a character such as , or ;", rune(o.Delimiter))
	}
	return nil
}

// Open opens files and recognizes their format. Each name is that of a file, of a directory, which means the regular files in it in the order of
// their names without those that begin with a dot, or "-" for standard input. All files must be tables, or all must be JSON. A nil
// *Options is valid.
//
// The error is an *[Error], unless an option is wrong.
func Open(names []string, o *Options) (Reader, error) {
	opts, err := o.copied()
	if err != nil {
		return nil, err
	}
	all, err := list(names, opts)
	if err != nil {
		return nil, err
	}
	return openFiles(all, opts)
}

// NewReader reads a single stream. name is used in messages, and its extension can help recognition. A nil *Options is valid.
func NewReader(r io.Reader, name string, o *Options) (Reader, error) {
	opts, err := o.copied()
	if err != nil {
		return nil, err
	}
	return openFiles([]*file{{name: name, source: io.NopCloser(r)}}, opts)
}

// Files returns the names of the files that Open opens: those of directories are the files in them. The error is an *[Error].
func Files(names []string) ([]string, error) {
	all, err := list(names, &Options{Stdin: strings.NewReader("")})
	if err != nil {
		return nil, err
	}
	var files []string
	for _, f := range all {
		files = append(files, f.name)
	}
	return files, nil
}

// list returns the files that the names mean.
func list(names []string, o *Options) ([]*file, error) {
	var all []*file
	for _, name := range names {
		if name == "-" {
			if o.Stdin == nil {
				return nil, &Error{Name: "-", Err: fs.ErrNotExist}
			}
			all = append(all, &file{name: "-", source: io.NopCloser(o.Stdin)})
			continue
		}
		info, err := os.Stat(name)
		switch {
		case err != nil:
			return nil, &Error{Name: name, Err: withoutPath(err)}
		case !info.IsDir():
			all = append(all, &file{name: name, reopen: info.Mode().IsRegular()})
			continue
		}
		inside, err := listDir(name)
		if err != nil {
			return nil, err
		}
		all = append(all, inside...)
	}
	if len(all) == 0 {
		return nil, &Error{Name: strings.Join(names, ", "), Err: ErrEmpty}
	}
	return all, nil
}

// listDir returns the regular files in a directory, which os.ReadDir sorts.
func listDir(name string) ([]*file, error) {
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, &Error{Name: name, Err: withoutPath(err)}
	}
	var inside []*file
	for _, e := range entries {
		path := filepath.Join(name, e.Name())
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		// Stat follows symbolic links, as Kubernetes makes them in volumes. A link that leads nowhere may be for a file with users.
		info, err := os.Stat(path)
		if err != nil {
			return nil, &Error{Name: path, Err: withoutPath(err)}
		}
		if info.Mode().IsRegular() {
			inside = append(inside, &file{name: path, reopen: true})
		}
	}
	if len(inside) == 0 {
		return nil, &Error{Name: name, Err: ErrEmpty}
	}
	return inside, nil
}

// withoutPath removes what *Error adds anyway.
func withoutPath(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
