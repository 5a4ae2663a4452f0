package memory_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

func TestRoleThatCannotBeAssumed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		c := newPool(t, &memory.Options{PendingFor: time.Second, AssumeRole: func(arn string) error {
			asked = append(asked, arn)
			return errors.New("no trust relationship")
		}})
		ref := started(t, c, csv(t, verified("a")))
		assert.Equal(t, importjob.StatusPending, describe(t, c, ref).Status)
		time.Sleep(time.Second)
		job := describe(t, c, ref)
		assert.Equal(t, importjob.StatusFailed, job.Status)
		assert.Contains(t, job.CompletionMessage, "no trust relationship")
		assert.Equal(t, job.StartDate, job.CompletionDate)
		assert.Equal(t, []string{input.CloudWatchLogsRoleARN}, asked)
		count, err := c.CountUsers(t.Context(), poolID)
		require.NoError(t, err)
		assert.Zero(t, count)
	})
}

func TestPoolWithoutAutoVerifiedAttributes(t *testing.T) {
	none := func(p *importjob.Pool) { p.AutoVerifiedAttributes = nil }
	c := newPool(t, nil, none)
	job := created(t, c, csv(t, verified("a")))
	_, err := c.Start(t.Context(), job.Ref())
	require.ErrorIs(t, err, importjob.ErrPreconditionNotMet)
	assert.Equal(t, importjob.StatusCreated, describe(t, c, job.Ref()).Status)

	c = newPool(t, &memory.Options{NoAutoVerifiedFailsJob: true}, none)
	ref := started(t, c, csv(t, verified("a")))
	assert.Equal(t, importjob.StatusFailed, describe(t, c, ref).Status)
}

func TestStoppingForLetsRowsGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newPool(t, &memory.Options{RowsPerSecond: 1, StoppingFor: 2 * time.Second})
		ref := started(t, c, csv(t, verified("a"), verified("b"), verified("c"), verified("d"), verified("e")))
		time.Sleep(time.Second)
		job, err := c.Stop(t.Context(), ref)
		require.NoError(t, err)
		assert.Equal(t, importjob.StatusStopping, job.Status)
		assert.Zero(t, job.CompletionDate)
		_, err = c.Stop(t.Context(), ref)
		require.ErrorIs(t, err, importjob.ErrPreconditionNotMet)
		time.Sleep(time.Second)
		assert.Equal(t, int64(2), describe(t, c, ref).ImportedUsers)
		time.Sleep(time.Second)
		job = describe(t, c, ref)
		assert.Equal(t, importjob.StatusStopped, job.Status)
		assert.Equal(t, int64(3), job.ImportedUsers)
		assert.Equal(t, backend.Date(time.Now()), job.CompletionDate)
	})
}

func TestSubAsUsername(t *testing.T) {
	c := newPool(t, &memory.Options{SubAsUsername: true}, func(p *importjob.Pool) { p.UsernameAttributes = []string{"email"} })
	row := verified("a")
	row["cognito:username"] = row["email"]
	ref := started(t, c, csv(t, row))
	require.Equal(t, importjob.StatusSucceeded, describe(t, c, ref).Status)
	user, err := c.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: "A@example.com"})
	require.NoError(t, err)
	assert.Equal(t, user.Sub, user.Username)
	bySub, err := c.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: user.Sub})
	require.NoError(t, err)
	assert.Equal(t, user, bySub)

	ref = started(t, c, csv(t, row))
	assert.Equal(t, int64(1), describe(t, c, ref).SkippedUsers)
}

// In a pool whose users have usernames of their own, the option changes nothing.
func TestSubAsUsernameInAPlainPool(t *testing.T) {
	for name, change := range map[string]func(*importjob.Pool){
		"plain":   func(*importjob.Pool) {},
		"aliases": func(p *importjob.Pool) { p.AliasAttributes = []string{"email", "preferred_username"} },
	} {
		t.Run(name, func(t *testing.T) {
			c := newPool(t, &memory.Options{SubAsUsername: true}, change)
			added, err := c.AddUser(t.Context(), poolID, userpool.User{Username: "added"})
			require.NoError(t, err)
			assert.Equal(t, "added", added.Username)
			assert.Equal(t, int64(2), describe(t, c, started(t, c, csv(t, verified("a"), verified("b")))).ImportedUsers)
			var names, subs []string
			for user, err := range userpool.All(t.Context(), c, poolID) {
				require.NoError(t, err)
				names, subs = append(names, user.Username), append(subs, user.Sub)
			}
			assert.Equal(t, []string{"added", "a", "b"}, names)
			for i, name := range names {
				user, found := find(t, c, name)
				require.True(t, found)
				assert.Equal(t, name, user.Username)
				assert.Equal(t, subs[i], user.Sub)
				user, found = find(t, c, subs[i])
				require.True(t, found)
				assert.Equal(t, name, user.Username, "a sub finds its user, and is no username here")
			}
			var rows []importjob.Record
			for _, sub := range subs {
				rows = append(rows, verified(sub))
			}
			assert.Equal(t, int64(3), describe(t, c, started(t, c, csv(t, rows...))).ImportedUsers, "nor is it taken")
		})
	}
}

func TestBirthdate(t *testing.T) {
	row := verified("a")
	row["birthdate"] = "02/28/1985"
	for iso, want := range map[bool]string{false: "02/28/1985", true: "1985-02-28"} {
		c := newPool(t, &memory.Options{ISOBirthdate: iso})
		started(t, c, csv(t, row))
		user, err := c.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: "a"})
		require.NoError(t, err)
		assert.Equal(t, want, user.Attributes.Value("birthdate"))
	}
}

func TestSeedMakesEveryRunTheSame(t *testing.T) {
	names := func(seed uint64) (names []string) {
		c := memory.New(&memory.Options{Seed: seed})
		pool, err := c.CreatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{AutoVerifiedAttributes: []string{"email"}, CaseInsensitive: true}})
		require.NoError(t, err)
		in := input
		in.UserPoolID = pool.ID
		job, err := c.Create(t.Context(), in)
		require.NoError(t, err)
		added, err := c.AddUser(t.Context(), pool.ID, userpool.User{Username: "x"})
		require.NoError(t, err)
		return []string{pool.ID, job.JobID, added.Sub}
	}
	assert.Equal(t, names(7), names(7))
	assert.NotEqual(t, names(7), names(8))
	assert.NotEqual(t, names(0), names(0))
}

func TestNow(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.FixedZone("elsewhere", 3600))
	c := newPool(t, &memory.Options{Now: func() time.Time { return now }, RowsPerSecond: 1})
	ref := started(t, c, csv(t, verified("a"), verified("b")))
	now = now.Add(time.Second)
	job := describe(t, c, ref)
	assert.Equal(t, time.Date(2026, 1, 2, 2, 4, 5, 678_000_000, time.UTC), job.StartDate)
	assert.Equal(t, int64(1), job.ImportedUsers)
}

// Row n is imported n rows after the first one began, and its user is dated so, in whole milliseconds,
// whatever the clock shows.
func TestUsersAreDatedByTheirRow(t *testing.T) {
	const rows, pendingFor = 40, 1500 * time.Millisecond
	for _, perSecond := range []int{0, 1, 3, 7, 10, 999, 1000, 1_000_000} {
		now := time.Date(2026, 1, 2, 3, 4, 5, 678_999_999, time.FixedZone("elsewhere", 5*3600+1800))
		c := newPool(t, &memory.Options{Now: func() time.Time { return now }, PendingFor: pendingFor, RowsPerSecond: perSecond})
		ref := started(t, c, csv(t, numbered(rows, true)...))
		begin := time.Date(2026, 1, 1, 21, 34, 5, 678_000_000, time.UTC).Add(pendingFor)
		now = now.Add(time.Hour)
		job := describe(t, c, ref)
		require.Equal(t, begin, job.StartDate)
		for i := range rows {
			user, found := find(t, c, fmt.Sprintf("user%02d", i))
			require.Equal(t, i%5 != 2, found)
			if !found {
				continue
			}
			want := begin
			if perSecond > 0 {
				want = want.Add(time.Duration((i+1)*1000/perSecond) * time.Millisecond)
			}
			require.True(t, want == user.CreateDate, "row %d at %d a second: %v, want %v", i+1, perSecond, user.CreateDate, want)
			require.True(t, want == user.LastModifiedDate)
			if i == rows-1 {
				require.True(t, want == job.CompletionDate, "the last row ends the job: %v, want %v", job.CompletionDate, want)
			}
		}
	}
}

func TestAddedUsersAreDatedByTheClock(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 678_999_999, time.FixedZone("elsewhere", 5*3600+1800))
	c := newPool(t, &memory.Options{Now: func() time.Time { return now }})
	added, err := c.AddUser(t.Context(), poolID, userpool.User{Username: "a", CreateDate: now.AddDate(-1, 0, 0), LastModifiedDate: now.AddDate(1, 0, 0)})
	require.NoError(t, err)
	want := time.Date(2026, 1, 1, 21, 34, 5, 678_000_000, time.UTC)
	assert.True(t, want == added.CreateDate, "created at %v", added.CreateDate)
	assert.True(t, want == added.LastModifiedDate, "updated at %v", added.LastModifiedDate)
	now = now.Add(time.Hour)
	user, _ := find(t, c, "a")
	assert.Equal(t, added, user)
}

func TestNewJobIDThatIsTaken(t *testing.T) {
	ids := []string{"import-a", "import-a", "import-b"}
	c := newPool(t, &memory.Options{NewJobID: func() string { id := ids[0]; ids = ids[1:]; return id }})
	first, err := c.Create(t.Context(), input)
	require.NoError(t, err)
	second, err := c.Create(t.Context(), input)
	require.NoError(t, err)
	assert.Equal(t, []string{"import-a", "import-b"}, []string{first.JobID, second.JobID})
}

func TestMaxFileBytes(t *testing.T) {
	file := csv(t, verified("a"), verified("b"), verified("c"))
	for most, want := range map[int]importjob.Status{len(file): importjob.StatusSucceeded, len(file) - 1: importjob.StatusFailed} {
		c := newPool(t, &memory.Options{Assumptions: importjob.Assumptions{MaxFileBytes: int64(most)}})
		job := describe(t, c, started(t, c, file))
		assert.Equal(t, want, job.Status)
		if want == importjob.StatusFailed {
			assert.Contains(t, job.CompletionMessage, importjob.ErrFileTooLarge.Error())
			assert.Zero(t, job.ImportedUsers)
			continue
		}
		for _, name := range []string{"a", "b", "c"} {
			user, found := find(t, c, name)
			assert.True(t, found)
			assert.Equal(t, name+"@example.com", user.Attributes.Value("email"), "the file was kept")
		}
	}
}

func TestStrictThreshold(t *testing.T) {
	strict := importjob.Assumptions{TooManyFailed: func(_, skipped, failed int64) bool { return skipped+failed > 0 }}
	c := newPool(t, &memory.Options{Assumptions: strict})
	job := describe(t, c, started(t, c, csv(t, verified("a"), verified("b"), verified("A"))))
	assert.Equal(t, importjob.StatusFailed, job.Status)
	assert.Equal(t, importjob.MessageTooManyFailed, job.CompletionMessage)
	assert.Equal(t, int64(2), job.ImportedUsers, "who was imported stays")
}

func TestHostCannotExist(t *testing.T) {
	job, err := newPool(t, &memory.Options{Region: "eu-west-2", AccountID: "222222222222"}).Create(t.Context(), input)
	require.NoError(t, err)
	host, path, _ := strings.Cut(strings.TrimPrefix(job.PreSignedURL, "https://"), "/")
	assert.Equal(t, "aws-cognito-idp-user-import.s3.eu-west-2.invalid", host)
	assert.True(t, strings.HasPrefix(path, "222222222222/"+poolID+"/"+job.JobID+"?"))
}

func TestNewJobIDThatIsMalformed(t *testing.T) {
	for _, id := range []string{"", "a", "import-", "import-a b", "import_1", "import-" + strings.Repeat("a", 49)} {
		c := newPool(t, &memory.Options{NewJobID: func() string { return id }})
		_, err := c.Create(t.Context(), input)
		require.ErrorIs(t, err, importjob.ErrInvalidParameter, "%q", id)
		assert.ErrorContains(t, err, "Options.NewJobID")
		for range importjob.Jobs(t.Context(), c, poolID) {
			t.Errorf("a job with the ID %q exists", id)
		}
	}
}

// Check and the fake agree on what a limit below 1 means.
func TestMaxFileBytesBelowOne(t *testing.T) {
	for _, most := range []int64{0, -1, math.MinInt64} {
		c := newPool(t, &memory.Options{Assumptions: importjob.Assumptions{MaxFileBytes: most}})
		require.Equal(t, int64(1), describe(t, c, started(t, c, csv(t, verified("a")))).ImportedUsers, "%d", most)
		user, found := find(t, c, "a")
		require.True(t, found, "%d", most)
		assert.Equal(t, "a@example.com", user.Attributes.Value("email"))
	}
}
