package live_test

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/cognito-import/importjob"
)

// view is the Client of one rule. A rule expects a pool without users and jobs, and names a role that does not exist.
// The view gives each user a name of its own, hides the jobs of other rules, and puts in the role of the run.
type view struct {
	importjob.Client
	s      *session
	prefix string // of usernames

	mu    sync.Mutex
	roles map[string]string // the role that the rule named, by job ID; it has a key for each job of the rule
}

func newView(s *session, prefix string) *view {
	return &view{Client: s.client, s: s, prefix: prefix, roles: map[string]string{}}
}

func (v *view) Create(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
	role := in.CloudWatchLogsRoleARN
	if in.Validate() == nil {
		in.CloudWatchLogsRoleARN = v.s.role
	}
	job, err := v.Client.Create(ctx, in)
	if err == nil {
		v.mu.Lock()
		v.roles[job.JobID] = role
		v.mu.Unlock()
	}
	return v.shown(job, err)
}

// shown returns a job with the role that the rule named.
func (v *view) shown(job importjob.UserImportJob, err error) (importjob.UserImportJob, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if role, mine := v.roles[job.JobID]; mine {
		job.CloudWatchLogsRoleARN = role
	}
	return job, err
}

func (v *view) Start(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return v.shown(v.Client.Start(ctx, ref))
}

func (v *view) Stop(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return v.shown(v.Client.Stop(ctx, ref))
}

func (v *view) Describe(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return v.shown(v.Client.Describe(ctx, ref))
}

// List ends with the oldest job of the rule, since the jobs of the pool come newest first.
func (v *view) List(ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
	jobs, next, err := v.Client.List(ctx, pool, page)
	v.mu.Lock()
	defer v.mu.Unlock()
	for i := range jobs {
		role, mine := v.roles[jobs[i].JobID]
		if !mine {
			return slices.Clip(jobs[:i]), "", err
		}
		jobs[i].CloudWatchLogsRoleARN = role
	}
	return jobs, next, err
}

// Results first waits for the lines of a job that has ended, since they can come late. (A39)
func (v *view) Results(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
	v.mu.Lock()
	_, mine := v.roles[ref.JobID]
	v.mu.Unlock()
	if mine && page.Token == "" && ctx.Err() == nil {
		if job, err := v.Client.Describe(ctx, ref); err == nil && job.Status.Done() {
			if _, err := v.s.allResults(ctx, job); err != nil {
				return nil, "", err
			}
		}
	}
	return v.Client.Results(ctx, ref, page)
}

// Upload gives the users of a file names of their own. It leaves a body alone that cannot be rewound: those are the
// bodies of rules about broken uploads.
func (v *view) Upload(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
	if _, whole := body.(io.Seeker); !whole {
		return v.Client.Upload(ctx, job, body, size)
	}
	file, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	renamed := []byte(rename(string(file), v.prefix))
	return v.Client.Upload(ctx, job, bytes.NewReader(renamed), size+int64(len(renamed)-len(file)))
}

// rename puts a prefix before each username of a file, and changes nothing else.
func rename(file, prefix string) string {
	lines := strings.Split(file, "\n")
	column := -1
	for i, name := range strings.Split(strings.TrimPrefix(lines[0], "\uFEFF"), ",") {
		if strings.TrimSpace(name) == importjob.ColumnUsername && column < 0 {
			column = i
		}
	}
	if column < 0 {
		return file
	}
	for i, line := range lines[1:] {
		values := splitRow(line)
		if column >= len(values) {
			continue
		}
		name := strings.TrimLeft(values[column], " \t")
		if strings.TrimSpace(name) != "" {
			values[column] = strings.TrimSuffix(values[column], name) + prefix + name
		}
		lines[i+1] = strings.Join(values, ",")
	}
	return strings.Join(lines, "\n")
}

// splitRow cuts a row at its commas, and leaves the escaped ones where they are.
func splitRow(line string) []string {
	var values []string
	start := 0
	for i := range len(line) {
		if line[i] == ',' && (i == 0 || line[i-1] != '\\') {
			values = append(values, line[start:i])
			start = i + 1
		}
	}
	return append(values, line[start:])
}
