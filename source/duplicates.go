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
	first      map[seen.Hash]smallPlace
	scratch    []byte
}

// smallPlace is a Place in half of the memory.
type smallPlace struct{ file, line, record uint32 }

func newUsernames(columns []string, ignoreCase bool) *usernames {
	return &usernames{column: slices.Index(columns, importjob.ColumnUsername), ignoreCase: ignoreCase, first: map[seen.Hash]smallPlace{}}
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
		p := s.row.Place
		s.names.first[hash] = smallPlace{uint32(p.File), uint32(p.Line), uint32(p.Record)}
		return
	}
	s.row.Text = nil
	s.row.add(Finding{Code: codeDuplicate, Attribute: importjob.ColumnUsername, Column: s.pathOf(importjob.ColumnUsername, values), Text: strings.TrimSuffix(importjob.ReasonExists, "."),
		First: Place{int(first.file), int(first.line), int(first.record)}})
}

// codeDuplicate is the Code of the importjob.Finding about a username that is on an earlier line.
const codeDuplicate = "duplicate-username"
