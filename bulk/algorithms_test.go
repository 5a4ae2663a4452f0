package bulk_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// The tests in this file import users with password hashes of several algorithms.

// hashes has a hash of each algorithm, and of none.
var hashes = map[importjob.PasswordHashingAlgorithm]string{
	"":                         "",
	importjob.HashBCRYPT:       "$2b$10$" + strings.Repeat("a", 53),
	importjob.HashSCRYPT:       "65536$8$1$c0ffee00c0ffee00$" + strings.Repeat("0aF1", 16),
	importjob.HashARGON2ID:     "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$" + strings.Repeat("QUJD", 11),
	importjob.HashPBKDF2SHA256: "$pbkdf2-sha256$1000$c2FsdHNhbHQ$" + strings.Repeat("QUJD", 11),
}

// algorithmOfHash returns the algorithm of one of the hashes.
func algorithmOfHash(t *testing.T, hash string) importjob.PasswordHashingAlgorithm {
	for a, h := range hashes {
		if h == hash {
			return a
		}
	}
	t.Fatalf("%q is no hash of the tests", hash)
	return ""
}

// hashed is a user with a hash.
type hashed struct {
	importjob.Record
	algorithm importjob.PasswordHashingAlgorithm
	fault     *importjob.CSVError
}

// withHash is a good user with a hash of an algorithm.
func withHash(name string, a importjob.PasswordHashingAlgorithm) hashed {
	u := user(name)
	u[importjob.ColumnPasswordHash] = hashes[a]
	return hashed{Record: u, algorithm: a}
}

// alternating returns good users with hashes of these algorithms in turn.
func alternating(n int, algorithms ...importjob.PasswordHashingAlgorithm) []hashed {
	var users []hashed
	for i := range n {
		users = append(users, withHash(fmt.Sprintf("user%d", i+1), algorithms[i%len(algorithms)]))
	}
	return users
}

// hashedUsers is a source that says the algorithm of each user.
type hashedUsers struct {
	users []hashed
	info  bulk.RowSourceInfo
	sum   string
}

func mixed(users ...hashed) bulk.Source {
	return bulk.Rows(&hashedUsers{users: users, info: bulk.RowSourceInfo{Kind: "test", Algorithms: true}})
}

func (h *hashedUsers) Info() (bulk.RowSourceInfo, error) { return h.info, nil }

func (h *hashedUsers) Open(columns []string) (bulk.RowReader, error) {
	return &hashedReader{hashedUsers: h, columns: columns}, nil
}

type hashedReader struct {
	*hashedUsers
	columns []string
	next    int
}

func (r *hashedReader) Next() (bulk.SourceRow, error) {
	if r.next == len(r.users) {
		return bulk.SourceRow{}, io.EOF
	}
	u := r.users[r.next]
	r.next++
	row := bulk.SourceRow{Line: r.next, Algorithm: u.algorithm, Fault: u.fault}
	for _, name := range r.columns {
		row.Values = append(row.Values, u.Record[name])
	}
	return row, nil
}

func (r *hashedReader) SHA256() string { return r.sum }
func (r *hashedReader) Close() error   { return nil }

// hashPool returns a Cognito whose pool takes hashes.
func hashPool(t testing.TB, opts memory.Options) *memory.Cognito {
	c := memory.New(&opts)
	p := pool()
	p.PasswordHashes = true
	_, err := c.CreatePool(t.Context(), userpool.Pool{Pool: p})
	require.NoError(t, err)
	return c
}

// planOf returns the record of the plan in the journal of a directory.
func planOf(t *testing.T, dir string) (files struct {
	Algorithms bool
	Parts      []struct {
		Rows      int
		Algorithm importjob.PasswordHashingAlgorithm `json:"password_hashing_algorithm"`
	}
}) {
	for line := range strings.Lines(readFile(t, filepath.Join(dir, "journal.jsonl"))) {
		var r struct{ Files json.RawMessage }
		require.NoError(t, json.Unmarshal([]byte(line), &r))
		if r.Files != nil {
			require.NoError(t, json.Unmarshal(r.Files, &files))
		}
	}
	return files
}

// random returns many users, of whom some are bad and some are there many times, with hashes of all algorithms.
func random(n int) []hashed {
	rng := rand.New(rand.NewPCG(7, 8))
	kinds := []importjob.PasswordHashingAlgorithm{"", "", importjob.HashBCRYPT, importjob.HashBCRYPT, importjob.HashBCRYPT,
		importjob.HashSCRYPT, importjob.HashARGON2ID, importjob.HashPBKDF2SHA256}
	users := make([]hashed, n)
	for i := range users {
		name := fmt.Sprintf("%x-%d", rng.Uint64(), i)
		if rng.IntN(8) == 0 {
			name = fmt.Sprintf("Twice%d", rng.IntN(n/20))
		}
		users[i] = withHash(name, kinds[rng.IntN(len(kinds))])
		switch rng.IntN(60) {
		case 0:
			users[i].Record["email"] = "none"
		case 1:
			users[i].Record["password_hash"] = "x"
			users[i].algorithm = importjob.HashSCRYPT
		case 2:
			users[i].fault = &importjob.CSVError{Attribute: "name", Err: io.ErrNoProgress}
		}
	}
	return users
}

// TestPlanOfSeveralAlgorithms plans users with hashes of all algorithms, with hardly any memory to sort in. What it
// writes is what a map says.
func TestPlanOfSeveralAlgorithms(t *testing.T) {
	users := random(1500)
	c := hashPool(t, memory.Options{})
	p, err := c.Pool(t.Context(), poolID)
	require.NoError(t, err)
	seen, want := map[string]int{}, map[int]string{}
	var wantRejected []string
	for i, u := range users {
		key := p.UsernameKey(u.Record["cognito:username"])
		switch {
		case u.fault != nil:
			wantRejected = append(wantRejected, fmt.Sprint(i+1, " name ", io.ErrNoProgress))
		case u.Record["email"] == "none":
			wantRejected = append(wantRejected, fmt.Sprint(i+1, " email Invalid email address format."))
		case u.Record["password_hash"] == "x":
			wantRejected = append(wantRejected, fmt.Sprint(i+1, " password_hash "))
		case seen[key] > 0:
			wantRejected = append(wantRejected, fmt.Sprint(i+1, " cognito:username The user already exists. The first is on line ", seen[key], "."))
		default:
			seen[key] = i + 1
			want[i+1] = u.Record["cognito:username"]
		}
	}
	for _, runs := range []int{2, 1000} {
		for _, partRows := range []int{13, 70, 5000} {
			dir := filepath.Join(t.TempDir(), "import")
			planned, err := bulk.PlanWith(t.Context(), c, input(), mixed(users...), dir, &bulk.Options{PartRows: partRows},
				bulk.Hooks{SorterBytes: 4 << 10, SorterRuns: runs, Disk: quickDisk{bulk.OSDisk()}})
			require.NoError(t, err)
			assert.EqualValues(t, len(wantRejected), planned.Rejected)
			got := rejectedRows(t, dir)
			require.Len(t, got, len(wantRejected))
			for i := range got {
				assert.True(t, strings.HasPrefix(got[i], wantRejected[i]), "%s: %s", got[i], wantRejected[i])
			}
			assert.Equal(t, want, mixedRows(t, dir, partRows))
			assert.NoDirExists(t, filepath.Join(dir, "scratch"))
		}
	}
}

// mixedRows returns the usernames in the parts by their lines. It demands that each part has hashes of its algorithm
// only, and its lines in order.
func mixedRows(t *testing.T, dir string, partRows int) map[int]string {
	files := planOf(t, dir)
	require.True(t, files.Algorithms)
	rows, begin := map[int]string{}, 0
	for n, part := range files.Parts {
		path := filepath.Join(dir, "parts", fmt.Sprintf("%04d.csv", n+1))
		lines, err := bulk.LinesOf(dir, n+1)
		require.NoError(t, err)
		require.True(t, slices.IsSorted(lines))
		require.Greater(t, lines[0], begin, "the parts are in the order of their first lines")
		begin = lines[0]
		f, err := os.Open(path)
		require.NoError(t, err)
		r := importjob.NewReader(f)
		header, err := r.Header()
		require.NoError(t, err)
		for i, line := range lines {
			row, err := r.ReadRow()
			require.NoError(t, err, "%s row %d", path, i)
			hash := string(row.Field(slices.Index(header, importjob.ColumnPasswordHash)))
			if a := algorithmOfHash(t, hash); a != "" {
				require.Equal(t, part.Algorithm, a)
			}
			require.NotContains(t, rows, line)
			rows[line] = string(row.Field(slices.Index(header, importjob.ColumnUsername)))
		}
		_, err = r.ReadRow()
		require.ErrorIs(t, err, io.EOF)
		require.NoError(t, f.Close())
		require.Equal(t, part.Rows, len(lines))
		require.LessOrEqual(t, part.Rows, partRows)
	}
	return rows
}

// TestFewestJobs has users without a hash, which fill the parts of all algorithms.
func TestFewestJobs(t *testing.T) {
	const b, s, a = importjob.HashBCRYPT, importjob.HashSCRYPT, importjob.HashARGON2ID
	for name, c := range map[string]struct {
		count map[importjob.PasswordHashingAlgorithm]int // of users, in parts of 10
		bytes int64
		want  int
	}{
		"no hashes":                      {map[importjob.PasswordHashingAlgorithm]int{"": 25}, 0, 3},
		"all fit":                        {map[importjob.PasswordHashingAlgorithm]int{"": 9, b: 10, s: 1}, 0, 2},
		"one too many":                   {map[importjob.PasswordHashingAlgorithm]int{"": 10, b: 10, s: 1}, 0, 3},
		"over two":                       {map[importjob.PasswordHashingAlgorithm]int{"": 9, b: 5, s: 6}, 0, 2},
		"three drafts into three":        {map[importjob.PasswordHashingAlgorithm]int{"": 27, b: 1, s: 1, a: 1}, 0, 3},
		"some into three":                {map[importjob.PasswordHashingAlgorithm]int{"": 28, b: 1, s: 1, a: 1}, 0, 4},
		"nobody is without":              {map[importjob.PasswordHashingAlgorithm]int{b: 11, s: 11, a: 10}, 0, 5},
		"long rows of which three fit":   {map[importjob.PasswordHashingAlgorithm]int{"": 2, b: 1}, 6900, 1},
		"long rows of which not all fit": {map[importjob.PasswordHashingAlgorithm]int{"": 3, b: 1}, 6900, 2},
		"bytes for half a row in each":   {map[importjob.PasswordHashingAlgorithm]int{"": 1, b: 2, s: 2, a: 2}, 5500, 4},
	} {
		t.Run(name, func(t *testing.T) {
			var users []hashed
			for algorithm, n := range c.count {
				for i := range n {
					u := withHash(fmt.Sprintf("user-%s%d", algorithm, i), algorithm)
					if c.bytes > 0 {
						u.Record["name"] = strings.Repeat("x", 2000)
					}
					users = append(users, u)
				}
			}
			rng := rand.New(rand.NewPCG(1, 2))
			for range 3 {
				rng.Shuffle(len(users), func(i, j int) { users[i], users[j] = users[j], users[i] })
				dir := filepath.Join(t.TempDir(), "import")
				p, err := planQuickly(t.Context(), hashPool(t, memory.Options{}), input(), mixed(users...), dir, &bulk.Options{PartRows: 10, PartBytes: c.bytes})
				require.NoError(t, err)
				assert.Equal(t, c.want, p.Parts)
				assert.Len(t, mixedRows(t, dir, 10), len(users))
			}
		})
	}
}

// isImported demands that each user is in the pool, with a password if there was a hash, that each job had the
// algorithm of its part, and that the report is in the order of the source.
func isImported(t *testing.T, m *memory.Cognito, dir string, users []hashed, about string) {
	status := map[string]userpool.Status{}
	for u, err := range userpool.All(t.Context(), m, poolID) {
		require.NoError(t, err)
		status[u.Username] = u.Status
	}
	seen := map[string]bool{}
	rows, s := readReport(t, dir)
	require.Len(t, rows, len(users), about)
	jobs := map[string]importjob.PasswordHashingAlgorithm{}
	for job, err := range importjob.Jobs(t.Context(), m, poolID) {
		require.NoError(t, err)
		if !job.StartDate.IsZero() {
			jobs[job.JobID] = job.PasswordHashingAlgorithm
		}
	}
	require.Len(t, jobs, s.Jobs, about)
	for i, u := range users {
		name := u.Record["cognito:username"]
		require.Equal(t, []string{strconv.Itoa(i + 1), name}, []string{rows[i].SourceLine, rows[i].Username}, about)
		if rows[i].Outcome == string(bulk.OutcomeRejected) {
			require.True(t, seen[strings.ToLower(name)], "%s: line %d", about, i+1)
			continue
		}
		seen[strings.ToLower(name)] = true
		want := userpool.StatusConfirmed
		if u.algorithm == "" {
			want = userpool.StatusResetRequired
		} else {
			require.Equal(t, u.algorithm, jobs[rows[i].JobID], about)
		}
		require.Equal(t, want, status[name], "%s: %s", about, name)
	}
	require.Len(t, status, len(seen), about)
}

// everyKind are users with all algorithms and none. Some are there twice, with hashes of two algorithms.
func everyKind() []hashed {
	users := alternating(11, importjob.HashBCRYPT, "", importjob.HashSCRYPT, importjob.HashARGON2ID, importjob.HashPBKDF2SHA256, "", "")
	return slices.Concat(users[:6], []hashed{withHash("USER1", importjob.HashSCRYPT), withHash("user3", "")}, users[6:],
		[]hashed{withHash("User2", importjob.HashBCRYPT)})
}

// TestAlgorithmsKilledAtEveryStep has each step fail in turn, and goes on. Without IMPORTJOB_LONG it does so at every third.
func TestAlgorithmsKilledAtEveryStep(t *testing.T) {
	users := everyKind()
	steps, stride := 0, 3
	if os.Getenv("IMPORTJOB_LONG") != "" {
		stride = 1
	}
	for at := 0; at == 0 || at <= steps; at += stride {
		m := hashPool(t, memory.Options{})
		dir := filepath.Join(t.TempDir(), "import")
		opts := &bulk.Options{PartRows: 3, Wait: quick}
		n, failed := 0, ""
		hooks := bulk.Hooks{Disk: quickDisk{bulk.OSDisk()}, Step: func(name string) error {
			if n++; n == at {
				failed = name
				return errDisk
			}
			return nil
		}}
		s, err := bulk.ImportWith(t.Context(), m, input(), mixed(users...), dir, opts, hooks)
		if at == 0 {
			require.NoError(t, err)
			steps = n
			require.Greater(t, steps, 100)
		} else {
			require.ErrorIs(t, err, errDisk, failed)
			opts.Resume = true
			s, err = bulk.ImportWith(t.Context(), m, input(), mixed(users...), dir, opts, bulk.Hooks{Disk: quickDisk{bulk.OSDisk()}})
			require.NoError(t, err, failed)
		}
		require.Equal(t, bulk.Counts{Imported: 11}, s.Counts, failed)
		require.Equal(t, 4, s.Jobs)
		isImported(t, m, dir, users, failed)
	}
}

// TestPowerCutWithAlgorithms fails the power while users with hashes of several algorithms are planned.
func TestPowerCutWithAlgorithms(t *testing.T) {
	users := []hashed{withHash("user1", ""), withHash("user2", importjob.HashBCRYPT), withHash("user3", importjob.HashSCRYPT),
		withHash("USER2", importjob.HashSCRYPT)}
	powerScenario{
		run: func(t *testing.T, r *powerRun) error {
			r.cognito = hashPool(t, memory.Options{RowsPerSecond: 10})
			opts := powerOptions
			_, err := bulk.PlanWith(t.Context(), r.client(), input(), mixed(users...), r.dir(r.disk.base), &opts, bulk.Hooks{Disk: r.disk})
			return err
		},
		check: func(t *testing.T, r *powerRun, dir, about string) {
			opts := powerOptions
			_, err := bulk.ImportWith(t.Context(), r.cognito, input(), mixed(users...), dir, &opts, bulk.Hooks{Disk: quickDisk{bulk.OSDisk()}})
			require.NoError(t, err, about)
			isImported(t, r.cognito, dir, users, about)
		},
	}.everywhere(t)
}

// TestRestOfAPartWithAnAlgorithm stops jobs at many moments. The job of the rest has the algorithm of the part.
func TestRestOfAPartWithAnAlgorithm(t *testing.T) {
	users := alternating(30, importjob.HashBCRYPT, importjob.HashSCRYPT, "")
	for after := 3 * time.Second; after < 30*time.Second; after += 4 * time.Second {
		synctest.Test(t, func(t *testing.T) {
			m := hashPool(t, memory.Options{RowsPerSecond: 1})
			dir := filepath.Join(t.TempDir(), "import")
			opts := bulk.Options{PartRows: 15, Wait: importjob.WaitOptions{MaxInterval: time.Second}}
			stopAfter(t, m, mixed(users...), dir, opts, after)
			opts.Resume = true
			stopAfter(t, m, mixed(users...), dir, opts, 5*time.Second)
			s, err := importQuickly(t.Context(), m, input(), mixed(users...), dir, &opts)
			require.NoError(t, err)
			assert.Equal(t, bulk.Counts{Imported: 30}, s.Counts)
			assert.Greater(t, s.Parts, 2)
			isImported(t, m, dir, users, after.String())
		})
	}
}

// TestRetryWithAlgorithms imports rejected and skipped rows again. They keep their algorithms.
func TestRetryWithAlgorithms(t *testing.T) {
	users := alternating(10, importjob.HashBCRYPT, importjob.HashSCRYPT, "", importjob.HashARGON2ID)
	for _, i := range []int{0, 1, 2, 3} {
		users[i].Record["email"] = "none"
	}
	users[4].fault = &importjob.CSVError{Attribute: "name", Err: io.ErrNoProgress}
	users = append(users, withHash("USER6", importjob.HashPBKDF2SHA256))
	m := hashPool(t, memory.Options{})
	for _, name := range []string{"user6", "user8"} {
		_, err := m.AddUser(t.Context(), poolID, userpool.User{Username: name})
		require.NoError(t, err)
	}
	first := filepath.Join(t.TempDir(), "first")
	s, err := importQuickly(t.Context(), m, input(), mixed(users...), first, &bulk.Options{Wait: quick})
	require.NoError(t, err)
	require.Equal(t, []int64{3, 2, 6}, []int64{s.Imported, s.Skipped, s.Rejected})
	source := func(edit bool) bulk.Source {
		opts := &bulk.RetryOptions{Outcomes: []bulk.Outcome{bulk.OutcomeRejected, bulk.OutcomeSkipped}}
		if edit {
			opts.Edit = func(r bulk.RetryRow) (importjob.Record, error) {
				r.Record["email"] = "mended@example.com"
				if r.Record["cognito:username"] == "USER6" {
					r.Record["cognito:username"] = "user11"
				}
				return r.Record, nil
			}
		}
		return bulk.Retry(first, opts)
	}
	other := hashPool(t, memory.Options{})
	second := filepath.Join(t.TempDir(), "second")
	s, err = importQuickly(t.Context(), other, input(), source(true), second, &bulk.Options{Wait: quick})
	require.NoError(t, err)
	assert.Equal(t, bulk.Counts{Imported: 8}, s.Counts)
	assert.Equal(t, 4, s.Jobs)
	status := map[string]userpool.Status{}
	for u, err := range userpool.All(t.Context(), other, poolID) {
		require.NoError(t, err)
		status[u.Username] = u.Status
	}
	for name, has := range map[string]bool{"user1": true, "user2": true, "user3": false, "user4": true, "user5": true, "user6": true, "user8": true, "user11": true} {
		assert.Equal(t, has, status[name] == userpool.StatusConfirmed, name)
	}
	_, err = planQuickly(t.Context(), newCognito(t, memory.Options{}), input(), source(false), filepath.Join(t.TempDir(), "third"), nil)
	assert.ErrorIs(t, err, bulk.ErrPasswordHashes)
	without := bulk.Retry(first, &bulk.RetryOptions{Outcomes: []bulk.Outcome{bulk.OutcomeSkipped},
		Edit: func(r bulk.RetryRow) (importjob.Record, error) {
			delete(r.Record, importjob.ColumnPasswordHash)
			return r.Record, nil
		}})
	p, err := planQuickly(t.Context(), newCognito(t, memory.Options{}), input(), without, filepath.Join(t.TempDir(), "fourth"), nil)
	require.NoError(t, err, "Edit can leave the hashes out")
	assert.Equal(t, []int64{2, 0}, []int64{p.Rows, p.Rejected})
}

// TestPartsOutOfOrder has the file with the lines of a part damaged. The report is refused.
func TestPartsOutOfOrder(t *testing.T) {
	m := hashPool(t, memory.Options{})
	dir := filepath.Join(t.TempDir(), "import")
	users := alternating(6, importjob.HashBCRYPT, importjob.HashSCRYPT, importjob.HashARGON2ID)
	_, err := planQuickly(t.Context(), m, input(), mixed(users...), dir, nil)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "parts", "0002.lines"), []byte{9, 3}, 0o600))
	_, err = importQuickly(t.Context(), m, input(), mixed(users...), dir, &bulk.Options{Resume: true, Wait: quick})
	assert.ErrorIs(t, err, bulk.ErrJournal)
}

// TestPoolWithoutHashes has a pool that takes no hashes. The directory stays as it was.
func TestPoolWithoutHashes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "import")
	_, err := planQuickly(t.Context(), newCognito(t, memory.Options{}), input(), mixed(everyKind()...), dir, nil)
	require.ErrorIs(t, err, bulk.ErrPasswordHashes)
	assert.ErrorContains(t, err, "us-west-2_aaaaaaaaa: the pool takes no password hashes: leave them out of the input")
	assert.NoDirExists(t, dir)
}

// TestAlgorithmOfThePlan has rows that do not say their algorithm.
func TestAlgorithmOfThePlan(t *testing.T) {
	silent := withHash("silent", importjob.HashBCRYPT)
	silent.algorithm = ""
	users := []hashed{silent, withHash("other", importjob.HashSCRYPT), withHash("none", ""), withHash("same", importjob.HashBCRYPT)}
	in := input()
	in.PasswordHashingAlgorithm = importjob.HashBCRYPT
	m := hashPool(t, memory.Options{})
	dir := filepath.Join(t.TempDir(), "import")
	s, err := importQuickly(t.Context(), m, in, mixed(users...), dir, &bulk.Options{Wait: quick})
	require.NoError(t, err)
	assert.Equal(t, bulk.Counts{Imported: 4}, s.Counts)
	users[0].algorithm = importjob.HashBCRYPT
	isImported(t, m, dir, users, "")
	assert.Equal(t, importjob.PasswordHashingAlgorithm(""), planOf(t, dir).Parts[0].Algorithm, "the plan has it")

	dir = filepath.Join(t.TempDir(), "import")
	_, err = planQuickly(t.Context(), m, input(), mixed(silent, withHash("none", "")), dir, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"1 password_hash the hash has no algorithm"}, rejectedRows(t, dir))

	unknown := withHash("unknown", importjob.HashBCRYPT)
	unknown.algorithm = "MD5"
	_, err = planQuickly(t.Context(), m, input(), mixed(unknown), filepath.Join(t.TempDir(), "import"), nil)
	require.ErrorIs(t, err, importjob.ErrInvalidParameter)
	assert.ErrorContains(t, err, "source line 1: ")
}
