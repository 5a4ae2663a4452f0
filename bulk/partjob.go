package bulk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/retry"
)

// This file finds or creates the job of a part, and uploads the file of the part.

// loadJob gets the job of the part from the service, unless this call has seen it already or the journal
// says that there is none.
func (r *partRun) loadJob(ctx context.Context) error {
	s := r.state()
	switch {
	case r.job.JobID != "" || !s.creating:
		return nil
	case !s.starting: // there can be jobs that the journal does not name
		found, err := r.findJob(ctx)
		if err != nil || found.JobID == "" {
			return err
		}
		return r.useJob(found)
	}
	return r.retry(ctx, func() (err error) {
		r.job, err = r.c.Describe(ctx, r.ref(s.jobID))
		return err
	})
}

func (r *partRun) ref(jobID string) importjob.Ref {
	return importjob.Ref{UserPoolID: r.in.UserPoolID, JobID: jobID}
}

// jobName returns the name of the jobs of the part. No other job has it.
func (r *partRun) jobName() string { return fmt.Sprintf("%s-%04d", r.begun.Name, r.part) }

// findJob returns the job of the part with the latest status, the newest of several, or the zero value.
func (r *partRun) findJob(ctx context.Context) (found importjob.UserImportJob, err error) {
	err = r.retry(ctx, func() error {
		found = importjob.UserImportJob{}
		for job, err := range importjob.Jobs(ctx, r.c, r.in.UserPoolID) {
			if err != nil {
				return err
			}
			if job.JobName == r.jobName() && (found.JobID == "" || statusRank(job.Status) > statusRank(found.Status)) {
				found = job
			}
		}
		return nil
	})
	return found, err
}

// statusRank orders statuses by how late a job can have them. Expired comes first, since such a job cannot
// be used.
func statusRank(s importjob.Status) int {
	if s == importjob.StatusExpired {
		return -1
	}
	return slices.Index(importjob.Statuses(), s)
}

// useJob makes a job the job of the part.
func (r *partRun) useJob(job importjob.UserImportJob) error {
	r.job = job
	if s := r.state(); s.jobID == job.JobID && job.Status == importjob.StatusCreated {
		return nil
	}
	event := eventCreated
	if job.Status != importjob.StatusCreated && job.Status != importjob.StatusExpired {
		event = eventStarting
	}
	return r.add(record{Event: event, Part: r.part, JobID: job.JobID})
}

// createJob creates a job. If a Create got no answer, createJob looks for its job before it repeats the call.
func (r *partRun) createJob(ctx context.Context) error {
	if err := r.add(record{Event: eventCreating, Part: r.part}); err != nil {
		return err
	}
	in := r.in
	in.JobName = r.jobName()
	in.PasswordHashingAlgorithm = cmp.Or(r.file.Algorithm, in.PasswordHashingAlgorithm)
	expired := r.job.JobID
	return retry.Do(ctx, r.opts.Patience, func() (bool, error) {
		job, err := r.c.Create(ctx, in)
		if err == nil {
			return false, r.useJob(job)
		}
		if !importjob.Retryable(err) || ctx.Err() != nil {
			return false, err
		}
		if errors.Is(err, importjob.ErrTooManyRequests) {
			return true, err // the service has refused the call
		}
		found, findErr := r.findJob(ctx)
		if findErr != nil {
			return false, findErr
		}
		if found.JobID == "" || found.JobID == expired || found.Status == importjob.StatusExpired {
			return true, err
		}
		return false, r.useJob(found)
	})
}

// maxRenewals is how many more jobs one call creates for a part because a URL has expired.
const maxRenewals = 3

// upload uploads the file of the part. If the URL of the job has expired, upload creates another job.
func (r *partRun) upload(ctx context.Context) error {
	err := r.sendFile(ctx)
	if errors.Is(err, importjob.ErrURLExpired) && r.renewals < maxRenewals {
		r.renewals++
		return r.createJob(ctx)
	}
	if err != nil {
		return err
	}
	return r.add(record{Event: eventUploaded, Part: r.part, JobID: r.job.JobID})
}

// sendFile sends the file of the part to the URL of the job.
func (r *partRun) sendFile(ctx context.Context) error {
	name := r.dir.name(namesOf(partsName, r.part).csv)
	digest, err := digestOf(ctx, name)
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
	r.reportProgress(PhaseImporting, r.job)
	return r.retry(ctx, func() error {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		return r.c.Upload(ctx, r.job, f, r.file.Bytes)
	})
}
