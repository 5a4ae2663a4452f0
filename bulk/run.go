package bulk

import (
	"context"
	"errors"
	"fmt"

	"github.com/cognito-import/importjob"
)

// ErrPartChanged reports that the file of a part is not the file that was planned.
var ErrPartChanged = errors.New("the file of a part was changed after it was planned")

// PartError is the error of [Import] about one part.
type PartError struct {
	Part int   // the number of the part, from 1
	Err  error // the cause: an *[importjob.JobError] about a job that ended, or the error of a call

	halts bool // the part is closed, but Import should not run the next one
}

// Error has the form "part 3: cause". It adds what the user can do, if the cause does not say so.
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

// Unwrap returns Err.
func (e *PartError) Unwrap() error { return e.Err }

// run runs the parts that are not closed.
func (i *importer) run(ctx context.Context) error {
	for n := range i.parts {
		if i.parts[n].result != nil {
			continue
		}
		r := &partRun{importer: i, part: n + 1, file: i.planned.Parts[n]}
		if err := r.run(ctx); err != nil {
			var partErr *PartError
			if errors.As(err, &partErr) {
				return err
			}
			return &PartError{Part: n + 1, Err: err}
		}
	}
	return nil
}

// reportProgress reports the progress of the import, with the job of the part or the job that it waits for.
func (r *partRun) reportProgress(phase Phase, job importjob.UserImportJob) {
	p := Progress{Phase: phase, Total: r.planned.Rows - r.planned.Rejected, Part: r.part, Parts: len(r.parts), Job: job}
	for n, part := range r.parts {
		if part.result != nil {
			p.Rows += int64(r.planned.Parts[n].Rows)
		}
	}
	if phase == PhaseImporting {
		p.Rows += job.ImportedUsers + job.SkippedUsers + job.FailedUsers
	}
	r.opts.reportProgress(p)
}
