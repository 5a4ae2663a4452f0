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
	// Resume goes on from whatever stands in the directory: a plan or half of one, jobs, or nothing
	// at all. The parts stay as they were planned. Without it a directory that is not empty is
	// refused.
	Resume bool

	// PartRows and PartBytes bound the file of one job. 0 means what the service takes: 500,000
	// users and 100 MB; more than that is an error. A part has one row at least.
	PartRows  int
	PartBytes int64

	// Assumptions settles what the service does not document about rows.
	Assumptions importjob.Assumptions

	// Wait says how often a job is looked at.
	Wait importjob.WaitOptions

	// Patience bounds for how long one call is tried again that was throttled, was not answered, or
	// met trouble of the service's own. 0 means 15 minutes; negative means no retry.
	Patience time.Duration

	// BusyPatience bounds for how long a job is tried to be started that the service refuses to
	// start, while no other job of the pool can be seen to be active: an account has one active
	// job, which may be in another pool. 0 means an hour; negative means one try. A job that can
	// be seen is waited for until it ends.
	BusyPatience time.Duration

	// LogPatience bounds the wait for the result lines of a job that has ended: they can be late.
	// 0 means a minute; negative means one look.
	LogPatience time.Duration

	// NoResults says that there are no result lines to be had.
	NoResults bool

	// StopOnCancel stops the active job when ctx ends.
	StopOnCancel bool

	// Lookup, if not nil, returns the sub of an imported user, for the report. After
	// [userpool.ErrUserNotFound] the report has none.
	Lookup func(ctx context.Context, username string) (sub string, err error)

	// OnProgress, if not nil, is called now and then from the goroutine that imports.
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
	most := cmp.Or(full.Assumptions.MaxFileBytes, importjob.MaxFileBytes)
	full.PartBytes = cmp.Or(full.PartBytes, most)
	if full.PartRows < 0 || full.PartRows > importjob.MaxRows {
		return nil, fmt.Errorf("%d rows a part: a job takes 1 to %d", full.PartRows, importjob.MaxRows)
	}
	if full.PartBytes < 0 || full.PartBytes > most {
		return nil, fmt.Errorf("%d bytes a part: a job takes at most %d", full.PartBytes, most)
	}
	return &full, nil
}

// Planned is what a plan has come to.
type Planned struct {
	Name     string // of the plan; the names of its jobs begin with it
	Rows     int64  // in the input
	Rejected int64  // rows that go into no job
	Parts    int
}

// Plan checks all rows of a source by the pool's rules and writes the files of the jobs to dir,
// and what it rejects to rejected.csv. It creates no job. [Import] with Resume goes on with it.
func Plan(ctx context.Context, c importjob.Client, in importjob.CreateInput, source Source, dir string, opts *Options) (Planned, error) {
	return planWith(ctx, c, in, source, dir, opts, hooks{})
}

// planWith is Plan with hooks.
func planWith(ctx context.Context, c importjob.Client, in importjob.CreateInput, source Source, dir string, opts *Options, h hooks) (Planned, error) {
	var p Planned
	err := work(ctx, c, in, source, dir, opts, h, func(i *importer) error {
		p = Planned{i.begun.Name, i.planned.Rows, i.planned.Rejected, len(i.parts)}
		return nil
	})
	return p, err
}

// Import imports all users of a source: it plans ([Plan]), runs a job for each part, one after
// the other, and reports. All that it knows stands in dir, so that it can go on with Resume after
// whatever ended it. The names of the jobs begin with in.JobName.
//
// A call that fails is tried again where that may help ([importjob.Retryable]); a job whose Create
// was not answered is found by its name. One job at most is started for a part.
//
// The Summary adds up to the rows of the source. It comes also with a *[PartError] about a job that
// somebody stopped, or that failed without reading a row: there Import ends, with the rows of the
// parts that were not run as unknown, and Resume goes on with the next part.
//
// What else the error can be: [ErrDirInUse], [ErrLocked], [ErrSourceChanged], [ErrJournal],
// [ErrPartChanged], [ErrColumns], [ErrNotFinished], a *[importjob.CSVError] about the header of the
// input, an *[importjob.Error], or one of the source, the disk or ctx.
func Import(ctx context.Context, c importjob.Client, in importjob.CreateInput, source Source, dir string, opts *Options) (Summary, error) {
	return importWith(ctx, c, in, source, dir, opts, hooks{})
}

// importWith is Import with hooks.
func importWith(ctx context.Context, c importjob.Client, in importjob.CreateInput, source Source, dir string, opts *Options, h hooks) (Summary, error) {
	var s Summary
	err := work(ctx, c, in, source, dir, opts, h, func(i *importer) error {
		halted := i.run(ctx)
		if part := (*PartError)(nil); halted != nil && !(errors.As(halted, &part) && part.halts) {
			return halted
		}
		var err error
		s, err = i.report(ctx)
		return errors.Join(halted, err)
	})
	return s, err
}

// importer works on one directory.
type importer struct {
	*journal
	c     importjob.Client
	in    importjob.CreateInput
	opts  *Options
	hooks hooks
}

// work opens the directory, sees to it that there is a plan in it, and calls f.
func work(ctx context.Context, c importjob.Client, in importjob.CreateInput, source Source, dir string, opts *Options, h hooks, f func(*importer) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("bulk: %w", err)
		}
	}()
	if opts, err = opts.withDefaults(); err != nil {
		return err
	}
	if err := checkInput(in); err != nil {
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
	// maxJobName is how many characters the name of a job has at most.
	//
	// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserImportJob.html
	maxJobName = 128

	// nameRoom is how many characters the name of a job has after CreateInput.JobName.
	nameRoom = len("-12345678-12345")
)

// checkInput refuses an input that the service would refuse for one of the jobs.
func checkInput(in importjob.CreateInput) error {
	if err := in.Validate(); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(in.JobName); n > maxJobName-nameRoom {
		return &importjob.Error{Code: importjob.ErrInvalidParameter, Message: fmt.Sprintf(
			"the job name has %d characters: at most %d are allowed, since a job name has at most %d, and bulk appends up to %d for the plan and the part",
			n, maxJobName-nameRoom, maxJobName, nameRoom)}
	}
	return nil
}

// plan sees to it that there is a plan.
func (i *importer) plan(ctx context.Context, source Source) error {
	id, err := source.identity()
	if err != nil {
		return err
	}
	begin := &beginning{journalVersion, newName(i.in.JobName), i.in.JobName, i.in.UserPoolID, i.in.PasswordHashingAlgorithm, id}
	if i.begun != nil {
		if err := i.agree(*begin); err != nil {
			return err
		}
		begin.Name = i.begun.Name
	}
	if i.planned != nil {
		if err := i.dir.removeScratch(); err != nil {
			return err
		}
		return i.unchanged(id)
	}
	if err := i.add(record{Event: begun, Plan: begin}); err != nil {
		return err
	}
	files, err := i.planParts(ctx, source)
	if err != nil {
		return err
	}
	if err := i.add(record{Event: planned, Files: files}); err != nil {
		return err
	}
	return i.dir.removeScratch()
}

// planParts writes the files of a plan, instead of what another one may have left.
func (i *importer) planParts(ctx context.Context, source Source) (*inventory, error) {
	var pool importjob.Pool
	err := i.retry(ctx, func() (err error) {
		pool, err = i.c.Pool(ctx, i.in.UserPoolID)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := i.dir.clear(); err != nil {
		return nil, err
	}
	p, err := i.newPlanner(pool, source)
	if err != nil {
		return nil, err
	}
	files, err := p.plan(ctx)
	return files, errors.Join(err, p.source.close())
}

// agree compares what is asked for with what the directory holds.
func (i *importer) agree(now beginning) error {
	was := *i.begun
	switch {
	case was.UserPoolID != now.UserPoolID:
		return fmt.Errorf("%w: it holds an import into the pool %s", ErrDirInUse, was.UserPoolID)
	case was.JobName != now.JobName:
		return fmt.Errorf("%w: the jobs of its import are called %s", ErrDirInUse, was.JobName)
	case was.Algorithm != now.Algorithm:
		return fmt.Errorf("%w: its import has the password hashing algorithm %q", ErrDirInUse, was.Algorithm)
	case i.planned == nil && !was.Source.same(now.Source), !was.Source.sameForm(now.Source):
		return ErrSourceChanged
	}
	return nil
}

// unchanged reads a file again that was planned from, to see that it is the same.
func (i *importer) unchanged(id identity) error {
	if i.planned.SHA256 == "" {
		return nil
	}
	digest, err := digestOf(id.Name)
	if err == nil && digest != i.planned.SHA256 {
		err = ErrSourceChanged
	}
	return err
}

// newName makes the name of a plan. That of its jobs must be nobody else's.
func newName(jobName string) string {
	return jobName + "-" + strings.ToLower(rand.Text()[:8])
}

// retry calls f until it does not fail, or fails in a way that another call does not help.
func (i *importer) retry(ctx context.Context, f func() error) error {
	return retry.Do(ctx, i.opts.Patience, func() (bool, error) {
		err := f()
		return importjob.Retryable(err) && ctx.Err() == nil, err
	})
}
