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
	// Resume continues the import in the directory, at any point: in the middle of the plan, before
	// the first job, or while a job runs. The parts of a complete plan stay as they are, so PartRows,
	// PartBytes and Assumptions have no effect on them. If the directory is empty or does not exist,
	// Resume begins a new import. If Resume is false and the directory is not empty, the error is
	// [ErrDirInUse].
	Resume bool

	// PartRows limits the rows of one job: 1 to 500,000 (importjob.MaxRows). 0 means 500,000.
	PartRows int

	// PartBytes limits the size of the file of one job, in bytes, including its header. The upper
	// limit is Assumptions.MaxFileBytes if that is set, and otherwise 100 MB (importjob.MaxFileBytes).
	// 0 means the upper limit. A part has at least one row, even if its file is then larger.
	PartBytes int64

	// Assumptions are the rules about rows and files that the documentation of the service leaves
	// open. The plan uses them.
	Assumptions importjob.Assumptions

	// Wait controls the polling of an active job: a job of this import, or another job of the pool.
	// Wait.Patience, not Patience, limits how long these Describe calls may keep failing.
	// Wait.OnProgress, if not nil, is called just before OnProgress.
	Wait importjob.WaitOptions

	// Patience limits the time for retries of one call: the service throttled it, failed, or sent no
	// response ([importjob.Retryable]). 0 means 15 minutes. A negative value means no retry.
	Patience time.Duration

	// BusyPatience limits the time for retries of a refused Start while no other job of the pool is
	// active. An account has one active job at a time, and Import cannot see the jobs of other pools.
	// 0 means an hour. A negative value means no retry. If another job of the same pool is active,
	// Import waits for its end without a limit.
	BusyPatience time.Duration

	// LogPatience limits the time for which Import waits for missing result lines of a job that has
	// ended. A job writes a result line for each row to CloudWatch Logs ([importjob.Results]), and
	// lines can be late. 0 means a minute. A negative value means one attempt.
	LogPatience time.Duration

	// NoResults turns off the reading of result lines, for a caller who may not read CloudWatch Logs.
	// Import then knows from the counters of a job how many of its rows were imported, skipped and
	// failed, but not which. If all rows of a job have the same outcome, report.csv has it. Otherwise
	// they are unknown in report.csv, and Summary.NotToldApart counts them.
	NoResults bool

	// StopOnCancel makes Import stop its running job when ctx ends, which can take up to ten seconds.
	// If it is false, the job continues in the service, and a resumed import waits for its end.
	StopOnCancel bool

	// Lookup, if not nil, returns the sub of an imported user (the ID that the service gives each
	// user) for report.csv. Import calls it for each imported row, one after the other, while it writes
	// the report. It retries an error that is [importjob.Retryable] for up to Patience. For
	// [userpool.ErrUserNotFound] it leaves the sub empty. Any other error ends Import.
	Lookup func(ctx context.Context, username string) (sub string, err error)

	// OnProgress, if not nil, is called with the progress in the goroutine of the caller of [Import] or
	// [Plan]. The import waits until it returns.
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
		return nil, fmt.Errorf("%d rows per part: PartRows must be 1 to %d, or 0 for the most", full.PartRows, importjob.MaxRows)
	}
	if full.PartBytes < 0 || full.PartBytes > maxBytes {
		return nil, fmt.Errorf("%d bytes per part: PartBytes must be 1 to %d, or 0 for the most", full.PartBytes, maxBytes)
	}
	return &full, nil
}

// Planned is the result of [Plan].
type Planned struct {
	Name     string // the name of the plan: CreateInput.JobName and a random suffix; the names of the jobs begin with it
	Rows     int64  // all rows of the input, with the rejected ones
	Rejected int64  // rows that go into no job; rejected.csv has them
	Parts    int    // jobs that the import needs
}

// Plan checks all rows of a source against the rules of the pool. It writes the files of the jobs to dir,
// and the rejected rows to rejected.csv in dir. It creates no job: of the Client, it calls only Pool. [Import]
// with Options.Resume runs the plan. For a directory that has a complete plan, Plan with Options.Resume returns
// that plan.
//
// The errors are the errors of Import, except a *[PartError]. If Plan fails in a directory that it made, it
// removes the directory. If the directory was empty, it removes the files that it wrote. So the next call
// needs no Resume. If Plan fails in any other directory, the directory keeps its import, and a call with
// Resume can try again. Import does the same if its plan fails.
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

// Import imports all users of a source. It plans the import ([Plan]), runs one job after the other, one for
// each part, and writes the report. Its state is in dir. After an interruption or an error, another call
// with Options.Resume continues the import. That call needs the same user pool, job name, password hashing
// algorithm and source.
//
// CreateInput.JobName is required. It has at most 113 characters: the name of a job has at most 128, and
// Import appends up to 15 for the plan and the part.
//
// Import retries a call whose error is [importjob.Retryable]. If it got no response to a Create, it looks
// for the job by its name before it creates another. No part is imported by two jobs.
//
// The outcomes in the Summary add up to the rows of the source. Rows that were not imported are not an
// error: compare Summary.Imported with Summary.Rows.
//
// If a job was stopped, or failed before it read a row, Import writes the report, and returns the Summary
// together with a *[PartError] whose Err is an *[importjob.JobError]. It does not run the later parts, so their
// rows are unknown. A call with Resume runs them. If an earlier call started the job, only the Summary reports
// how it ended. A job that failed after it read rows is not an error: the Summary has the outcomes of its rows.
// Ignore the Summary of any other error.
//
// The errors wrap one of these:
//   - a *[PartError] about the job of a part, which wraps an *[importjob.JobError], an *[importjob.Error] or
//     [ErrPartChanged]
//   - [ErrDirInUse], [ErrLocked], [ErrSourceChanged] or [ErrJournal] about the directory
//   - [ErrColumns], [ErrNotFinished], a *[importjob.CSVError] about the header, or another error of the source
//   - an *[importjob.Error] of a call, with the code [importjob.ErrInvalidParameter] for a CreateInput that
//     the service would refuse
//   - an error of the disk
//   - the cause of ctx, if ctx ended
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
			"the job name has %d characters, and at most %d are possible: the service allows %d, and bulk appends up to %d for the plan and the part",
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
		return fmt.Errorf("%s: %w: it holds an import into the pool %s; use that pool, or another directory", i.dir.path, ErrDirInUse, was.UserPoolID)
	case was.JobName != asked.JobName:
		return fmt.Errorf("%s: %w: it holds an import with the job name %s; use that name, or another directory", i.dir.path, ErrDirInUse, was.JobName)
	case was.Algorithm != asked.Algorithm:
		return fmt.Errorf("%s: %w: it holds an import with the password hashing algorithm %q; use that one, or another directory", i.dir.path, ErrDirInUse, was.Algorithm)
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

// newPlanName returns a name for a plan. It is random, since Import finds its jobs by their names, and no
// other job of the pool may have one of them.
func newPlanName(jobName string) string {
	return jobName + "-" + strings.ToLower(rand.Text()[:8])
}

// retry calls f until it succeeds or returns an error that is not retryable, for up to Options.Patience.
func (i *importer) retry(ctx context.Context, f func() error) error {
	return retry.Do(ctx, i.opts.Patience, func() (bool, error) {
		err := f()
		return importjob.Retryable(err) && ctx.Err() == nil, err
	})
}
