package importjob

import (
	"strings"
	"testing"

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
