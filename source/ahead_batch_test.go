package source

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/cognito-import/importjob/source/format"
)

// endless has the same record again and again.
type endless struct {
	format.Reader
	values []format.Value
}

func (e endless) Next() (format.Record, error) { return format.Record{Values: e.values}, nil }

type ended struct{ format.Reader }

func (ended) Next() (format.Record, error) { return format.Record{}, io.EOF }

func TestBatchesAreBounded(t *testing.T) {
	for name, c := range map[string]struct {
		values []format.Value
		want   int
	}{
		"records": {make([]format.Value, 3), batchRecords},
		"values":  {make([]format.Value, batchValues/4), 4},
		"bytes":   {[]format.Value{{Text: strings.Repeat("x", batchBytes/8)}, {Text: "y"}}, 8},
		"large":   {make([]format.Value, 2*batchValues), 1},
	} {
		b := batch{}
		for range 2 {
			assert.True(t, b.fill(endless{values: c.values}), name)
			assert.Len(t, b.records, c.want, name)
		}
		assert.False(t, b.fill(ended{}), name)
	}
}
