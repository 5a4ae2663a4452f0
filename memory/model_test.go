package memory_test

import (
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// model is one account of Cognito, written from Amazon's public pages and ASSUMPTIONS.md, and not from the code of
// package memory. It is slow and obvious on purpose: it has lists that it searches from the start, and a clock that
// tick moves from row to row. The scenarios compare package memory with it.
type model struct {
	opts   memory.Options
	now    time.Time
	pools  []*modelPool // oldest first
	made   int          // the number of pools ever created
	tokens []modelToken
}

type modelPool struct {
	number            int // 1 for the first pool of the account
	settings          importjob.Pool
	created, modified time.Time
	jobs              []*modelJob  // oldest first
	users             []*modelUser // oldest first
	came              int          // the number of users that ever came
	groups            []*modelGroup
	grouped           int // the number of groups ever created
	claims            int // how often a user got a name to sign in with
}

type modelUser struct {
	number     int    // 1 for the first user that came into the pool
	name       string // the username in the file, or the one given to AddUser, or ""
	subAsName  bool   // the pool shows the sub as username
	added      bool   // by AddUser
	sub        string // "" until the scenario has seen it
	attributes map[string]string
	status     userpool.Status
	disabled   bool
	created    time.Time
	modified   time.Time
	claimed    map[string]int // by attribute, when the user got it to sign in with: a later one is higher
	password   modelPassword
}

// modelJob is a job. The fixed part never changes after Create.
type modelJob struct {
	fixed                     importjob.UserImportJob
	status                    importjob.Status
	started, completed        time.Time
	imported, skipped, failed int64
	message                   string   // the documented completion message, or ""
	causes                    []string // without a documented message, it holds one of these texts
	file                      []byte
	hasFile                   bool

	// What Start found out.
	rows          []modelRow
	began, stopAt time.Time // the moments when the rows begin and when a stopping job is stopped
	results       []modelResult
}

// modelResult is a line of the log. If other is true, the reason is in words that no public page has.
type modelResult struct {
	line   int
	status importjob.RowStatus
	reason string
	other  bool
}

// modelToken is a page token that the account gave out, for what it gave it, and where the next page begins.
type modelToken struct {
	op       importjob.Op
	pool     int // the number of the pool, so that a token dies with it
	job      string
	token    string
	position int
	after    string // the name of the last group of the page
}

func newModel(opts memory.Options, now time.Time) *model {
	if opts.ExpireAfter == 0 {
		opts.ExpireAfter = 24 * time.Hour // A4
	}
	if opts.MaxJobs == 0 {
		opts.MaxJobs = 1000
	}
	if opts.Assumptions.TooManyFailed == nil {
		opts.Assumptions.TooManyFailed = func(imported, skipped, failed int64) bool { return failed+skipped > imported } // A1
	}
	if opts.Assumptions.MaxFileBytes == 0 {
		opts.Assumptions.MaxFileBytes = 100_000_000 // A5
	}
	return &model{opts: opts, now: now}
}

// millis cuts a time as the service shows it.
func millis(t time.Time) time.Time { return t.Truncate(time.Millisecond) }

// tick moves the clock, and every job with it.
func (m *model) tick(to time.Time) {
	m.now = to
	for _, pool := range m.pools {
		for _, job := range pool.jobs {
			m.advance(pool, job)
		}
	}
}

func (m *model) advance(pool *modelPool, job *modelJob) {
	if expires := job.fixed.CreationDate.Add(m.opts.ExpireAfter); job.status == importjob.StatusCreated && !m.now.Before(expires) {
		job.end(importjob.StatusExpired, expires, "The user import job has expired.")
	}
	if job.status == importjob.StatusPending && !m.now.Before(job.began) {
		job.status = importjob.StatusInProgress
		job.started = millis(job.began) // A47
		if len(job.causes) > 0 {
			job.end(importjob.StatusFailed, job.began, "")
		}
	}
	if job.status == importjob.StatusInProgress || job.status == importjob.StatusStopping {
		m.readRows(pool, job)
	}
}

// readRows reads the rows whose time has come.
func (m *model) readRows(pool *modelPool, job *modelJob) {
	for len(job.results) < len(job.rows) {
		at := m.timeOfRow(job, len(job.results)+1)
		if at.After(m.now) || job.status == importjob.StatusStopping && at.After(job.stopAt) {
			break
		}
		m.readRow(pool, job, job.rows[len(job.results)], at)
	}
	switch {
	case job.status == importjob.StatusStopping && !m.now.Before(job.stopAt):
		job.end(importjob.StatusStopped, job.stopAt, messageStopped)
	case job.status == importjob.StatusInProgress && len(job.results) == len(job.rows):
		at := m.timeOfRow(job, len(job.rows))
		if m.opts.Assumptions.TooManyFailed(job.imported, job.skipped, job.failed) {
			job.end(importjob.StatusFailed, at, "Too many users have failed or been skipped during the import.")
		} else {
			job.end(importjob.StatusSucceeded, at, "Import Job Completed Successfully.")
		}
	}
}

const messageStopped = "The Import Job was stopped by the developer."

// timeOfRow is the moment when the job has read n rows.
func (m *model) timeOfRow(job *modelJob, n int) time.Time {
	if m.opts.RowsPerSecond == 0 {
		return job.began
	}
	return job.began.Add(time.Duration(n) * time.Second / time.Duration(m.opts.RowsPerSecond))
}

// readRow judges a row before it looks the user up (A24).
func (m *model) readRow(pool *modelPool, job *modelJob, row modelRow, at time.Time) {
	result := modelResult{line: row.line}
	switch {
	case len(row.faults) > 0:
		job.failed++
		result.status = importjob.RowFailed
		result.reason, result.other = row.reason()
	case pool.user(row.values["cognito:username"]) != nil:
		job.skipped++
		result.status, result.reason = importjob.RowSkipped, "The user already exists."
	default:
		job.imported++
		result.status, result.reason = importjob.RowSucceeded, "The import succeeded."
		pool.add(&modelUser{
			name:       row.values["cognito:username"],
			subAsName:  m.opts.SubAsUsername && len(pool.settings.UsernameAttributes) > 0, // A20
			attributes: row.attributes(pool.settings, m.opts.ISOBirthdate),
			status:     row.userStatus(job.fixed.PasswordHashingAlgorithm),
			created:    millis(at),
			password:   modelPassword{text: row.password(job.fixed.PasswordHashingAlgorithm)},
		})
	}
	job.results = append(job.results, result)
}

// add adds a user whom a job imports, or AddUser.
func (p *modelPool) add(user *modelUser) {
	p.came++
	user.number, user.modified = p.came, user.created
	p.claim(user, "email", "phone_number", "preferred_username")
	p.users = append(p.users, user)
}

func (j *modelJob) end(status importjob.Status, at time.Time, message string) {
	j.status, j.completed, j.message = status, millis(at), message
}

func (j *modelJob) active() bool {
	return j.status == importjob.StatusPending || j.status == importjob.StatusInProgress || j.status == importjob.StatusStopping
}

// snapshot is the job as the service shows it, without a completion message in unknown words.
func (j *modelJob) snapshot() importjob.UserImportJob {
	job := j.fixed
	job.Status = j.status
	job.StartDate, job.CompletionDate = j.started, j.completed
	job.ImportedUsers, job.SkippedUsers, job.FailedUsers = j.imported, j.skipped, j.failed
	job.CompletionMessage = j.message
	return job
}

// active tells whether a job is active, in the pool or, without one, in the account.
func (m *model) active(in *modelPool) bool {
	for _, pool := range m.pools {
		for _, job := range pool.jobs {
			if job.active() && (in == nil || in == pool) {
				return true
			}
		}
	}
	return false
}

func (m *model) pool(id string) *modelPool {
	for _, pool := range m.pools {
		if pool.settings.ID == id {
			return pool
		}
	}
	return nil
}

func (p *modelPool) job(id string) *modelJob {
	for _, job := range p.jobs {
		if job.fixed.JobID == id {
			return job
		}
	}
	return nil
}
