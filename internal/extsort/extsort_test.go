package extsort_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/internal/extsort"
)

type record struct {
	key     uint64
	payload string
}

func TestSorter(t *testing.T) {
	for _, tt := range []struct {
		count, maxBytes, fanIn int
		files                  bool
	}{
		{0, 0, 0, false}, {1, 0, 0, false}, {1000, 0, 0, false}, {1000, 3000, 0, true}, {1000, 3000, 3, true},
	} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			dir := t.TempDir()
			s := extsort.Sorter{Dir: dir, Name: "run", MaxBytes: tt.maxBytes, FanIn: tt.fanIn}
			var want []record
			for range tt.count {
				r := record{uint64(random.IntN(300)), fmt.Sprint(random.IntN(1000))}
				want = append(want, r)
				require.NoError(t, s.Add(r.key, []byte(r.payload)))
			}
			slices.SortFunc(want, func(a, b record) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.payload, b.payload)) })
			var got []record
			for r, err := range s.All() {
				require.NoError(t, err)
				got = append(got, record{r.Key, string(r.Payload)})
			}
			require.Equal(t, want, got)
			files, err := os.ReadDir(dir)
			require.NoError(t, err)
			if !tt.files {
				require.Empty(t, files)
			} else {
				require.NotEmpty(t, files)
			}
		})
	}
	s := extsort.Sorter{Dir: t.TempDir()}
	require.NoError(t, s.Add(1, make([]byte, extsort.MaxPayload)))
	require.Error(t, s.Add(1, make([]byte, extsort.MaxPayload+1)))
}
