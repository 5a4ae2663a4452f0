package bulk

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/pwhash"
)

// ExportOptions are the options of [Export]. nil means the defaults.
type ExportOptions struct {
	// Source are the options of [source.Open], such as the mapping. Four of its fields have no effect:
	//
	//   - Assumptions: those of Options are used.
	//   - TempDir: temporary files are in the directory of the import.
	//   - OnMatch: Options.OnProgress is called.
	//   - FindDuplicates: an import always finds duplicates.
	//
	// Format.Stdin and Format.OnRead must be nil. For a stream, use [Stream].
	Source source.Options

	// OnOpen, if not nil, is called with the recognized format and mapping, before the first row is read. The goroutine of the caller of
	// [Plan] or [Import] calls it, and OnRead.
	OnOpen func(source.Description)

	// OnRead, if not nil, is called when all rows were read, before the first job. A resumed import whose plan is complete reads no rows and
	// calls neither OnOpen nor OnRead.
	OnRead func(ExportSummary)
}

// ExportSummary has the counts of an export that was read. It has no values of users. A row with findings is rejected, and only Findings
// counts it.
type ExportSummary struct {
	Files      []string           // the names of the files, without their directories; "input" for a [Stream]
	Findings   []source.Group     // why rows are rejected, the largest group first; without duplicates of usernames, which are found later
	Passwords  *pwhash.Census     // the passwords of the rows without findings; duplicates of usernames count too
	Joined     *source.JoinCounts // of the export and the file Source.Hashes; nil without it
	Disabled   int64              // rows without findings whose user cannot sign in to the other system; an import enables every user
	WithGroups int64              // rows without findings whose user has groups there; an import adds nobody to a group
}

// Export returns a source that reads the export of another system: one file, several files, or all files of a directory. It reads every
// format that [source.Open] reads. nil opts mean the defaults. A row with findings is rejected.
//
// If the mapping has a password, and the table its column, the pool must take password hashes ([importjob.Pool].PasswordHashes). Otherwise
// the error is [ErrPasswordHashes]. Source.NoPasswords leaves the passwords out. CreateInput.PasswordHashingAlgorithm can stay empty: each hash says its
// own algorithm, and a job is run for each algorithm.
//
// The files must be regular files, since a resumed import compares them with the plan. Another mapping or other options are
// [ErrSourceChanged]. [Plan] and [Import] return the errors of source.Open.
//
// # Where a row is in the export
//
// report.csv and rejected.csv have a source line for each row. If the export is one file with at most one record on a line, such as CSV or
// NDJSON, it is the line on which the record begins.
//
// Otherwise it is only a number that grows with each record. If a record begins on the same line as the one before, it gets the next number.
// The numbers of a second file follow those of the first. Such a row is found in one of these ways:
//
//   - report.csv has one row for each record, in the order in which source.Open reads them with the same options. The example reads both
//     side by side.
//   - For a row with findings, the column surplus of rejected.csv has the place and all findings, as JSON:
//     {"record":{"file":"users.json","line":2,"record":3,"id":"17","faults":[{"code":"email","column":"mail","attribute":"email"}]}}.
//     The members are those of a [source.Finding]. record and id are left out if there are none.
//   - A row whose username an earlier row has is rejected without a surplus. Its reason names the source line of the earlier row.
func Export(paths []string, opts *ExportOptions) Source {
	e := export{paths: slices.Clone(paths)}
	if opts != nil {
		e.opts = *opts
	}
	return e
}

type export struct {
	paths []string
	opts  ExportOptions
}

const exportKind = "export"

func (e export) plannedIdentity(identity) (identity, error) { return e.identity() }

func (e export) open(rules sourceRules) (rowReader, error) {
	r := &exportReader{export: e}
	opts := e.opts.Source
	f := format.Options{}
	if opts.Format != nil {
		f = *opts.Format
	}
	reported := int64(0) // the bytes of the last report while Open joins the files; -1 after it
	f.OnRead = func(n int) error {
		if done := r.done.Add(int64(n)); reported >= 0 && done-reported >= bytesPerReport {
			reported = done
			rules.opening(r.bytes())
		}
		return nil
	}
	opts.OnMatch = func(done, all int) {
		r.matched = int64(float64(r.matching) * float64(done) / float64(all))
		rules.opening(r.bytes())
	}
	opts.Format, opts.Assumptions, opts.TempDir, opts.FindDuplicates = &f, rules.assumptions, rules.scratch, false // the planner finds them
	var err error
	if r.size, r.matching, err = e.size(); err != nil {
		return nil, err
	}
	s, err := source.Open(rules.ctx, e.paths, rules.pool, &opts)
	if err != nil {
		return nil, err
	}
	reported, r.matched = -1, r.matching // another goroutine reads from now on
	r.source, r.files, r.names = s, s.Files(), s.Columns()
	r.algorithms = s.Passwords()
	r.username = slices.Index(r.names, importjob.ColumnUsername)
	if e.opts.OnOpen != nil {
		e.opts.OnOpen(s.Describe())
	}
	return r, nil
}

// bytesPerReport is how many bytes are read between two reports of the progress.
const bytesPerReport = 1 << 20

// exportReader reads the rows of an export.
type exportReader struct {
	export
	source     *source.Source
	files      []string
	names      []string
	algorithms bool
	username   int
	findings   source.Collector
	disabled   int64
	grouped    int64

	file, before, last int // the index of the file, the last line number of the files before it, and the last line number

	ahead   *batchReader // nil before the first row
	hashing *hashing     // nil before the first row
	done    atomic.Int64 // bytes that were read
	size    int64        // bytes

	matching int64 // what bytes counts for matching the records of two files, which takes about as long as reading so many bytes
	matched  int64 // of matching
}

func (r *exportReader) columns() []string { return r.names }

func (r *exportReader) statesAlgorithms() bool { return r.algorithms }

func (r *exportReader) bytes() (done, size int64) {
	return min(r.done.Load(), r.size) + r.matched, r.size + r.matching
}

func (r *exportReader) close() error {
	if r.ahead != nil {
		r.ahead.batches.Close()
		r.hashing.close()
	}
	return r.source.Close()
}

func (r *exportReader) next(s *sourceRow) error {
	if r.ahead == nil {
		r.ahead, r.hashing = r.startBatches(), r.startHashing()
	}
	err := r.ahead.next(s)
	if err == io.EOF && r.opts.OnRead != nil {
		r.opts.OnRead(ExportSummary{Files: r.files, Findings: r.findings.Groups(), Passwords: r.source.Census(),
			Joined: r.joined(), Disabled: r.disabled, WithGroups: r.grouped})
	}
	return err
}

func (r *exportReader) joined() *source.JoinCounts {
	if r.opts.Source.Hashes == "" {
		return nil
	}
	counts := r.source.Joined()
	return &counts
}

// lineOf returns the source line of a row. It is greater than that of each row before.
func (r *exportReader) lineOf(row *source.Row) int {
	if row.File != r.file {
		r.file, r.before = row.File, r.last
	}
	r.last = max(r.before+row.Line, r.last+1)
	return r.last
}

// exportFaultOf returns the reason for the rejection of a row.
func exportFaultOf(findings []source.Finding) *importjob.CSVError {
	var reasons []string
	for i, f := range findings {
		text := f.Text
		if name := cmp.Or(f.Column, f.Attribute); name != "" && (i > 0 || name != f.Attribute) { // the error begins with the first attribute
			text = name + ": " + text
		}
		if f.Remedy != "" {
			text += " (try " + f.Remedy + ")"
		}
		if !slices.Contains(reasons, text) {
			reasons = append(reasons, text)
		}
	}
	return &importjob.CSVError{Attribute: findings[0].Attribute, Err: errors.New(strings.Join(reasons, "; "))}
}

// exportRecord is the place of a rejected record, and what is wrong with it.
type exportRecord struct {
	File   string        `json:"file"`
	Line   int           `json:"line"`             // in the file
	Number int           `json:"record,omitempty"` // of the record in the file, if several can begin on a line
	ID     string        `json:"id,omitempty"`
	Faults []exportFault `json:"faults"`
}

// namesColumn reports whether a reason begins with the column of the export.
func (r *exportRecord) namesColumn(reason string) bool {
	return len(r.Faults) > 0 && r.Faults[0].Column != "" && strings.HasPrefix(reason, r.Faults[0].Column+": ")
}

// exportFault is the code and the place of a finding.
type exportFault struct {
	Code      string `json:"code"`
	Column    string `json:"column,omitempty"`
	Attribute string `json:"attribute,omitempty"`
}

func (r *exportReader) recordOf(row *source.Row) *exportRecord {
	e := &exportRecord{File: r.files[row.File], Line: row.Line, Number: row.Record, ID: row.ID}
	for _, f := range row.Findings {
		e.Faults = append(e.Faults, exportFault{f.Code, f.Column, f.Attribute})
	}
	return e
}

// mapping returns the mapping that is used, as a file.
func (r *exportReader) mapping() (string, error) {
	text, err := r.source.Mapping().Marshal()
	if err != nil {
		return "", fmt.Errorf("the mapping: %w", err)
	}
	return string(text), nil
}
