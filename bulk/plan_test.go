package bulk_test

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// TestPlanEqualsThePlainWay plans many users, of whom some are bad and some are there many times, far
// apart and in other cases, with hardly any memory to sort in. What it writes is what a map says.
func TestPlanEqualsThePlainWay(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	users := make([]importjob.Record, 6000)
	for i := range users {
		name := fmt.Sprintf("%x-%d", rng.Uint64(), i)
		switch rng.IntN(12) {
		case 0:
			name = fmt.Sprintf("Twice%d", rng.IntN(300))
		case 1:
			name = fmt.Sprintf("tWICE%d", rng.IntN(300))
		}
		if users[i] = user(name); rng.IntN(20) == 0 {
			users[i]["email"] = "none"
		}
		if rng.IntN(100) == 0 {
			users[i]["name"] = "a\nb"
		}
	}
	for _, caseSensitive := range []bool{false, true} {
		p := pool()
		p.CaseInsensitive = !caseSensitive
		c := memory.New(nil)
		_, err := c.CreatePool(t.Context(), userpool.Pool{Pool: p})
		require.NoError(t, err)
		seen := map[string]int{}
		var want, wantRejected []string
		for i, u := range users {
			name := u["cognito:username"]
			key := p.UsernameKey(name)
			switch {
			case u["name"] != "":
				wantRejected = append(wantRejected, fmt.Sprint(i+1, " name ", importjob.ErrNewline))
			case u["email"] == "none":
				wantRejected = append(wantRejected, fmt.Sprint(i+1, " email Invalid email address format."))
			case seen[key] > 0:
				wantRejected = append(wantRejected, fmt.Sprint(i+1, " cognito:username The user already exists. The first is on line ", seen[key], "."))
			default:
				seen[key] = i + 1
				want = append(want, name)
			}
		}
		for _, runs := range []int{2, 5, 1000} {
			dir := filepath.Join(t.TempDir(), "import")
			planned, err := bulk.PlanWith(t.Context(), c, input(), sequence(users...), dir, &bulk.Options{PartRows: 700},
				bulk.Hooks{SorterBytes: 4 << 10, SorterRuns: runs})
			require.NoError(t, err)
			assert.EqualValues(t, len(wantRejected), planned.Rejected)
			assert.Equal(t, want, partUsers(t, p, dir))
			assert.Equal(t, wantRejected, rejectedRows(t, dir))
			assert.NoDirExists(t, filepath.Join(dir, "scratch"))
		}
	}
}

// partUsers returns the usernames in all parts, which Check finds no fault with.
func partUsers(t *testing.T, p importjob.Pool, dir string) (names []string) {
	files, err := filepath.Glob(filepath.Join(dir, "parts", "*.csv"))
	require.NoError(t, err)
	for i, path := range slices.Sorted(slices.Values(files)) {
		require.Equal(t, fmt.Sprintf("%04d.csv", i+1), filepath.Base(path))
		f, err := os.Open(path)
		require.NoError(t, err)
		for finding, err := range importjob.Check(t.Context(), p, f, nil) {
			require.NoError(t, err)
			t.Fatalf("%s: %v", path, finding)
		}
		_, err = f.Seek(0, 0)
		require.NoError(t, err)
		r := importjob.NewReader(f)
		header, err := r.Header()
		require.NoError(t, err)
		username := slices.Index(header, importjob.ColumnUsername)
		for {
			row, err := r.ReadRow()
			if err != nil {
				break
			}
			names = append(names, string(row.Field(username)))
		}
		require.NoError(t, f.Close())
	}
	return names
}

func rejectedRows(t *testing.T, dir string) (rows []string) {
	f, err := os.Open(filepath.Join(dir, "rejected.csv"))
	require.NoError(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	for _, r := range records[1:] {
		rows = append(rows, strings.Join(r[:3], " "))
	}
	return rows
}

// TestPartsKeepTheLimits bounds parts by bytes and by rows.
func TestPartsKeepTheLimits(t *testing.T) {
	c := newCognito(t, memory.Options{})
	var users []importjob.Record
	rng := rand.New(rand.NewPCG(5, 6))
	for _, u := range good(150) {
		u["name"] = strings.Repeat("x", rng.IntN(2000))
		users = append(users, u)
	}
	for _, most := range []int64{1, 5_000, 20_000} {
		dir := filepath.Join(t.TempDir(), "import")
		_, err := planQuickly(t.Context(), c, input(), sequence(users...), dir, &bulk.Options{PartBytes: most, PartRows: 60})
		require.NoError(t, err)
		files, err := filepath.Glob(filepath.Join(dir, "parts", "*.csv"))
		require.NoError(t, err)
		full := 0
		for _, path := range files {
			info, err := os.Stat(path)
			require.NoError(t, err)
			if most > 2500 {
				assert.LessOrEqual(t, info.Size(), most)
				if info.Size()+2200 > most {
					full++
				}
			}
			assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		}
		if most == 1 {
			assert.Len(t, files, 150, "one row at least")
		} else {
			assert.GreaterOrEqual(t, full, len(files)-1, "but for the last")
		}
		assert.Len(t, partUsers(t, pool(), dir), 150)
	}
}

// TestPartOfExactlyPartBytes fills a part to its last byte.
func TestPartOfExactlyPartBytes(t *testing.T) {
	c := newCognito(t, memory.Options{})
	partsOf := func(most int64) []int64 {
		dir := filepath.Join(t.TempDir(), "import")
		_, err := planQuickly(t.Context(), c, input(), sequence(good(6)...), dir, &bulk.Options{PartBytes: most})
		require.NoError(t, err)
		files, err := filepath.Glob(filepath.Join(dir, "parts", "*.csv"))
		require.NoError(t, err)
		var sizes []int64
		for _, path := range files {
			info, err := os.Stat(path)
			require.NoError(t, err)
			sizes = append(sizes, info.Size())
		}
		return sizes
	}
	whole := partsOf(0)
	require.Len(t, whole, 1)
	assert.Equal(t, whole, partsOf(whole[0]))
	assert.Len(t, partsOf(whole[0]-1), 2)
}

// TestRetry edits the rows that were not imported.
func TestRetry(t *testing.T) {
	m := newCognito(t, memory.Options{})
	_, err := m.AddUser(t.Context(), poolID, userpool.User{Username: "user2"})
	require.NoError(t, err)
	bad := user("bad")
	bad["email"] = "none"
	worse := user("worse")
	worse["email"] = ""
	first := filepath.Join(t.TempDir(), "first")
	s, err := importQuickly(t.Context(), m, input(), sequence(append([]importjob.Record{bad, worse}, good(4)...)...), first, &bulk.Options{Wait: quick})
	require.NoError(t, err)
	require.Equal(t, bulk.Counts{Imported: 3, Skipped: 1}, s.Counts)
	var seen []bulk.RetryRow
	source := bulk.Retry(first, &bulk.RetryOptions{
		Outcomes: []bulk.Outcome{bulk.OutcomeRejected, bulk.OutcomeSkipped},
		Edit: func(r bulk.RetryRow) (importjob.Record, error) {
			seen = append(seen, r)
			r.Record = maps.Clone(r.Record)
			switch r.Outcome {
			case bulk.OutcomeSkipped:
				r.Record["cognito:username"] += "b"
			default:
				if r.Record["email"] == "" {
					return nil, nil
				}
				r.Record["email"] = "bad@example.com"
			}
			return r.Record, nil
		}})
	second := filepath.Join(t.TempDir(), "second")
	s, err = importQuickly(t.Context(), m, input(), source, second, &bulk.Options{Wait: quick})
	require.NoError(t, err)
	assert.Equal(t, bulk.Counts{Imported: 2}, s.Counts)
	rows, _ := readReport(t, second)
	assert.Equal(t, []string{"1", "bad"}, []string{rows[0].SourceLine, rows[0].Username})
	assert.Equal(t, []string{"4", "user2b"}, []string{rows[1].SourceLine, rows[1].Username})
	assert.Len(t, usernames(t, m), 6)
	require.Len(t, seen, 3)
	assert.Equal(t, bulk.RetryRow{SourceLine: 4, Record: user("user2"), Outcome: bulk.OutcomeSkipped, Reason: importjob.ReasonExists}, seen[2])
	_, err = importQuickly(t.Context(), m, input(), bulk.Retry(first, nil), second, resume)
	assert.ErrorIs(t, err, bulk.ErrSourceChanged, "other outcomes are another source")
	swapped := bulk.Retry(first, &bulk.RetryOptions{Outcomes: []bulk.Outcome{bulk.OutcomeSkipped, bulk.OutcomeRejected, bulk.OutcomeSkipped}})
	_, err = importQuickly(t.Context(), m, input(), swapped, second, resume)
	assert.NoError(t, err, "the order of the outcomes means nothing")
}

func TestRetryOfAnImportThatIsNotFinished(t *testing.T) {
	m := newCognito(t, memory.Options{})
	dir := plannedDir(t, m, dialect(t, good(5)...))
	_, err := planQuickly(t.Context(), m, input(), bulk.Retry(dir, nil), filepath.Join(t.TempDir(), "retry"), nil)
	assert.ErrorIs(t, err, bulk.ErrNotFinished)
}
