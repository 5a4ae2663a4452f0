package source

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/format"
)

const (
	firstRows   = 5
	maxExamples = 3
)

// Inspect reads a whole export and reports what is in it, which mapping is used, and which rows cannot be imported. The paths and opts are
// those of [Open]. Columns that do not fit are no error, in contrast to Open: Report.Problem names them. The error is that of Open or
// [Source.Next], or the cause of ctx.
//
// Report.MappingFile is the mapping as YAML. To save it, write it to a file; [Parse] reads it.
func Inspect(ctx context.Context, paths []string, pool importjob.Pool, opts *Options) (_ *Report, err error) {
	o := Options{}
	if opts != nil {
		o = *opts
	}
	o.FindDuplicates = true
	s, err := open(ctx, paths, pool, &o, true)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	i := inspection{source: s, paths: s.exportPaths(), report: &Report{}}
	if err := i.describe(); err != nil {
		return nil, err
	}
	s.observe = i.count
	if err := i.read(ctx); err != nil {
		return nil, err
	}
	i.report.Findings = i.findings.Groups()
	i.report.Passwords = passwordsOf(s.Census())
	if s.join != nil {
		i.report.Joined = &s.join.counts
	}
	return i.report, nil
}

// inspection is the state of Inspect.
type inspection struct {
	source   *Source
	paths    []format.Path // of report.Columns
	secret   []bool        // by column: its values must not be shown
	report   *Report
	findings Collector
}

// describe fills what is known before the first row.
func (i *inspection) describe() error {
	s, r := i.source, i.report
	d := s.description
	r.Files, r.Recognized, r.Format, r.Encoding, r.Header = s.Files(), d.String(), string(d.Format), d.Encoding, d.Header
	if d.Delimiter != 0 {
		r.Delimiter = string(rune(d.Delimiter))
	}
	r.Mapping, r.Why, r.Notes = s.mapping.Name, s.why, s.mapping.Notes
	file, err := s.mapping.Marshal()
	if err != nil {
		return err
	}
	r.MappingFile = string(file)
	for _, e := range s.mapping.Explain(s.pool.Schema) {
		r.Made = append(r.Made, e.String())
	}
	if err := s.columnsError(); err != nil {
		r.Problem = err.Error()
	}
	uses := newColumnUses(s)
	for _, p := range i.paths {
		column := uses.column(p)
		r.Columns, i.secret = append(r.Columns, column), append(i.secret, isSecret(&column))
	}
	return nil
}

// count counts the values of a record.
func (i *inspection) count(values []format.Value) {
	for n, v := range values[len(i.source.plan.paths):] {
		text, err := i.source.plan.clean.Apply(v.Text)
		if err != nil || strings.TrimSpace(text) == "" {
			continue
		}
		c := &i.report.Columns[n]
		c.Filled++
		if v.Kind == format.Array || v.Kind == format.Object {
			text = strings.Join(strings.Fields(text), " ")
		}
		if len(c.Examples) < maxExamples && !i.secret[n] && !slices.Contains(c.Examples, text) {
			c.Examples = append(c.Examples, strings.Clone(text))
		}
	}
}

// isSecret reports whether the values of a column must not be shown.
func isSecret(c *ReportColumn) bool {
	if slices.Contains(c.To, "password") {
		return true
	}
	name := plainName(c.Name)
	return slices.ContainsFunc([]string{"password", "passwd", "pass", "hash", "secret", "token", "salt", "otp", "credential", "stamp"}, func(word string) bool { return strings.Contains(name, word) })
}

// read reads all rows.
func (i *inspection) read(ctx context.Context) error {
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		row, err := i.source.Next()
		var filtered *FilterError
		if errors.As(err, &filtered) {
			i.report.Problem = filtered.Error()
			return nil
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		i.report.Rows++
		if len(row.Findings) == 0 {
			i.report.Good++
		}
		i.findings.Add(row.Findings...)
		if len(i.report.First) < firstRows {
			i.report.First = append(i.report.First, i.row(row))
		}
	}
}

// row copies a row.
func (i *inspection) row(row *Row) ReportRow {
	r := ReportRow{Place: row.Place, ID: row.ID, Algorithm: row.Hash.Algorithm, Groups: slices.Clone(row.Groups), Disabled: row.Disabled, Findings: slices.Clone(row.Findings)}
	if row.Lost != nil {
		r.Lost = row.Lost.Error()
	}
	for k, value := range row.Values {
		if value != "" && k != i.source.hashColumn {
			r.Values = append(r.Values, ReportValue{Column: i.source.columns[k], Value: strings.Clone(value)})
		}
	}
	slices.SortStableFunc(r.Values, func(a, b ReportValue) int { return cmp.Compare(i.place(a), i.place(b)) })
	return r
}

// place brings the username first.
func (i *inspection) place(v ReportValue) int {
	if v.Column == importjob.ColumnUsername {
		return 0
	}
	return 1
}
