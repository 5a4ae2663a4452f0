package format

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzNDJSON compares with encoding/json: a line that this package reads is valid there too, and a member of it has the same value. The
// same values in a document are read likewise.
func FuzzNDJSON(f *testing.F) {
	for _, seed := range []string{"{\"a\":1}\n{\"a\":\"x\\u00e9\\n\"}\n", "{\"a\":[1,{\"b\":null}]}\n\n[]\n", "{\"a\":tru}\n{\"a\":true}", "{\"\\u0061\":1e5}\r\n", "{\"a\":1,\"a\":2}\n7\n", record} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := newNDJSON(bytes.NewReader(text))
		require.NoError(t, r.bind([]Path{{}, MustPath("a"), MustPath("a[*]")}, BindOptions{}))
		lines := strings.Split(string(text), "\n")
		var good []string
		for {
			var rec Record
			err := r.next(&rec)
			if err == io.EOF {
				break
			}
			if err != nil {
				continue
			}
			line := lines[rec.Line-1]
			good = append(good, line)
			require.Equal(t, strings.Trim(line, " \t\r"), rec.Values[0].Text)
			requireSameMember(t, line, rec.Values[1])
		}
		if len(good) == 0 {
			return
		}
		d := newJSONDoc(strings.NewReader("[" + strings.Join(good, ",\n") + "]"))
		require.NoError(t, d.bind([]Path{MustPath("a")}, BindOptions{Records: MustPath("[*]")}))
		for i, line := range good {
			var rec Record
			require.NoError(t, d.next(&rec))
			require.Equal(t, i+1, rec.Line)
			requireSameMember(t, line, rec.Values[0])
		}
		require.Equal(t, io.EOF, d.next(&Record{}))
	})
}

// requireSameMember compares the value of the member a with that of encoding/json.
func requireSameMember(t *testing.T, line string, v Value) {
	t.Helper()
	require.True(t, json.Valid([]byte(line)))
	var members map[string]json.RawMessage
	_ = json.Unmarshal([]byte(line), &members) // an array has no members
	raw, ok := members["a"]
	switch v.Kind {
	case Missing:
		require.False(t, ok)
	case Null:
		require.Equal(t, "null", string(raw))
	case String:
		var text string
		require.NoError(t, json.Unmarshal(raw, &text))
		require.Equal(t, text, v.Text)
	default:
		require.Equal(t, string(raw), v.Text)
	}
}
