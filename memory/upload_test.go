package memory_test

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// Whatever else the caller's copy of a job says, the file is judged as that job was created.
func TestUploadGoesByTheJobThatWasCreated(t *testing.T) {
	c := newPool(t, nil, func(p *importjob.Pool) { p.PasswordHashes = true })
	in := input
	in.PasswordHashingAlgorithm = importjob.HashBCRYPT
	job, err := c.Create(t.Context(), in)
	require.NoError(t, err)
	file := "password_hash," + strings.Replace(csv(t, verified("a")), "\n", "\ngarbage,", 1)
	require.NoError(t, c.Upload(t.Context(), importjob.UserImportJob{UserPoolID: job.UserPoolID, JobID: job.JobID, PreSignedURL: job.PreSignedURL},
		strings.NewReader(file), int64(len(file))))
	_, err = c.Start(t.Context(), job.Ref())
	require.NoError(t, err)
	assert.Equal(t, int64(1), describe(t, c, job.Ref()).FailedUsers)
}

// A URL is of one job, as its signature says. With any other nothing is stored, in either job.
func TestUploadWithTheURLOfAnotherJob(t *testing.T) {
	file := csv(t, verified("wrong"), verified("too"))
	for _, filed := range []bool{false, true} { // whether the jobs have a file already
		for name, mix := range map[string]func(job, other, elsewhere importjob.UserImportJob) importjob.UserImportJob{
			"of the same pool": func(job, other, _ importjob.UserImportJob) importjob.UserImportJob {
				job.PreSignedURL = other.PreSignedURL
				return job
			},
			"of another pool": func(job, _, elsewhere importjob.UserImportJob) importjob.UserImportJob {
				job.PreSignedURL = elsewhere.PreSignedURL
				return job
			},
			"made up": func(job, _, _ importjob.UserImportJob) importjob.UserImportJob {
				job.PreSignedURL += "0"
				return job
			},
		} {
			c := newPool(t, nil)
			another, err := c.CreatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{Name: "another", AutoVerifiedAttributes: []string{"email"}, CaseInsensitive: true}})
			require.NoError(t, err)
			var jobs []importjob.UserImportJob
			for _, pool := range []string{poolID, poolID, another.ID} {
				in := input
				in.UserPoolID = pool
				job, err := c.Create(t.Context(), in)
				require.NoError(t, err)
				if filed {
					right := csv(t, verified("right"))
					require.NoError(t, c.Upload(t.Context(), job, strings.NewReader(right), int64(len(right))))
				}
				jobs = append(jobs, job)
			}
			err = c.Upload(t.Context(), mix(jobs[0], jobs[1], jobs[2]), strings.NewReader(file), int64(len(file)))
			require.ErrorIs(t, err, importjob.ErrS3SignatureDoesNotMatch, "a URL %s", name)
			assert.False(t, importjob.Retryable(err))
			assert.NotContains(t, err.Error(), "Signature=")
			for i, job := range jobs {
				_, err := c.Start(t.Context(), job.Ref())
				if !filed {
					require.ErrorIs(t, err, importjob.ErrPreconditionNotMet, "job %d has no file", i)
					continue
				}
				require.NoError(t, err)
				seen := describe(t, c, job.Ref())
				assert.Equal(t, int64(1), seen.ImportedUsers+seen.SkippedUsers, "job %d has the file it had", i)
			}
		}
	}
}

func TestUploadOfABodyThatIsNotAsAnnounced(t *testing.T) {
	c := newPool(t, nil)
	job, err := c.Create(t.Context(), input)
	require.NoError(t, err)
	for size, body := range map[int64]io.Reader{
		math.MaxInt64: strings.NewReader("x"),
		2:             strings.NewReader("x"),
		1:             strings.NewReader("xyz"),
		0:             strings.NewReader("x"),
	} {
		err := c.Upload(t.Context(), job, body, size)
		require.ErrorIs(t, err, importjob.ErrS3IncompleteBody, size)
		assert.False(t, importjob.Retryable(err))
	}
	require.ErrorIs(t, c.Upload(t.Context(), job, io.MultiReader(strings.NewReader("x\n"), testkit.Stuck{}), 5), io.ErrNoProgress)
	require.ErrorIs(t, c.Upload(t.Context(), job, nil, 0), importjob.ErrInvalidParameter)
	_, err = c.Start(t.Context(), job.Ref())
	require.ErrorIs(t, err, importjob.ErrPreconditionNotMet, "nothing was kept")
}

// A row ends at the end of its line, whatever stands between it and the next.
func TestRowsAmongEmptyLines(t *testing.T) {
	const header = "email,email_verified,cognito:username"
	for _, between := range []string{"\n", "\r\n", "\n\n\n", "\r\n\r\n", "\n\r\n", "\r\n\n", strings.Repeat("\n", 100_000)} {
		for _, end := range []string{between, "", "\r"} {
			c := newPool(t, &memory.Options{Assumptions: importjob.Assumptions{AllowMissingColumns: true}})
			job := describe(t, c, started(t, c, header+between+"a@b.c,true,a"+between+"b@b.c,true,b"+end))
			require.Equal(t, int64(2), job.ImportedUsers, "%.9q, %.9q", between, end)
			for _, name := range []string{"a", "b"} {
				user, err := c.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: name})
				require.NoError(t, err)
				assert.Equal(t, name, user.Username)
				assert.Equal(t, name+"@b.c", user.Attributes.Value("email"))
			}
		}
	}
}

// The first look-up after a run makes the index, also if many goroutines look at once.
func TestFirstLookUps(t *testing.T) {
	c := newPool(t, nil)
	for run := range 3 {
		var file []importjob.Record
		for user := range 300 * (run + 1) { // those of the runs before, and more
			file = append(file, verified("user"+strconv.Itoa(user)))
		}
		job := describe(t, c, started(t, c, csv(t, file...)))
		assert.Equal(t, [2]int64{300, int64(300 * run)}, [2]int64{job.ImportedUsers, job.SkippedUsers})
		if run == 1 {
			continue // nobody looks before the next one
		}
		var lookers sync.WaitGroup
		for range 4 {
			lookers.Go(func() {
				for _, want := range file {
					user, err := c.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: want["cognito:username"]})
					assert.NoError(t, err)
					assert.Equal(t, want["email"], user.Attributes.Value("email"))
				}
				_, err := c.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: "nobody"})
				assert.ErrorIs(t, err, userpool.ErrUserNotFound)
			})
		}
		lookers.Wait()
	}
}

// Of two accounts in which the same happens, one is asked for users all the time, the other at the end.
func TestLookUpsChangeNothing(t *testing.T) {
	for seed := range uint64(40) {
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 1))
			opts := memory.Options{Seed: 1, RowsPerSecond: []int{0, 20}[seed%2], SubAsUsername: seed%4 > 1, StoppingFor: time.Second}
			pool := func(p *importjob.Pool) {
				p.CaseInsensitive = seed%8 <= 3
				if opts.SubAsUsername {
					p.UsernameAttributes = []string{"email"}
				}
			}
			accounts := []*memory.Cognito{newPool(t, &opts, pool), newPool(t, &opts, pool)}
			name := func() string { return string(rune("abcABC"[rng.IntN(6)])) + strconv.Itoa(rng.IntN(40)) }
			text := func(u userpool.User, err error) string { // a user does not print itself
				return fmt.Sprint(u.Username, u.Sub, u.Attributes.Value("email"), string(u.Status), u.CreateDate, u.LastModifiedDate, err)
			}
			user := func(c *memory.Cognito, name string) string {
				return text(c.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: name}))
			}
			both := func(do func(c *memory.Cognito) string) {
				assert.Equal(t, do(accounts[0]), do(accounts[1]), "seed %d", seed)
			}
			var ref importjob.Ref
			for range 60 {
				switch rng.IntN(5) {
				case 0:
					var file []importjob.Record
					for range rng.IntN(40) + 1 {
						name := name()
						file = append(file, verified(name))
						if opts.SubAsUsername {
							file[len(file)-1][importjob.ColumnUsername] = name + "@example.com"
						}
						if rng.IntN(5) == 0 {
							delete(file[len(file)-1], "email")
						}
					}
					users := csv(t, file...)
					both(func(c *memory.Cognito) string {
						job := created(t, c, users)
						_, err := c.Start(t.Context(), job.Ref())
						ref = job.Ref()
						return fmt.Sprint(err)
					})
				case 1:
					both(func(c *memory.Cognito) string {
						job, err := c.Stop(t.Context(), ref)
						return fmt.Sprint(job, err)
					})
				case 2:
					added := userpool.User{Username: name(), Status: userpool.StatusConfirmed}
					both(func(c *memory.Cognito) string {
						return text(c.AddUser(t.Context(), poolID, added))
					})
				case 3:
					time.Sleep(time.Duration(rng.IntN(1500)) * time.Millisecond)
				}
				for range rng.IntN(3) {
					user(accounts[0], name())
				}
			}
			time.Sleep(time.Minute)
			both(func(c *memory.Cognito) string {
				jobs, _, err := c.List(t.Context(), poolID, importjob.Page{})
				all, names := fmt.Sprint(jobs, err), map[string]bool{}
				for u, err := range userpool.All(t.Context(), c, poolID) {
					require.NoError(t, err)
					found := user(c, u.Username)
					assert.Equal(t, text(u, nil), found)
					all += found
					names[u.Username] = true
				}
				count, err := c.CountUsers(t.Context(), poolID)
				require.NoError(t, err)
				assert.Len(t, names, int(count))
				return all
			})
		})
	}
}

// Among so many users several pairs of different usernames have the same tag.
func TestTagsOfSeveralUsers(t *testing.T) {
	c := newPool(t, &memory.Options{Assumptions: importjob.Assumptions{AllowMissingColumns: true}})
	const rows = 250_000
	for run := range 2 {
		var file strings.Builder
		file.WriteString("cognito:username,email,email_verified")
		for user := range rows {
			fmt.Fprintf(&file, "\n%d,a@b.c,true", run*rows+user)
		}
		job := describe(t, c, started(t, c, file.String()))
		require.Equal(t, importjob.StatusSucceeded, job.Status)
		assert.Equal(t, int64(rows), job.ImportedUsers)
	}
	for user := range 2 * rows {
		found, err := c.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: strconv.Itoa(user)})
		if err != nil || found.Username != strconv.Itoa(user) {
			t.Fatalf("looked for %d, found %q, %v", user, found.Username, err)
		}
	}
}

// A callback that panics does not block the account.
func TestRoleCallbackThatPanics(t *testing.T) {
	panics := true
	c := newPool(t, &memory.Options{AssumeRole: func(string) error {
		if panics {
			panic("out of order")
		}
		return nil
	}})
	job := created(t, c, csv(t, verified("a")))
	require.Panics(t, func() { _, _ = c.Start(t.Context(), job.Ref()) })
	panics = false
	_, err := c.Start(t.Context(), job.Ref())
	require.NoError(t, err)
}

func TestAddUserRefusesWhatThePoolGives(t *testing.T) {
	c := newPool(t, nil)
	email := userpool.Attribute{Name: "email", Value: "a@example.com"}
	for _, list := range [][]userpool.Attribute{{{Name: "sub", Value: "x"}}, {email, email}} {
		_, err := c.AddUser(t.Context(), poolID, userpool.User{Username: "a", Attributes: userpool.NewAttributes(list...)})
		require.ErrorIs(t, err, importjob.ErrInvalidParameter)
	}
}
