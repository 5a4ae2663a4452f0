package format

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Who keeps a short value of each record does not keep the records.
func TestShortValuesOfLargeRecords(t *testing.T) {
	const records = 100
	other := strings.Repeat("x", 200<<10)
	object := func(i int) string { return fmt.Sprintf(`{"id":"%d","other":"%s"}`, i, other) }
	row := func(delimiter string) func(int) string {
		return func(i int) string { return fmt.Sprint(i) + delimiter + other }
	}
	for name, c := range map[string]struct {
		first, between, last string
		record               func(int) string
		format               Format
		records              string
	}{
		"csv":     {"id,other\n", "\n", "\n", row(","), CSV, ""},
		"copy":    {"", "\n", "\n", row("\t"), PGCopy, ""},
		"ndjson":  {"", "\n", "\n", object, NDJSON, ""},
		"in line": {`{"users":[`, ",", "]}\n", object, NDJSON, "users[*]"},
		"json":    {"[", ",", "]", object, JSON, "[*]"},
	} {
		var b strings.Builder
		b.WriteString(c.first)
		for i := range records {
			if i > 0 && (name != "in line" || i%10 != 0) {
				b.WriteString(c.between)
			} else if i > 0 {
				b.WriteString(c.last + c.first)
			}
			b.WriteString(c.record(i))
		}
		b.WriteString(c.last)
		r, err := NewReader(strings.NewReader(b.String()), name, &Options{Format: c.format})
		require.NoError(t, err, name)
		path, o := MustPath("id"), &BindOptions{}
		if c.format == PGCopy {
			path = MustPath("#1")
		}
		if c.records != "" {
			o.Records = MustPath(c.records)
		}
		require.NoError(t, r.Bind([]Path{path}, o), name)
		var ids []Value
		before := heap()
		for range records {
			record, err := r.Next()
			require.NoError(t, err, name)
			ids = append(ids, record.Values[0])
		}
		assert.Less(t, heap()-before, int64(8<<20), name)
		runtime.KeepAlive(b)
		assert.Equal(t, "99", ids[len(ids)-1].Text, name)
		require.NoError(t, r.Close(), name)
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
