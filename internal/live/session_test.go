package live_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/backend"
)

// mark begins the username of every user that a run makes. The run ID follows.
const mark = "ijlive-"

// session is one run in one pool.
type session struct {
	settings
	client   importjob.Client
	api      *cognito.Client
	settled  importjob.Pool // the settings of the pool
	header   []string
	runID    string
	log      *transcript
	report   *report
	progress io.Writer

	mu     sync.Mutex
	last   time.Time              // when the last request began
	active map[importjob.Ref]bool // the jobs that were started and not seen to have ended
	jobs   int                    // how many jobs were created
	starts int                    // how many of them were started
	serial int                    // the number of the last rule or probe, for usernames
}

// open connects to the service and checks that the pool can be used. The caller calls the function that it returns
// once, at the end.
func open(ctx context.Context, set settings, progress io.Writer) (_ *session, end func(), err error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("the AWS configuration cannot be used: %w", err)
	}
	cfg.Region, _, _ = strings.Cut(set.pool, "_") // the ID of a pool begins with its Region
	keys, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("no AWS credentials: %w", err)
	}
	hide := &redactor{secrets: []string{keys.SessionToken, keys.SecretAccessKey, keys.AccessKeyID}, accounts: set.accounts}
	s := &session{settings: set, runID: newRunID(), progress: progress, active: map[importjob.Ref]bool{}}
	s.report = &report{file: set.report, redactor: hide}
	flags := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if set.resume {
		flags = os.O_CREATE | os.O_WRONLY | os.O_APPEND
		if err := s.report.read(); err != nil {
			return nil, nil, err
		}
	}
	file, err := os.OpenFile(set.transcript(), flags, 0o600)
	if err != nil {
		return nil, nil, err
	}
	s.log = &transcript{redactor: hide, out: file, during: "opening"}
	s.connect(cfg)
	if err := s.look(ctx); err != nil {
		_ = file.Close()
		return nil, nil, err
	}
	return s, func() { _ = file.Close() }, nil
}

// newRunID returns eight random letters and digits.
func newRunID() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// connect makes the clients.
func (s *session) connect(cfg aws.Config) {
	web := &http.Client{}
	if sdk, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
		web.Transport = sdk.GetTransport() // with the proxy and the certificates of the configuration
	}
	if s.transport != nil {
		web.Transport = s.transport(cmp.Or[http.RoundTripper](web.Transport, http.DefaultTransport))
		cfg.HTTPClient = web
	}
	s.api = cognito.NewFromConfig(cfg)
	client := awsbackend.New(s.api, &awsbackend.Options{Logs: cloudwatchlogs.NewFromConfig(cfg), HTTPClient: web})
	s.client = backend.Intercept(client, s.slowly, s.track, s.log.intercept)
}

// look reads the settings of the pool, and refuses a pool that has users.
func (s *session) look(ctx context.Context) (err error) {
	if s.settled, err = s.client.Pool(ctx, s.pool); err != nil {
		return err
	}
	if s.header, err = s.client.CSVHeader(ctx, s.pool); err != nil {
		return err
	}
	users, _, err := s.users("").Users(ctx, s.pool, importjob.Page{MaxResults: 1})
	if err != nil {
		return err
	}
	if len(users) > 0 && !s.force {
		return errors.New("the pool has users: use an empty pool that nobody needs, or set IMPORTJOB_LIVE_FORCE=1")
	}
	s.report.runs = append(s.report.runs, s.runID)
	p := s.settled
	s.report.about = []string{
		fmt.Sprintf("- pool %s, role %s", s.pool, s.role),
		fmt.Sprintf("- auto-verified %q, username attributes %q, alias attributes %q, MFA %s, ignores case: %v, takes hashes: %v",
			p.AutoVerifiedAttributes, p.UsernameAttributes, p.AliasAttributes, p.MFA, p.CaseInsensitive, p.PasswordHashes),
		"- header " + strings.Join(s.header, ","),
		"- last run at " + time.Now().UTC().Format(time.RFC3339),
	}
	return s.report.write()
}

// sayf prints a line of progress.
func (s *session) sayf(format string, args ...any) {
	fmt.Fprintln(s.progress, time.Now().Format(time.TimeOnly), s.report.redactor.redact(fmt.Sprintf(format, args...)))
}

// sleep waits, unless the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// slowly keeps the requests below five a second, the quota of a pool.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
func (s *session) slowly(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
	if err := s.wait(ctx); err != nil {
		return err
	}
	return next(ctx)
}

func (s *session) wait(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := sleep(ctx, s.gap-time.Since(s.last))
	s.last = time.Now()
	return err
}

// track counts the jobs, and remembers which of them are active.
func (s *session) track(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
	err := next(ctx)
	if err != nil {
		return err
	}
	job, ok := call.Output().(importjob.UserImportJob)
	if !ok {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case job.Status.Done():
		delete(s.active, job.Ref())
	case call.Op == importjob.OpCreate:
		s.jobs++
	case call.Op == importjob.OpStart:
		s.starts++
		s.active[job.Ref()] = true
	}
	return nil
}

// looks is how often a job is looked at before it is given up: at AWS for half an hour.
func (s *session) looks() int {
	if s.poll <= 0 {
		return 1000
	}
	return int(30*time.Minute/s.poll) + 1
}

// finish waits until a job has ended.
func (s *session) finish(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	for range s.looks() {
		job, err := s.client.Describe(ctx, ref)
		if err != nil && !importjob.Retryable(err) || err == nil && job.Status.Done() {
			return job, err
		}
		if err := sleep(ctx, s.poll); err != nil {
			return importjob.UserImportJob{}, err
		}
	}
	return importjob.UserImportJob{}, fmt.Errorf("the job %s has not ended after %d looks", ref.JobID, s.looks())
}

// settle stops the jobs that are still active, and waits for them. Only one job of an account can be active.
func (s *session) settle(ctx context.Context) error {
	s.mu.Lock()
	var refs []importjob.Ref
	for ref := range s.active {
		refs = append(refs, ref)
	}
	s.mu.Unlock()
	for _, ref := range refs {
		_, _ = s.client.Stop(ctx, ref) // the job may have ended
		if _, err := s.finish(ctx, ref); err != nil {
			return err
		}
	}
	return nil
}

// results returns all lines of a log that the job has so far.
func (s *session) results(ctx context.Context, ref importjob.Ref) ([]importjob.RowResult, error) {
	var rows []importjob.RowResult
	for row, err := range importjob.Results(ctx, s.client, ref) {
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// allResults waits until the log has a line for each row that the job counts. It returns the lines that are there if
// they do not come. (A39)
func (s *session) allResults(ctx context.Context, job importjob.UserImportJob) ([]importjob.RowResult, error) {
	want := int(job.ImportedUsers + job.SkippedUsers + job.FailedUsers)
	for began := time.Now(); ; {
		rows, err := s.results(ctx, job.Ref())
		if err != nil || len(rows) >= want || time.Since(began) >= s.patience {
			slices.SortStableFunc(rows, func(a, b importjob.RowResult) int { return cmp.Compare(a.Line, b.Line) })
			return rows, err
		}
		if err := sleep(ctx, s.poll); err != nil {
			return nil, err
		}
	}
}

// next returns a prefix of usernames that no other rule or probe has.
func (s *session) next() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	return fmt.Sprintf("%s%s-%d-", mark, s.runID, s.serial)
}
