package bulk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
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

	// Target names the service that the client calls. The directory keeps it, and an import resumed with
	// another Target is refused. Fill it if a user chooses the service, such as with a flag or in the
	// environment: the wrong service would report users as imported that are not in the pool.
	Target Target

	// Args are kept in the directory for the caller, such as its flags. [Load] returns them. They must
	// hold no secret.
	Args []string

	// Assumptions are the rules about rows and files that the documentation of the service leaves
	// open. The plan uses them.
	Assumptions importjob.Assumptions

	// Wait controls the polling of an active job: a job of this import, or another job of the pool.
	// Wait.Patience, not Patience, limits how long these Describe calls may keep failing.
	// Wait.OnProgress, if not nil, is called just before OnProgress.
	Wait importjob.WaitOptions

	// CallTimeout limits each call of the client, so that a call that never returns counts as failed, and
	// Patience has its turn. It also limits each call of Lookup. It does not limit an Upload, which takes
	// as long as the file needs: the client limits it. The client must return when its context ends. 0 or
	// a negative value means two minutes. Wait.CallTimeout can be shorter for the polling.
	CallTimeout time.Duration

	// Patience limits the time for retries of one call: the service throttled it, failed, or sent no
	// response ([importjob.Retryable]). The last retry may begin a pause, of up to five seconds, later. 0
	// means 15 minutes. A negative value means no retry.
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
	// If it is false, the job continues in the service, and a resumed import waits for its end. The rows
	// that a stopped job did not read go into one more part, if they are known (A62).
	StopOnCancel bool

	// Lookup, if not nil, returns the sub of an imported user (the ID that the service gives each
	// user) for report.csv. Import calls it for each imported row, one after the other, while it writes
	// the report. It retries an error that is [importjob.Retryable] for up to Patience. For
	// [userpool.ErrUserNotFound] it leaves the sub empty. Any other error ends Import.
	Lookup func(ctx context.Context, username string) (sub string, err error)

	// OnProgress, if not nil, is called with the progress in the goroutine of the caller of [Import] or
	// [Plan]. The import waits until it returns. [Progress] says how often.
	OnProgress func(Progress)
}

// withDefaults returns a copy without zeros.
func (o *Options) withDefaults() (*Options, error) {
	var full Options
	if o != nil {
		full = *o
	}
	full.Args = slices.Clone(full.Args)
	full.Patience = cmp.Or(full.Patience, 15*time.Minute)
	full.BusyPatience = cmp.Or(full.BusyPatience, time.Hour)
	full.LogPatience = cmp.Or(full.LogPatience, time.Minute)
	full.PartRows = cmp.Or(full.PartRows, importjob.MaxRows)
	if full.CallTimeout <= 0 {
		full.CallTimeout = defaultCallTimeout
	}
	maxBytes := int64(importjob.MaxFileBytes)
	if full.Assumptions.MaxFileBytes > 0 {
		maxBytes = full.Assumptions.MaxFileBytes
	}
	full.PartBytes = cmp.Or(full.PartBytes, maxBytes)
	if full.PartRows < 0 || full.PartRows > importjob.MaxRows {
		return nil, fmt.Errorf("%d rows per part: PartRows must be 1 to %d, or 0 for the most", full.PartRows, importjob.MaxRows)
	}
	if full.PartBytes < 0 || full.PartBytes > maxBytes {
		return nil, fmt.Errorf("%d bytes per part: PartBytes must be 1 to %d, or 0 for the most", full.PartBytes, maxBytes)
	}
	return &full, nil
}

const defaultCallTimeout = 2 * time.Minute

// errCallTimeout is the cause of a context that ends a call after Options.CallTimeout.
var errCallTimeout = errors.New("the call did not return in time")

// limitCall returns a context for one call.
func (o *Options) limitCall(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, o.CallTimeout, errCallTimeout)
}

// limited returns a Client whose calls Options.CallTimeout limits, except Upload.
func (o *Options) limited(c importjob.Client) importjob.Client {
	return backend.Intercept(c, func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
		if call.Op == importjob.OpUpload {
			return next(ctx)
		}
		ctx, cancel := o.limitCall(ctx)
		defer cancel()
		return next(ctx)
	})
}
