package bulk

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/retry"
)

// Options are the options of [Import] and [Plan]. nil means the defaults.
type Options struct {
	// Resume continues the import that the directory holds: a finished or half-made plan, or jobs
	// that have begun. The parts stay as they were planned. An empty directory, or none, is not an
	// error. Without Resume, a directory that is not empty is refused with [ErrDirInUse].
	Resume bool

	// PartRows limits the rows of one job: 1 to 500,000 (importjob.MaxRows). 0 means 500,000.
	PartRows int

	// PartBytes limits the size of the file of one job, in bytes: 1 to 100 MB
	// (importjob.MaxFileBytes), or to Assumptions.MaxFileBytes. 0 means the most. A part has at least
	// one row, also if the row is longer.
	PartBytes int64

	// Assumptions says how the service treats rows where its documentation does not say so.
	Assumptions importjob.Assumptions

	// Wait says how often Import asks for the state of a job.
	Wait importjob.WaitOptions

	// Patience limits for how long Import repeats one call that was throttled, that got no answer, or
	// that failed inside the service. 0 means 15 minutes. A negative value means no retry.
	Patience time.Duration

	// BusyPatience limits for how long Import repeats the start of a job that the service refuses
	// while no other job of the pool is active. An account has one active job at a time, and it can be
	// of another pool. 0 means an hour. A negative value means one attempt. Import waits for the end
	// of an active job of the same pool without a limit.
	BusyPatience time.Duration

	// LogPatience limits for how long Import waits for the result lines of a job that has ended. They
	// can be late. 0 means a minute. A negative value means one attempt.
	LogPatience time.Duration

	// NoResults says that the result lines of jobs cannot be read. The counters of the jobs then
	// decide the outcomes of their rows.
	NoResults bool

	// StopOnCancel stops the active job when ctx ends. Without it, the job goes on in the service.
	StopOnCancel bool

	// Lookup, if not nil, returns the sub of an imported user for report.csv. Import repeats a call
	// with an error that is [importjob.Retryable]. After [userpool.ErrUserNotFound] the sub in the
	// report is empty. Any other error ends Import.
	Lookup func(ctx context.Context, username string) (sub string, err error)

	// OnProgress, if not nil, is called from the goroutine that called [Import] or [Plan].
	OnProgress func(Progress)
}

// withDefaults returns a copy without zeros.
func (o *Options) withDefaults() (*Options, error) {
	var full Options
	if o != nil {
		full = *o
	}
	full.Patience = cmp.Or(full.Patience, 15*time.Minute)
	full.BusyPatience = cmp.Or(full.BusyPatience, time.Hour)
	full.LogPatience = cmp.Or(full.LogPatience, time.Minute)
	full.PartRows = cmp.Or(full.PartRows, importjob.MaxRows)
	maxBytes := cmp.Or(full.Assumptions.MaxFileBytes, importjob.MaxFileBytes)
	full.PartBytes = cmp.Or(full.PartBytes, maxBytes)
	if full.PartRows < 0 || full.PartRows > importjob.MaxRows {
		return nil, fmt.Errorf("%d rows a part: a job takes 1 to %d", full.PartRows, importjob.MaxRows)
	}
	if full.PartBytes < 0 || full.PartBytes > maxBytes {
		return nil, fmt.Errorf("%d bytes a part: a job takes at most %d", full.PartBytes, maxBytes)
	}
	return &full, nil
}

// Planned is the result of [Plan].
type Planned struct {
	Name     string // the name of the plan: CreateInput.JobName and a random suffix; the names of the jobs begin with it
	Rows     int64  // rows of the input
	Rejected int64  // rows that go into no job
	Parts    int    // jobs that the import needs
}

// Plan checks all rows of a source by the rules of the pool. It writes the files of the jobs to dir, and
// the rejected rows to rejected.csv. It creates no job. [Import] with Options.Resume runs the plan.
//
// Plan returns the errors of Import that are not about a part. If the plan fails, Plan removes the files that it
// has written to a directory that was empty or did not exist. It removes no other directory.
func Plan(ctx context.Context, c importjob.Client, in importjob.CreateInput, source Source, dir string, opts *Options) (Planned, error) {
	return planWith(ctx, c, in, source, dir, opts, hooks{})
}

// planWith is Plan with hooks.
func planWith(ctx context.Context, c importjob.Client, in importjob.CreateInput, source Source, dir string, opts *Options, h hooks) (Planned, error) {
	var p Planned
	err := withPlan(ctx, c, in, source, dir, opts, h, func(i *importer) error {
		p = Planned{Name: i.begun.Name, Rows: i.planned.Rows, Rejected: i.planned.Rejected, Parts: len(i.parts)}
		return nil
	})
	return p, err
}

// Import imports all users of a source. It plans ([Plan]), runs a job for each part, one after the other,
// and writes the report. Its state is in dir. Whatever ended an import, another call with Options.Resume
// continues it.
//
// CreateInput.JobName is required. It has at most 113 characters, since the name of each job appends up
// to 15 for the plan and the part.
//
// Import repeats a failed call if that may help ([importjob.Retryable]). It finds a job whose Create got
// no answer by the name of the job. It starts at most one job for each part.
//
// The outcomes in the Summary add up to the rows of the source. Import returns a Summary without an error,
// and one with a *[PartError] about a job that was stopped, or that failed before it read a row. After such
// a job, Import does not run the other parts, and their rows are unknown. Resume continues with the next
// part.
//
// The other errors are [ErrDirInUse], [ErrLocked], [ErrSourceChanged], [ErrJournal], [ErrPartChanged],
// [ErrColumns], [ErrNotFinished], a *[importjob.CSVError] about the header of the input, an
// *[importjob.Error], an error of the source or of the disk, and the cause of ctx. An input that the service
// would refuse is an *[importjob.Error] with the code [importjob.ErrInvalidParameter].
func Import(ctx context.Context, c importjob.Client, in importjob.CreateInput, source Source, dir string, opts *Options) (Summary, error) {
	return importWith(ctx, c, in, source, dir, opts, hooks{})
}

// importWith is Import with hooks.
func importWith(ctx context.Context, c importjob.Client, in importjob.CreateInput, source Source, dir string, opts *Options, h hooks) (Summary, error) {
	var s Summary
	err := withPlan(ctx, c, in, source, dir, opts, h, func(i *importer) error {
		runErr := i.run(ctx)
		var part *PartError
		if runErr != nil && !(errors.As(runErr, &part) && part.halts) {
			return runErr
		}
		var err error
		s, err = i.report(ctx)
		return errors.Join(runErr, err)
	})
	return s, err
}

// importer runs the import of one directory.
type importer struct {
	*journal
	c     importjob.Client
	in    importjob.CreateInput
	opts  *Options
	hooks hooks
}

// withPlan opens a directory, plans unless the directory has a plan, and calls f. It closes the directory
// when f has returned.
func withPlan(ctx context.Context, c importjob.Client, in importjob.CreateInput, source Source, dir string, opts *Options, h hooks, f func(*importer) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("bulk: %w", err)
		}
	}()
	if opts, err = opts.withDefaults(); err != nil {
		return err
	}
	if err := checkCreateInput(in); err != nil {
		return err
	}
	h = h.withDefaults()
	d, err := openDirectory(dir, opts.Resume, h.step)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	j, err := openJournal(d)
	if err != nil {
		return err
	}
	i := &importer{journal: j, c: c, in: in, opts: opts, hooks: h}
	if err := i.plan(ctx, source); err != nil {
		err = errors.Join(err, j.close())
		if d.new && i.planned == nil { // the next call begins anew, without Resume
			err = errors.Join(err, d.removeAll())
		}
		return err
	}
	return errors.Join(f(i), j.close())
}

const (
	// maxJobName is how many characters the name of a job can have.
	//
	// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserImportJob.html
	maxJobName = 128

	// suffixLength is how many characters the name of a job has after CreateInput.JobName: the plan has
	// 8 at random, and the number of the part has up to 5 digits.
	suffixLength = len("-abcdefgh-12345")
)

// checkCreateInput refuses an input that the service would refuse for one of the jobs.
func checkCreateInput(in importjob.CreateInput) error {
	if err := in.Validate(); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(in.JobName); n > maxJobName-suffixLength {
		return &importjob.Error{Code: importjob.ErrInvalidParameter, Message: fmt.Sprintf(
			"the job name has %d characters: at most %d are allowed, since a job name has at most %d, and bulk appends up to %d for the plan and the part",
			n, maxJobName-suffixLength, maxJobName, suffixLength)}
	}
	return nil
}

// plan makes a plan, unless the directory has one.
func (i *importer) plan(ctx context.Context, source Source) error {
	id, err := source.identity()
	if err != nil {
		return err
	}
	info := &planInfo{
		Version:    journalVersion,
		Name:       newPlanName(i.in.JobName),
		JobName:    i.in.JobName,
		UserPoolID: i.in.UserPoolID,
		Algorithm:  i.in.PasswordHashingAlgorithm,
		Source:     id,
	}
	if i.begun != nil {
		if err := i.checkSameImport(*info); err != nil {
			return err
		}
		info.Name = i.begun.Name
	}
	if i.planned != nil {
		if err := i.dir.removeScratch(); err != nil {
			return err
		}
		return i.checkSameFile(id)
	}
	if err := i.add(record{Event: eventBegun, Plan: info}); err != nil {
		return err
	}
	files, err := i.writePlan(ctx, source)
	if err != nil {
		return err
	}
	if err := i.add(record{Event: eventPlanned, Files: files}); err != nil {
		return err
	}
	return i.dir.removeScratch()
}

// writePlan writes the files of a plan. It removes the files of a half-made plan first.
func (i *importer) writePlan(ctx context.Context, source Source) (*planFiles, error) {
	var pool importjob.Pool
	err := i.retry(ctx, func() (err error) {
		pool, err = i.c.Pool(ctx, i.in.UserPoolID)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := i.dir.resetPlan(); err != nil {
		return nil, err
	}
	p, err := i.newPlanner(pool, source)
	if err != nil {
		return nil, err
	}
	files, err := p.plan(ctx)
	return files, errors.Join(err, p.source.close())
}

// checkSameImport compares what the caller asks for with the import in the directory.
func (i *importer) checkSameImport(asked planInfo) error {
	was := *i.begun
	switch {
	case was.UserPoolID != asked.UserPoolID:
		return fmt.Errorf("%w: it holds an import into the pool %s", ErrDirInUse, was.UserPoolID)
	case was.JobName != asked.JobName:
		return fmt.Errorf("%w: the jobs of its import are called %s", ErrDirInUse, was.JobName)
	case was.Algorithm != asked.Algorithm:
		return fmt.Errorf("%w: its import has the password hashing algorithm %q", ErrDirInUse, was.Algorithm)
	case i.planned == nil && !was.Source.same(asked.Source), !was.Source.sameForm(asked.Source):
		return ErrSourceChanged
	}
	return nil
}

// checkSameFile reads the input file again and compares it with the file that the plan was made from.
func (i *importer) checkSameFile(id identity) error {
	if i.planned.SHA256 == "" { // the source is not a file
		return nil
	}
	digest, err := digestOf(id.Name)
	if err == nil && digest != i.planned.SHA256 {
		err = ErrSourceChanged
	}
	return err
}

// newPlanName returns a name for a plan. Import finds its jobs by their names, so no other job of the
// account may have one of them.
func newPlanName(jobName string) string {
	return jobName + "-" + strings.ToLower(rand.Text()[:8])
}

// retry calls f until it succeeds or fails with an error that another call does not help.
func (i *importer) retry(ctx context.Context, f func() error) error {
	return retry.Do(ctx, i.opts.Patience, func() (bool, error) {
		err := f()
		return importjob.Retryable(err) && ctx.Err() == nil, err
	})
}
