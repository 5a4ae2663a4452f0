package bulk

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/retry"
)

// partRun runs the import of one part.
type partRun struct {
	*importer
	part int // the number of the part, from 1
	file partFile
	job  importjob.UserImportJob // as the service last described it; zero before

	renewals int  // jobs created because a URL had expired
	started  bool // this call started the job, not an earlier one
}

func (r *partRun) state() *partState { return &r.parts[r.part-1] }

// run runs the part to its end. The next step depends on the journal only, so run can continue after any
// interruption.
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
	if r.started && (readNothing || job.Status == importjob.StatusStopped) { // a caller who resumes knows about the job, and wants the next part
		return &PartError{Part: r.part, Err: &importjob.JobError{Job: job}, halts: true}
	}
	return nil
}

// advance does the next step.
func (r *partRun) advance(ctx context.Context) error {
	if err := r.loadJob(ctx); err != nil {
		return err
	}
	switch {
	case r.job.JobID == "" || r.job.Status == importjob.StatusExpired:
		return r.createJob(ctx)
	case !r.state().uploaded && r.job.Status == importjob.StatusCreated:
		return r.upload(ctx)
	case r.job.Status == importjob.StatusCreated:
		return r.start(ctx)
	}
	return r.wait(ctx)
}

// refusalsBeforeUpload is after how many refused starts the file is uploaded again.
const refusalsBeforeUpload = 5

// start starts the job, after other active jobs have ended. The journal records this first. After the
// record, no other job may be started for the part, unless this one expires.
func (r *partRun) start(ctx context.Context) error {
	r.started = true
	if !r.state().starting {
		if err := r.add(record{Event: eventStarting, Part: r.part, JobID: r.job.JobID}); err != nil {
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
			r.reportProgress(PhaseWaiting, r.job)
			var listErr error
			if other, listErr = r.active(ctx); listErr != nil || other.JobID != "" {
				return false, cmp.Or(listErr, err)
			}
			if refusals++; refusals == refusalsBeforeUpload { // the service may have lost the file
				if sendErr := r.sendFile(ctx); sendErr != nil && !errors.Is(sendErr, importjob.ErrURLExpired) {
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

// tryStart calls Start until the service starts or refuses the job.
func (r *partRun) tryStart(ctx context.Context) error {
	return r.retry(ctx, func() error {
		if err := r.checkHeld(); err != nil {
			return err
		}
		job, err := importjob.EnsureStarted(ctx, r.c, r.job.Ref())
		if err == nil { // the job is started, or has expired
			r.job = job
		}
		return err
	})
}

// active returns the active job of the pool, or the zero value.
func (r *partRun) active(ctx context.Context) (active importjob.UserImportJob, err error) {
	err = r.retry(ctx, func() error {
		for job, err := range importjob.Jobs(ctx, r.c, r.in.UserPoolID) {
			if err != nil {
				return err
			}
			if job.Status.CanBecome(importjob.StatusStopped) { // exactly the active statuses can
				active = job
				return nil
			}
		}
		return nil
	})
	return active, err
}

// watch waits for the end of a job, and reports the progress.
func (r *partRun) watch(ctx context.Context, phase Phase, ref importjob.Ref) (importjob.UserImportJob, error) {
	opts := r.opts.Wait
	opts.OnProgress = func(job importjob.UserImportJob) {
		if r.opts.Wait.OnProgress != nil {
			r.opts.Wait.OnProgress(job)
		}
		r.reportProgress(phase, job)
	}
	return importjob.Wait(ctx, r.c, ref, &opts)
}

// wait waits for the end of the job of the part.
func (r *partRun) wait(ctx context.Context) error {
	job, err := r.watch(ctx, PhaseImporting, r.job.Ref())
	if job.JobID != "" {
		r.job = job
	}
	if err != nil || job.Status == importjob.StatusExpired { // an expired job never ran: the part gets another job
		return err
	}
	job.PreSignedURL = "" // a credential
	return r.add(record{Event: eventEnded, Part: r.part, JobID: job.JobID, Job: &job})
}

// stopTimeout limits the Stop of a job after its context has ended.
const stopTimeout = 10 * time.Second

// stop stops the job of the part although ctx has ended. It ignores errors: a resumed import looks at the
// job.
func (r *partRun) stop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	_, _ = r.c.Stop(ctx, r.ref(r.state().jobID))
}
