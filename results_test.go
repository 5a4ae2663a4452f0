package importjob_test

import (
	"fmt"
	"regexp"
	"strconv"
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

// rowResultForm is the form of a result line, without its line end. A number can have zeros in front.
var rowResultForm = regexp.MustCompile(`^\[(SUCCEEDED|SKIPPED|FAILED)\] Line Number 0*([1-9][0-9]*) - ((?s:.*))$`)

// FuzzParseRowResult puts a line together from its pieces. The result must be what a regular expression finds in it. The
// result of a line is formatted as the same line, without its line end and without zeros in front of the number.
func FuzzParseRowResult(f *testing.F) {
	for _, seed := range []struct{ status, middle, number, dash, reason string }{
		{"[FAILED", "] Line Number ", "4", " - ", "x"}, {"[SKIPPED", "] Line Number ", "007", " - ", "x\r"}, {"[SUCCEEDED", "] Line Number ", "2", " - ", ""},
		{"[", "", "", "", ""}, {"", "] Line Number ", "1", " - ", ""}, {"[FAILED", "] Line Number ", "0", " - ", "x"}, {"[FAILED", "] Line Number ", "-0", " - ", "x"},
		{"[FAILED", "] Line Number ", "9223372036854775807", " - ", "x"}, {"[FAILED", "] Line Number ", "9223372036854775808", " - ", "x"},
		{"[FAILED", "] Line Number ", "0000000000000000000000000000000000000001", " - ", " - "}, {"[FAILED", "] Line Number ", "1", " - ", "] Line Number 2 - \n\r\nx\n\n\r"},
		{"[FAILED] Line Number 1 - ", "] Line Number ", "4", " - ", "x"}, {"[FAILED", "] Line Number ", "1_0", " - ", "x"}, {"[FAILED", "] Line Number ", "\u0661", " - ", "\xff"},
		{"[SUCCEEDED", "] Line Number ", "+2", " - ", "x"}, {"\r\n[SUCCEEDED", "] Line Number ", "2", " - ", "x"},
	} {
		f.Add(seed.status, seed.middle, seed.number, seed.dash, seed.reason)
	}
	f.Fuzz(func(t *testing.T, status, middle, number, dash, reason string) {
		line := status + middle + number + dash + reason
		if len(line) > 500 { // a longer one finds nothing more
			return
		}
		checkRowResult(t, line)
	})
}

func checkRowResult(t *testing.T, line string) {
	text := strings.TrimRight(line, "\r\n")
	var want importjob.RowResult
	m := rowResultForm.FindStringSubmatch(text)
	if m != nil {
		if n, err := strconv.Atoi(m[2]); err == nil { // not a number too large for an int
			want = importjob.RowResult{Line: n, Status: importjob.RowStatus(m[1]), Reason: m[3]}
		}
	}
	got, err := backend.ParseRowResult(line)
	if want.Line == 0 {
		want = importjob.RowResult{Reason: text}
		if err == nil || !utf8.ValidString(err.Error()) {
			t.Fatalf("%q: %+v, %v", line, got, err)
		}
	} else if err != nil || got.String() != fmt.Sprintf("[%s] Line Number %s - %s", m[1], m[2], m[3]) {
		t.Fatalf("%q: %q, %v", line, got, err)
	}
	if got != want || (got.Err() == nil) != (err == nil) {
		t.Fatalf("%q: %+v, want %+v", line, got, want)
	}
	if again, againErr := backend.ParseRowResult(got.String()); again != got || (againErr == nil) != (err == nil) {
		t.Fatalf("%q: %+v, and once more %+v", line, got, again)
	}
}
