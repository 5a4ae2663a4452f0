package source_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
)

// FuzzSource reads any bytes with any preset: it never panics, each row has its columns, and the file of the good rows passes Check.
func FuzzSource(f *testing.F) {
	presets := append(source.Presets(), "")
	for i, name := range presets {
		files, err := filepath.Glob(filepath.Join("testdata", "exports", name, "export*"))
		require.NoError(f, err)
		for _, file := range files {
			data, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(uint8(i), data)
		}
	}
	f.Add(uint8(len(presets)-1), []byte("id,email,email_verified\n1,a@example.com,true\n"))
	f.Fuzz(func(t *testing.T, preset uint8, data []byte) {
		o := &source.Options{
			From: presets[int(preset)%len(presets)], Now: now, Edits: source.Edits{PhoneRegion: "US", IgnoreRest: true, Set: map[string]string{"email_verified": "true"}},
			Format: &format.Options{Stdin: bytes.NewReader(data), MaxBytes: 1 << 20},
		}
		s, err := source.Open(t.Context(), []string{"-"}, emailPool(), o)
		if err != nil {
			return
		}
		defer func() { require.NoError(t, s.Close()) }()
		var file bytes.Buffer
		file.WriteString(strings.Join(s.Columns(), ",") + "\n")
		usernames := map[string]bool{}
		for n := 0; ; n++ {
			require.Less(t, n, 1<<21, "more rows than bytes")
			row, err := s.Next()
			if err != nil {
				var final *format.Error
				var filtered *source.FilterError
				require.True(t, errors.Is(err, io.EOF) || errors.As(err, &final) || n == 0 && errors.As(err, &filtered), err)
				break
			}
			require.Len(t, row.Values, len(s.Columns()))
			require.Positive(t, row.Line)
			require.Equal(t, len(row.Findings) == 0, row.Text != nil)
			for _, finding := range row.Findings {
				require.NotEmpty(t, finding.Code)
				require.NotEmpty(t, finding.Text)
				require.Equal(t, row.Line, finding.Line)
			}
			username := row.Values[slices.Index(s.Columns(), importjob.ColumnUsername)]
			if len(row.Findings) > 0 || usernames[username] || file.Len()+len(row.Text) > importjob.MaxFileBytes/2 {
				continue
			}
			usernames[username] = true
			file.Write(row.Text)
		}
		pool := emailPool()
		pool.PasswordHashes = slices.Contains(s.Columns(), importjob.ColumnPasswordHash)
		for finding, err := range importjob.Check(context.Background(), pool, &file, nil) {
			require.NoError(t, err)
			require.Zero(t, finding)
		}
	})
}
