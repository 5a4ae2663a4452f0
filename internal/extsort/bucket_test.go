package extsort

import (
	"cmp"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Many records in memory are sorted by buckets, however their keys are spread.
func TestBuckets(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for name, key := range map[string]func(int) uint64{
		"hashes":    func(int) uint64 { return random.Uint64() },
		"few":       func(int) uint64 { return random.Uint64N(5) << 61 },
		"numbers":   func(i int) uint64 { return uint64(i) },
		"backwards": func(i int) uint64 { return ^uint64(i) << 40 },
		"the same":  func(int) uint64 { return 7 },
	} {
		s := &Sorter{Dir: t.TempDir()}
		var want []uint64
		for i := range 3 * fewRefs {
			k := key(i)
			want = append(want, k)
			require.NoError(t, s.Add(k, binary.BigEndian.AppendUint32(nil, uint32(i))))
		}
		slices.Sort(want)
		var got []Record
		for r, err := range s.All() {
			require.NoError(t, err)
			got = append(got, Record{r.Key, slices.Clone(r.Payload)})
		}
		require.Len(t, got, len(want), name)
		for i, r := range got {
			require.Equal(t, want[i], r.Key, name)
		}
		require.True(t, slices.IsSortedFunc(got, func(a, b Record) int {
			return cmp.Or(cmp.Compare(a.Key, b.Key), slices.Compare(a.Payload, b.Payload))
		}), name)
	}
}
