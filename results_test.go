package importjob_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

func TestParseRowResult(t *testing.T) {
	for line, want := range map[string]importjob.RowResult{
		"[SUCCEEDED] Line Number 2 - The import succeeded.":               {Line: 2, Status: importjob.RowSucceeded, Reason: "The import succeeded."},
		"[SKIPPED] Line Number 3 - The user already exists.":              {Line: 3, Status: importjob.RowSkipped, Reason: importjob.ReasonExists},
		"[FAILED] Line Number 500001 - " + importjob.ReasonNotVerified:    {Line: 500001, Status: importjob.RowFailed, Reason: importjob.ReasonNotVerified},
		"[FAILED] Line Number 4 - a - b - c":                              {Line: 4, Status: importjob.RowFailed, Reason: "a - b - c"},
		"[FAILED] Line Number 4 - [FAILED] Line Number 5 - nested":        {Line: 4, Status: importjob.RowFailed, Reason: "[FAILED] Line Number 5 - nested"},
		"[FAILED] Line Number 4 - ":                                       {Line: 4, Status: importjob.RowFailed},
		"[SUCCEEDED] Line Number 2 - The import succeeded.\r\n":           {Line: 2, Status: importjob.RowSucceeded, Reason: "The import succeeded."},
		"[FAILED] Line Number 1 - Zeile fehlerhaft: \u00fcberz\u00e4hlig": {Line: 1, Status: importjob.RowFailed, Reason: "Zeile fehlerhaft: \u00fcberz\u00e4hlig"},
	} {
		got, err := backend.ParseRowResult(line)
		require.NoError(t, err, line)
		assert.Equal(t, want, got)
		assert.NoError(t, got.Err())
		assert.Equal(t, strings.TrimRight(line, "\r\n"), got.String())
	}
}

func TestParseRowResultRefusesGarbage(t *testing.T) {
	for _, line := range []string{
		"", " ", "\n", "Cognito User Pools Import - Test Log", "[FAILED]", "[FAILED] Line Number 4", "[FAILED] Line Number 4 -",
		"[FAILED] Line Number 4: x", "[FAILED] Line Number four - x", "[FAILED] Line Number  - x", "[FAILED] Line Number 0 - x",
		"[FAILED] Line Number -1 - x", "[FAILED] Line Number +1 - x", "[FAILED] Line Number 1.5 - x", "[FAILED] Line Number 0x10 - x",
		"[FAILED] Line Number 1_0 - x", "[FAILED] Line Number 99999999999999999999 - x", "[failed] Line Number 4 - x",
		"[IGNORED] Line Number 4 - x", "[] Line Number 4 - x", " [FAILED] Line Number 4 - x", "FAILED Line Number 4 - x",
		"[FAILED]  Line Number 4 - x", "{\"message\":\"[FAILED] Line Number 4 - x\"}",
	} {
		got, err := backend.ParseRowResult(line)
		var lineErr *importjob.LogLineError
		require.ErrorAs(t, err, &lineErr, "%q", line)
		assert.Equal(t, strings.TrimRight(line, "\r\n"), lineErr.Text)
		assert.Equal(t, importjob.RowResult{Reason: lineErr.Text}, got)
		assert.Equal(t, err, got.Err())
		assert.Equal(t, lineErr.Text, got.String(), "the text is kept")
	}
}

func TestLogLineErrorIsShort(t *testing.T) {
	err := &importjob.LogLineError{Text: "a \"quoted\"\nline " + strings.Repeat("x", 1_000_000)}
	assert.Contains(t, err.Error(), `the log line has an unknown form: "a \"quoted\"\nline xxx`)
	assert.Less(t, len(err.Error()), 300)
}

func FuzzParseRowResult(f *testing.F) {
	for _, seed := range []string{"[FAILED] Line Number 4 - x", "[SKIPPED] Line Number 007 - x\r", "[SUCCEEDED] Line Number 2 - ", "[", "] Line Number 1 - "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		got, err := backend.ParseRowResult(line)
		if err != nil {
			require.Zero(t, got.Line)
			require.Empty(t, got.Status)
			require.True(t, utf8.ValidString(err.Error()))
			return
		}
		require.Positive(t, got.Line)
		again, err := backend.ParseRowResult(got.String())
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}
