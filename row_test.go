package importjob

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzLineValue holds the short way to a value equal to the long one.
func FuzzLineValue(f *testing.F) {
	for _, s := range []string{"", ",", `\,`, `a\,b,c`, `a\\,b, c ,d\`, ",,\r", "a,\x00,b", `,\,`, `x,\,`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if strings.ContainsRune(line, '\n') || len(line) > maxLineBytes {
			return
		}
		row := ParseRow(line)
		for i := range row.Len() {
			require.Equal(t, string(row.Field(i)), LineValue(line, i, row.Len()), "%q %d", line, i)
		}
	})
}

// The race detector sees to it that nothing is written.
func TestParsedRowIsReadByMany(t *testing.T) {
	for _, line := range []string{"", "x", `a,b\,c, d ,,\,`} {
		row := ParseRow(line)
		var readers sync.WaitGroup
		for range 4 {
			readers.Go(func() {
				for i, value := range row.Fields() {
					assert.Equal(t, string(value), string(row.Field(i)))
					assert.Positive(t, row.Column(i))
				}
				assert.Equal(t, line, string(row.Text()))
			})
		}
		readers.Wait()
	}
}
