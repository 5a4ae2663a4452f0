package bulk_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/bulk"
	"github.com/cognito-import/importjob/memory"
)

// brokenRows is a source whose reader is a function.
type brokenRows struct {
	next   func() (bulk.SourceRow, error)
	closed int
}

func (b *brokenRows) Info() (bulk.RowSourceInfo, error) {
	return bulk.RowSourceInfo{Kind: "broken"}, nil
}
func (b *brokenRows) Open(columns []string) (bulk.RowReader, error) { return b, nil }
func (b *brokenRows) Next() (bulk.SourceRow, error)                 { return b.next() }
func (b *brokenRows) SHA256() string                                { return "" }
func (b *brokenRows) Close() error                                  { b.closed++; return nil }

// TestRowsOutOfForm has readers that break their contract, or fail. The planning ends, and the reader is closed.
func TestRowsOutOfForm(t *testing.T) {
	failure := errors.New("the connection was reset")
	values := make([]string, len(pool().Header()))
	for want, row := range map[string]struct {
		bulk.SourceRow
		err error
	}{
		"the source has line 0 after line 0":     {bulk.SourceRow{Values: values}, nil},
		"values on line 1, for":                  {bulk.SourceRow{Line: 1, Values: values[1:]}, nil},
		"after 0 rows: the connection was reset": {bulk.SourceRow{}, failure},
	} {
		source := &brokenRows{next: func() (bulk.SourceRow, error) { return row.SourceRow, row.err }}
		dir := filepath.Join(t.TempDir(), "import")
		_, err := planQuickly(t.Context(), newCognito(t, memory.Options{}), input(), bulk.Rows(source), dir, nil)
		require.ErrorContains(t, err, want)
		assert.Equal(t, row.err != nil, errors.Is(err, failure))
		assert.Equal(t, 1, source.closed)
		assert.NoDirExists(t, dir)
	}
}

// TestRowsOfAFile resumes an import of a source that is a file.
func TestRowsOfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "export.json")
	const text, other = "what only the source reads", "what nobody has planned"
	sum := sha256.Sum256([]byte(text))
	// The kind has parts of the kinds of other sources, which mean nothing in it.
	export := hashedUsers{users: alternating(5, ""), info: bulk.RowSourceInfo{Kind: "[failed] of csv ,", Path: path}, sum: hex.EncodeToString(sum[:])}
	write := func(text string) { require.NoError(t, os.WriteFile(path, []byte(text), 0o600)) }
	write(text)
	m := newCognito(t, memory.Options{})
	dir := filepath.Join(t.TempDir(), "import")
	opts := &bulk.Options{Wait: quick}
	p, err := planQuickly(t.Context(), m, input(), bulk.Rows(&export), dir, opts)
	require.NoError(t, err)
	require.EqualValues(t, 5, p.Rows)
	saved, err := bulk.Load(dir)
	require.NoError(t, err)
	assert.Nil(t, saved.Source, "only the other package can read it")

	opts.Resume = true
	write(other)
	_, err = importQuickly(t.Context(), m, input(), bulk.Rows(&export), dir, opts)
	assert.ErrorIs(t, err, bulk.ErrSourceChanged)
	write(text)
	changed := export
	changed.info.Kind = "[failed unknown] of csv ,"
	_, err = importQuickly(t.Context(), m, input(), bulk.Rows(&changed), dir, opts)
	assert.ErrorIs(t, err, bulk.ErrSourceChanged)
	changed.info.Kind = "[failed failed] of csv ,"
	_, err = importQuickly(t.Context(), m, input(), bulk.Rows(&changed), dir, opts)
	assert.ErrorIs(t, err, bulk.ErrSourceChanged)
	s, err := importQuickly(t.Context(), m, input(), bulk.Rows(&export), dir, opts)
	require.NoError(t, err)
	assert.Equal(t, bulk.Counts{Imported: 5}, s.Counts)

	changed.sum = hex.EncodeToString(make([]byte, sha256.Size))
	_, err = planQuickly(t.Context(), m, input(), bulk.Rows(&changed), filepath.Join(t.TempDir(), "import"), nil)
	assert.ErrorIs(t, err, bulk.ErrSourceChanged, "it read something else")
}

// TestRejectedRowsOfASource has rows that the source rejects itself.
func TestRejectedRowsOfASource(t *testing.T) {
	rows := []bulk.SourceRow{
		{Line: 3, Values: []string{"one", "value"}, Fault: &importjob.CSVError{Attribute: "birthdate", Err: errors.New("no date")},
			Unknown: map[string]string{"shoe size": "44"}, Algorithm: importjob.HashBCRYPT},
		{Line: 7, Fault: &importjob.CSVError{Err: importjob.ErrFieldCount}},
	}
	source := &brokenRows{}
	source.next = func() (bulk.SourceRow, error) {
		if len(rows) == 0 {
			return bulk.SourceRow{}, io.EOF
		}
		row := rows[0]
		rows = rows[1:]
		return row, nil
	}
	m := newCognito(t, memory.Options{})
	dir := filepath.Join(t.TempDir(), "import")
	p, err := planQuickly(t.Context(), m, input(), bulk.Rows(source), dir, nil)
	require.NoError(t, err)
	assert.EqualValues(t, 2, p.Rejected)
	assert.Equal(t, []string{"3 birthdate no date", "7  " + importjob.ErrFieldCount.Error()}, rejectedRows(t, dir))
	records := readCSV(t, filepath.Join(dir, "rejected.csv"))
	last := len(records[0]) - 1
	assert.JSONEq(t, `{"missing":`+fmtInt(int64(last-3-2))+`,"unknown":{"shoe size":"44"}}`, records[1][last], "an algorithm only if the source says so")
}
