package source

import (
	"cmp"
	"errors"
	"maps"
	"slices"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/pwhash"
)

// Source reads the rows of an import from an export of another system. Only one goroutine at a time can use it.
type Source struct {
	options     *Options
	pool        importjob.Pool
	reader      format.Reader
	regular     bool          // all files are regular
	ahead       *readAhead    // of reader; nil before the first row, or if not regular
	record      format.Record // the last one, if not ahead
	mapping     *Mapping
	why         string // why it is that mapping
	given       bool   // it was not recognized
	suggestion  *Suggestion
	description format.Description

	plan          *plan
	checker       *importjob.RowChecker
	columns       []string
	passwords     bool
	hashColumn    int // the index of password_hash; -1 if no row has a hash
	idLabel       string
	passwordLabel string
	lenient       bool       // for Inspect: what does not fit is left out
	problems      []Mismatch // the columns that were left out
	members       []string   // the paths of the first records of a JSON export, if they were read
	observe       func(values []format.Value)
	join          *hashJoin // nil without Options.Hashes

	row     Row
	text    []byte // of the row
	failed  []bool // by column: its value could not be transformed
	faults  []importjob.Finding
	census  pwhash.Census
	records int        // how many were read, without those that cannot be read
	names   *usernames // nil without Options.FindDuplicates

	manyGroups map[string]bool // the groups of the row, if there are more than fewGroups
}

// Describe says what was recognized, and which mapping is used.
func (s *Source) Describe() Description {
	return Description{Files: s.description, Mapping: s.mapping.Name, Why: s.why}
}

// Description says what [Open] recognized.
type Description struct {
	Files   format.Description
	Mapping string // the name of the mapping; "" if it has none
	Why     string // why it is used, such as "as set" or "the export looks like it"
}

// String returns the description on one line, such as
//
//	users.json: JSON, UTF-8, records at users[*]; mapping keycloak (the export looks like it)
func (d Description) String() string {
	return d.Files.String() + "; mapping " + cmp.Or(d.Mapping, "without a name") + " (" + d.Why + ")"
}

// Mapping returns the mapping that is used, with the edits. Do not change it.
func (s *Source) Mapping() *Mapping { return s.mapping }

// Files returns the names of the files, without their directories. [Place].File is an index of it.
func (s *Source) Files() []string {
	names := []string{s.description.Name}
	for _, d := range s.description.More {
		names = append(names, d.Name)
	}
	return names
}

// Passwords reports whether rows can have a password hash.
func (s *Source) Passwords() bool { return s.passwords }

// Columns returns the names of the columns of [Row.Values], in the same order: those of [importjob.Pool.Header], with password_hash if rows can
// have one.
func (s *Source) Columns() []string { return slices.Clone(s.columns) }

// Census counts what became of the passwords of the rows that Next has returned so far. Rows with Findings do not count. The sum of
// Census().Kept is the number of users who keep their password. The result does not change later.
func (s *Source) Census() *pwhash.Census {
	return &pwhash.Census{Kept: maps.Clone(s.census.Kept), NoPassword: s.census.NoPassword, Lost: maps.Clone(s.census.Lost)}
}

// Next reads the next row, which is valid until the next call. Each record of the export that passes the filters is one row, in the order of
// the files. A record that cannot be read, or whose user cannot be imported, is a Row with Findings, and the next call goes on behind it.
// Regular files are read ahead, in another goroutine, which Close ends. The error is io.EOF after the last row. Any other error is final: a
// *[format.Error], a *[FilterError] in place of io.EOF, or one of the temporary files of Options.Hashes.
func (s *Source) Next() (*Row, error) {
	record, rejected, err := s.next()
	if err != nil {
		return nil, s.ended(err)
	}
	s.row.reset()
	if rejected != nil {
		clear(s.row.Values)
		s.row.Place = Place{rejected.File, rejected.Line, rejected.Number}
		s.row.add(recordFinding(rejected))
		return &s.row, nil
	}
	if s.observe != nil {
		s.observe(record.Values)
	}
	s.row.Place = Place{record.File, record.Line, record.Number}
	s.fill(record.Values)
	if s.hashColumn >= 0 {
		if err := s.setPassword(record.Values); err != nil {
			return nil, err
		}
	}
	s.records++
	s.check(record.Values)
	s.findDuplicate(record.Values)
	switch {
	case s.hashColumn < 0 || len(s.row.Findings) > 0:
	case s.row.Hash.Value == "" && s.row.Lost == nil: // faster than Add
		s.census.NoPassword++
	default:
		s.census.Add(s.row.Hash, s.row.Lost)
	}
	return &s.row, nil
}

// check adds a finding for each rule of the pool that the row breaks. What only follows from a value that could not be transformed is
// left out.
func (s *Source) check(values []format.Value) {
	if len(s.row.Findings) == 0 {
		text, ok := s.checker.AppendRow(s.text[:0], s.row.Values)
		if s.text = text; ok {
			s.row.Text = text
			return
		}
	}
	s.faults = s.checker.CheckValues(s.row.Values, s.faults[:0])
	for i := range s.faults {
		f := &s.faults[i]
		if !s.follows(f) {
			s.row.add(s.ruleFinding(*f, s.pathOf(f.Attribute, values)))
		}
	}
}

// pathOf returns the path of the value in a column of the pool, or "".
func (s *Source) pathOf(name string, values []format.Value) string {
	if name == importjob.ColumnPasswordHash {
		return s.passwordLabel
	}
	for i := range s.plan.columns {
		if c := &s.plan.columns[i]; c.name == name {
			return c.found(s.plan.labels, values)
		}
	}
	return ""
}

// follows reports whether a fault follows from a value that could not be transformed, which is empty then.
func (s *Source) follows(f *importjob.Finding) bool {
	failed := func(name string) bool {
		i := slices.Index(s.columns, name)
		return i >= 0 && s.failed[i]
	}
	switch f.Code {
	case "not-verified":
		return failed(importjob.AttributeEmailVerified) || failed(importjob.AttributePhoneNumberVerified)
	case "required", "email-missing", "phone-missing":
		return failed(f.Attribute)
	}
	return false
}

// Close closes the files, and removes the temporary ones. Call it in any case.
func (s *Source) Close() error {
	if s.ahead != nil {
		s.ahead.batches.Close()
		s.ahead, s.regular = nil, false
	}
	err := s.reader.Close()
	if s.join != nil {
		err = errors.Join(err, s.join.close())
	}
	return err
}
