package bulk

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/retry"
)

// partRun imports one part.
type partRun struct {
	*importer
	part int // from 1
	file partFile
	job  importjob.UserImportJob // as it was last seen

	renewed int  // how often its URL had expired
	started bool // here, and not before the import was resumed
}

func (r *partRun) state() *partState { return &r.parts[r.part-1] }

// run brings the part from where it stands to its end. What it does next depends on the journal
// alone, so that it does not matter what ended it before.
func (r *partRun) run(ctx context.Context) error {
	for r.state().job == nil {
		err := r.advance(ctx)
		if err != nil && ctx.Err() != nil && r.opts.StopOnCancel && r.state().starting {
			r.stop(ctx)
		}
		if err != nil {
			return err
		}
	}
	job := *r.state().job
	if err := r.close(ctx, job); err != nil {
		return err
	}
	readNothing := job.Status == importjob.StatusFailed && job.ImportedUsers+job.SkippedUsers+job.FailedUsers == 0
	if r.started && (readNothing || job.Status == importjob.StatusStopped) { // who resumes an import wants to go on
		return &PartError{r.part, &importjob.JobError{Job: job}, true}
	}
	return nil
}

// advance does the next step.
func (r *partRun) advance(ctx context.Context) error {
	if err := r.look(ctx); err != nil {
		return err
	}
	switch {
	case r.job.JobID == "" || r.job.Status == importjob.StatusExpired:
		return r.create(ctx)
	case !r.state().uploaded && r.job.Status == importjob.StatusCreated:
		return r.upload(ctx)
	case r.job.Status == importjob.StatusCreated:
		return r.start(ctx)
	}
	return r.wait(ctx)
}

// sendAgain is after how many refusals of a Start the file is uploaded once more.
const sendAgain = 5

// start starts the job, when no other is in the way. From the record on no other job may be
// started for this part, unless this one expires.
func (r *partRun) start(ctx context.Context) error {
	r.started = true
	if !r.state().starting {
		if err := r.add(record{Event: starting, Part: r.part, JobID: r.job.JobID}); err != nil {
			return err
		}
	}
	for refusals := 0; ; {
		var other importjob.UserImportJob
		err := retry.Do(ctx, r.opts.BusyPatience, func() (bool, error) {
			err := r.tryStart(ctx)
			if !errors.Is(err, importjob.ErrPreconditionNotMet) {
				return false, err
			}
			r.tell(PhaseWaiting, r.job)
			var listErr error
			if other, listErr = r.active(ctx); listErr != nil || other.JobID != "" {
				return false, cmp.Or(listErr, err)
			}
			if refusals++; refusals == sendAgain { // the file may have been lost
				if sendErr := r.send(ctx); sendErr != nil && !errors.Is(sendErr, importjob.ErrURLExpired) {
					return false, sendErr
				}
			}
			return true, err
		})
		if other.JobID == "" || !errors.Is(err, importjob.ErrPreconditionNotMet) {
			return err
		}
		if _, err := r.watch(ctx, PhaseWaiting, other.Ref()); err != nil {
			return err
		}
	}
}

// tryStart starts the job, unless the service refuses.
func (r *partRun) tryStart(ctx context.Context) error {
	return r.retry(ctx, func() error {
		job, err := importjob.EnsureStarted(ctx, r.c, r.job.Ref())
		if err == nil { // the job may have expired as well
			r.job = job
		}
		return err
	})
}

// active returns the job of the pool that is active, or none.
func (r *partRun) active(ctx context.Context) (active importjob.UserImportJob, err error) {
	err = r.retry(ctx, func() error {
		for job, err := range importjob.Jobs(ctx, r.c, r.in.UserPoolID) {
			if err != nil {
				return err
			}
			if job.Status.CanBecome(importjob.StatusStopped) { // all that are active, and no others
				active = job
				return nil
			}
		}
		return nil
	})
	return active, err
}

// watch waits for the end of a job.
func (r *partRun) watch(ctx context.Context, phase Phase, ref importjob.Ref) (importjob.UserImportJob, error) {
	opts := r.opts.Wait
	opts.OnProgress = func(job importjob.UserImportJob) {
		if r.opts.Wait.OnProgress != nil {
			r.opts.Wait.OnProgress(job)
		}
		r.tell(phase, job)
	}
	return importjob.Wait(ctx, r.c, ref, &opts)
}

// wait waits for the end of the part's job.
func (r *partRun) wait(ctx context.Context) error {
	job, err := r.watch(ctx, PhaseImporting, r.job.Ref())
	if job.JobID != "" {
		r.job = job
	}
	if err != nil || job.Status == importjob.StatusExpired { // it never ran: another one will
		return err
	}
	job.PreSignedURL = "" // a credential
	return r.add(record{Event: ended, Part: r.part, JobID: job.JobID, Job: &job})
}

// stopTimeout bounds the Stop of a job after its context has ended.
const stopTimeout = 10 * time.Second

// stop stops the part's job although ctx has ended. What has become of it, a resumed import sees.
func (r *partRun) stop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	_, _ = r.c.Stop(ctx, r.ref(r.state().jobID))
}
