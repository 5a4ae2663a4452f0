package bulk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/cognito-import/importjob"
)

// Planned is the result of [Plan].
type Planned struct {
	Name     string // the name of the plan: CreateInput.JobName and a random suffix; the names of the jobs begin with it
	Rows     int64  // all rows of the input, with the rejected ones
	Rejected int64  // rows that go into no job; rejected.csv has them
	Parts    int    // jobs that the import needs; more if a job was stopped
	Ended    int    // of these, jobs that have ended in an earlier Import; their outcomes are in the directory
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
		for _, part := range i.parts {
			if part.result != nil {
				p.Ended++
			}
		}
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
// error: see [Summary.Err]. If the source has rows and the plan rejected every one, so that no job was run,
// Import writes the report, and returns the Summary together with a *[RowsError].
//
// If a job was stopped, or failed before it read a row, Import writes the report, and returns the Summary
// together with a *[PartError] whose Err is an *[importjob.JobError]. It does not run the later parts, so their
// rows are unknown. A call with Resume runs them, and after a stopped job a part with the rows that the job did
// not read. If an earlier call started the job, only the Summary reports
// how it ended. A job that failed after it read rows is not an error: the Summary has the outcomes of its rows.
// Ignore the Summary of any other error.
//
// The errors wrap one of these:
//   - a *[PartError] about the job of a part, which wraps an *[importjob.JobError], an *[importjob.Error] or
//     [ErrPartChanged]
//   - [ErrDirInUse], [ErrDirUnsafe], [ErrLocked], [ErrSourceChanged] or [ErrJournal] about the directory; a
//     *[TargetError] is an ErrDirInUse
//   - a *[RowsError] if the source has rows, and the plan rejected all of them
//   - [ErrColumns], [ErrNotFinished], [ErrPasswordHashes], a *[importjob.CSVError] about the header, or another error of the source
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
		if err := i.aim(ctx); err != nil {
			return err
		}
		runErr := i.run(ctx)
		var part *PartError
		if runErr != nil && !(errors.As(runErr, &part) && part.halts) {
			return runErr
		}
		var err error
		if s, err = i.report(ctx); err != nil {
			return errors.Join(runErr, err)
		}
		return cmp.Or(runErr, i.allRejected(s))
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
	d, err := openDirectory(dir, opts.Resume, h)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	j, err := openJournal(d)
	if err != nil {
		return err
	}
	i := &importer{journal: j, c: opts.limited(c), in: in, opts: opts, hooks: h}
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
