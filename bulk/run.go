package bulk

import (
	"context"
	"errors"
	"fmt"

	"github.com/cognito-import/importjob"
)

// ErrPartChanged reports that the file of a part is not what was planned.
var ErrPartChanged = errors.New("the file of a part was changed after it was planned")

// PartError is the error of [Import] about one part.
type PartError struct {
	Part int // from 1
	Err  error

	halts bool // the part is closed, but the import should not go on
}

// Error has the form "part 3: cause", and says what to do where that is not in the cause.
func (e *PartError) Error() string {
	text := fmt.Sprintf("part %d: %v", e.Part, e.Err)
	switch {
	case e.halts:
		text += "; resume to go on with the next part"
	case errors.Is(e.Err, importjob.ErrLimitExceeded):
		text += "; the pool holds its maximum of import jobs: have the quota raised, then resume"
	case errors.Is(e.Err, importjob.ErrNotAuthorized), errors.Is(e.Err, importjob.ErrAccessDenied):
		text += "; get the permission, then resume"
	}
	return text
}

// Unwrap returns the cause.
func (e *PartError) Unwrap() error { return e.Err }

// run runs a job for each part that is not closed.
func (i *importer) run(ctx context.Context) error {
	for n := range i.parts {
		if i.parts[n].closing != nil {
			continue
		}
		r := &partRun{importer: i, part: n + 1, file: i.planned.Parts[n]}
		if err := r.run(ctx); err != nil {
			if e := (*PartError)(nil); errors.As(err, &e) {
				return err
			}
			return &PartError{Part: n + 1, Err: err}
		}
	}
	return nil
}

// tell tells how far the import is, while the job of a part, or one in its way, is looked at.
func (r *partRun) tell(phase Phase, job importjob.UserImportJob) {
	p := Progress{Phase: phase, Total: r.planned.Rows - r.planned.Rejected, Part: r.part, Parts: len(r.parts), Job: job}
	for n, part := range r.parts {
		if part.closing != nil {
			p.Rows += int64(r.planned.Parts[n].Rows)
		}
	}
	if phase == PhaseImporting {
		p.Rows += job.ImportedUsers + job.SkippedUsers + job.FailedUsers
	}
	r.opts.tell(p)
}
