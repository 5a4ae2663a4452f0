package memory_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// heap returns the number of bytes in the heap that something still refers to.
func heap() int64 {
	runtime.GC()
	runtime.GC() // frees what finalizers of the first one let go
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// reading is a body that calls at when its reader wants what is after the text.
type reading struct {
	text io.Reader
	at   func() error
}

func (r reading) Read(p []byte) (int, error) {
	if n, err := r.text.Read(p); err == nil {
		return n, nil
	}
	return 0, r.at()
}

// An upload takes memory for the bytes that have come, and not for those that are announced. Each body here begins
// the next upload while it is read, so that all of them are in progress when the heap is measured.
func TestUploadsGrowWithTheirBytes(t *testing.T) {
	enough := errors.New("enough")
	for _, test := range []struct {
		uploads, come int
		most          int64 // bytes of heap for one upload
	}{
		{uploads: 40, come: 1, most: 100 << 10},
		{uploads: 20, come: 600 << 10, most: 1600 << 10},
	} {
		c := newPool(t, nil)
		text := "name" + strings.Repeat(" ", test.come-4*min(1, test.come/4)) // a header without an end
		before, grown := heap(), int64(0)
		var upload func(left int) error
		upload = func(left int) error {
			if left == 0 {
				grown = heap() - before
				return enough
			}
			job, err := c.Create(t.Context(), input)
			require.NoError(t, err)
			return c.Upload(t.Context(), job, reading{strings.NewReader(text[:test.come]), func() error { return upload(left - 1) }}, importjob.MaxFileBytes)
		}
		require.ErrorIs(t, upload(test.uploads), enough)
		assert.Less(t, grown, test.most*int64(test.uploads), "%d uploads of %d bytes", test.uploads, test.come)
		runtime.KeepAlive(c)
	}
}

// Nothing keeps the text of a file that no job can import any more.
func TestTextIsLetGo(t *testing.T) {
	const rows, times = 4_000, 10
	var text strings.Builder
	text.WriteString(csv(t))
	for i := range rows {
		fmt.Fprintf(&text, ",,,,,,,,,%d@example.com,TRUE,,,,,,,,,,%d%s\n", i, i, strings.Repeat(" ", 750))
	}
	good := text.String()
	unknown := "unknown," + good
	for name, test := range map[string]struct {
		opts memory.Options
		file string
		end  func(c *memory.Cognito, job importjob.UserImportJob)
	}{
		"replaced": {file: good, end: func(c *memory.Cognito, job importjob.UserImportJob) {
			require.NoError(t, c.Upload(t.Context(), job, strings.NewReader("name"), 4))
		}},
		"expired": {file: good, end: func(c *memory.Cognito, job importjob.UserImportJob) {
			time.Sleep(25 * time.Hour)
			describe(t, c, job.Ref())
		}},
		"a faulty file": {file: unknown, end: func(c *memory.Cognito, job importjob.UserImportJob) {
			_, err := c.Start(t.Context(), job.Ref())
			require.NoError(t, err)
			require.Equal(t, importjob.StatusFailed, describe(t, c, job.Ref()).Status)
		}},
		"a faulty role": {file: good, opts: memory.Options{AssumeRole: func(string) error { return io.EOF }}, end: func(c *memory.Cognito, job importjob.UserImportJob) {
			_, err := c.Start(t.Context(), job.Ref())
			require.NoError(t, err)
			require.Equal(t, importjob.StatusFailed, describe(t, c, job.Ref()).Status)
		}},
		"the pool is deleted": {file: good, end: func(c *memory.Cognito, job importjob.UserImportJob) {
			require.NoError(t, c.DeletePool(t.Context(), poolID))
			_, err := c.CreatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{ID: poolID, AutoVerifiedAttributes: []string{"email"}}})
			require.NoError(t, err)
		}},
		"stopped before the first row": {file: good, opts: memory.Options{PendingFor: time.Minute}, end: func(c *memory.Cognito, job importjob.UserImportJob) {
			_, err := c.Start(t.Context(), job.Ref())
			require.NoError(t, err)
			_, err = c.Stop(t.Context(), job.Ref())
			require.NoError(t, err)
			_, found := find(t, c, "0")
			require.False(t, found)
		}},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newPool(t, &test.opts)
			before := heap()
			for range times {
				test.end(c, created(t, c, test.file))
			}
			const perRow = 24 // offsets and an index can stay
			assert.Less(t, heap()-before, int64(2*len(test.file)+perRow*rows*times), name)
			runtime.KeepAlive(c)
		})
	}
}

// Each user is read from the text, wherever the ends of the blocks are in which the fake keeps it: in a value, at a
// comma, in a line end, among empty lines.
func TestUsersAtTheEndsOfBlocks(t *testing.T) {
	const rows = 2000 // about 80 KB or more
	for shift := range 48 {
		for _, end := range []string{"\n", "\r\n", "\n\n\r\n"} {
			c := newPool(t, &memory.Options{Assumptions: importjob.Assumptions{AllowMissingColumns: true}})
			var file strings.Builder
			fmt.Fprintf(&file, "cognito:username,name,email,email_verified%s\n", strings.Repeat(" ", shift))
			for i := range rows {
				fmt.Fprintf(&file, "user%04d,Åke\\, %d,%d@example.com,true%s", i, i, i, end)
			}
			var body io.Reader = strings.NewReader(file.String())
			if shift%8 == 0 {
				body = iotest.HalfReader(body)
			}
			job, err := c.Create(t.Context(), input)
			require.NoError(t, err)
			require.NoError(t, c.Upload(t.Context(), job, body, int64(file.Len())))
			if shift%5 == 0 { // checks the kept text again
				require.NoError(t, c.UpdatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{ID: poolID, AutoVerifiedAttributes: []string{"email"}, CaseInsensitive: true}}))
			}
			_, err = c.Start(t.Context(), job.Ref())
			require.NoError(t, err)
			require.Equal(t, int64(rows), describe(t, c, job.Ref()).ImportedUsers)
			i := 0
			for user, err := range userpool.All(t.Context(), c, poolID) {
				require.NoError(t, err)
				if want := fmt.Sprintf("user%04d Åke, %d %d@example.com", i, i, i); want != user.Username+" "+user.Attributes.Value("name")+" "+user.Attributes.Value("email") {
					t.Fatalf("row %d, shift %d, end %q: got %q %q %q", i, shift, end, user.Username, user.Attributes.Value("name"), user.Attributes.Value("email"))
				}
				i++
			}
			require.Equal(t, rows, i)
		}
	}
}

// A row that is followed by many empty lines, or that is as long as a row can be, crosses the end of a block too.
func TestLongRowsAtTheEndOfABlock(t *testing.T) {
	for _, row := range []string{
		"a,a@b.c,true" + strings.Repeat("\n", 200_000),
		"a,a@b.c,true" + strings.Repeat("\r\n", 100_000),
		"a,a@b.c,true" + strings.Repeat(" ", 15_000) + "\r\n",
		"a,a@b.c,true," + strings.Repeat("𝄞", 500) + "\r\n",
	} {
		for _, before := range []int{65_000, 65_535, 131_060, 262_140} {
			c := newPool(t, &memory.Options{Assumptions: importjob.Assumptions{AllowMissingColumns: true}})
			header := "cognito:username,email,email_verified"
			if strings.Contains(row, "𝄞") {
				header += ",name"
			}
			file := header + strings.Repeat("\n", before-len(header)) + row + strings.ReplaceAll(strings.TrimRight(row, "\r\n"), "a", "b")
			require.Equal(t, int64(2), describe(t, c, started(t, c, file)).ImportedUsers)
			for _, name := range []string{"a", "b"} {
				user, found := find(t, c, name)
				require.True(t, found)
				assert.Equal(t, name+"@"+map[string]string{"a": "b", "b": "b"}[name]+".c", user.Attributes.Value("email"))
			}
		}
	}
}
