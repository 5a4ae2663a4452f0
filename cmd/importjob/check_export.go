package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/seen"
	"github.com/cognito-import/importjob/source"
)

// exportCheck checks the export of another system.
type exportCheck struct {
	*checkCommand
	source   *source.Source
	files    []string
	pool     importjob.Pool
	out      io.Writer
	username int
	first    map[seen.Hash]int // the line of each username
	scratch  []byte

	rows, good, double, disabled, grouped int64
	findings                              source.Collector
}

// checkExport prints the findings about an export, and the summary.
func (c *checkCommand) checkExport(ctx context.Context, pool importjob.Pool, in *input, std *streams) (err error) {
	s, err := source.Open(ctx, in.paths, pool, &in.options)
	if err != nil {
		return exportError(err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	std.reading.hide(func() { _, _ = fmt.Fprintln(std.err, oneLine(s.Describe().String())) })
	e := &exportCheck{checkCommand: c, source: s, pool: pool, out: std.out, username: slices.Index(s.Columns(), importjob.ColumnUsername), first: map[seen.Hash]int{}}
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
			if err := e.print(f, importjob.RowFailed, row.Values[e.username], 0); err != nil {
				return err
			}
		}
		if len(row.Findings) == 0 {
			if err := e.add(row); err != nil {
				return err
			}
		}
	}
}

// add adds a good row, unless an earlier one has its username.
func (e *exportCheck) add(row *source.Row) error {
	var hash seen.Hash
	username := row.Values[e.username]
	hash, e.scratch = seen.HashOf([]byte(username), e.pool.CaseInsensitive, e.scratch)
	first, repeated := e.first[hash]
	if !repeated {
		e.first[hash] = row.Line
		e.good++
		if row.Disabled {
			e.disabled++
		}
		if len(row.Groups) > 0 {
			e.grouped++
		}
		return nil
	}
	e.double++
	f := source.Finding{Code: "duplicate-username", File: row.File, Line: row.Line, Attribute: importjob.ColumnUsername, Text: importjob.ReasonExists}
	e.findings.Add(f)
	return e.print(f, importjob.RowSkipped, username, first)
}

func (e *exportCheck) print(f source.Finding, status importjob.RowStatus, username string, first int) error {
	if e.JSON {
		enc := json.NewEncoder(e.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(findingLine{File: e.files[f.File], Line: f.Line, Username: username, Attribute: f.Attribute, Source: f.Column,
			Status: status, Code: f.Code, Reason: f.Text, Remedy: f.Remedy, FirstLine: first})
	}
	name := f.Column
	if name == "" {
		name = f.Attribute
	}
	text := f.Text
	switch {
	case first > 0 && len(e.files) == 1:
		text += fmt.Sprintf(" The first is on line %d.", first)
	case f.Remedy != "":
		text += "; try " + f.Remedy
	}
	if name != "" {
		text = name + ": " + text
	}
	_, err := fmt.Fprintf(e.out, "%s:%d: %s\n", oneLine(e.files[f.File]), f.Line, oneLine(text))
	return err
}
