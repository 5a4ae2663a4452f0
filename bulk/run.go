package bulk

import (
	"context"
	"errors"
	"fmt"

	"github.com/cognito-import/importjob"
)

// ErrPartChanged reports that a file in the directory "parts" is not the file that was planned. Restore it, or
// import into another directory.
var ErrPartChanged = errors.New("the file of a part was changed after it was planned: restore it, or use another directory")

// PartError is the error of [Import] about one part. A call with Options.Resume continues the part. If the job of this
// part has ended, it runs the next part, and after a stopped job also a part with the rows that the job did not read.
type PartError struct {
	Part int   // the number of the part, from 1
	Err  error // an *[importjob.JobError] if the job ended badly; otherwise the error of a call or of the disk

	halts bool // the part is closed, but Import should not run the next one
}

// Error has the form "part 3: cause". It adds what the user can do, if the cause does not say so.
func (e *PartError) Error() string {
	text := fmt.Sprintf("part %d: %v", e.Part, e.Err)
	switch {
	case e.halts:
		text += "; resume to import the rest"
	case errors.Is(e.Err, importjob.ErrLimitExceeded):
		text += "; the pool has the maximum number of import jobs: request a higher quota, then resume"
	case errors.Is(e.Err, importjob.ErrNotAuthorized), errors.Is(e.Err, importjob.ErrAccessDenied):
		text += "; get the permission, then resume"
	}
	return text
}

// Unwrap returns Err.
func (e *PartError) Unwrap() error { return e.Err }

// run runs the parts that are not closed.
func (i *importer) run(ctx context.Context) error {
	for n := 0; n < len(i.parts); n++ { // a stopped part adds another one
		if i.parts[n].result != nil {
			continue
		}
		r := &partRun{importer: i, part: n + 1, file: i.files[n]}
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
	for _, part := range r.parts {
		if part.result != nil {
			p.Rows += part.result.sum()
		}
	}
	if phase == PhaseImporting {
		p.Rows += job.ImportedUsers + job.SkippedUsers + job.FailedUsers
	}
	r.opts.reportProgress(p)
}
