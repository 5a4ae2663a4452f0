package memory

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/internal/model"
	"github.com/cognito-import/importjob/userpool"
)

// Cognito is one account in one Region. It is an [importjob.Client] and an [userpool.Directory].
// It can be used by several goroutines at once. The zero value is not usable; see [New].
type Cognito struct {
	client importjob.Client
	users  userpool.Users
	pools  userpool.Pools
}

var (
	_ importjob.Client   = (*Cognito)(nil)
	_ userpool.Directory = (*Cognito)(nil)
)

// New returns an account without pools.
func New(opts *Options) *Cognito {
	a := &account{pools: map[string]*pool{}, made: map[string]int{}}
	if opts != nil {
		a.opts = *opts
	}
	a.opts.setDefaults()
	a.ids = newIDs(a.opts.Seed)
	return &Cognito{backend.Checked(a), backend.CheckedUsers(a), backend.CheckedPools(a)}
}

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
	if o.MaxJobs == 0 {
		o.MaxJobs = 1000
	}
}

// account is the state. Its exported methods rely on checked input.
//
// Two locks guard it, always taken in this order: a pool's users.mu, for who is in the pool, then
// account.mu, for pools and jobs. account.mu is held for a look or a small change only, never
// while rows are read, so no Describe waits for an import.
type account struct {
	opts Options

	mu     sync.Mutex
	ids    *ids
	pools  map[string]*pool
	order  []*pool        // by creation
	made   map[string]int // how many pools have had an ID
	serial uint64         // of the pool made last
	active *job           // the job that was started last: one may be active in an account (A23)
}

// pool is a user pool.
type pool struct {
	settings settings
	serial   uint64 // rises from pool to pool
	ids      *ids   // account.mu guards the random ones
	jobs     []*job // by creation
	byID     map[string]*job
	users    *users
}

// settings are the settings of a pool at one moment. They are replaced, never changed.
type settings struct {
	userpool.Pool
	version int // counts the changes
}

// now is the clock in the precision of the service.
func (a *account) now() time.Time { return backend.Date(a.opts.Now()) }

// pool finds a pool. account.mu is held.
func (a *account) pool(id string) (*pool, error) {
	if p, ok := a.pools[id]; ok {
		return p, nil
	}
	return nil, &importjob.Error{Code: importjob.ErrResourceNotFound, Message: "User pool " + id + " does not exist."}
}

// job finds a job. account.mu is held.
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

// CSVHeader returns [importjob.Pool.Header] of the pool.
func (c *Cognito) CSVHeader(ctx context.Context, userPoolID string) ([]string, error) {
	return c.client.CSVHeader(ctx, userPoolID)
}

// Create makes a job. The host of its URL ends in ".invalid", so that no request to it ever
// leaves the machine; [Cognito.Upload] knows the URL.
func (c *Cognito) Create(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
	return c.client.Create(ctx, in)
}

// Upload reads the body, and judges its rows as they come. What is wrong with them shows when
// the job runs.
func (c *Cognito) Upload(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
	return c.client.Upload(ctx, job, body, size)
}

// Start starts a job. Which rows are skipped since their user exists is settled here.
func (c *Cognito) Start(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return c.client.Start(ctx, ref)
}

// Stop stops an active job. Rows that have been imported stay.
func (c *Cognito) Stop(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return c.client.Stop(ctx, ref)
}

// Describe returns the job as it is at this instant.
func (c *Cognito) Describe(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return c.client.Describe(ctx, ref)
}

// List returns a page of a pool's jobs, newest first.
func (c *Cognito) List(ctx context.Context, userPoolID string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
	return c.client.List(ctx, userPoolID, page)
}

// Results returns a page of the outcomes of the rows that have been read at this instant.
func (c *Cognito) Results(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
	return c.client.Results(ctx, ref, page)
}

// Pool returns the settings of a pool.
func (c *Cognito) Pool(ctx context.Context, userPoolID string) (importjob.Pool, error) {
	return c.client.Pool(ctx, userPoolID)
}

// CreatePool makes a pool. An empty ID becomes the Region and nine characters, an empty Name the ID.
// [importjob.ErrInvalidParameter] when a pool has the ID already.
func (c *Cognito) CreatePool(ctx context.Context, pool userpool.Pool) (userpool.Pool, error) {
	return c.pools.CreatePool(ctx, pool)
}

// UpdatePool replaces the settings of a pool. What cannot change after creation, as at the service:
// CaseInsensitive, UsernameAttributes, AliasAttributes, and the attributes in the schema; custom
// attributes can be added. An empty Schema or Name stays as it was.
func (c *Cognito) UpdatePool(ctx context.Context, pool userpool.Pool) error {
	return c.pools.UpdatePool(ctx, pool)
}

// DeletePool deletes a pool with its jobs and users.
func (c *Cognito) DeletePool(ctx context.Context, userPoolID string) error {
	return c.pools.DeletePool(ctx, userPoolID)
}

// Pools returns a page of the pools, in order of creation.
func (c *Cognito) Pools(ctx context.Context, page importjob.Page) ([]userpool.Pool, string, error) {
	return c.pools.Pools(ctx, page)
}

// AddUser adds one user, as an administrator does, without an invitation. The pool gives the Sub; the
// values of attributes are not checked. A row of a running job that names the same user and has not been
// read yet will be skipped.
func (c *Cognito) AddUser(ctx context.Context, userPoolID string, user userpool.User) (userpool.User, error) {
	return c.users.AddUser(ctx, userPoolID, user)
}

// User returns one user. The first look-up after an import takes longer than others, since it makes the
// index of those users: about 20 ns for each of them.
func (c *Cognito) User(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
	return c.users.User(ctx, ref)
}

// Users returns a page of a pool's users, in order of creation.
func (c *Cognito) Users(ctx context.Context, userPoolID string, page importjob.Page) ([]userpool.User, string, error) {
	return c.users.Users(ctx, userPoolID, page)
}

// CountUsers returns the number of users in a pool.
func (c *Cognito) CountUsers(ctx context.Context, userPoolID string) (int64, error) {
	return c.users.CountUsers(ctx, userPoolID)
}
