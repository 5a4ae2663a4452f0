package memory_test

import (
	"errors"
	"io"
	"math"
	"strings"
	"sync"
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

// Uploads in progress count with the blocks for the bytes that have come, and not with the bytes that are announced.
func TestMaxUploadBytesOfUploadsInProgress(t *testing.T) {
	const size, most = 1 << 20, 3 << 20
	text := "name" + strings.Repeat(" ", size-4)
	for come, want := range map[int]int{1: 33, size / 2: 5, size: 3} { // that many uploads can go on at once
		c := newPool(t, &memory.Options{MaxUploadBytes: most})
		uploads := 0
		var upload func() error
		upload = func() error {
			if uploads == want {
				job, err := c.Create(t.Context(), input)
				require.NoError(t, err)
				err = c.Upload(t.Context(), job, strings.NewReader(text), size)
				require.ErrorIs(t, err, memory.ErrEntityTooLarge, "%d bytes each", come)
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
				once := sync.OnceFunc(func() { end(c, job) }) // a body can be read again after its end
				body := reading{strings.NewReader(file), func() error { once(); return io.EOF }}
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
