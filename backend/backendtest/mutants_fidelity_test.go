package backendtest_test

import (
	"context"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// fidelityMutants are lies that one rule alone finds out.
func fidelityMutants() []mutant {
	return slices.Concat(textMutants(), urlMutants(), schemaMutants(), settingMutants(), nameMutants(), lookupMutants(), boundMutants())
}

// Another rule that found such a lie out would not need the rule for it.
func TestFidelityLiesAreFoundOutByOneRule(t *testing.T) {
	testkit.Long(t, "checks every rule on every lie about documented facts")
	for _, m := range fidelityMutants() {
		t.Run(m.lie, func(t *testing.T) {
			found := slices.DeleteFunc(m.killers(t, heavy), isAboutAdministrators)
			assert.Equal(t, []string{m.kills}, found)
		})
	}
}

// isAboutAdministrators reports whether a rule is about what an administrator does to users. Such a rule looks at pools
// and users from several sides, and may find a lie about one of them, too.
func isAboutAdministrators(rule string) bool {
	theme, _, _ := strings.Cut(rule, "/")
	return slices.Contains([]string{"admin", "groups", "passwords", "clients"}, theme)
}

// inWords is the lie that an error with a code has a message with other words.
func inWords(code importjob.Code, old, other string) func(*liar) {
	return says(code, func(_ importjob.Op, e importjob.Error) error {
		e.Message = strings.Replace(e.Message, old, other, 1)
		return &e
	})
}

// userErrors is a lie about the errors of User and AddUser.
func userErrors(change func(e *importjob.Error)) func(*liar) {
	return func(l *liar) {
		lie := func(err error) error {
			var e *importjob.Error
			if !errors.As(err, &e) {
				return err
			}
			other := *e
			change(&other)
			return &other
		}
		l.user = func(ctx context.Context, ref userpool.Ref) (userpool.User, error) {
			u, err := l.Directory.User(ctx, ref)
			return u, lie(err)
		}
		l.addUser = func(ctx context.Context, pool string, u userpool.User) (userpool.User, error) {
			u, err := l.Directory.AddUser(ctx, pool, u)
			return u, lie(err)
		}
	}
}

func textMutants() []mutant {
	return []mutant{
		{lie: "a pool that does not exist is not found", kills: "pool/unknown-text", tell: inWords(importjob.ErrResourceNotFound, "does not exist", "was not found")},
		{lie: "a pool that does not exist is told without its ID", kills: "pool/unknown-text", tell: inWords(importjob.ErrResourceNotFound, "us-west-2_NotThere1 ", "")},
		{lie: "a user that does not exist is told without a full stop", kills: "directory/unknown-user-text", tell: userErrors(func(e *importjob.Error) {
			e.Message = strings.Replace(e.Message, "User does not exist.", "User does not exist", 1)
		})},
		{lie: "a username that is taken is told with a full stop", kills: "directory/user-exists-text", tell: userErrors(func(e *importjob.Error) {
			e.Message = strings.Replace(e.Message, "already exists", "already exists.", 1)
		})},
		{lie: "an error about a username has one constraint", kills: "directory/username-text", tell: userErrors(func(e *importjob.Error) {
			e.Message, _, _ = strings.Cut(strings.Replace(e.Message, "2 validation errors", "1 validation error", 1), "; ")
		})},
		{lie: "an error shows the username", kills: "directory/username", tell: func(l *liar) {
			l.addUser = func(ctx context.Context, pool string, u userpool.User) (userpool.User, error) {
				added, err := l.Directory.AddUser(ctx, pool, u)
				var e *importjob.Error
				if errors.As(err, &e) && e.Code == importjob.ErrInvalidParameter && u.Username != "" {
					e.Message += " (" + u.Username + ")"
				}
				return added, err
			}
		}},
		{lie: "a long username is cut when a user is added", kills: "directory/username", tell: func(l *liar) {
			l.addUser = func(ctx context.Context, pool string, u userpool.User) (userpool.User, error) {
				u.Username = string([]rune(u.Username)[:min(128, len([]rune(u.Username)))])
				return l.Directory.AddUser(ctx, pool, u)
			}
		}},
		{lie: "a completion message has the whole header", kills: "run/message-length", tell: func(l *liar) {
			var file atomic.Value
			l.onFile = func(f string) string { file.Store(f); return f }
			l.onJob = func(_ importjob.Op, j *importjob.UserImportJob) {
				text, _ := file.Load().(string)
				header, _, _ := strings.Cut(text, "\n")
				if j.Status == importjob.StatusFailed && len(header) > 600 && !j.CompletionDate.IsZero() && j.CompletionMessage != importjob.MessageTooManyFailed {
					j.CompletionMessage += header
				}
			}
		}},
	}
}

// inURLs is a lie about what pre-signed URLs say. The true ones are good for uploads.
func inURLs(change func(u *url.URL)) func(*liar) {
	return func(l *liar) {
		var truth sync.Map // from the lie to the true URL
		l.onJob = func(_ importjob.Op, j *importjob.UserImportJob) {
			u, _ := url.Parse(j.PreSignedURL)
			change(u)
			truth.Store(u.String(), j.PreSignedURL)
			j.PreSignedURL = u.String()
		}
		l.upload = func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
			if honest, ok := truth.Load(job.PreSignedURL); ok {
				job.PreSignedURL = honest.(string)
			}
			return l.Client.Upload(ctx, job, body, size)
		}
	}
}

// inQueries is inURLs for a text in the query.
func inQueries(old, other string) func(*liar) {
	return inURLs(func(u *url.URL) { u.RawQuery = strings.Replace(u.RawQuery, old, other, 1) })
}

func urlMutants() []mutant {
	return []mutant{
		{lie: "URLs are signed with version 2", kills: "create/url-signature", tell: inQueries("AWS4-HMAC-SHA256", "AWS2")},
		{lie: "a signature covers the host alone", kills: "create/url-signature", tell: inQueries("%3Bx-amz-server-side-encryption", "")},
		{lie: "URLs have no signature", kills: "create/url-signature", tell: inQueries("X-Amz-Signature=", "X-Amz-Secret=")},
		{lie: "URLs say 900 seconds", kills: "create/url-lifetime", tell: inQueries("=899", "=900")},
		{lie: "URLs do not name the job", kills: "create/url-path", tell: inURLs(func(u *url.URL) {
			u.Path = u.Path[:strings.LastIndex(u.Path, "/")+1] + "upload"
		})},
		{lie: "a URL is older than it says", kills: "upload/as-the-url-says", tell: inURLs(func(u *url.URL) {
			q := u.Query()
			date, _ := time.Parse("20060102T150405Z", q.Get("X-Amz-Date"))
			q.Set("X-Amz-Date", date.Add(3*time.Second).Format("20060102T150405Z"))
			u.RawQuery = q.Encode()
		})},
		{lie: "a URL is valid for 900 seconds", kills: "upload/last-second", tell: func(l *liar) {
			l.upload = func(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
				if age := time.Since(job.CreationDate.Truncate(time.Second)); age > 899*time.Second && age < 900*time.Second {
					return nil
				}
				return l.Client.Upload(ctx, job, body, size)
			}
		}},
		{lie: "a pool holds 1,001 jobs", kills: "create/quota", options: func(o *memory.Options) {
			if o.MaxJobs == 0 {
				o.MaxJobs = 1001
			}
		}},
		{lie: "a pool holds 999 jobs", kills: "create/quota", options: func(o *memory.Options) {
			if o.MaxJobs == 0 {
				o.MaxJobs = 999
			}
		}},
		{lie: "one bad row fails no job", kills: "run/one-bad", options: endsBy(func(imported, skipped, failed int64) bool {
			return failed+skipped > max(imported, 1)
		})},
	}
}
