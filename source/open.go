package source

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/format"
)

// Open opens an export for the import into a pool. Each path is that of a file, of a directory, or "-", which is Options.Format.Stdin, as in
// [format.Open]. The caller closes the Source. nil opts mean the defaults: the mapping is a preset or a suggestion, see [Options].Mapping.
//
// Open reads the beginning of each file, and of a dump in SQL what precedes the rows of its table. It recognizes the format, and applies [Mapping.Edit] and [Mapping.ForPool] to the mapping. With
// Options.Hashes, it reads both files to their ends.
//
// When ctx ends, Open and [Source.Next] stop at the next read of a file and return the cause, so ctx must last as long as the Source is read.
// A read that waits for data goes on waiting.
//
// Any other error is a *[format.Error], a *[format.BindError], an *[OptionError], an *[UnknownPresetError], a *[ColumnsError], or that of
// [Mapping.Edit].
func Open(ctx context.Context, paths []string, pool importjob.Pool, opts *Options) (*Source, error) {
	s, err := open(ctx, paths, pool, opts, false)
	if err != nil {
		return nil, err
	}
	if err := s.columnsError(); err != nil {
		if several := s.tableError(); several != nil {
			err = several // the columns are those of another table
		}
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// open is Open without the check of the columns. If it is lenient, for Inspect, columns that the pool does not have are left out, and the
// reader finds the values of all columns too, behind those of the plan.
func open(ctx context.Context, paths []string, pool importjob.Pool, opts *Options, lenient bool) (*Source, error) {
	o, err := opts.copied()
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	o.endWith(ctx)
	s := &Source{options: o, pool: pool.Clone(), hashColumn: -1, lenient: lenient, regular: onlyOnce(paths) == ""}
	if err := s.openReader(paths); err != nil {
		return nil, err
	}
	if err := s.bind(ctx, paths); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// openReader opens the files and chooses the mapping.
func (s *Source) openReader(paths []string) (err error) {
	o := s.options
	s.mapping, s.why, s.given = o.Mapping, "as set", o.Mapping != nil || o.From != ""
	if o.From != "" {
		if s.mapping, err = Preset(o.From); err != nil {
			return err
		}
	}
	stdin := o.Format.Stdin
	if !s.given {
		if stdin, err = s.chooseMapping(paths); err != nil {
			return err
		}
	} else if err := s.mapping.Validate(); err != nil {
		return err
	}
	if s.reader == nil {
		if s.reader, err = format.Open(paths, o.formatOptions(s.input(), stdin)); err != nil {
			return err
		}
	}
	s.description = s.reader.Describe()
	return nil
}

// input returns how the export is written: as the mapping says, or without a mapping only whether there is a header, since the files were
// recognized without the rest.
func (s *Source) input() Input {
	if s.given {
		return s.mapping.Input
	}
	return Input{NoHeader: s.mapping.Input.NoHeader}
}

// bind makes the plan of the mapping, and binds the reader to it.
func (s *Source) bind(ctx context.Context, paths []string) error {
	m, err := s.mapping.Edit(s.options.Edits)
	if err != nil {
		return err
	}
	s.mapping = m.ForPool(s.pool)
	if err := s.bindPool(); err != nil {
		return err
	}
	if s.options.Hashes != "" {
		if s.join, err = newHashJoin(ctx, s, paths); err != nil {
			return err
		}
	}
	all := slices.Clone(s.plan.paths)
	if s.lenient {
		all = append(all, s.exportPaths()...)
	}
	o := s.bindOptions()
	s.describeRecords(o.Records)
	return s.reader.Bind(all, o)
}

// describeRecords corrects where the records are, if the mapping says it.
func (s *Source) describeRecords(path format.Path) {
	if path.IsZero() {
		return
	}
	correct := func(d *format.Description) {
		if !d.Records.Equal(path) {
			d.Records, d.RecordsWhy = path, ""
		}
	}
	correct(&s.description)
	for i := range s.description.More {
		correct(&s.description.More[i])
	}
}

func (s *Source) bindOptions() *format.BindOptions {
	in := s.mapping.Input
	if !in.Records.IsZero() && s.columnNames() != nil {
		in.Records = format.Path{} // a table has none
	}
	return &format.BindOptions{Records: in.Records, Where: in.Where}
}

// columnNames returns the columns of the export, or nil if it is JSON.
func (s *Source) columnNames() []string { return s.reader.Columns() }

// bindPool makes the plan and the checker of the rows.
func (s *Source) bindPool() error {
	m, pool := s.mapping, s.pool.Clone()
	if s.passwords = s.hasPasswords(); s.passwords {
		pool.PasswordHashes = true // the column is in the rows, whatever this job takes
	}
	s.columns = pool.Header()
	if pool.PasswordHashes {
		s.hashColumn = slices.Index(s.columns, importjob.ColumnPasswordHash)
	}
	if unknown := s.notInPool(); len(unknown) > 0 {
		if !s.lenient {
			return &ColumnsError{NotInPool: unknown}
		}
		s.problems = unknown
		known := *m
		known.Columns = slices.DeleteFunc(slices.Clone(m.Columns), func(c Column) bool {
			return slices.ContainsFunc(unknown, func(u Mismatch) bool { return u.Name == c.Name })
		})
		m, s.mapping = &known, &known
	}
	var err error
	if s.checker, err = importjob.NewRowChecker(pool, s.columns, &importjob.CheckOptions{Assumptions: s.options.Assumptions}); err != nil {
		return err
	}
	s.plan = newPlan(m, s.columns, pool.Schema)
	if s.options.Hashes != "" {
		s.plan.bindKey(m)
	}
	if s.options.FindDuplicates {
		s.names = newUsernames(s.columns, pool.CaseInsensitive)
	}
	s.row.Values, s.failed = make([]string, len(s.columns)), make([]bool, len(s.columns))
	s.idLabel, s.passwordLabel = joinPaths(m.ID, " or "), joinPaths(m.Password.From, " or ")
	return nil
}

// hasPasswords reports whether a user can have a password: there is a second file, or the export can have a value of the password.
func (s *Source) hasPasswords() bool {
	if s.options.Hashes != "" {
		return true
	}
	names, password := s.columnNames(), s.mapping.Password
	if password.Kind == PasswordNone || names == nil {
		return password.Kind != PasswordNone
	}
	index := indexColumns(names)
	return slices.ContainsFunc(password.From, func(p format.Path) bool { return index.of(p) >= 0 })
}

// sampleBytes is how much of standard input is kept in memory to choose a mapping.
const sampleBytes = 1 << 20

// chooseMapping recognizes the system, or suggests a mapping. For JSON, it reads the first records for that. It returns what
// standard input is afterwards.
func (s *Source) chooseMapping(paths []string) (stdin io.Reader, err error) {
	stdin = s.options.Format.Stdin
	first := func() io.Reader { return stdin }
	if slices.Contains(paths, "-") && stdin != nil {
		head, err := io.ReadAll(io.LimitReader(stdin, sampleBytes))
		if err != nil {
			return nil, err
		}
		first, stdin = func() io.Reader { return bytes.NewReader(head) }, io.MultiReader(bytes.NewReader(head), stdin)
	}
	r, err := format.Open(paths, s.options.formatOptions(Input{}, first()))
	if err != nil {
		return nil, err
	}
	if columns := r.Columns(); columns != nil {
		s.choose(tableEvidence(columns, r.Describe(), s.reopener(paths, first)))
		if !slices.Contains(paths, "-") && !s.mapping.Input.NoHeader {
			s.reader = r
			return stdin, nil
		}
		return stdin, r.Close()
	}
	if reason := onlyOnce(paths); reason != "" && reason != stdinOnce {
		return nil, errors.Join(&OptionError{Option: "From", Reason: "name the system or give a mapping, since " + reason}, r.Close())
	}
	e := jsonEvidence(r)
	s.members = e.columns
	s.choose(e)
	return stdin, r.Close()
}

// tableError reads a dump to its end, and returns the error for several tables, or nil.
func (s *Source) tableError() error {
	for s.description.Table != "" {
		var rejected *format.RecordError
		var several *format.TableError
		_, err := s.reader.Next()
		switch {
		case errors.As(err, &several):
			return err
		case err != nil && !errors.As(err, &rejected):
			return nil
		}
	}
	return nil
}

// reopener returns a function that opens the files once more, of standard input its beginning, or nil if one of them is a pipe.
func (s *Source) reopener(paths []string, first func() io.Reader) func(noHeader bool) (format.Reader, error) {
	others := slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return path == "-" })
	if onlyOnce(others) != "" {
		return nil
	}
	return func(noHeader bool) (format.Reader, error) {
		o := s.options.formatOptions(Input{NoHeader: noHeader}, first())
		o.OnRead = nil // it counts the bytes of the import
		return format.Open(paths, o)
	}
}

const stdinOnce = "standard input can be read only once"

// onlyOnce returns why files cannot be read twice, or "".
func onlyOnce(paths []string) string {
	for _, path := range paths {
		if path == "-" {
			return stdinOnce
		}
		if info, err := os.Stat(path); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
			return path + " can be read only once: it is not a regular file"
		}
	}
	return ""
}
