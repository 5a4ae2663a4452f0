package backendtest

import (
	"errors"
	"strings"

	"github.com/cognito-import/importjob"
)

// badInput ends the check unless err is an InvalidParameterException whose message has each of these sentences.
func badInput(err error, sentences ...string) {
	refused(err, importjob.ErrInvalidParameter)
	var e *importjob.Error
	errors.As(err, &e)
	for _, s := range sentences {
		that(strings.Contains(e.Message, s), "the message %q lacks %q", e.Message, s)
	}
}

// tooShort, tooLong and noMatch return the service's sentences about a value.
func tooShort(member string) string {
	return "at '" + member + "' failed to satisfy constraint: Member must have length greater than or equal to 1"
}

func tooLong(member, most string) string {
	return "at '" + member + "' failed to satisfy constraint: Member must have length less than or equal to " + most
}

func noMatch(value, member string) string {
	return "Value '" + value + "' at '" + member + "' failed to satisfy constraint: Member must satisfy regular expression pattern: "
}

// tryCreate tries an input of Create with one change.
func (e *env) tryCreate(change func(*importjob.CreateInput)) error {
	in := e.input()
	change(&in)
	_, err := e.Client.Create(e.ctx, in)
	return err
}

func (e *env) tryName(name string) error {
	return e.tryCreate(func(in *importjob.CreateInput) { in.JobName = name })
}

func (e *env) tryRole(arn string) error {
	return e.tryCreate(func(in *importjob.CreateInput) { in.CloudWatchLogsRoleARN = arn })
}

func (e *env) tryDescribe(jobID string) error {
	_, err := e.Client.Describe(e.ctx, importjob.Ref{UserPoolID: e.pool, JobID: jobID})
	return err
}

func (e *env) tryHeader(pool string) error {
	_, err := e.Client.CSVHeader(e.ctx, pool)
	return err
}

func (e *env) tryList(page importjob.Page) error {
	_, _, err := e.Client.List(e.ctx, e.pool, page)
	return err
}

func inputRules() []Rule {
	return []Rule{
		{Name: "input/job-name", Kind: KindDocumented, Source: model,
			Sentence: "A job name has 1 to 128 letters, digits, white space and _+=,.@-.",
			check: func(e *env) {
				badInput(e.tryName(""), tooShort("jobName"))
				badInput(e.tryName(strings.Repeat("n", 129)), tooLong("jobName", "128"))
				for _, name := range []string{"a:b", "a/b", "naïve", "it's", "100%"} {
					badInput(e.tryName(name), noMatch(name, "jobName"))
				}
			}},
		{Name: "input/job-name-edges", Kind: KindDocumented, Source: model,
			Sentence: "Create accepts job names of 1 and of 128 characters, and names with every kind of allowed character.",
			check: func(e *env) {
				for _, name := range []string{"x", strings.Repeat("n", 128), "a b_c+d=e,f.g@h-0\t9", " "} {
					ok("the name "+name, e.tryName(name))
				}
			}},
		{Name: "input/pool-id", Kind: KindDocumented, Source: model,
			Sentence: "A pool ID has 1 to 55 characters and an underscore in it.",
			check: func(e *env) {
				badInput(e.tryHeader(""), tooShort("userPoolId"))
				badInput(e.tryHeader("us-west-2_"+strings.Repeat("a", 46)), tooLong("userPoolId", "55"))
				for _, id := range []string{"us-west-2", "us-west-2_", "_abc", "us.west_abc", "us-west-2_a-b"} {
					badInput(e.tryHeader(id), noMatch(id, "userPoolId"))
				}
				refused(e.tryHeader("us-west-2_"+strings.Repeat("a", 45)), importjob.ErrResourceNotFound)
			}},
		{Name: "input/pool-id-everywhere", Kind: KindDocumented, Source: model,
			Sentence: "Every operation refuses a malformed pool ID.",
			check: func(e *env) {
				job := nowhere()
				job.UserPoolID = "no-underscore"
				for _, call := range e.calls(job) {
					_, err := call.do(e.ctx)
					badInput(err, noMatch("no-underscore", "userPoolId"))
				}
			}},
		{Name: "input/job-id", Kind: KindDocumented, Source: model,
			Sentence: "A job ID is import- and letters, digits and hyphens, up to 55 characters.",
			check: func(e *env) {
				badInput(e.tryDescribe(""), tooShort("jobId"))
				badInput(e.tryDescribe("import-"+strings.Repeat("a", 49)), tooLong("jobId", "55"))
				for _, id := range []string{"import-", "import_abc", "Import-abc", "import-a.b", "abc"} {
					badInput(e.tryDescribe(id), noMatch(id, "jobId"))
				}
				refused(e.tryDescribe("import-"+strings.Repeat("a", 48)), importjob.ErrResourceNotFound)
			}},
		{Name: "input/job-id-everywhere", Kind: KindDocumented, Source: model,
			Sentence: "Every operation on a job refuses a malformed job ID.",
			check: func(e *env) {
				job := importjob.UserImportJob{UserPoolID: e.pool, JobID: "job-1", PreSignedURL: "https://notthere.invalid/"}
				for _, call := range e.calls(job) {
					if call.ofJob || call.op == importjob.OpUpload {
						_, err := call.do(e.ctx)
						badInput(err, noMatch("job-1", "jobId"))
					}
				}
			}},
		{Name: "input/role", Kind: KindDocumented, Source: model,
			Sentence: "A role is an ARN of 20 to 2048 characters.",
			check: func(e *env) {
				badInput(e.tryRole("arn:aws:iam::1:r"), "at 'cloudWatchLogsRoleArn'", "greater than or equal to 20")
				badInput(e.tryRole("arn:aws:iam::1:"+strings.Repeat("r", 2048)), tooLong("cloudWatchLogsRoleArn", "2048"))
				for _, arn := range []string{"CognitoCloudWatchLogsRole", "arn:aws:iam::account:role/logs", "urn:aws:iam::111111111111:role/logs"} {
					badInput(e.tryRole(arn), noMatch(arn, "cloudWatchLogsRoleArn"))
				}
				ok("a role in China", e.tryRole("arn:aws-cn:iam::111111111111:role/service-role/logs+=,.@-"))
			}},
		{Name: "input/algorithm", Kind: KindDocumented, Source: api("CreateUserImportJob"),
			Sentence: "A password hashing algorithm is BCRYPT, SCRYPT, ARGON2ID, PBKDF2_SHA256 or empty.",
			Setup:    inPool(func(p *importjob.Pool) { p.PasswordHashes = true }),
			check: func(e *env) {
				try := func(a importjob.PasswordHashingAlgorithm) error {
					return e.tryCreate(func(in *importjob.CreateInput) { in.PasswordHashingAlgorithm = a })
				}
				for _, a := range []importjob.PasswordHashingAlgorithm{"MD5", "bcrypt", "PBKDF2"} {
					badInput(try(a), "at 'passwordHashingAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: ")
				}
				for _, a := range []importjob.PasswordHashingAlgorithm{"BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256", ""} {
					ok("the algorithm "+string(a), try(a))
				}
			}},
		{Name: "input/max-results", Kind: KindDocumented, Source: api("ListUserImportJobs"),
			Sentence: "List accepts a MaxResults of 1 to 60.",
			check: func(e *env) {
				badInput(e.tryList(importjob.Page{MaxResults: 61}), "Value '61' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 60")
				badInput(e.tryList(importjob.Page{MaxResults: -1}), "Value '-1' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1")
				ok("60", e.tryList(importjob.Page{MaxResults: 60}))
				ok("1", e.tryList(importjob.Page{MaxResults: 1}))
			}},
		{Name: "input/limit", Kind: KindDocumented, Source: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html",
			Sentence: "Results accepts a MaxResults of 1 to 10,000.",
			check: func(e *env) {
				job := e.run(e.file(good("ann")))
				try := func(n int) error {
					_, _, err := e.Client.Results(e.ctx, job.Ref(), importjob.Page{MaxResults: n})
					return err
				}
				badInput(try(10_001), "at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000")
				badInput(try(-1), "at 'limit'")
				ok("10,000", try(10_000))
			}},
		{Name: "input/token", Kind: KindDocumented, Source: api("ListUserImportJobs"),
			Sentence: "A token has no white space.",
			check: func(e *env) {
				for _, token := range []string{"a b", " ", "a\n"} {
					badInput(e.tryList(importjob.Page{Token: token}), noMatch(token, "paginationToken"))
				}
			}},
		{Name: "input/upload", Kind: KindContract, Source: "importjob.Client",
			Sentence: "Upload without the job's URL, or with a negative size, returns an ErrInvalidParameter.",
			check: func(e *env) {
				job := e.create()
				refused(e.Client.Upload(e.ctx, job, strings.NewReader("x"), -1), importjob.ErrInvalidParameter)
				job.PreSignedURL = ""
				refused(e.Client.Upload(e.ctx, job, strings.NewReader("x"), 1), importjob.ErrInvalidParameter)
			}},
		{Name: "input/wording-one", Kind: KindDocumented, Source: wording,
			Sentence: "The message about one broken constraint begins with \"1 validation error detected: \".",
			check: func(e *env) {
				badInput(e.tryName("a:b"), "1 validation error detected: "+noMatch("a:b", "jobName"))
			}},
		{Name: "input/wording-many", Kind: KindDocumented, Source: wording,
			Sentence: "The message counts several broken constraints and joins them with \"; \".",
			check: func(e *env) {
				err := e.tryCreate(func(in *importjob.CreateInput) { in.JobName, in.UserPoolID = "", "pool" })
				badInput(err, "3 validation errors detected: Value '' "+tooShort("jobName")+"; Value '' at 'jobName'",
					"; "+noMatch("pool", "userPoolId"))
			}},
		{Name: "input/refused-leaves-nothing", Kind: KindContract, Source: "importjob.Client",
			Sentence: "A refused Create creates no job.",
			check: func(e *env) {
				refused(e.tryName("a:b"), importjob.ErrInvalidParameter)
				equal("the number of jobs", len(e.jobs(e.pool, 0)), 0)
			}},
	}
}
