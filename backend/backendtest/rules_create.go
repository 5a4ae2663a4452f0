package backendtest

import (
	"context"
	"errors"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

func createRules() []Rule {
	return []Rule{
		{Name: "create/new-job", Kind: KindDocumented, Source: cliCreate,
			Sentence: "A new job is Created, with zero counters, and without start date, completion date and message.",
			check: func(e *env) {
				job := e.create()
				equal("the status", job.Status, importjob.StatusCreated)
				equal("the counters", counters(job), [3]int64{})
				that(job.StartDate.IsZero() && job.CompletionDate.IsZero(), "a new job has a start or completion date")
				equal("the message", job.CompletionMessage, "")
			}},
		{Name: "create/echo", Kind: KindDocumented, Source: api("CreateUserImportJob"),
			Sentence: "A new job has the name, pool, role and algorithm of the input.",
			Setup:    inPool(func(p *importjob.Pool) { p.PasswordHashes = true }),
			check: func(e *env) {
				in := e.input()
				in.JobName, in.PasswordHashingAlgorithm = "Spring, 2nd try", importjob.HashARGON2ID
				job := must(e.Client.Create(e.ctx, in))
				equal("the input", importjob.CreateInput{JobName: job.JobName, UserPoolID: job.UserPoolID,
					CloudWatchLogsRoleARN: job.CloudWatchLogsRoleARN, PasswordHashingAlgorithm: job.PasswordHashingAlgorithm}, in)
				equal("the algorithm of another job", e.create().PasswordHashingAlgorithm, "")
			}},
		{Name: "create/id", Kind: KindDocumented, Source: cliList,
			Sentence: "A job ID is import- and ten letters and digits. No two jobs have the same ID.",
			check: func(e *env) {
				form, ids := regexp.MustCompile(`^import-[0-9A-Za-z]{10}$`), map[string]bool{}
				for range 20 {
					id := e.create().JobID
					that(form.MatchString(id), "the ID is %q", id)
					that(!ids[id], "the ID %s is there twice", id)
					ids[id] = true
				}
			}},
		{Name: "create/date", Kind: KindDocumented, Source: api("UserImportJobType"),
			Sentence: "The creation date of a job is the time of the Create.",
			check: func(e *env) {
				e.unevenly()
				before := backend.Date(e.Now())
				date := e.create().CreationDate
				that(!date.Before(before) && !date.After(e.Now()), "created at %v, but the clock said %v", date, before)
			}},
		{Name: "create/url", Kind: KindDocumented, Source: api("UserImportJobType"),
			Sentence: "Each job has its own URL. The URL is absolute and has at most 2048 characters.",
			check: func(e *env) {
				one, two := e.create().PreSignedURL, e.create().PreSignedURL
				that(one != two, "two jobs have the same URL")
				u, err := url.Parse(one)
				that(err == nil && u.IsAbs() && u.Host != "", "the URL is not absolute")
				that(len(one) <= 2048, "the URL has %d characters", len(one))
			}},
		{Name: "create/described", Kind: KindDocumented, Source: api("DescribeUserImportJob"),
			Sentence: "Describe returns a new job as Create did, with its URL.",
			check: func(e *env) {
				job := e.create()
				sameJob("the job", e.describe(job), job)
			}},
		{Name: "create/same-name", Kind: KindAssumed, Source: "A27",
			Sentence: "Two jobs of a pool may have the same name.",
			check: func(e *env) {
				one, two := e.create(), e.create()
				equal("the second name", two.JobName, one.JobName)
				that(one.JobID != two.JobID, "they are one job")
			}},
		{Name: "create/limit", Kind: KindDocumented, Source: quotas,
			Sentence: "A pool that holds its limit of jobs refuses another with a LimitExceededException.",
			Setup:    Setup{MaxJobs: 3},
			check: func(e *env) {
				refused(e.tryName("a:b"), importjob.ErrInvalidParameter) // a refused Create does not count
				for range 3 {
					e.create()
				}
				_, err := e.Client.Create(e.ctx, e.input())
				refused(err, importjob.ErrLimitExceeded)
				equal("the number of jobs", len(e.jobs(e.pool, 0)), 3)
			}},
		{Name: "create/limit-is-per-pool", Kind: KindDocumented, Source: quotas,
			Sentence: "Each pool has its own limit of jobs.",
			Setup:    Setup{MaxJobs: 1, Pools: twoPools().Pools},
			check: func(e *env) {
				e.createIn(e.pool)
				e.createIn(e.other)
			}},
		{Name: "create/limit-counts-all", Kind: KindAssumed, Source: "A42",
			Sentence: "Jobs that have ended count towards the limit: no operation deletes a job.",
			Setup:    Setup{MaxJobs: 2}, Advances: true,
			check: func(e *env) {
				e.run(e.file(good("ann")))
				e.create()
				e.Advance(72 * time.Hour)
				_, err := e.Client.Create(e.ctx, e.input())
				refused(err, importjob.ErrLimitExceeded)
			}},
		{Name: "create/unknown-pool", Kind: KindDocumented, Source: api("CreateUserImportJob"),
			Sentence: "Create in a pool that does not exist returns a ResourceNotFoundException.",
			check: func(e *env) {
				refused(e.tryCreate(func(in *importjob.CreateInput) { in.UserPoolID = unknownPool }), importjob.ErrResourceNotFound)
			}},
		{Name: "create/hashes-refused", Kind: KindAssumed, Source: "A26",
			Sentence: "A pool that takes no password hashes refuses a job with an algorithm: InvalidParameterException.",
			check: func(e *env) {
				refused(e.tryCreate(func(in *importjob.CreateInput) { in.PasswordHashingAlgorithm = importjob.HashBCRYPT }),
					importjob.ErrInvalidParameter)
			}},
	}
}

// noCSV ends the check unless Start refuses a job because it has no file.
func (e *env) noCSV(job importjob.UserImportJob) {
	_, err := e.Client.Start(e.ctx, job.Ref())
	refused(err, importjob.ErrPreconditionNotMet)
	var refusal *importjob.Error
	errors.As(err, &refusal)
	that(strings.HasPrefix(refusal.Message, "No csv file was uploaded for "+job.JobID), "the message is %q", refusal.Message)
}

// send uploads a body of any size and returns the error.
func (e *env) send(job importjob.UserImportJob, body io.Reader, size int) error {
	return e.Client.Upload(e.ctx, job, body, int64(size))
}

var errBroken = errors.New("the disk is broken")

// broken returns a body that fails in the middle.
func broken(file string) io.Reader {
	return io.MultiReader(strings.NewReader(file[:len(file)/2]), errReader{})
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errBroken }

func uploadRules() []Rule {
	return []Rule{
		{Name: "upload/changes-nothing-visible", Kind: KindDocumented, Source: guide,
			Sentence: "An upload does not change the job: it stays Created.",
			check: func(e *env) {
				job := e.uploaded(e.file(good("ann")))
				sameJob("the job", e.describe(job), job)
			}},
		{Name: "upload/stream", Kind: KindDocumented, Source: s3Put,
			Sentence: "Upload sends the whole body, also if each Read returns one byte.",
			check: func(e *env) {
				job, file := e.create(), e.file(goods(3)...)
				ok("Upload", e.send(job, slow{strings.NewReader(file)}, len(file)))
				equal("the counters", counters(e.finish(e.start(job))), [3]int64{3, 0, 0})
			}},
		{Name: "upload/short-body", Kind: KindDocumented, Source: s3Put,
			Sentence: "Upload of a body that is shorter than its size returns an error, and the job keeps no file.",
			check: func(e *env) {
				job, file := e.create(), e.file(good("ann"))
				that(e.send(job, strings.NewReader(file), len(file)+1) != nil, "there is no error")
				e.noCSV(job)
			}},
		{Name: "upload/long-body", Kind: KindContract, Source: "importjob.Client",
			Sentence: "Upload of a body that is longer than its size returns an error, and the job keeps no file.",
			check: func(e *env) {
				job, file := e.create(), e.file(good("ann"))
				that(e.send(job, strings.NewReader(file+"more"), len(file)) != nil, "there is no error")
				e.noCSV(job)
			}},
		{Name: "upload/broken-body", Kind: KindContract, Source: "importjob.Client",
			Sentence: "Upload returns the error of a body that cannot be read to its end, and the job keeps no file.",
			check: func(e *env) {
				job, file := e.create(), e.file(goods(20)...)
				err := e.send(job, broken(file), len(file))
				wraps("Upload", err, errBroken)
				e.noCSV(job)
			}},
		{Name: "upload/canceled", Kind: KindContract, Source: "importjob.Client",
			Sentence: "An upload ends when its context ends while the body is read.",
			check: func(e *env) {
				ctx, cancel := context.WithCancel(e.ctx)
				defer cancel()
				file := e.file(goods(20)...)
				body := io.MultiReader(strings.NewReader(file[:100]), caller(cancel), strings.NewReader(file[100:]))
				err := e.Client.Upload(ctx, e.create(), body, int64(len(file)))
				wraps("Upload", err, context.Canceled)
			}},
		{Name: "upload/broken-leaves-former", Kind: KindDocumented, Source: s3Put,
			Sentence: "After an upload that failed, the job still has the file that was uploaded before.",
			check: func(e *env) {
				job, file := e.uploaded(e.file(good("ann"))), e.file(goods(20)...)
				that(e.send(job, broken(file), len(file)) != nil, "there is no error")
				equal("the counters", counters(e.finish(e.start(job))), [3]int64{1, 0, 0})
			}},
		{Name: "upload/again", Kind: KindDocumented, Source: s3Put,
			Sentence: "Uploading again replaces the file.",
			check: func(e *env) {
				job := e.uploaded(e.file(goods(5)...))
				e.upload(job, e.file(good("ann"), unverified("bob")))
				equal("the counters", counters(e.finish(e.start(job))), [3]int64{1, 0, 1})
			}},
		{Name: "upload/one-job", Kind: KindDocumented, Source: cliStart,
			Sentence: "A file belongs to the job whose URL it was sent to, and to no other job.",
			check: func(e *env) {
				one, two := e.create(), e.create()
				e.upload(two, e.file(good("ann")))
				e.noCSV(one)
				equal("the counters of the other", counters(e.finish(e.start(two))), [3]int64{1, 0, 0})
			}},
		{Name: "upload/garbage", Kind: KindDocumented, Source: guide,
			Sentence: "The service checks a file when the job runs, not at the upload. A file that it cannot read makes the job Failed.",
			check: func(e *env) {
				for _, file := range []string{"", "\x00\xff\xfe", "{}\n", "name,email\n"} {
					job := e.uploaded(file)
					equal("the status before", e.describe(job).Status, importjob.StatusCreated)
					e.fails(e.finish(e.start(job)))
				}
			}},
		{Name: "upload/lifetime", Kind: KindDocumented, Source: guide, Advances: true,
			Sentence: "For nearly 15 minutes the URL of a job accepts uploads, also more than one.",
			check: func(e *env) {
				job := e.create()
				e.Advance(14*time.Minute + 58*time.Second)
				e.upload(job, e.file(goods(5)...))
				e.upload(job, e.file(good("ann")))
				equal("the counters", counters(e.finish(e.start(job))), [3]int64{1, 0, 0})
			}},
		{Name: "upload/expired", Kind: KindDocumented, Source: guide, Advances: true,
			Sentence: "From 15 minutes after the job was created Upload returns an ErrURLExpired, and the job keeps no file.",
			check: func(e *env) {
				job, file := e.create(), e.file(good("ann"))
				e.Advance(15 * time.Minute)
				err := e.send(job, strings.NewReader(file), len(file))
				wraps("Upload", err, importjob.ErrURLExpired)
				e.noCSV(job)
			}},
		{Name: "upload/expired-code", Kind: KindDocumented, Source: s3Errors, Advances: true,
			Sentence: "The error for an expired URL has the code of S3: AccessDenied.",
			check: func(e *env) {
				job := e.create()
				e.Advance(20 * time.Minute)
				refused(e.send(job, strings.NewReader("x"), 1), importjob.ErrS3AccessDenied)
			}},
		{Name: "upload/after-start", Kind: KindAssumed, Source: "A22",
			Sentence: "An upload after the start of a job does not change its run.",
			Setup:    Setup{PendingFor: 10 * time.Second}, Advances: true,
			check: func(e *env) {
				job := e.started(e.file(good("ann")))
				file := e.file(goods(5)...)
				_ = e.send(job, strings.NewReader(file), len(file)) // Upload may return an error or not
				equal("the counters", counters(e.finish(job)), [3]int64{1, 0, 0})
			}},
	}
}

// caller is an empty reader that calls a function.
type caller func()

func (c caller) Read([]byte) (int, error) {
	c()
	return 0, io.EOF
}

// slow is a reader that returns one byte at a time, and is not an io.Seeker.
type slow struct{ r io.Reader }

func (s slow) Read(p []byte) (int, error) { return s.r.Read(p[:min(1, len(p))]) }
