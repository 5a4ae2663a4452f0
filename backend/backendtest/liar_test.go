package backendtest_test

import (
	"context"
	"io"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// liar is a Client and a Directory that tells lies about the ones behind it. A hook that is nil
// tells the truth.
type liar struct {
	importjob.Client
	userpool.Directory

	onJob    func(op importjob.Op, job *importjob.UserImportJob) // each job in an answer
	onError  func(op importjob.Op, err error) error
	onHeader func(header []string) []string
	onPool   func(p *importjob.Pool)
	onFile   func(file string) string // each file that is uploaded
	onUser   func(u *userpool.User)

	create   func(ctx context.Context, in importjob.CreateInput) (importjob.UserImportJob, error)
	upload   func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error
	start    func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error)
	stop     func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error)
	describe func(ctx context.Context, ref importjob.Ref) (importjob.UserImportJob, error)
	list     func(ctx context.Context, pool string, page importjob.Page) ([]importjob.UserImportJob, string, error)
	results  func(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error)

	user       func(ctx context.Context, ref userpool.Ref) (userpool.User, error)
	users      func(ctx context.Context, pool string, page importjob.Page) ([]userpool.User, string, error)
	addUser    func(ctx context.Context, pool string, u userpool.User) (userpool.User, error)
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

func (l *liar) User(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
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

func (l *liar) Users(ctx context.Context, pool string, page importjob.Page) ([]userpool.User, string, error) {
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

func (l *liar) AddUser(ctx context.Context, pool string, u userpool.User) (userpool.User, error) {
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
