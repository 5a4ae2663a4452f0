package ahead_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/internal/ahead"
)

type batch struct{ numbers []int }

// count fills batches of two with the numbers up to last.
func count(last int) func(*batch) bool {
	n := 0
	return func(b *batch) bool {
		b.numbers = append(b.numbers[:0], n, n+1)
		n += 2
		return n < last
	}
}

func TestAllBatchesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := ahead.Fill(3, count(20))
		var got []int
		for batch := b.Next(); batch != nil; batch = b.Next() {
			got = append(got, batch.numbers...)
		}
		assert.Len(t, got, 20)
		assert.IsIncreasing(t, got)
		assert.Nil(t, b.Next(), "again")
		b.Close()
	})
}

// The goroutine fills what is free, and what the reader has stays as it is.
func TestNoMoreThanCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		filled := 0
		fill := count(1000)
		b := ahead.Fill(3, func(batch *batch) bool { filled++; return fill(batch) })
		synctest.Wait()
		require.Equal(t, 3, filled)
		first := b.Next()
		synctest.Wait()
		require.Equal(t, 3, filled)
		require.Equal(t, []int{0, 1}, first.numbers)
		require.Equal(t, []int{2, 3}, b.Next().numbers)
		synctest.Wait()
		require.Equal(t, 4, filled)
		b.Close()
	})
}

// A bubble does not end before its goroutines.
func TestClose(t *testing.T) {
	for _, read := range []int{0, 1, 5} {
		synctest.Test(t, func(t *testing.T) {
			b := ahead.Fill(2, count(1_000_000))
			for range read {
				b.Next()
			}
			b.Close()
		})
	}
	synctest.Test(t, func(t *testing.T) {
		hold, closed := make(chan struct{}), false
		b := ahead.Fill(2, func(*batch) bool { <-hold; return true })
		synctest.Wait() // the first value is being filled
		go func() {
			b.Close()
			closed = true
		}()
		synctest.Wait()
		require.False(t, closed)
		close(hold)
		synctest.Wait()
		require.True(t, closed)
	})
}
