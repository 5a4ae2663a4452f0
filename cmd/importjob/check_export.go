package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source"
)

// exportCheck checks the export of another system.
type exportCheck struct {
	*checkCommand
	source   *source.Source
	files    []string
	out      io.Writer
	username int

	rows, good, double, disabled, grouped int64
	findings                              source.Collector
}

// checkExport prints the findings about an export, and the summary.
func (c *checkCommand) checkExport(ctx context.Context, pool importjob.Pool, in *input, std *streams) (err error) {
	in.options.FindDuplicates = true
	s, err := source.Open(ctx, in.paths, pool, &in.options)
	if err != nil {
		return exportError(err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	std.reading.hide(func() { _, _ = fmt.Fprintln(std.err, oneLine(s.Describe().String())) })
	e := &exportCheck{checkCommand: c, source: s, out: std.out, username: slices.Index(s.Columns(), importjob.ColumnUsername)}
	for _, name := range s.Files() {
		e.files = append(e.files, shown(name))
	}
	if len(e.files) == 1 && len(c.Files) == 1 && filepath.Base(c.Files[0]) == e.files[0] {
		e.files[0] = c.Files[0] // with its directory
	}
	if err := e.read(ctx); err != nil {
		return err
	}
	std.reading.end()
	_, _ = fmt.Fprintf(std.err, "%s: %s: %d would be imported, %d skipped, %d failed.\n", oneLine(in.name()), counted(e.rows, "row"), e.good, e.double, e.rows-e.good-e.double)
	if in.options.Hashes != "" {
		printJoined(std.err, s.Joined())
	}
	printFindings(std.err, e.findings.Groups(), s.Census())
	printLeft(std.err, e.disabled, e.grouped)
	if e.good < e.rows {
		return &negativeError{}
	}
	return nil
}

// read reads all rows.
func (e *exportCheck) read(ctx context.Context) error {
	for {
		if e.rows%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		row, err := e.source.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return exportError(err)
		}
		e.rows++
		e.findings.Add(row.Findings...)
		for _, f := range row.Findings {
			status := importjob.RowFailed
			if f.First != (source.Place{}) {
				status = importjob.RowSkipped
				e.double++
			}
			if err := e.print(f, status, row.Values[e.username]); err != nil {
				return err
			}
		}
		if len(row.Findings) == 0 {
			e.add(row)
		}
	}
}

// add counts a good row.
func (e *exportCheck) add(row *source.Row) {
	e.good++
	if row.Disabled {
		e.disabled++
	}
	if len(row.Groups) > 0 {
		e.grouped++
	}
}

func (e *exportCheck) print(f source.Finding, status importjob.RowStatus, username string) error {
	if e.JSON {
		enc := json.NewEncoder(e.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(findingLine{File: e.files[f.File], Line: f.Line, Record: f.Record, Username: username, Attribute: f.Attribute, Source: f.Column,
			Status: status, Code: f.Code, Reason: f.Text, Remedy: f.Remedy, FirstLine: f.First.Line, FirstRecord: f.First.Record, FirstFile: e.firstFile(f)})
	}
	name := cmp.Or(f.Column, f.Attribute)
	text := f.Text
	switch {
	case f.First != (source.Place{}):
		text += ". The first is " + e.firstPlace(f) + "."
	case f.Remedy != "":
		text += "; try " + f.Remedy
	}
	if name != "" {
		text = name + ": " + text
	}
	_, err := fmt.Fprintf(e.out, "%s: %s\n", oneLine(e.placeOf(f.Place)), oneLine(text))
	return err
}

// placeOf returns where a record is, with the name of its file.
func (e *exportCheck) placeOf(p source.Place) string {
	text := fmt.Sprintf("%s:%d", e.files[p.File], p.Line)
	if p.Record > 0 {
		text += fmt.Sprintf(": record %d", p.Record)
	}
	return text
}

// firstPlace returns where the first record with the username is.
func (e *exportCheck) firstPlace(f source.Finding) string {
	switch {
	case f.First.File != f.File:
		return "in " + e.placeOf(f.First)
	case f.First.Record > 0:
		return f.First.String()
	}
	return fmt.Sprintf("on line %d", f.First.Line)
}

// firstFile returns the name of the file with the first record that has the username, if it is another one.
func (e *exportCheck) firstFile(f source.Finding) string {
	if f.First == (source.Place{}) || f.First.File == f.File {
		return ""
	}
	return e.files[f.First.File]
}
