package backendtest

import (
	"errors"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// saysExactly ends the check unless err is an *importjob.Error with this code and exactly this message.
func saysExactly(err error, code importjob.Code, message string) {
	refused(err, code)
	var e *importjob.Error
	errors.As(err, &e)
	equal("the message", e.Message, message)
}

// signedURL is what a pre-signed URL says about itself.
type signedURL struct {
	*url.URL
	date time.Time // X-Amz-Date
	life time.Duration
}

// signed returns what the URL of a job says. The check fails if the URL has no date or no lifetime.
func signed(job importjob.UserImportJob) signedURL {
	u := must(url.Parse(job.PreSignedURL))
	return signedURL{
		URL:  u,
		date: must(time.Parse("20060102T150405Z", u.Query().Get("X-Amz-Date"))),
		life: must(time.ParseDuration(u.Query().Get("X-Amz-Expires") + "s")),
	}
}

// advanceTo moves the clock to a time.
func (e *env) advanceTo(t time.Time) { e.Advance(t.Sub(e.Now())) }

// textRules are about texts that the service is known to use.
func textRules() []Rule {
	return []Rule{
		{Name: "pool/unknown-text", Kind: KindDocumented, Source: noPool,
			Sentence: "The error for a pool that does not exist says \"User pool <ID> does not exist.\"",
			check: func(e *env) {
				for _, call := range e.calls(nowhere()) {
					if call.op != importjob.OpUpload {
						_, err := call.do(e.ctx)
						saysExactly(err, importjob.ErrResourceNotFound, "User pool "+unknownPool+" does not exist.")
					}
				}
			}},
		{Name: "directory/unknown-user-text", Kind: KindDocumented, Source: noUser, Users: true,
			Sentence: "The error for a user that does not exist says \"User does not exist.\"",
			check: func(e *env) {
				_, err := e.Directory.User(e.ctx, userpool.Ref{UserPoolID: e.pool, Username: "ann"})
				saysExactly(err, userpool.ErrUserNotFound, "User does not exist.")
			}},
		{Name: "directory/user-exists-text", Kind: KindDocumented, Source: userThere, Users: true,
			Sentence: "The error for a username that another user has says \"User account already exists\".",
			check: func(e *env) {
				e.run(e.file(good("ann")))
				_, err := e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: "ann"})
				saysExactly(err, userpool.ErrUsernameExists, "User account already exists")
			}},
		{Name: "directory/username-text", Kind: KindDocumented, Source: wording, Users: true,
			Sentence: "The error for an empty username names both constraints that it breaks, and does not show the value.",
			check: func(e *env) {
				const message = "2 validation errors detected: Value at 'username' failed to satisfy constraint: " +
					"Member must have length greater than or equal to 1; Value at 'username' failed to satisfy constraint: " +
					`Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+`
				_, err := e.Directory.AddUser(e.ctx, e.pool, userpool.User{})
				saysExactly(err, importjob.ErrInvalidParameter, message)
				_, err = e.Directory.User(e.ctx, userpool.Ref{UserPoolID: e.pool})
				saysExactly(err, importjob.ErrInvalidParameter, message)
			}},
		{Name: "directory/username", Kind: KindDocumented, Source: model, Users: true,
			Sentence: "A username of more than 128 characters, or with white space in it, is refused. The error does not show it.",
			check: func(e *env) {
				for _, name := range []string{strings.Repeat("é", 129), "ann lee", "ann\tlee", "ann\nlee"} {
					_, err := e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: name})
					badInput(err, "Value at 'username' failed to satisfy constraint: Member must ")
					that(!strings.Contains(err.Error(), name), "the error shows the username")
					_, err = e.Directory.User(e.ctx, userpool.Ref{UserPoolID: e.pool, Username: name})
					badInput(err, "Value at 'username' failed to satisfy constraint: Member must ")
				}
				must(e.Directory.AddUser(e.ctx, e.pool, userpool.User{Username: strings.Repeat("é", 128)}))
			}},
		{Name: "run/message-length", Kind: KindDocumented, Source: model,
			Sentence: "A completion message has at most 128 characters.",
			check: func(e *env) {
				for _, column := range []string{strings.Repeat("x", 500), strings.Repeat("é", 500)} {
					n := utf8.RuneCountInString(e.run(csv(append(e.setup.Pools[0].Header(), column))).CompletionMessage)
					that(n >= 1 && n <= 128, "the message has %d characters", n)
				}
			}},
	}
}

// urlRules are about what a pre-signed URL says.
func urlRules() []Rule {
	return []Rule{
		{Name: "create/url-signature", Kind: KindDocumented, Source: cliStart,
			Sentence: "The URL of a job is signed with Signature Version 4. The signature covers the header x-amz-server-side-encryption.",
			check: func(e *env) {
				query := signed(e.create()).Query()
				equal("the algorithm", query.Get("X-Amz-Algorithm"), "AWS4-HMAC-SHA256")
				equal("the signed headers", query.Get("X-Amz-SignedHeaders"), "host;x-amz-server-side-encryption")
				that(query.Get("X-Amz-Signature") != "", "there is no signature")
			}},
		{Name: "create/url-lifetime", Kind: KindDocumented, Source: cliStart,
			Sentence: "The URL of a job says that it is valid for 899 seconds.",
			check:    func(e *env) { equal("X-Amz-Expires", signed(e.create()).life, 899*time.Second) }},
		{Name: "create/url-path", Kind: KindDocumented, Source: cliStart,
			Sentence: "The path of a job's URL ends in the ID of the pool and the ID of the job.",
			check: func(e *env) {
				job := e.create()
				path := signed(job).Path
				that(strings.HasSuffix(path, "/"+job.UserPoolID+"/"+job.JobID), "the path is %s", path)
			}},
		{Name: "upload/as-the-url-says", Kind: KindDocumented, Source: cliStart, Advances: true,
			Sentence: "A URL accepts uploads until a second before the end of its X-Amz-Expires, and none a second after it.",
			check: func(e *env) {
				e.unevenly()
				job, file := e.create(), e.file(good("ann"))
				end := signed(job).date.Add(signed(job).life)
				e.advanceTo(end.Add(-time.Second))
				e.upload(job, file)
				e.advanceTo(end.Add(time.Second))
				err := e.send(job, strings.NewReader(file), len(file))
				that(errors.Is(err, importjob.ErrURLExpired), "got the error %w, want %v", err, importjob.ErrURLExpired)
			}},
		{Name: "upload/last-second", Kind: KindAssumed, Source: "A69", Advances: true,
			Sentence: "In the last second of the 15 minutes after the job was created, its URL has expired: it is valid for 899 seconds.",
			check: func(e *env) {
				job, file := e.create(), e.file(good("ann"))
				e.advanceTo(job.CreationDate.Add(14*time.Minute + 59*time.Second + 500*time.Millisecond))
				err := e.send(job, strings.NewReader(file), len(file))
				that(errors.Is(err, importjob.ErrURLExpired), "got the error %w, want %v", err, importjob.ErrURLExpired)
				e.noCSV(job)
			}},
		{Name: "create/quota", Kind: KindDocumented, Source: quotas,
			Sentence: "By default a pool holds 1,000 jobs.",
			check: func(e *env) {
				for range 1000 {
					e.create()
				}
				_, err := e.Client.Create(e.ctx, e.input())
				refused(err, importjob.ErrLimitExceeded)
			}},
		{Name: "run/one-bad", Kind: KindDocumented, Source: cliList,
			Sentence: "A job whose only row fails ends Failed, with the documented message.",
			check: func(e *env) {
				job := e.run(e.file(unverified("ann")))
				equal("the status", job.Status, importjob.StatusFailed)
				equal("the counters", counters(job), [3]int64{0, 0, 1})
				equal("the message", job.CompletionMessage, "Too many users have failed or been skipped during the import.")
			}},
	}
}
