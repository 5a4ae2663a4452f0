package bulk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/retry"
)

// This file finds or creates the job of a part, and gives it the file.

// look finds the job that the journal tells of, unless it has been seen.
func (r *partRun) look(ctx context.Context) error {
	s := r.state()
	switch {
	case r.job.JobID != "" || !s.creating:
		return nil
	case !s.starting: // more jobs may have been created than the journal knows of
		found, err := r.find(ctx)
		if err != nil || found.JobID == "" {
			return err
		}
		return r.adopt(found)
	}
	return r.retry(ctx, func() (err error) {
		r.job, err = r.c.Describe(ctx, r.ref(s.jobID))
		return err
	})
}

func (r *partRun) ref(jobID string) importjob.Ref {
	return importjob.Ref{UserPoolID: r.in.UserPoolID, JobID: jobID}
}

// name is that of the part's jobs. No other jobs have it.
func (r *partRun) name() string { return fmt.Sprintf("%s-%04d", r.begun.Name, r.part) }

// find returns the one of the part's jobs that is furthest along, of several such the newest, or
// none.
func (r *partRun) find(ctx context.Context) (found importjob.UserImportJob, err error) {
	err = r.retry(ctx, func() error {
		found = importjob.UserImportJob{}
		for job, err := range importjob.Jobs(ctx, r.c, r.in.UserPoolID) {
			if err != nil {
				return err
			}
			if job.JobName == r.name() && (found.JobID == "" || along(job.Status) > along(found.Status)) {
				found = job
			}
		}
		return nil
	})
	return found, err
}

// along is how far a job of a status is. One that has expired is as good as none.
func along(s importjob.Status) int {
	if s == importjob.StatusExpired {
		return -1
	}
	return slices.Index(importjob.Statuses(), s)
}

// adopt makes a job the part's.
func (r *partRun) adopt(job importjob.UserImportJob) error {
	r.job = job
	if s := r.state(); s.jobID == job.JobID && job.Status == importjob.StatusCreated {
		return nil
	}
	event := created
	if job.Status != importjob.StatusCreated && job.Status != importjob.StatusExpired {
		event = starting
	}
	return r.add(record{Event: event, Part: r.part, JobID: job.JobID})
}

// create creates a job. One whose Create was not answered is looked for before another is created.
func (r *partRun) create(ctx context.Context) error {
	if err := r.add(record{Event: creating, Part: r.part}); err != nil {
		return err
	}
	in := r.in
	in.JobName = r.name()
	expired := r.job.JobID
	return retry.Do(ctx, r.opts.Patience, func() (bool, error) {
		job, err := r.c.Create(ctx, in)
		if err == nil {
			return false, r.adopt(job)
		}
		if !importjob.Retryable(err) || ctx.Err() != nil {
			return false, err
		}
		if errors.Is(err, importjob.ErrTooManyRequests) {
			return true, err // it was refused
		}
		found, findErr := r.find(ctx)
		if findErr != nil {
			return false, findErr
		}
		if found.JobID == "" || found.JobID == expired || found.Status == importjob.StatusExpired {
			return true, err
		}
		return false, r.adopt(found)
	})
}

// renewals is how many jobs may be created for a part because a URL has expired.
const renewals = 3

// upload uploads the part's file. A job whose URL has expired is left behind.
func (r *partRun) upload(ctx context.Context) error {
	err := r.send(ctx)
	if errors.Is(err, importjob.ErrURLExpired) && r.renewed < renewals {
		r.renewed++
		return r.create(ctx)
	}
	if err != nil {
		return err
	}
	return r.add(record{Event: uploaded, Part: r.part, JobID: r.job.JobID})
}

// send sends the part's file to the job's URL.
func (r *partRun) send(ctx context.Context) error {
	name := r.dir.name(namesOf(partsName, r.part).csv)
	digest, err := digestOf(name)
	if err != nil {
		return err
	}
	if digest != r.file.SHA256 {
		return fmt.Errorf("%s: %w", name, ErrPartChanged)
	}
	if r.job.PreSignedURL == "" {
		return importjob.ErrURLExpired
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	r.tell(PhaseImporting, r.job)
	return r.retry(ctx, func() error {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		return r.c.Upload(ctx, r.job, f, r.file.Bytes)
	})
}
