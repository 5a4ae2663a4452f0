package source_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
)

// manyUsers writes an export and a file with the hashes of its users.
func manyUsers(t *testing.T, users int) (export, hashes string) {
	all := make([]int, users)
	for i := range all {
		all[i] = i
	}
	return joinFiles(t, all, all)
}

// The end of a context ends Open, wherever it reads, and leaves no file behind.
func TestOpenEndsWithItsContext(t *testing.T) {
	errStop := errors.New("that is enough")
	export, hashes := manyUsers(t, 20_000)
	reads := 0
	open := func(t *testing.T, end int) (temp string, err error) {
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		reads = 0
		temp = t.TempDir()
		o := &source.Options{Mapping: mustParse(t, joinMapping), Hashes: hashes, TempDir: temp, Now: now, Format: &format.Options{OnRead: func(int) error {
			if reads++; reads == end {
				cancel(errStop)
			}
			return nil
		}}}
		if end == 0 {
			cancel(errStop)
		}
		s, err := source.Open(ctx, []string{export}, emailPool(), o)
		if err == nil {
			require.NoError(t, s.Close())
		}
		return temp, err
	}
	_, err := open(t, -1)
	require.NoError(t, err)
	all := reads
	require.Greater(t, all, 10, "both files are read in Open")
	for end := range all {
		temp, err := open(t, end)
		require.ErrorIs(t, err, errStop, "after read %d of %d", end, all)
		assert.LessOrEqual(t, reads, end+1, "it reads on")
		entries, err := os.ReadDir(temp)
		require.NoError(t, err)
		assert.Empty(t, entries, "the hashes are on the disk")
	}
}

// The end of the context of Open ends Next as well.
func TestNextEndsWithTheContextOfOpen(t *testing.T) {
	export, _ := manyUsers(t, 50_000)
	ctx, cancel := context.WithCancel(t.Context())
	s, err := source.Open(ctx, []string{export}, emailPool(), &source.Options{Mapping: mustParse(t, joinMapping), Now: now})
	require.NoError(t, err)
	defer s.Close()
	_, err = s.Next()
	require.NoError(t, err)
	cancel()
	rows := 0
	for ; err == nil; rows++ {
		_, err = s.Next()
	}
	require.ErrorIs(t, err, context.Canceled)
	assert.Less(t, rows, 50_000)
}

func TestInspectEndsWithItsContextInTheJoin(t *testing.T) {
	export, hashes := manyUsers(t, 20_000)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reads := 0
	o := &source.Options{Mapping: mustParse(t, joinMapping), Hashes: hashes, TempDir: t.TempDir(), Now: now, Format: &format.Options{OnRead: func(int) error {
		if reads++; reads == 5 {
			cancel()
		}
		return nil
	}}}
	_, err := source.Inspect(ctx, []string{export}, emailPool(), o)
	require.ErrorIs(t, err, context.Canceled)
	assert.LessOrEqual(t, reads, 6)
}

// askedContext is a context that has ended when it was asked for the last time.
type askedContext struct {
	context.Context
	asked, end int
}

func (c *askedContext) Err() error {
	if c.asked++; c.asked > c.end {
		return context.Canceled
	}
	return nil
}

// Matching reads no file and can take long, too.
func TestOpenEndsWithItsContextBetweenTheReads(t *testing.T) {
	export, hashes := manyUsers(t, 20_000)
	reads := 0
	open := func(t *testing.T, end int) (asked int, err error) {
		ctx, temp := &askedContext{Context: t.Context(), end: end}, t.TempDir()
		o := &source.Options{Mapping: mustParse(t, joinMapping), Hashes: hashes, TempDir: temp, Now: now, Format: &format.Options{OnRead: func(int) error { reads++; return nil }}}
		s, err := source.Open(ctx, []string{export}, emailPool(), o)
		if err == nil {
			require.NoError(t, s.Close())
		}
		entries, readErr := os.ReadDir(temp)
		require.NoError(t, readErr)
		assert.Empty(t, entries)
		return ctx.asked, err
	}
	all, err := open(t, 1<<30)
	require.NoError(t, err)
	require.GreaterOrEqual(t, all-reads, 1+20_000/4096, "once in the begin, and while matching")
	for end := range all {
		_, err := open(t, end)
		require.ErrorIs(t, err, context.Canceled, "when asked for the time %d of %d", end+1, all)
	}
}

func TestOpenSaysHowFarMatchingIs(t *testing.T) {
	export, hashes := manyUsers(t, 20_000)
	var seen []int
	s, err := source.Open(t.Context(), []string{export}, emailPool(), &source.Options{Mapping: mustParse(t, joinMapping), Hashes: hashes, TempDir: t.TempDir(), Now: now,
		OnMatch: func(done, all int) {
			assert.Equal(t, 40_000, all)
			assert.LessOrEqual(t, done, all)
			seen = append(seen, done)
		}})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.Len(t, seen, 1+20_000/4096)
	assert.IsIncreasing(t, seen)
	assert.Greater(t, seen[len(seen)-1], 30_000)
}
