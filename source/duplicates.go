package source

import (
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/seen"
	"github.com/cognito-import/importjob/source/format"
)

// usernames are those of the good rows so far, each with the place of the first record that has it.
type usernames struct {
	column     int // in a row
	ignoreCase bool
	first      map[seen.Hash]Place
	scratch    []byte
}

func newUsernames(columns []string, ignoreCase bool) *usernames {
	return &usernames{column: slices.Index(columns, importjob.ColumnUsername), ignoreCase: ignoreCase, first: map[seen.Hash]Place{}}
}

// findDuplicate adds a finding to a good row whose username an earlier one has.
func (s *Source) findDuplicate(values []format.Value) {
	if s.names == nil || len(s.row.Findings) > 0 {
		return
	}
	var hash seen.Hash
	hash, s.names.scratch = seen.HashOf([]byte(s.row.Values[s.names.column]), s.names.ignoreCase, s.names.scratch)
	first, repeated := s.names.first[hash]
	if !repeated {
		s.names.first[hash] = s.row.Place
		return
	}
	s.row.Text = nil
	s.row.add(Finding{Code: codeDuplicate, Attribute: importjob.ColumnUsername, Column: s.pathOf(importjob.ColumnUsername, values), Text: strings.TrimSuffix(importjob.ReasonExists, "."), First: first})
}

// codeDuplicate is the Code of the importjob.Finding about a username that is on an earlier line.
const codeDuplicate = "duplicate-username"
