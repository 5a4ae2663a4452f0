package seen

import (
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func hashOf(t *testing.T, name string) Hash {
	t.Helper()
	h, _ := HashOf([]byte(name), true, nil)
	return h
}

// TestFinder compares a Finder that has hardly any memory with a map.
func TestFinder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, tt := range []struct {
		rows, names, bytes, most int
		file                     bool
	}{
		{0, 1, 0, 0, false}, {1, 1, 0, 0, false}, {2, 1, 0, 0, false}, {5000, 3000, 0, 0, false},
		{5000, 3000, 1, 0, true}, {5000, 3000, 5 * recordBytes * finderParts, 0, true}, {5000, 1, 1, 0, true},
		{5000, 3000, 1, 3, true}, {5000, 3000, 0, 1, false}, {2000, 1, 0, 1, false},
	} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			f := Finder{Name: filepath.Join(t.TempDir(), "usernames"), MaxBytes: tt.bytes, most: tt.most}
			lines := map[string]int{}
			var want, got []Repeat
			line := 0
			for i := range tt.rows {
				line += 1 + random.IntN(3)
				name := fmt.Sprint("User", random.IntN(tt.names))
				if tag := byte(i); lines[name] > 0 {
					want = append(want, Repeat{line, tag, lines[name]})
				} else {
					lines[name] = line
				}
				if i%2 == 0 {
					name = strings.ToUpper(name)
				}
				require.NoError(t, f.Add(hashOf(t, name), line, byte(i)))
			}
			for r, err := range f.Repeats() {
				require.NoError(t, err)
				got = append(got, r)
			}
			slices.SortFunc(got, func(a, b Repeat) int { return a.Line - b.Line })
			require.Equal(t, want, got)
			require.NoError(t, f.Close())
			if _, err := os.Stat(f.Name); tt.file {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, os.ErrNotExist)
			}
		})
	}
}

func TestFinderEndsEarly(t *testing.T) {
	var f Finder
	for line := range 10 {
		require.NoError(t, f.Add(hashOf(t, "ann"), line+1, 0))
	}
	n := 0
	for range f.Repeats() {
		if n++; n == 3 {
			break
		}
	}
	assert.Equal(t, 3, n)
}

func TestFinderReportsItsFile(t *testing.T) {
	f := Finder{Name: filepath.Join(t.TempDir(), "missing", "usernames"), MaxBytes: 1}
	require.NoError(t, f.Add(hashOf(t, "ann"), 1, 0))
	require.ErrorIs(t, f.Add(hashOf(t, "ann"), 2, 0), os.ErrNotExist)

	f = Finder{Name: filepath.Join(t.TempDir(), "usernames"), MaxBytes: 1}
	for line := range 3 {
		require.NoError(t, f.Add(hashOf(t, "ann"), line+1, 0))
	}
	require.NoError(t, os.Truncate(f.Name, recordBytes+1))
	var last error
	for _, err := range f.Repeats() {
		last = err
	}
	require.ErrorIs(t, last, io.ErrUnexpectedEOF)
	require.NoError(t, f.Close())
}

func TestFinderRefusesALineThatDoesNotFit(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("an int always fits")
	}
	var f Finder
	most := math.MaxInt >> 31 // 4294967295, which is no constant of an int with 32 bits
	require.NoError(t, f.Add(hashOf(t, "ann"), most, 0))
	require.Error(t, f.Add(hashOf(t, "ann"), most+1, 0))
	for range f.Repeats() {
		require.Fail(t, "there is one line only")
	}
}

// A search has the usernames of one pass over one part in memory.
func TestSearchForgets(t *testing.T) {
	part := func(from, to int) iter.Seq2[[]byte, error] {
		return func(yield func([]byte, error) bool) {
			var block []byte
			for line := from; line < to; line++ {
				block = binary.LittleEndian.AppendUint64(block, uint64(line)*finderParts+7)
				block = append(block, 0, 0, 0, 0, byte(line), byte(line>>8), 0, 0, 0)
			}
			yield(block, nil)
		}
	}
	s := search{passes: 1}
	none := func(r Repeat, err error) bool { t.Error(r, err); return false }
	require.True(t, s.part(part(1, 1000), none))
	require.Len(t, s.set.entries, 999)
	require.True(t, s.part(part(1000, 1100), none))
	require.Len(t, s.set.entries, 100)
	s.passes = 2
	for s.pass = range s.passes {
		require.True(t, s.part(part(1, 1001), none))
		require.Len(t, s.set.entries, 500, "half of them")
	}
}
