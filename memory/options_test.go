package memory_test

import (
	"errors"
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
