package memory_test

import (
	"errors"
	"fmt"
	"io"
	"math"
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
	const rows, times = 20_000, 10
	var text strings.Builder
	text.WriteString(csv(t))
	for i := range rows {
		fmt.Fprintf(&text, ",,,,,,,,,%d@example.com,TRUE,,,,,,,,,,%d%s\n", i, i, strings.Repeat(" ", 150))
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
	const rows = 4000 // about 170 KB
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

// The offsets of rows have 32 bits. The body is not read, so no test needs so much memory.
func TestFileOfMoreThanTwoGiB(t *testing.T) {
	c := newPool(t, &memory.Options{Assumptions: importjob.Assumptions{MaxFileBytes: math.MaxInt64}})
	for _, size := range []int64{math.MaxInt32 + 1, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64} {
		job, err := c.Create(t.Context(), input)
		require.NoError(t, err)
		err = c.Upload(t.Context(), job, iotest.ErrReader(errors.New("read")), size)
		require.ErrorIs(t, err, importjob.Code("EntityTooLarge"), "%d bytes", size)
		assert.False(t, importjob.Retryable(err))
	}
}

// The files of jobs that have not started have a limit in all. Each way in which a job lets its file go makes room.
func TestMaxUploadBytes(t *testing.T) {
	file := csv(t, verified("a"))
	size := int64(len(file))
	upload := func(c *memory.Cognito, job importjob.UserImportJob) error {
		return c.Upload(t.Context(), job, strings.NewReader(file), size)
	}
	for name, letGo := range map[string]func(c *memory.Cognito, jobs []importjob.UserImportJob){
		"start": func(c *memory.Cognito, jobs []importjob.UserImportJob) {
			_, err := c.Start(t.Context(), jobs[0].Ref())
			require.NoError(t, err)
		},
		"replace": func(c *memory.Cognito, jobs []importjob.UserImportJob) {
			require.NoError(t, c.Upload(t.Context(), jobs[0], strings.NewReader(""), 0))
		},
		"expire": func(*memory.Cognito, []importjob.UserImportJob) { time.Sleep(25 * time.Hour) }, // nobody looks at the jobs
		"delete": func(c *memory.Cognito, _ []importjob.UserImportJob) {
			require.NoError(t, c.DeletePool(t.Context(), poolID))
			_, err := c.CreatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{ID: poolID, AutoVerifiedAttributes: []string{"email"}}})
			require.NoError(t, err)
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newPool(t, &memory.Options{MaxUploadBytes: 3*size + size/2})
			jobs := []importjob.UserImportJob{created(t, c, file), created(t, c, file), created(t, c, file)}
			job, err := c.Create(t.Context(), input)
			require.NoError(t, err)
			for range 3 {
				err = upload(c, job)
				require.ErrorIs(t, err, memory.ErrEntityTooLarge, name)
				var e *importjob.Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, importjob.Code("EntityTooLarge"), e.Code)
				assert.Contains(t, e.Message, "raise MaxUploadBytes in memory.Options")
				assert.False(t, importjob.Retryable(err))
			}
			for range 3 { // the new file replaces the old one, so it needs no room
				require.NoError(t, upload(c, jobs[1]))
			}
			letGo(c, jobs)
			job, err = c.Create(t.Context(), input)
			require.NoError(t, err)
			require.NoError(t, upload(c, job), name)
			_, err = c.Start(t.Context(), job.Ref())
			require.NoError(t, err)
		})
	}
}

// What an upload that failed has taken is given back.
func TestMaxUploadBytesAfterFailedUploads(t *testing.T) {
	file := csv(t, verified("a"))
	size := int64(len(file))
	broken := errors.New("broken")
	c := newPool(t, &memory.Options{MaxUploadBytes: size})
	job, err := c.Create(t.Context(), input)
	require.NoError(t, err)
	for range 3 {
		require.ErrorIs(t, c.Upload(t.Context(), job, strings.NewReader(file), size-1), importjob.ErrS3IncompleteBody)
		require.ErrorIs(t, c.Upload(t.Context(), job, strings.NewReader(file[1:]), size), importjob.ErrS3IncompleteBody)
		require.ErrorIs(t, c.Upload(t.Context(), job, reading{strings.NewReader(file[1:]), func() error { return broken }}, size), broken)
		require.Panics(t, func() {
			_ = c.Upload(t.Context(), job, reading{strings.NewReader(file[1:]), func() error { panic("broken") }}, size)
		})
		require.ErrorIs(t, c.Upload(t.Context(), job, strings.NewReader(file+"\n"), size+1), memory.ErrEntityTooLarge)
	}
	require.NoError(t, c.Upload(t.Context(), job, strings.NewReader(file), size))
}

// Uploads in progress count with the bytes that have come, and not with those that are announced.
func TestMaxUploadBytesOfUploadsInProgress(t *testing.T) {
	const size, most = 1 << 20, 3 << 20
	text := "name" + strings.Repeat(" ", size-4)
	for come, want := range map[int]int{1: 40, size / 2: 6, size: 3} { // that many uploads go on at once
		c := newPool(t, &memory.Options{MaxUploadBytes: most})
		uploads := 0
		var upload func() error
		upload = func() error {
			if uploads == want {
				if come > 1 {
					job, err := c.Create(t.Context(), input)
					require.NoError(t, err)
					err = c.Upload(t.Context(), job, strings.NewReader(text), size)
					require.ErrorIs(t, err, memory.ErrEntityTooLarge, "%d bytes each", come)
				}
				return io.ErrUnexpectedEOF
			}
			uploads++
			job, err := c.Create(t.Context(), input)
			require.NoError(t, err)
			return c.Upload(t.Context(), job, reading{strings.NewReader(text[:come]), upload}, size)
		}
		require.ErrorIs(t, upload(), io.ErrUnexpectedEOF, "%d bytes each", come)
		assert.Equal(t, want, uploads)
		created(t, c, text)
	}
}

func TestMaxUploadBytesByDefault(t *testing.T) {
	const most = 1 << 30
	stop := errors.New("stop")
	for limit, want := range map[int64]map[int64]error{
		0:  {most: stop, most + 1: memory.ErrEntityTooLarge},
		-1: {most: stop, most + 1: stop, math.MaxInt32: stop},
		1:  {0: nil, 1: nil, 2: memory.ErrEntityTooLarge},
	} {
		c := newPool(t, &memory.Options{MaxUploadBytes: limit, Assumptions: importjob.Assumptions{MaxFileBytes: math.MaxInt64}})
		for size, want := range want {
			job, err := c.Create(t.Context(), input)
			require.NoError(t, err)
			var body io.Reader = iotest.ErrReader(stop)
			if want == nil {
				body = strings.NewReader("x"[:size])
			}
			err = c.Upload(t.Context(), job, body, size)
			require.ErrorIs(t, err, want, "limit %d, size %d", limit, size)
		}
	}
	c := newPool(t, &memory.Options{MaxUploadBytes: 100})
	job, err := c.Create(t.Context(), input)
	require.NoError(t, err)
	require.ErrorIs(t, c.Upload(t.Context(), job, iotest.ErrReader(stop), importjob.MaxFileBytes+1), stop, "such a file is not kept")
}

// While a file is uploaded, its job can expire, or be deleted with its pool. The upload then succeeds, as one after
// Start does, and changes nothing.
func TestUploadToAJobThatIsGone(t *testing.T) {
	file := csv(t, verified("a"))
	size := int64(len(file))
	for name, end := range map[string]func(c *memory.Cognito, job importjob.UserImportJob){
		"expired": func(*memory.Cognito, importjob.UserImportJob) { time.Sleep(25 * time.Hour) },
		"expired and seen": func(c *memory.Cognito, job importjob.UserImportJob) {
			time.Sleep(25 * time.Hour)
			describe(t, c, job.Ref())
		},
		"of a deleted pool": func(c *memory.Cognito, _ importjob.UserImportJob) {
			require.NoError(t, c.DeletePool(t.Context(), poolID))
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			const jobs = 3
			c := newPool(t, &memory.Options{MaxUploadBytes: size})
			for range jobs {
				job, err := c.Create(t.Context(), input)
				require.NoError(t, err)
				body := reading{strings.NewReader(file), func() error { end(c, job); return io.EOF }}
				require.NoError(t, c.Upload(t.Context(), job, body, size), name)
				if name == "of a deleted pool" {
					_, err := c.CreatePool(t.Context(), userpool.Pool{Pool: importjob.Pool{ID: poolID, AutoVerifiedAttributes: []string{"email"}}})
					require.NoError(t, err)
				}
				_, err = c.Start(t.Context(), job.Ref())
				require.Error(t, err, name)
			}
			_, err := importjob.Import(t.Context(), c, input, strings.NewReader(file), size, nil)
			require.NoError(t, err)
		})
	}
}
