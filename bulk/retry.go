package bulk

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// ErrNotFinished reports an import that cannot be retried, since it has not come to its end.
var ErrNotFinished = errors.New("the import has not come to its end: resume it first")

// RetryOptions are the options of [Retry]. nil means the defaults.
type RetryOptions struct {
	// Outcomes says which rows to take; nil means those that are Failed or Unknown. A user of
	// unknown outcome who was imported after all is skipped by the service.
	Outcomes []Outcome

	// Edit, if not nil, changes a user before the next attempt. A nil user is left out.
	Edit func(RetryRow) (importjob.Record, error)
}

// RetryRow is a row of an import that may be tried again.
type RetryRow struct {
	SourceLine int
	Record     importjob.Record // the values that are not empty
	Outcome    Outcome
	Reason     string
}

// Retry returns the rows of an import in a directory that did not make it, as the source of the
// next, which needs a directory of its own. They keep their source lines. An import with parts that
// were not run is refused: resume it first.
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

// openImport opens the directory of an import that exists.
func (r retrySource) openImport() (*importer, error) {
	if _, err := os.Stat(filepath.Join(r.dir, journalName)); err != nil {
		return nil, fmt.Errorf("%s: it holds no import: %w", r.dir, err)
	}
	d, err := openDirectory(r.dir, true, noStep)
	if err != nil {
		return nil, err
	}
	j, err := openJournal(d)
	if err == nil && (j.planned == nil || slices.ContainsFunc(j.parts, func(p partState) bool { return p.closing == nil })) {
		err = errors.Join(fmt.Errorf("%s: %w", r.dir, ErrNotFinished), j.close())
	}
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	return &importer{journal: j}, nil
}

func (i *importer) closeImport() error { return errors.Join(i.close(), i.dir.close()) }

func (r retrySource) identity() (identity, error) {
	i, err := r.openImport()
	if err != nil {
		return identity{}, err
	}
	return identity{Kind: fmt.Sprintf(retryKind, r.Outcomes, i.begun.Name)}, i.closeImport()
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

func (r retrySource) open(rules sourceRules) (rows, error) {
	i, err := r.openImport()
	if err != nil {
		return nil, err
	}
	next, stop := iter.Pull2(r.rows(i))
	return &userRows{
		encoder: newEncoder(rules),
		stop:    func() error { stop(); return i.closeImport() },
		pull: func() (pulled, error) {
			row, err, ok := next()
			return row, endOf(err, ok)
		},
	}, nil
}

// errEnough ends an iteration.
var errEnough = errors.New("enough")

// rows iterates over the rows to take.
func (r retrySource) rows(i *importer) iter.Seq2[pulled, error] {
	return func(yield func(pulled, error) bool) {
		err := i.rows(func(row reportRow) error {
			if !slices.Contains(r.Outcomes, row.outcome) {
				return nil
			}
			again, err := r.again(i, row)
			if err != nil || again.user == nil && again.fault == nil {
				return err
			}
			if !yield(again, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(pulled{}, err)
		}
	}
}

// again makes of a row what is tried again. One that had too few or too many values is none that
// could be, unless somebody looks at it: what the columns hold may be the values of others.
func (r retrySource) again(i *importer, row reportRow) (pulled, error) {
	values := row.values()
	p := pulled{line: row.sourceLine, user: i.user(values)}
	if r.Edit != nil {
		var err error
		p.user, err = r.Edit(RetryRow{row.sourceLine, p.user, row.outcome, row.reason})
		return p, err
	}
	if len(values) != len(i.planned.Columns) {
		p.fault, p.values = &importjob.CSVError{Err: errors.New(row.reason)}, values
	}
	return p, nil
}

// user is the user of a row. What has no column is left out.
func (i *importer) user(values []string) importjob.Record {
	u := importjob.Record{}
	for n, name := range i.planned.Columns {
		if n < len(values) && values[n] != "" {
			u[name] = values[n]
		}
	}
	return u
}
