package scan

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestMask(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for range 20_000 {
		var block [blockSize]byte
		want := uint64(0)
		for i := range block {
			block[i] = []byte{',', ',' ^ 1, ',' | 0x80, 0, 0xff, byte(rng.IntN(256))}[rng.IntN(6)]
			if block[i] == ',' {
				want |= 1 << i
			}
		}
		require.Equal(t, want, mask(block[:], ','), "%q", block)
	}
}

// FuzzValue holds the short way to a value equal to the long one.
func FuzzValue(f *testing.F) {
	for _, s := range []string{"", ",", `\,`, `a\,b,c`, `a\\,b, c ,d\`, ",,\r", "a,\x00,b", `,\,`, `x,\,`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if strings.ContainsRune(line, '\n') || len(line) > MaxLineBytes {
			return
		}
		row := Parse(line)
		for i := range row.Len() {
			require.Equal(t, string(row.Field(i)), Value(line, i, row.Len()), "%q %d", line, i)
		}
	})
}

// UTF-8 is looked at in blocks: characters whole and broken, at each place of one.
func TestValidUTF8AroundBlocks(t *testing.T) {
	pieces := []string{"é", "\xc3", "\xa9", "\xc0\x80", "\xc1\xbf", "\xc2\x80", "\xdf\xbf", "日", "\xe6\x97", "\xed\xa0\x80", "🙂", "\xf4\x90\x80\x80", "éé", "é\xa9"}
	for _, piece := range pieces {
		for size := range 80 {
			for at := range size + 1 {
				v := []byte(strings.Repeat("x", at) + piece + strings.Repeat("y", size-at))
				require.Equal(t, utf8.Valid(v), ValidUTF8(v), "%q", v)
			}
		}
	}
	for _, blocks := range []int{1, 2, 3} { // half a character, and its other half blocks later
		for _, gap := range []int{32, 64, 128} {
			v := []byte(strings.Repeat("x", blocks*64-1) + "\xc3" + strings.Repeat("x", gap) + "\xa9" + strings.Repeat("x", 200))
			require.False(t, ValidUTF8(v))
		}
	}
	rng := rand.New(rand.NewPCG(17, 18))
	for range 200_000 {
		var v []byte
		for range rng.IntN(40) {
			v = append(v, append(pieces, "a", "bcdefghi")[rng.IntN(1+rng.IntN(len(pieces)+2))]...)
		}
		require.Equal(t, utf8.Valid(v), ValidUTF8(v), "%q", v)
	}
}
