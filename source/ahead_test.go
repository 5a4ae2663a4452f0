package source_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
)

// manyRecords is an export of several batches, with records that cannot be read.
func manyRecords(n int) string {
	var b strings.Builder
	b.WriteString("username,email,email_verified\n")
	for i := range n {
		if i%97 == 5 || i%512 == 511 {
			fmt.Fprintf(&b, "u%d\n", i)
			continue
		}
		fmt.Fprintf(&b, "u%d,u%d@example.com,true\n", i, i)
	}
	return b.String()
}

// TestReadAheadIsReading compares a file, which is read ahead, with a stream, which is not.
func TestReadAheadIsReading(t *testing.T) {
	for _, n := range []int{0, 1, 255, 256, 257, 2000} {
		text := manyRecords(n)
		file := openText(t, "", "users.csv", text, source.Options{})
		stream, err := source.Open(t.Context(), []string{"-"}, emailPool(), &source.Options{Format: &format.Options{Stdin: strings.NewReader(text)}})
		require.NoError(t, err)
		rows := 0
		for {
			a, errA := file.Next()
			b, errB := stream.Next()
			require.Equal(t, errB, errA)
			if errA == io.EOF {
				break
			}
			require.NoError(t, errA)
			require.Equal(t, b, a)
			rows++
		}
		assert.Equal(t, n, rows)
		_, err = file.Next()
		assert.Equal(t, io.EOF, err, "again")
		require.NoError(t, stream.Close())
	}
}

// A bubble does not end before its goroutines.
func TestCloseEndsReadingAhead(t *testing.T) {
	path := writeFile(t, "users.csv", manyRecords(5000))
	for _, rows := range []int{0, 1, 700} {
		synctest.Test(t, func(t *testing.T) {
			s, err := source.Open(t.Context(), []string{path}, emailPool(), nil)
			require.NoError(t, err)
			for range rows {
				_, err := s.Next()
				require.NoError(t, err)
			}
			require.NoError(t, s.Close())
			_, err = s.Next()
			require.Error(t, err)
			require.NoError(t, s.Close())
		})
	}
}

// An error of the reader comes behind the rows before it.
func TestReadAheadKeepsTheErrorInItsPlace(t *testing.T) {
	broken := errors.New("broken")
	read := 0
	path := writeFile(t, "users.csv", manyRecords(20_000))
	s, err := source.Open(t.Context(), []string{path}, emailPool(), &source.Options{Format: &format.Options{OnRead: func(n int) error {
		if read += n; read > 300<<10 {
			return broken
		}
		return nil
	}}})
	require.NoError(t, err)
	rows := 0
	for err == nil {
		if _, err = s.Next(); err == nil {
			rows++
		}
	}
	require.ErrorIs(t, err, broken)
	require.Greater(t, rows, 3000)
	_, again := s.Next()
	require.Equal(t, err, again)
	require.NoError(t, s.Close())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Greater(t, info.Size(), int64(400<<10))
}

// Close waits for a read that is under way, since it closes the file.
func TestCloseWaitsForARead(t *testing.T) {
	text := "username,nickname\n" + strings.Repeat("ann,"+strings.Repeat("x", 300)+"\n", 4000) // the second batch needs the fifth read
	path := writeFile(t, "users.csv", text)
	synctest.Test(t, func(t *testing.T) {
		reads, hold := 0, make(chan struct{})
		s, err := source.Open(t.Context(), []string{path}, emailPool(), &source.Options{Format: &format.Options{OnRead: func(int) error {
			if reads++; reads == 5 {
				<-hold
			}
			return nil
		}}})
		require.NoError(t, err)
		_, err = s.Next()
		require.NoError(t, err)
		synctest.Wait()
		require.Equal(t, 5, reads)
		closed := false
		go func() {
			assert.NoError(t, s.Close())
			closed = true
		}()
		synctest.Wait()
		require.False(t, closed)
		close(hold)
		synctest.Wait()
		require.True(t, closed)
	})
}
