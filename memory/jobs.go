package memory

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
)

// job is an import job. The file state.go computes its state at a time.
type job struct {
	pool     *pool
	place    int                     // the index in pool.jobs
	created  importjob.UserImportJob // as Create returned it
	file     *file                   // the file that was uploaded last, or nil; setFile sets it
	starting bool                    // a call of Start is in progress
	run      *run                    // nil before Start

	ended importjob.UserImportJob // the final state once the job has ended, else the zero value
}

// urlLifetime is the X-Amz-Expires of a URL: one second less than 15 minutes.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/start-user-import-job.html
const urlLifetime = 899 * time.Second

// urlExpired reports whether the URL of the job has expired. The date in a URL is in whole seconds.
func (j *job) urlExpired(now time.Time) bool {
	return now.After(j.created.CreationDate.Truncate(time.Second).Add(urlLifetime))
}

func (a *account) CSVHeader(_ context.Context, userPoolID string) ([]string, error) {
	p, err := a.Pool(context.Background(), userPoolID)
	if err != nil {
		return nil, err
	}
	return p.Header(), nil
}

func (a *account) Create(_ context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.pool(in.UserPoolID)
	if err != nil {
		return importjob.UserImportJob{}, err
	}
	if in.PasswordHashingAlgorithm != "" && !p.settings.PasswordHashes { // A26
		return importjob.UserImportJob{}, &importjob.Error{Code: importjob.ErrInvalidParameter,
			Message: "The user pool does not take password hashes: leave the hashing algorithm empty."}
	}
	if len(p.jobs) >= a.opts.MaxJobs {
		return importjob.UserImportJob{}, &importjob.Error{Code: importjob.ErrLimitExceeded,
			Message: fmt.Sprintf("The user pool has reached its limit of %d import jobs.", a.opts.MaxJobs)} // A15
	}
	id, err := a.newJobID(p)
	if err != nil {
		return importjob.UserImportJob{}, err
	}
	now := a.now()
	j := &job{pool: p, place: len(p.jobs), created: importjob.UserImportJob{
		JobName:                  in.JobName,
		JobID:                    id,
		UserPoolID:               in.UserPoolID,
		CreationDate:             now,
		Status:                   importjob.StatusCreated,
		CloudWatchLogsRoleARN:    in.CloudWatchLogsRoleARN,
		PasswordHashingAlgorithm: in.PasswordHashingAlgorithm,
	}}
	j.created.PreSignedURL = a.newURL(p, j.created)
	p.jobs = append(p.jobs, j)
	p.byID[j.created.JobID] = j
	return j.created, nil
}

// newJobID returns an ID that no job of the pool has. It returns an error if Options.NewJobID returns what is no ID.
func (a *account) newJobID(p *pool) (string, error) {
	for range 100 {
		id := "import-" + p.ids.text(10)
		if a.opts.NewJobID != nil {
			id = a.opts.NewJobID()
		}
		if err := (importjob.Ref{UserPoolID: p.settings.ID, JobID: id}).Validate(); err != nil {
			return "", refuse(fmt.Sprintf(`Options.NewJobID returned %q: return "import-" and 1 to 48 letters, digits and hyphens.`, id))
		}
		if p.byID[id] == nil {
			return id, nil
		}
	}
	panic("memory: Options.NewJobID returned 100 IDs in a row that jobs of the pool have already: return a new ID each time")
}

// newURL returns a URL in the service's form with a host that cannot exist.
func (a *account) newURL(p *pool, j importjob.UserImportJob) string {
	return fmt.Sprintf("https://aws-cognito-idp-user-import.s3.%s.invalid/%s/%s/%s"+
		"?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=%s&X-Amz-SignedHeaders=host%%3Bx-amz-server-side-encryption&X-Amz-Expires=%d&X-Amz-Signature=%s",
		a.opts.Region, a.opts.AccountID, j.UserPoolID, j.JobID,
		j.CreationDate.Format("20060102T150405Z"), int(urlLifetime.Seconds()), p.ids.hex())
}

func (a *account) Describe(_ context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	j, err := a.job(ref)
	if err != nil {
		return importjob.UserImportJob{}, err
	}
	if j.ended.Status != "" {
		return j.ended, nil
	}
	return j.at(a.now(), &a.opts), nil
}

// maxJobsPage is the maximum number of jobs in a page.
const maxJobsPage = 60

// List returns the page that starts after the job in the token. A token has the form of the service's samples:
// <pool>#<last job>#<number>. (A13)
func (a *account) List(_ context.Context, userPoolID string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, err := a.pool(userPoolID)
	if err != nil {
		return nil, "", err
	}
	next := len(p.jobs) - 1
	if page.Token != "" {
		parts := strings.Split(page.Token, "#")
		if len(parts) != 3 || parts[0] != userPoolID || p.byID[parts[1]] == nil {
			return nil, "", badToken()
		}
		next = p.byID[parts[1]].place - 1
	}
	count := min(pageSize(page, maxJobsPage), next+1)
	jobs := make([]importjob.UserImportJob, count)
	now := a.now()
	for i := range jobs {
		jobs[i] = p.jobs[next-i].at(now, &a.opts)
	}
	if count == 0 || next-count < 0 {
		return jobs, "", nil
	}
	return jobs, fmt.Sprintf("%s#%s#%d", userPoolID, jobs[count-1].JobID, now.UnixMilli()), nil
}

// pageSize returns the maximum number of items in a page.
func pageSize(page importjob.Page, most int) int {
	if page.MaxResults == 0 {
		return most
	}
	return min(page.MaxResults, most)
}

func badToken() error {
	return &importjob.Error{Code: importjob.ErrInvalidParameter, Message: "Invalid pagination token."} // A15
}

func (a *account) Start(_ context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	j, f, set, err := a.reserve(ref)
	if err != nil {
		return importjob.UserImportJob{}, err
	}
	defer func() { // also when a callback panics
		a.mu.Lock()
		defer a.mu.Unlock()
		j.starting = false
	}()
	role := a.roleFailure(j)
	if role != "" && a.opts.BadRoleRefusesStart { // A2
		return importjob.UserImportJob{}, &importjob.Error{Code: importjob.ErrPreconditionNotMet, Message: role}
	}
	f = a.checkedBy(f, set, j.created.PasswordHashingAlgorithm)
	failure := cmp.Or(role, startFailure(set), f.failure)
	u := j.pool.users
	u.mu.Lock()
	defer u.mu.Unlock()
	r := a.newRun(j, f, set, failure)

	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	r.started, r.begin = now, now.Add(a.opts.PendingFor)
	j.run, j.starting = r, false
	j.setFile(nil)
	answer := j.created
	answer.Status, answer.StartDate = importjob.StatusPending, now
	return answer, nil
}

// maxMessage is the maximum number of characters of a completion message.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserImportJobType.html
const maxMessage = 128

// roleFailure returns why the role of a job cannot be assumed, or "".
func (a *account) roleFailure(j *job) string {
	if a.opts.AssumeRole != nil {
		if err := a.opts.AssumeRole(j.created.CloudWatchLogsRoleARN); err != nil {
			message := "The CloudWatch Logs role could not be assumed: " + err.Error() // A16
			if runes := []rune(message); len(runes) > maxMessage {
				message = string(runes[:maxMessage])
			}
			return message
		}
	}
	return ""
}

// startFailure returns why each job in a pool fails, or "".
func startFailure(set settings) string {
	if len(set.AutoVerifiedAttributes) == 0 {
		return "The user pool has no auto-verified attribute." // A16
	}
	return ""
}

// reserve makes a job the active job of the account, or returns why the job cannot start.
func (a *account) reserve(ref importjob.Ref) (*job, *file, settings, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	j, err := a.job(ref)
	if err != nil {
		return nil, nil, settings{}, err
	}
	now := a.now()
	refuse := func(format string, args ...any) (*job, *file, settings, error) {
		return nil, nil, settings{}, &importjob.Error{Code: importjob.ErrPreconditionNotMet, Message: fmt.Sprintf(format, args...)}
	}
	switch status := j.at(now, &a.opts).Status; {
	case j.starting || !status.CanBecome(importjob.StatusPending):
		return refuse("The job %s cannot be started: it is %s.", ref.JobID, status) // A15
	case j.file == nil:
		// Source: https://github.com/aws-amplify/amplify-js/issues/6416
		return refuse("No csv file was uploaded for %s", ref.JobID)
	case len(j.pool.settings.AutoVerifiedAttributes) == 0 && !a.opts.NoAutoVerifiedFailsJob: // A3
		return refuse("The user pool has no auto-verified attribute: set one before the job is started.")
	case a.active != nil && a.active.busy(now, &a.opts):
		return refuse("Only one import job can be active at a time per account: wait until the active job has ended.") // A15, A23
	}
	j.starting, a.active = true, j
	return j, j.file, j.pool.settings, nil
}

func (a *account) Stop(_ context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	j, err := a.job(ref)
	if err != nil {
		return importjob.UserImportJob{}, err
	}
	now := a.now()
	status := j.at(now, &a.opts).Status
	if !status.CanBecome(importjob.StatusStopping) {
		return importjob.UserImportJob{}, &importjob.Error{Code: importjob.ErrPreconditionNotMet,
			Message: fmt.Sprintf("The job %s cannot be stopped: it is %s.", ref.JobID, status)} // A15
	}
	j.run.stop(j.run.look(now), &a.opts)
	return j.at(now, &a.opts), nil
}
