package bulk

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// ErrNotFinished reports an import that [Retry] cannot read yet, since not all its parts were run. Call [Import]
// with Options.Resume first.
var ErrNotFinished = errors.New("not all parts of the import were run: resume it first")

// RetryOptions are the options of [Retry]. nil means the defaults.
type RetryOptions struct {
	// Outcomes selects rows by their outcome in report.csv. nil selects the failed and the unknown rows.
	// An unknown row may have been imported. Then the service skips it the second time.
	Outcomes []Outcome

	// Edit, if not nil, is called for each selected row and returns the user to import. It may change
	// and return RetryRow.Record. A nil Record leaves the row out. An error ends the planning.
	Edit func(RetryRow) (importjob.Record, error)
}

// RetryRow is a row of an earlier import.
type RetryRow struct {
	SourceLine int              // the line in the input of the first import
	Record     importjob.Record // the values of the row that are not empty, by column, and those under other keys
	Outcome    Outcome
	Reason     string // the reason in report.csv; "" of an imported row
}

// Retry returns rows of the finished import in dir as a source for another import. The other import needs a
// directory of its own. It reads the rows from dir while it plans, and needs dir again to resume. The rows keep
// their source lines, and the algorithms of their password hashes if a [RowSource] said them. A row with too few or too
// many values is rejected again, unless Edit returns a user for it.
//
// Retry itself does not fail. [Plan] and [Import] return its errors: [ErrNotFinished] if parts of the import in
// dir were not run, [ErrLocked], [ErrJournal], or an error of the disk, such as fs.ErrNotExist if dir holds no
// import.
func Retry(dir string, opts *RetryOptions) Source {
	r := retrySource{dir: dir}
	if opts != nil {
		r.RetryOptions = *opts
	}
	if r.Outcomes == nil {
		r.Outcomes = []Outcome{OutcomeFailed, OutcomeUnknown}
	}
	return r
}

type retrySource struct {
	dir string
	RetryOptions
}

// openImport opens the directory of an import all of whose parts were run.
func (r retrySource) openImport() (*importer, error) {
	if _, err := os.Stat(filepath.Join(r.dir, journalName)); err != nil {
		return nil, fmt.Errorf("%s: the directory holds no import: %w", r.dir, err)
	}
	d, err := openDirectory(r.dir, true, hooks{}.withDefaults())
	if err != nil {
		return nil, err
	}
	j, err := openJournal(d)
	if err == nil && (j.planned == nil || slices.ContainsFunc(j.parts, func(p partState) bool { return p.result == nil })) {
		err = errors.Join(fmt.Errorf("%s: %w", r.dir, ErrNotFinished), j.close())
	}
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	return &importer{journal: j}, nil
}

// closeImport closes the journal and the directory.
func (i *importer) closeImport() error { return errors.Join(i.close(), i.dir.close()) }

func (r retrySource) identity() (identity, error) {
	i, err := r.openImport()
	if err != nil {
		return identity{}, err
	}
	id := r.identityOf(i.begun.Name)
	if r.Edit == nil { // the directory of the other import can name the source without an Edit
		id.Name, err = filepath.Abs(r.dir)
	}
	return id, errors.Join(err, i.closeImport())
}

// plannedIdentity does not need the earlier import, which can be in use again, or removed.
func (r retrySource) plannedIdentity(was identity) (identity, error) {
	j, err := peek(r.dir)
	if errors.Is(err, os.ErrNotExist) {
		_, plan, _ := strings.Cut(was.Kind, "] of ")
		return r.identityOf(plan), nil
	}
	if err != nil {
		return identity{}, err
	}
	return r.identityOf(j.begun.Name), nil
}

func (r retrySource) identityOf(plan string) identity {
	return identity{Kind: fmt.Sprintf(retryKind, r.Outcomes, plan)}
}

// retryKind is the kind of an identity: the outcomes, and the name of the plan of the earlier import.
const retryKind = "%v of %s"

// normalRetryKind returns the kind of a retry with each outcome once, sorted.
func normalRetryKind(kind string) string {
	outcomes, plan, ok := strings.Cut(kind, "] of ")
	if !ok {
		return kind
	}
	return fmt.Sprintf(retryKind, setOf(strings.Fields(strings.TrimPrefix(outcomes, "["))), plan)
}

func (r retrySource) open(rules sourceRules) (rowReader, error) {
	i, err := r.openImport()
	if err != nil {
		return nil, err
	}
	next, stop := iter.Pull2(r.users(i))
	return &userReader{
		encoder:    newEncoder(rules),
		algorithms: i.planned.Algorithms && (r.Edit == nil || slices.Contains(rules.columns, importjob.ColumnPasswordHash)),
		stop:       func() error { stop(); return i.closeImport() },
		pull: func() (sourceUser, error) {
			user, err, ok := next()
			return user, sequenceError(err, ok)
		},
	}, nil
}

// errStop ends eachRow before the last row.
var errStop = errors.New("stop")

// users iterates over the users to import again.
func (r retrySource) users(i *importer) iter.Seq2[sourceUser, error] {
	return func(yield func(sourceUser, error) bool) {
		err := i.eachRow(func(row reportRow) error {
			if !slices.Contains(r.Outcomes, row.outcome) {
				return nil
			}
			user, err := r.user(i, row)
			if err != nil || user.record == nil && user.fault == nil {
				return err
			}
			if !yield(user, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(sourceUser{}, err)
		}
	}
}

// user returns the user of a row. A row with too few or too many values is a fault, unless Edit has
// corrected it: a value can be in the column of another one.
func (r retrySource) user(i *importer, row reportRow) (sourceUser, error) {
	values := row.values()
	u := sourceUser{line: row.sourceLine, record: i.recordOf(values), algorithm: row.algorithm}
	maps.Copy(u.record, row.unknown)
	if r.Edit != nil {
		var err error
		u.record, err = r.Edit(RetryRow{SourceLine: row.sourceLine, Record: u.record, Outcome: row.outcome, Reason: row.reason})
		return u, err
	}
	if len(values) != len(i.planned.Columns) {
		u.fault, u.values = &importjob.CSVError{Err: errors.New(row.reason)}, values
	}
	return u, nil
}

// recordOf returns the values that are not empty and have a column, by column.
func (i *importer) recordOf(values []string) importjob.Record {
	record := importjob.Record{}
	for n, name := range i.planned.Columns {
		if n < len(values) && values[n] != "" {
			record[name] = values[n]
		}
	}
	return record
}
