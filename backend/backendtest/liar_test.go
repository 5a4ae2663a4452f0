package backendtest_test

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
)

// liar is a Client and a Directory that tells lies about the ones behind it. A hook that is nil
// tells the truth.
type liar struct {
	importjob.Client
	importjob.Directory

	onJob    func(op importjob.Op, job *importjob.UserImportJob) // each job in an answer
	onError  func(op importjob.Op, err error) error
	onHeader func(header []string) []string
	onPool   func(p *importjob.Pool)
	onFile   func(file string) string // each file that is uploaded
	onUser   func(u *importjob.PoolUser)

	create   func(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error)
	upload   func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error
	start    func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error)
	stop     func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error)
	describe func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error)
	list     func(ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error)
	results  func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error)

	user       func(ctx context.Context, ref importjob.UserRef) (importjob.PoolUser, error)
	users      func(ctx context.Context, pool string, page importjob.Page) ([]importjob.PoolUser, string, error)
	addUser    func(ctx context.Context, pool string, u importjob.PoolUser) (importjob.PoolUser, error)
	countUsers func(ctx context.Context, pool string) (int64, error)
}

// answered passes the answer of a call through the hooks.
func (l *liar) answered(op importjob.Op, job importjob.UserImportJob, err error) (importjob.UserImportJob, error) {
	if err == nil && l.onJob != nil {
		l.onJob(op, &job)
	}
	return job, l.failed(op, err)
}

func (l *liar) failed(op importjob.Op, err error) error {
	if err != nil && l.onError != nil {
		return l.onError(op, err)
	}
	return err
}

func (l *liar) CSVHeader(ctx context.Context, pool string) ([]string, error) {
	header, err := l.Client.CSVHeader(ctx, pool)
	if err == nil && l.onHeader != nil {
		header = l.onHeader(header)
	}
	return header, l.failed(importjob.OpCSVHeader, err)
}

func (l *liar) Create(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error) {
	do := l.Client.Create
	if l.create != nil {
		do = l.create
	}
	job, err := do(ctx, in)
	return l.answered(importjob.OpCreate, job, err)
}

func (l *liar) Upload(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
	do := l.Client.Upload
	if l.upload != nil {
		do = l.upload
	}
	if l.onFile != nil {
		data, err := io.ReadAll(body)
		if err == nil && int64(len(data)) == size {
			data = []byte(l.onFile(string(data)))
			size = int64(len(data))
		}
		body = io.MultiReader(strings.NewReader(string(data)), failing{err})
	}
	return l.failed(importjob.OpUpload, do(ctx, job, body, size))
}

// failing gives an error, or the end.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

func (l *liar) Start(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return l.ofJob(ctx, importjob.OpStart, ref, l.start, l.Client.Start)
}

func (l *liar) Stop(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return l.ofJob(ctx, importjob.OpStop, ref, l.stop, l.Client.Stop)
}

func (l *liar) Describe(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
	return l.ofJob(ctx, importjob.OpDescribe, ref, l.describe, l.Client.Describe)
}

type ofJob = func(context.Context, importjob.Ref) (importjob.UserImportJob, error)

func (l *liar) ofJob(ctx context.Context, op importjob.Op, ref importjob.Ref, lie, truth ofJob) (importjob.UserImportJob, error) {
	if lie != nil {
		truth = lie
	}
	job, err := truth(ctx, ref)
	return l.answered(op, job, err)
}

func (l *liar) List(ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error) {
	do := l.Client.List
	if l.list != nil {
		do = l.list
	}
	jobs, next, err := do(ctx, pool, page)
	if l.onJob != nil {
		for i := range jobs {
			l.onJob(importjob.OpList, &jobs[i])
		}
	}
	return jobs, next, l.failed(importjob.OpList, err)
}

func (l *liar) Results(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
	do := l.Client.Results
	if l.results != nil {
		do = l.results
	}
	rows, next, err := do(ctx, ref, page)
	return rows, next, l.failed(importjob.OpResults, err)
}

func (l *liar) Pool(ctx context.Context, pool string) (importjob.Pool, error) {
	p, err := l.Client.Pool(ctx, pool)
	if err == nil && l.onPool != nil {
		l.onPool(&p)
	}
	return p, l.failed(importjob.OpPool, err)
}

func (l *liar) User(ctx context.Context, ref importjob.UserRef) (importjob.PoolUser, error) {
	do := l.Directory.User
	if l.user != nil {
		do = l.user
	}
	u, err := do(ctx, ref)
	if err == nil && l.onUser != nil {
		l.onUser(&u)
	}
	return u, err
}

func (l *liar) Users(ctx context.Context, pool string, page importjob.Page) ([]importjob.PoolUser, string, error) {
	do := l.Directory.Users
	if l.users != nil {
		do = l.users
	}
	users, next, err := do(ctx, pool, page)
	if l.onUser != nil {
		for i := range users {
			l.onUser(&users[i])
		}
	}
	return users, next, err
}

func (l *liar) AddUser(ctx context.Context, pool string, u importjob.PoolUser) (importjob.PoolUser, error) {
	if l.addUser != nil {
		return l.addUser(ctx, pool, u)
	}
	return l.Directory.AddUser(ctx, pool, u)
}

func (l *liar) CountUsers(ctx context.Context, pool string) (int64, error) {
	if l.countUsers != nil {
		return l.countUsers(ctx, pool)
	}
	return l.Directory.CountUsers(ctx, pool)
}

// eachRow is a lie about a file: it changes its rows, given as values by column. A row of another
// length than the header stays. A row that becomes nil is left out.
func eachRow(change func(row map[string]string) map[string]string) func(string) string {
	return func(file string) string {
		head, rest, _ := strings.Cut(file, "\n")
		header := strings.Split(head, ",")
		lines := []string{head}
		for line := range strings.SplitSeq(rest, "\n") {
			values := splitRow(line)
			if len(values) != len(header) {
				lines = append(lines, line)
				continue
			}
			row := map[string]string{}
			for i, name := range header {
				row[name] = values[i]
			}
			if row = change(row); row == nil {
				continue
			}
			for i, name := range header {
				values[i] = row[name]
			}
			lines = append(lines, strings.Join(values, ","))
		}
		return strings.Join(lines, "\n")
	}
}

// splitRow splits a row at the commas that are not escaped.
func splitRow(line string) []string {
	const escaped = "\x00"
	values := strings.Split(strings.ReplaceAll(line, `\,`, escaped), ",")
	for i := range values {
		values[i] = strings.ReplaceAll(values[i], escaped, `\,`)
	}
	return values
}

// value is a lie about the values of a column.
func value(column string, change func(string) string) func(l *liar) {
	return func(l *liar) {
		l.onFile = eachRow(func(row map[string]string) map[string]string {
			if v, ok := row[column]; ok {
				row[column] = change(v)
			}
			return row
		})
	}
}

// anyValue takes any value of a column for a good one.
func anyValue(column, good string) func(l *liar) {
	return value(column, func(v string) string {
		if v == "" {
			return ""
		}
		return good
	})
}

// attribute is a lie about the attributes of users.
func attribute(change func(name, value string) (string, string)) func(l *liar) {
	return func(l *liar) {
		l.onUser = func(u *importjob.PoolUser) {
			var list []importjob.Attribute
			for name, value := range u.Attributes.All() {
				name, value = change(name, value)
				list = append(list, importjob.Attribute{Name: name, Value: value})
			}
			u.Attributes = importjob.NewAttributes(list...)
		}
	}
}

// extra gives users an attribute more.
func extra(name, value string) func(l *liar) {
	return func(l *liar) {
		l.onUser = func(u *importjob.PoolUser) {
			var list []importjob.Attribute
			for name, value := range u.Attributes.All() {
				list = append(list, importjob.Attribute{Name: name, Value: value})
			}
			u.Attributes = importjob.NewAttributes(append(list, importjob.Attribute{Name: name, Value: value})...)
		}
	}
}

// everyJob is a lie about each job in an answer.
func everyJob(change func(job *importjob.UserImportJob)) func(l *liar) {
	return func(l *liar) {
		l.onJob = func(_ importjob.Op, job *importjob.UserImportJob) { change(job) }
	}
}

// jobsIn is a lie about jobs in certain statuses.
func jobsIn(change func(job *importjob.UserImportJob), statuses ...importjob.Status) func(l *liar) {
	return everyJob(func(job *importjob.UserImportJob) {
		if slices.Contains(statuses, job.Status) {
			change(job)
		}
	})
}

// everyRow is a lie about each result line.
func everyRow(change func(r *importjob.RowResult)) func(l *liar) {
	return resultsAre(func(rows []importjob.RowResult) []importjob.RowResult {
		for i := range rows {
			change(&rows[i])
		}
		return rows
	})
}

// resultsAre is a lie about each page of results.
func resultsAre(change func([]importjob.RowResult) []importjob.RowResult) func(l *liar) {
	return func(l *liar) {
		l.results = func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
			rows, next, err := l.Client.Results(ctx, ref, page)
			return change(rows), next, err
		}
	}
}

// startAnyway pretends that a refused Start has succeeded, if it was refused for a job in one of
// these statuses.
func startAnyway(statuses ...importjob.Status) func(l *liar) {
	return func(l *liar) {
		l.start = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
			return anyway(ctx, l, ref, l.Client.Start, importjob.StatusPending, statuses)
		}
	}
}

// stopAnyway is the same for Stop.
func stopAnyway(statuses ...importjob.Status) func(l *liar) {
	return func(l *liar) {
		l.stop = func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error) {
			return anyway(ctx, l, ref, l.Client.Stop, importjob.StatusStopped, statuses)
		}
	}
}

func anyway(ctx context.Context, l *liar, ref importjob.Ref, do ofJob, pretended importjob.Status, statuses []importjob.Status) (importjob.UserImportJob, error) {
	job, err := do(ctx, ref)
	if err == nil {
		return job, nil
	}
	if now, lookErr := l.Client.Describe(ctx, ref); lookErr == nil && slices.Contains(statuses, now.Status) {
		now.Status = pretended
		return now, nil
	}
	return job, err
}
