package memory_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// A file that was judged at the upload is judged again when the pool has other rules at the start.
func TestRulesAreThoseOfTheStart(t *testing.T) {
	c := newPool(t, nil)
	file := csv(t, verified("a"), verified("b"))
	job := created(t, c, file)
	pool, err := c.Pool(t.Context(), poolID)
	require.NoError(t, err)
	pool.AutoVerifiedAttributes = []string{"phone_number"}
	require.NoError(t, c.UpdatePool(t.Context(), userpool.Pool{Pool: pool}))
	_, err = c.Start(t.Context(), job.Ref())
	require.NoError(t, err)
	assert.Equal(t, int64(2), describe(t, c, job.Ref()).FailedUsers)

	job = created(t, c, file)
	pool.AutoVerifiedAttributes = []string{"email"}
	pool.Schema = pool.Schema.With(importjob.CustomAttribute("extra", importjob.TypeString))
	require.NoError(t, c.UpdatePool(t.Context(), userpool.Pool{Pool: pool}))
	_, err = c.Start(t.Context(), job.Ref())
	require.NoError(t, err)
	seen := describe(t, c, job.Ref())
	assert.Equal(t, importjob.StatusFailed, seen.Status)
	assert.Contains(t, seen.CompletionMessage, "custom:extra")
}

// A user who is added while a job runs makes the row skipped that has not been read yet.
func TestUserAddedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newPool(t, &memory.Options{RowsPerSecond: 1})
		ref := started(t, c, csv(t, verified("a"), verified("b"), verified("c")))
		time.Sleep(time.Second)
		_, err := c.AddUser(t.Context(), poolID, userpool.User{Username: "A"})
		require.ErrorIs(t, err, userpool.ErrUsernameExists)
		added, err := c.AddUser(t.Context(), poolID, userpool.User{Username: "C"})
		require.NoError(t, err)
		time.Sleep(time.Hour)
		job := describe(t, c, ref)
		assert.Equal(t, [3]int64{2, 1, 0}, [3]int64{job.ImportedUsers, job.SkippedUsers, job.FailedUsers})
		user, err := c.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: "c"})
		require.NoError(t, err)
		assert.Equal(t, added, user)
		var results []string
		for row, err := range importjob.Results(t.Context(), c, ref) {
			require.NoError(t, err)
			results = append(results, row.String())
		}
		assert.Equal(t, "[SKIPPED] Line Number 4 - The user already exists.", results[2])
		count, err := c.CountUsers(t.Context(), poolID)
		require.NoError(t, err)
		assert.Equal(t, int64(3), count)
	})
}

func TestUpdatePoolRefuses(t *testing.T) {
	c := newPool(t, nil)
	for name, change := range map[string]func(*importjob.Pool){
		"case":      func(p *importjob.Pool) { p.CaseInsensitive = !p.CaseInsensitive },
		"usernames": func(p *importjob.Pool) { p.UsernameAttributes = []string{"email"} },
		"aliases":   func(p *importjob.Pool) { p.AliasAttributes = []string{"email"} },
		"removal":   func(p *importjob.Pool) { p.Schema = p.Schema[:len(p.Schema)-1] },
		"required":  func(p *importjob.Pool) { p.Schema = p.Schema.Require("email") },
		"standard":  func(p *importjob.Pool) { p.Schema = importjob.Schema2025() },
		"name":      func(p *importjob.Pool) { p.Name = "a/b" },
		"inside": func(p *importjob.Pool) {
			p.Schema = p.Schema.With(importjob.SchemaAttribute{Name: "my-custom:role", Type: importjob.TypeString})
		},
		"not first": func(p *importjob.Pool) {
			p.Schema = p.Schema.With(importjob.SchemaAttribute{Name: "xcustom:role", Type: importjob.TypeString})
		},
		"twice dev": func(p *importjob.Pool) {
			p.Schema = p.Schema.With(importjob.SchemaAttribute{Name: "dev:dev:custom:role", Type: importjob.TypeString})
		},
	} {
		pool, err := c.Pool(t.Context(), poolID)
		require.NoError(t, err)
		change(&pool)
		require.ErrorIs(t, c.UpdatePool(t.Context(), userpool.Pool{Pool: pool}), importjob.ErrInvalidParameter, name)
	}
	pool, err := c.Pool(t.Context(), poolID)
	require.NoError(t, err)
	assert.Equal(t, "pool", pool.Name)
	require.NoError(t, c.UpdatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{ID: poolID, AutoVerifiedAttributes: []string{"phone_number"}, CaseInsensitive: true}}))
	pool, err = c.Pool(t.Context(), poolID)
	require.NoError(t, err)
	assert.Equal(t, []string{"phone_number"}, pool.AutoVerifiedAttributes)
	assert.Equal(t, importjob.ClassicSchema(), pool.Schema)
}

func TestPoolsPage(t *testing.T) {
	c := memory.New(nil)
	var ids []string
	for range 130 {
		p, err := c.CreatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{}})
		require.NoError(t, err)
		ids = append(ids, p.ID)
	}
	var seen []string
	token := ""
	for {
		pools, next, err := c.Pools(t.Context(), importjob.Page{Token: token, MaxResults: 50})
		require.NoError(t, err)
		for _, p := range pools {
			seen = append(seen, p.ID)
		}
		if token = next; next == "" {
			break
		}
		require.NoError(t, c.DeletePool(t.Context(), pools[len(pools)-1].ID)) // the token still holds
	}
	assert.Equal(t, ids, seen)
	_, _, err := c.Pools(t.Context(), importjob.Page{Token: "x"})
	require.ErrorIs(t, err, importjob.ErrInvalidParameter)
	_, _, err = c.Pools(t.Context(), importjob.Page{MaxResults: 61})
	require.ErrorIs(t, err, importjob.ErrInvalidParameter)
}

// planted makes a file with hundreds of faults of many kinds and duplicates that are far apart.
func planted(rng *rand.Rand, rows int) string {
	var b strings.Builder
	header := importjob.Pool{}.Header()
	b.WriteString(strings.Join(header, ",") + "\n")
	for i := range rows {
		u := importjob.Record{"cognito:username": fmt.Sprintf("user%d", i), "email": fmt.Sprintf("u%d@example.com", i), "email_verified": "TRUE"}
		switch rng.IntN(12) {
		case 0:
			u["email"] = "nobody"
		case 1:
			u["cognito:username"] = fmt.Sprintf("USER%d", rng.IntN(i+1))
		case 2:
			u["birthdate"] = "31/12/1999"
		case 3:
			u["name"] = "\xff"
		case 4:
			u["nickname"] = "a,b" // a value too many
		case 5:
			b.WriteString("\r\n\n")
		case 6:
			u["name"] = strings.Repeat("é", 1025)
		case 7:
			u["email_verified"] = ""
		}
		values := make([]string, len(header))
		for c, name := range header {
			values[c] = u[name]
		}
		b.WriteString(strings.Join(values, ",") + "\n")
	}
	return b.String()
}

// Check says exactly which rows memory does not import, whatever the file. The last one is large
// enough for memory to divide the work.
func TestCheckAndMemoryAgree(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0))))
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 9))
		rows := 3_000
		if seed == 7 {
			rows = 25_000
		}
		file := planted(rng, rows)
		require.Equal(t, seed == 7, len(file) > 4<<20)
		c := newPool(t, nil)
		pool, err := c.Pool(t.Context(), poolID)
		require.NoError(t, err)
		var want []importjob.RowResult
		var sum importjob.CheckSummary
		for f, err := range importjob.Check(t.Context(), pool, strings.NewReader(file), &importjob.CheckOptions{Summary: &sum, Workers: int(seed % 3)}) {
			require.NoError(t, err)
			want = append(want, importjob.RowResult{Line: f.Line, Status: f.Status, Reason: f.Reason})
		}
		require.Greater(t, len(want), 500)

		ref := started(t, c, file)
		job := describe(t, c, ref)
		assert.Equal(t, [3]int64{sum.Imported, sum.Skipped, sum.Failed}, [3]int64{job.ImportedUsers, job.SkippedUsers, job.FailedUsers})
		assert.Equal(t, sum.Status, job.Status)
		var got []importjob.RowResult
		told := int64(0)
		for row, err := range importjob.Results(t.Context(), c, ref) {
			require.NoError(t, err)
			told++
			if row.Status != importjob.RowSucceeded {
				got = append(got, row)
			}
		}
		assert.Equal(t, sum.Rows, told)
		require.Equal(t, want, got)
		count, err := c.CountUsers(t.Context(), poolID)
		require.NoError(t, err)
		assert.Equal(t, sum.Imported, count)
		seen := map[string]bool{}
		for user, err := range userpool.All(t.Context(), c, poolID) {
			require.NoError(t, err)
			require.False(t, seen[strings.ToLower(user.Username)])
			seen[strings.ToLower(user.Username)] = true
			found, err := c.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: user.Username})
			require.NoError(t, err)
			require.Equal(t, user, found)
		}
		assert.Len(t, seen, int(count))
	}
}

// Many callers at once: what they see is consistent, and -race has something to look at.
func TestConcurrentUse(t *testing.T) {
	c := newPool(t, &memory.Options{RowsPerSecond: 100_000})
	file := csv(t, verified("a"), verified("b"), verified("c"))
	var wg sync.WaitGroup
	var startedJobs, refused sync.Map
	for i := range 8 {
		wg.Go(func() {
			for n := range 25 {
				job, err := c.Create(t.Context(), input)
				if !assert.NoError(t, err) {
					return
				}
				assert.NoError(t, c.Upload(t.Context(), job, strings.NewReader(file), int64(len(file))))
				if _, err := c.Start(t.Context(), job.Ref()); err == nil {
					startedJobs.Store(job.JobID, true)
				} else {
					assert.ErrorIs(t, err, importjob.ErrPreconditionNotMet)
					refused.Store(job.JobID, true)
				}
				_, err = c.Stop(t.Context(), job.Ref())
				_ = err // it may have ended
				_, _ = c.AddUser(t.Context(), poolID, userpool.User{Username: fmt.Sprintf("added-%d-%d", i, n)})
				_, _, err = c.Users(t.Context(), poolID, importjob.Page{})
				assert.NoError(t, err)
				_, _, err = c.Results(t.Context(), job.Ref(), importjob.Page{})
				assert.NoError(t, err)
				for range importjob.Jobs(t.Context(), c, poolID) {
				}
			}
		})
	}
	wg.Wait()
	jobs := 0
	for job, err := range importjob.Jobs(t.Context(), c, poolID) {
		require.NoError(t, err)
		jobs++
		if _, ok := refused.Load(job.JobID); ok {
			assert.Equal(t, importjob.StatusCreated, job.Status)
		}
	}
	assert.Equal(t, 200, jobs)
	seen := map[string]int{}
	for user, err := range userpool.All(t.Context(), c, poolID) {
		require.NoError(t, err)
		seen[user.Username]++
	}
	for name, n := range seen {
		assert.Equal(t, 1, n, name)
	}
}

func TestAddUserRefuses(t *testing.T) {
	c := newPool(t, nil)
	for _, u := range []userpool.User{
		{}, {Username: "a b"}, {Username: strings.Repeat("x", 129)},
		{Username: "a", Attributes: userpool.NewAttributes(userpool.Attribute{Name: "custom:none", Value: "x"})},
	} {
		added, err := c.AddUser(t.Context(), poolID, u)
		require.ErrorIs(t, err, importjob.ErrInvalidParameter)
		assert.Empty(t, added.Username)
	}
	_, err := c.AddUser(t.Context(), "us-west-2_none", userpool.User{Username: "a"})
	require.ErrorIs(t, err, importjob.ErrResourceNotFound)
}

// A file that is too large to be kept is judged by the settings at the Start like any other (A44).
func TestSettingsChangeAfterTheUploadOfALargeFile(t *testing.T) {
	with := func(p importjob.Pool) importjob.Pool {
		p.Schema = importjob.ClassicSchema().With(importjob.CustomAttribute("team", importjob.TypeString))
		return p
	}
	old := importjob.Pool{ID: poolID, AutoVerifiedAttributes: []string{"email"}, CaseInsensitive: true}
	rows := "\n" + strings.Repeat("x\n", 2000)
	tooLarge := importjob.ErrFileTooLarge.Error()
	for name, c := range map[string]struct {
		header  string
		assume  importjob.Assumptions
		message string
	}{
		"was good, lacks a column":          {strings.Join(old.Header(), ","), importjob.Assumptions{}, "custom:team: " + importjob.ErrMissingColumn.Error()},
		"after empty lines":                 {"\r\n\n" + strings.Join(old.Header(), ","), importjob.Assumptions{}, "custom:team: " + importjob.ErrMissingColumn.Error()},
		"was faulty, is good":               {strings.Join(with(old).Header(), ","), importjob.Assumptions{}, tooLarge},
		"was faulty, is faulty":             {strings.Join(with(old).Header(), ",") + ",nick", importjob.Assumptions{}, importjob.ErrUnknownColumn.Error()},
		"was good, is good":                 {"email,email_verified,cognito:username", importjob.Assumptions{AllowMissingColumns: true}, tooLarge},
		"a fault of a row before the limit": {"email,email_verified,cognito:username", importjob.Assumptions{AllowMissingColumns: true, FieldCountFailsJob: true}, importjob.ErrFieldCount.Error()},
		"no header within the limit":        {strings.Repeat("\n", 5000), importjob.Assumptions{}, tooLarge},
		"a header longer than the limit":    {strings.Repeat("x", 70_000), importjob.Assumptions{MaxFileBytes: 69_000}, tooLarge},
		"a header longer than a row":        {strings.Repeat("x", 70_000), importjob.Assumptions{MaxFileBytes: 71_000}, importjob.ErrRowTooLong.Error()},
	} {
		c.assume.MaxFileBytes = cmp.Or(c.assume.MaxFileBytes, 3000)
		file := c.header + rows
		m := newPool(t, &memory.Options{Assumptions: c.assume})
		job := created(t, m, file)
		require.NoError(t, m.UpdatePool(t.Context(), userpool.Pool{Pool: with(old)}), name)
		_, err := m.Start(t.Context(), job.Ref())
		require.NoError(t, err, name)
		seen := describe(t, m, job.Ref())
		assert.Equal(t, importjob.StatusFailed, seen.Status, name)
		assert.Contains(t, seen.CompletionMessage, c.message, name)

		var sum importjob.CheckSummary
		for _, err := range importjob.Check(t.Context(), with(old), strings.NewReader(file), &importjob.CheckOptions{Assumptions: c.assume, Summary: &sum}) {
			require.NoError(t, err, name)
		}
		assert.Equal(t, sum.Message, seen.CompletionMessage, "%s: Check says so, too", name)
	}
}
