package importjob_test

import (
	"io"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

// repeat gives out head, n times line, and tail, without holding them all.
func repeat(head, line string, n int, tail string) io.Reader {
	block := max(1, 1<<16/len(line))
	lines := strings.Repeat(line, block)
	parts := []io.Reader{strings.NewReader(head)}
	for ; n >= block; n -= block {
		parts = append(parts, strings.NewReader(lines))
	}
	return io.MultiReader(append(parts, strings.NewReader(strings.Repeat(line, n)), strings.NewReader(tail))...)
}

// drain reads rows to the end, and returns how many came without an error.
func drain(r *importjob.Reader) (good int, last *importjob.Row, end error) {
	for {
		row, err := r.ReadRow()
		if row == nil {
			return good, last, err
		}
		last = row
		if err == nil {
			good++
		}
	}
}

func TestReaderRowLimit(t *testing.T) {
	n, _, err := drain(importjob.NewReader(repeat("a\n", "x\n", 500_000, "\n\r\n\n")))
	assert.Equal(t, 500_000, n)
	assert.Equal(t, io.EOF, err, "blank lines are no users")

	r := importjob.NewReader(repeat("a\n", "x\n", 500_000, "\ny"))
	n, _, err = drain(r)
	assert.Equal(t, 500_000, n)
	assert.EqualError(t, err, "line 500003: the file has more than 500000 users: split it")
	_, again := r.ReadRow()
	assert.Equal(t, err, again, "reading cannot go on")

	r = importjob.NewReader(repeat("a\n", "x\n", 700_000, ""))
	r.NoLimits = true
	n, last, err := drain(r)
	assert.Equal(t, 700_000, n)
	assert.Equal(t, io.EOF, err)
	assert.Equal(t, 700_001, last.Line())
	assert.Equal(t, int64(2*700_000), last.Offset())
}

func TestReaderBadRowsCountAsRows(t *testing.T) {
	r := importjob.NewReader(repeat("a\n", "x,y\n", 500_001, ""))
	n, _, err := drain(r)
	assert.Zero(t, n)
	assert.EqualError(t, err, "line 500002: "+importjob.ErrTooManyRows.Error())
}

func TestReaderSizeLimit(t *testing.T) {
	// The rows are too long, which costs less time than a million that are not.
	megabyte := strings.Repeat("x", 999_999) + "\n"
	almost := func(tail string) *importjob.Reader {
		return importjob.NewReader(repeat("a\n", megabyte, 99, megabyte[2:]+tail))
	}

	_, last, err := drain(almost(""))
	assert.Equal(t, io.EOF, err, "100,000,000 bytes")
	assert.Equal(t, 101, last.Line())

	_, last, err = drain(almost("y"))
	assert.EqualError(t, err, "line 102: the file is larger than 100 MB: split it")
	assert.Equal(t, 101, last.Line())

	_, _, err = drain(almost("\n"))
	assert.ErrorIs(t, err, importjob.ErrFileTooLarge, "a blank line has bytes too")

	r := almost("y")
	r.NoLimits = true
	good, last, err := drain(r)
	assert.Equal(t, 1, good)
	assert.Equal(t, io.EOF, err)
	assert.Equal(t, int64(100_000_000), last.Offset())
}

// Whatever stands at the end of a file, all of it counts, and a file of just the size that is allowed is
// read whole.
func TestFileOfExactlyTheMostBytes(t *testing.T) {
	pool := importjob.Pool{AutoVerifiedAttributes: []string{"email"}}
	const header, row = "cognito:username,email,email_verified\n", "%,a@b.co,true\n"
	users := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.Replace(row, "%", strconv.Itoa(i), 1))
		}
		return b.String()
	}
	for name, rows := range map[string]string{
		"one row":             users(1),
		"many rows":           users(1000),
		"many windows":        users(50_000),
		"no last line end":    strings.TrimSuffix(users(1000), "\n"),
		"no rows":             "",
		"blank lines":         users(10) + "\n\r\n\n",
		"CR at the end":       strings.TrimSuffix(users(10), "\n") + "\r",
		"long row":            users(10) + strings.Repeat("x", 20_000) + "\n",
		"huge row":            users(10) + strings.Repeat("x", 1_000_000) + "\n",
		"huge row to the end": users(10) + strings.Repeat("x", 1_000_000),
	} {
		t.Run(name, func(t *testing.T) {
			file := header + rows
			check := func(most int) (fatal int, sum importjob.CheckSummary) {
				opts := &importjob.CheckOptions{Summary: &sum, Workers: 2,
					Assumptions: importjob.Assumptions{AllowMissingColumns: true, MaxFileBytes: int64(most)}}
				for f, err := range importjob.Check(t.Context(), pool, strings.NewReader(file), opts) {
					require.NoError(t, err)
					if f.Fatal {
						assert.Equal(t, importjob.ErrFileTooLarge.Error(), f.Reason)
						fatal++
					}
				}
				return fatal, sum
			}
			fatal, sum := check(len(file))
			assert.Zero(t, fatal)
			assert.Equal(t, int64(len(file)), sum.Bytes)
			assert.Equal(t, strings.Count(rows, "@"), int(sum.Imported))
			fatal, sum = check(len(file) - 1)
			assert.Equal(t, 1, fatal)
			assert.Equal(t, importjob.StatusFailed, sum.Status)
			assert.Zero(t, sum.Imported)
		})
	}
}

// The limit that the service has is 100,000,000 bytes, unless it is assumed otherwise.
func TestCheckSizeLimit(t *testing.T) {
	header := strings.Join(importjob.Pool{}.Header(), ",") + "\n"
	megabyte := strings.Repeat("x", 999_999) + "\n"
	for over, want := range map[int]string{0: "", 1: importjob.ErrFileTooLarge.Error()} {
		last := ""
		src := repeat(header, megabyte, 99, megabyte[len(header)-over:])
		for f, err := range importjob.Check(t.Context(), importjob.Pool{}, src, nil) {
			require.NoError(t, err)
			if f.Fatal {
				last = f.Reason
			}
		}
		assert.Equal(t, want, last, "%d bytes over", over)
	}
}

func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestReaderLongLineInConstantMemory(t *testing.T) {
	src := repeat("a\n1\n", strings.Repeat("x,", 500), 50_000, "\n2\n") // a line of 50 MB
	bytes := allocated(func() {
		r := importjob.NewReader(src)
		row, err := r.ReadRow()
		require.NoError(t, err)
		assert.Equal(t, "1", string(row.Field(0)))
		row, err = r.ReadRow()
		require.ErrorIs(t, err, importjob.ErrRowTooLong)
		assert.Equal(t, 3, row.Line())
		assert.Equal(t, 50_000_000, row.Size())
		assert.Zero(t, row.Len())
		row, err = r.ReadRow()
		require.NoError(t, err)
		assert.Equal(t, "2", string(row.Field(0)), "reading goes on after it")
		assert.Equal(t, int64(50_000_005), row.Offset())
	})
	assert.Less(t, bytes, uint64(1<<20))
}

func TestReadRowDoesNotAllocate(t *testing.T) {
	r := importjob.NewReader(repeat("a,b,c\n", "Doe\\, John, x ,例え\n", 100_000, ""))
	_, err := r.ReadRow()
	require.NoError(t, err)
	allocs := testing.AllocsPerRun(20_000, func() {
		row, err := r.ReadRow()
		if err != nil || len(row.Field(0)) != len("Doe, John") || len(row.Field(1)) != 1 || len(row.Field(2)) != 6 {
			t.Fatal("wrong row", err)
		}
	})
	assert.Zero(t, allocs)
}
