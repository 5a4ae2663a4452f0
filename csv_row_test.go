package importjob

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
)

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
