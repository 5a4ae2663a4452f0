package memory_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/testkit"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// gate is a body that gives its first part, tells so, and gives the rest when it is opened.
type gate struct {
	io.Reader
	reached, open chan struct{}
	once          sync.Once
}

func (g *gate) Read(p []byte) (int, error) {
	g.once.Do(func() {
		close(g.reached)
		<-g.open
	})
	return g.Reader.Read(p)
}

// lookAround calls everything that must not wait for a file that is being judged.
func lookAround(t *testing.T, c *memory.Cognito, ref importjob.Ref) {
	t.Helper()
	assert.Equal(t, importjob.StatusCreated, describe(t, c, ref).Status)
	_, _, err := c.List(t.Context(), poolID, importjob.Page{})
	require.NoError(t, err)
	_, err = c.Pool(t.Context(), poolID)
	require.NoError(t, err)
	_, err = c.Create(t.Context(), input)
	require.NoError(t, err)
	_, _, err = c.Results(t.Context(), ref, importjob.Page{})
	require.NoError(t, err)
}

// Nobody waits for a file that is being uploaded and judged, or for a job that is being started,
// not even in the same pool.
func TestLooksDoNotWait(t *testing.T) {
	var barrier *gate
	c := newPool(t, &memory.Options{AssumeRole: func(string) error {
		_, err := barrier.Read(nil)
		return err
	}})
	file := csv(t, verified("a"))
	job, err := c.Create(t.Context(), input)
	require.NoError(t, err)

	body := &gate{Reader: strings.NewReader(file), reached: make(chan struct{}), open: make(chan struct{})}
	uploaded := make(chan error)
	go func() { uploaded <- c.Upload(t.Context(), job, body, int64(len(file))) }()
	<-body.reached
	lookAround(t, c, job.Ref())
	close(body.open)
	require.NoError(t, <-uploaded)

	barrier = &gate{Reader: testkit.Stuck{}, reached: make(chan struct{}), open: make(chan struct{})}
	startedJob := make(chan error)
	go func() {
		_, err := c.Start(t.Context(), job.Ref())
		startedJob <- err
	}()
	<-barrier.reached
	lookAround(t, c, job.Ref())
	_, err = c.Start(t.Context(), job.Ref())
	require.ErrorIs(t, err, importjob.ErrPreconditionNotMet, "it is being started")
	_, err = c.Stop(t.Context(), job.Ref())
	require.ErrorIs(t, err, importjob.ErrPreconditionNotMet)
	require.ErrorIs(t, c.DeletePool(t.Context(), poolID), userpool.ErrUserImportInProgress)
	close(barrier.open)
	require.NoError(t, <-startedJob)
	assert.Equal(t, importjob.StatusSucceeded, describe(t, c, job.Ref()).Status)
}

// The same in the middle of a file that several goroutines judge.
func TestLooksDoNotWaitForALargeFile(t *testing.T) {
	c := newPool(t, nil)
	file := planted(rand.New(rand.NewPCG(1, 2)), 25_000)
	require.Greater(t, len(file), 4<<20)
	job, err := c.Create(t.Context(), input)
	require.NoError(t, err)
	rest := &gate{Reader: strings.NewReader(file[len(file)/2:]), reached: make(chan struct{}), open: make(chan struct{})}
	uploaded := make(chan error)
	go func() {
		uploaded <- c.Upload(t.Context(), job, io.MultiReader(strings.NewReader(file[:len(file)/2]), rest), int64(len(file)))
	}()
	<-rest.reached
	lookAround(t, c, job.Ref())
	close(rest.open)
	require.NoError(t, <-uploaded)
	_, err = c.Start(t.Context(), job.Ref())
	require.NoError(t, err)
	assert.True(t, describe(t, c, job.Ref()).Status.Done())
}

// What breaks in the middle leaves no goroutine behind, and nothing is kept.
func TestLargeUploadThatBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // a bubble fails when a goroutine of it is left
		c := newPool(t, nil)
		file := planted(rand.New(rand.NewPCG(1, 2)), 25_000)
		job, err := c.Create(t.Context(), input)
		require.NoError(t, err)
		ctx, cancel := context.WithCancelCause(t.Context())
		half := func() io.Reader { return strings.NewReader(file[:len(file)/2]) }
		broken := errors.New("broken")
		require.ErrorIs(t, c.Upload(ctx, job, io.MultiReader(half(), iotest.ErrReader(broken)), int64(len(file))), broken)
		require.ErrorIs(t, c.Upload(ctx, job, half(), int64(len(file))), importjob.ErrS3IncompleteBody)
		gone := errors.New("gone")
		body := io.MultiReader(half(), testkit.ReaderFunc(func([]byte) (int, error) { cancel(gone); return 0, nil }), half())
		require.ErrorIs(t, c.Upload(ctx, job, body, int64(len(file))), gone)
		_, err = c.Start(t.Context(), job.Ref())
		require.ErrorIs(t, err, importjob.ErrPreconditionNotMet)
	})
}
