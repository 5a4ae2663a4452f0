package memory

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/internal/model"
	"github.com/cognito-import/importjob/internal/passwords"
	"github.com/cognito-import/importjob/userpool"
)

// Cognito is a fake of Amazon Cognito: one AWS account in one Region. It implements [importjob.Client],
// [userpool.Directory], [userpool.Passwords] and [userpool.Clients], whose comments say which errors the methods return. Create one with [New]; the zero value
// panics. Several goroutines can use a Cognito at once.
type Cognito struct {
	client    importjob.Client
	users     userpool.Users
	pools     userpool.Pools
	clients   userpool.Clients
	passwords userpool.Passwords
	account   *account
}

var (
	_ importjob.Client   = (*Cognito)(nil)
	_ userpool.Directory = (*Cognito)(nil)
	_ userpool.Clients   = (*Cognito)(nil)
	_ userpool.Passwords = (*Cognito)(nil)
)

// New returns a Cognito without pools. It copies opts. nil means the defaults.
func New(opts *Options) *Cognito {
	a := &account{pools: map[string]*pool{}, made: map[string]int{}, clients: map[string]*client{}, verifyHash: passwords.Verify}
	if opts != nil {
		a.opts = *opts
	}
	a.opts.setDefaults()
	a.ids = newIDs(a.opts.Seed)
	a.rowsPerSecond.Store(int64(a.opts.RowsPerSecond))
	return &Cognito{backend.Checked(a), backend.CheckedUsers(a), backend.CheckedPools(a), backend.CheckedClients(a), backend.CheckedPasswords(a), a}
}

// SetRowsPerSecond changes [Options].RowsPerSecond for the jobs that Start starts from now on. A job that was started
// before keeps its speed.
func (c *Cognito) SetRowsPerSecond(n int) { c.account.rowsPerSecond.Store(int64(n)) }

func (o *Options) setDefaults() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Region == "" {
		o.Region = "us-west-2"
	}
	if o.AccountID == "" {
		o.AccountID = "111111111111"
	}
	if o.ExpireAfter == 0 {
		o.ExpireAfter = 24 * time.Hour
	}
	if o.Assumptions.TooManyFailed == nil {
		o.Assumptions.TooManyFailed = model.TooManyFailed
	}
	if o.Assumptions.MaxFileBytes <= 0 {
		o.Assumptions.MaxFileBytes = importjob.MaxFileBytes
	}
	if o.MaxJobs == 0 {
		o.MaxJobs = 1000
	}
	if o.MaxUploadBytes == 0 {
		o.MaxUploadBytes = 1 << 30
	}
}

// account holds the state of a Cognito. Its exported methods rely on valid input; backend.Checked validates it.
//
// Two locks guard the state: the users.mu of a pool guards its users, and account.mu guards pools and jobs.
// A goroutine that needs both locks users.mu first. No goroutine reads rows while it holds account.mu, so
// Describe does not wait for an upload or a start.
type account struct {
	opts          Options
	verifyHash    func(algorithm importjob.PasswordHashingAlgorithm, hash, password string) (bool, error) // passwords.Verify; tests replace it
	rowsPerSecond atomic.Int64                                                                            // of jobs that Start starts from now on

	mu      sync.Mutex
	ids     *ids
	pools   map[string]*pool
	order   []*pool            // oldest first
	made    map[string]int     // how many pools have been created under an ID, deleted ones included
	serial  uint64             // of the newest pool
	active  *job               // the job that was started last; only one at a time may be active in an account (A23)
	clients map[string]*client // by ID
	uploads int64              // the bytes of the files of jobs that have not started, and of the uploads in progress
}

// pool is a user pool.
type pool struct {
	settings settings
	serial   uint64 // a newer pool has a higher one
	ids      *ids   // account.mu guards its random source
	jobs     []*job // oldest first
	byID     map[string]*job
	users    *users
	clients  []*client // oldest first
	uploads  *int64    // account.uploads
}

// settings are the settings of a pool at one moment. UpdatePool replaces them; nothing changes them in place.
type settings struct {
	userpool.Pool
	version int // the number of updates
}

// now returns the current time in the precision of the service: milliseconds.
func (a *account) now() time.Time { return backend.Date(a.opts.Now()) }

// pool returns the pool with an ID. The caller holds account.mu.
func (a *account) pool(id string) (*pool, error) {
	if p, ok := a.pools[id]; ok {
		return p, nil
	}
	// Source: https://github.com/aws/aws-sdk-go/issues/2436
	return nil, &importjob.Error{Code: importjob.ErrResourceNotFound, Message: "User pool " + id + " does not exist."}
}

// job returns a job by name. The caller holds account.mu.
func (a *account) job(ref importjob.Ref) (*job, error) {
	p, err := a.pool(ref.UserPoolID)
	if err != nil {
		return nil, err
	}
	if j, ok := p.byID[ref.JobID]; ok {
		return j, nil
	}
	return nil, &importjob.Error{Code: importjob.ErrResourceNotFound, Message: "User import job " + ref.JobID + " does not exist."} // A15
}

// CSVHeader returns the columns of the pool's CSV file: [importjob.Pool.Header] of its settings.
func (c *Cognito) CSVHeader(ctx context.Context, userPoolID string) ([]string, error) {
	return c.client.CSVHeader(ctx, userPoolID)
}

// Create creates a job. The host of its PreSignedURL ends in ".invalid", a name that never resolves, so no HTTP
// client can send a file to it. Pass the job to Upload instead. It returns an [importjob.ErrLimitExceeded] if the
// pool holds Options.MaxJobs jobs. It returns an [importjob.ErrInvalidParameter] if the input has a password hashing
// algorithm and the pool takes no password hashes (A26), or if Options.NewJobID returns what is no job ID.
func (c *Cognito) Create(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
	return c.client.Create(ctx, in)
}

// Upload reads a CSV file of exactly size bytes from body, and keeps it for the job. A further Upload replaces the
// file. Upload checks the rows while it reads them, and does not report what is wrong with them: the job does, when
// it runs. An Upload after Start succeeds and changes nothing (A22), and so does one that ends after its job has
// expired or its pool was deleted (A56).
//
// It returns the errors of S3: [importjob.ErrURLExpired] from about 15 minutes after Create;
// [importjob.ErrS3SignatureDoesNotMatch] if job does not have the URL that Create returned;
// [importjob.ErrS3IncompleteBody] if body has more or less than size bytes; and [ErrEntityTooLarge] if the fake
// cannot keep the file (see Options.MaxUploadBytes). An error of body is the Err of the *[importjob.Error]. After an
// error the job keeps the file that it had before.
func (c *Cognito) Upload(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
	return c.client.Upload(ctx, job, body, size)
}

// Start starts a job and returns it Pending. It finds the rows whose user exists now, and the job will skip them.
// If the pool's settings have changed since Upload, Start checks the file again (A44). It returns an
// [importjob.ErrPreconditionNotMet] if the job has no file or is not Created, if another job of this Cognito is
// active, or if the pool has no auto-verified attributes (A3).
func (c *Cognito) Start(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return c.client.Start(ctx, ref)
}

// Stop stops an active job and returns it Stopped. A job that was InProgress is first Stopping for
// Options.StoppingFor. The users that the job has imported stay. It returns an [importjob.ErrPreconditionNotMet] if
// the job is not Pending or InProgress.
func (c *Cognito) Stop(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return c.client.Stop(ctx, ref)
}

// Describe returns the job as it is now.
func (c *Cognito) Describe(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return c.client.Describe(ctx, ref)
}

// List returns one page of a pool's jobs, newest first, and the token of the next page.
func (c *Cognito) List(ctx context.Context, userPoolID string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
	return c.client.List(ctx, userPoolID, page)
}

// Results returns one page of the outcomes of the rows that the job has read until now, in the order of the file,
// and the token of the next page. The token is "" after the last row read, also while the job still runs.
func (c *Cognito) Results(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
	return c.client.Results(ctx, ref, page)
}

// Pool returns the settings of a pool.
func (c *Cognito) Pool(ctx context.Context, userPoolID string) (importjob.Pool, error) {
	return c.client.Pool(ctx, userPoolID)
}

// CreatePool creates a pool and returns it as stored. If pool.ID is empty, the ID is Options.Region, "_" and nine
// random letters and digits. An empty Name becomes the ID, a nil Schema [importjob.ClassicSchema], and an empty MFA
// [importjob.MFAOff]. It returns an [importjob.ErrInvalidParameter] if another pool has the ID, or if
// [importjob.Pool.Validate] fails.
func (c *Cognito) CreatePool(ctx context.Context, pool userpool.Pool) (userpool.Pool, error) {
	return c.pools.CreatePool(ctx, pool)
}

// UpdatePool replaces the settings of the pool that has the ID pool.ID. A nil Schema and an empty Name leave the
// old ones, and an empty MFA means [importjob.MFAOff]. It can add custom attributes to the schema.
//
// UpdatePool returns an [importjob.ErrInvalidParameter] if pool changes a setting that is fixed at creation:
// CaseInsensitive, UsernameAttributes, AliasAttributes, or an attribute in the schema. It returns a
// [userpool.ErrUserImportInProgress] while a job is active in the pool.
func (c *Cognito) UpdatePool(ctx context.Context, pool userpool.Pool) error {
	return c.pools.UpdatePool(ctx, pool)
}

// DeletePool deletes a pool, its jobs and its users. It returns a [userpool.ErrUserImportInProgress] while a job is
// active in the pool.
func (c *Cognito) DeletePool(ctx context.Context, userPoolID string) error {
	return c.pools.DeletePool(ctx, userPoolID)
}

// Pools returns one page of all pools, oldest first, and the token of the next page.
func (c *Cognito) Pools(ctx context.Context, page importjob.Page) ([]userpool.Pool, string, error) {
	return c.pools.Pools(ctx, page)
}

// AddUser adds one user, as an administrator does, and returns the user as stored. AddUser sets Sub and the dates,
// and [userpool.StatusForceChangePassword] for an empty Status. It sends no invitation. In a pool with
// UsernameAttributes the sub becomes the username, and the username that was given becomes an attribute.
//
// It returns an [importjob.ErrInvalidParameter] if user has a sub, an attribute twice, one that the pool's schema does
// not have, a value that breaks the schema, or no value for a required attribute, or if the username looks like an
// alias of the pool. It returns a [userpool.ErrUsernameExists] if the username is taken, and a
// [userpool.ErrAliasExists] if a verified alias is.
//
// If an active job has a row for the same username and has not read it yet, AddUser succeeds, and the job will skip
// the row (A45).
func (c *Cognito) AddUser(ctx context.Context, userPoolID string, user userpool.User) (userpool.User, error) {
	return c.users.AddUser(ctx, userPoolID, user)
}

// User returns one user by username, by sub, or by an attribute with which users of the pool sign in. An alias must be
// verified. It returns a [userpool.ErrUserNotFound] if there is no such user, or if the job that imports the user has
// not read the row yet. The first call after a Start builds the index of the new usernames, which takes about 20 ns for
// each user. The first call with another name builds the index of these, which takes about 1 µs for each.
func (c *Cognito) User(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
	return c.users.User(ctx, ref)
}

// Users returns one page of a pool's users, oldest first, and the token of the next page. Call [userpool.All] to
// read all of them.
func (c *Cognito) Users(ctx context.Context, userPoolID string, page importjob.Page) ([]userpool.User, string, error) {
	return c.users.Users(ctx, userPoolID, page)
}

// CountUsers returns the number of users in a pool. While a job runs, the users of the rows read so far count.
func (c *Cognito) CountUsers(ctx context.Context, userPoolID string) (int64, error) {
	return c.users.CountUsers(ctx, userPoolID)
}
