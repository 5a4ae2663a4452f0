package source

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/transform"
)

// Suggestion is a proposed mapping, with a reason for each column of the export.
type Suggestion struct {
	Mapping *Mapping
	Reasons []Reason // one for each column of the export, in their order
}

// Reason says what a column of the export becomes, and why.
type Reason struct {
	From   format.Path // the column of the export
	To     string      // a column of the pool, or "id", "password", "groups" or "disabled"; "" if it is left over
	Nearby string      // if it is left over: a column of the pool with a similar name; "" if there is none
	Why    string      // such as "the same name"
}

// String returns the reason on one line, such as
//
//	E-Mail-Adresse -> email: a usual name for it
//	plam: left over; did you mean custom:plan?
func (r Reason) String() string {
	switch {
	case r.To != "":
		return fmt.Sprintf("%s -> %s: %s", r.From, r.To, r.Why)
	case r.Nearby != "":
		return fmt.Sprintf("%s: left over; did you mean %s?", r.From, r.Nearby)
	}
	return r.From.String() + ": left over"
}

// Suggest proposes a mapping for an unknown table. columns are the columns of the table, of which a column without a name is
// "". header is that of the pool: [importjob.Pool.Header].
//
// A column becomes the column of the pool with the same name, or the one that usually has that name in other systems. A name that
// is only similar is a Nearby of its Reason, and not in the mapping, since a wrong value is worse than none. If the table has no
// username, the id becomes the username, or else the e-mail address.
func Suggest(columns, header []string) Suggestion {
	s := suggester{columns: columns, reasons: make([]Reason, len(columns)), taken: map[string]bool{}}
	paths := columnPaths(columns)
	for i, name := range columns {
		s.plain = append(s.plain, plainName(name))
		s.reasons[i].From = paths[i]
		if s.plain[i] == "" {
			s.reasons[i].Why = "no name"
		}
	}
	s.sameNames(header)
	s.usualNames(header)
	s.sides()
	s.username(header)
	s.nearby(header)
	s.sort(header)
	return Suggestion{Mapping: &s.mapping, Reasons: s.reasons}
}

// Nearby returns the column of the pool whose name is similar to the name of a column of an export, or that usually has it. ok is
// false if there is none.
func Nearby(name string, header []string) (column string, ok bool) {
	return newNearbyNames(header).find(name)
}

// nearbyNames are the names by which Nearby finds the columns of a pool.
type nearbyNames struct {
	usual          map[string]string // from plain names to the first column
	names, columns []string          // the names to which another can be similar, each with its column
}

func newNearbyNames(header []string) *nearbyNames {
	n := &nearbyNames{usual: map[string]string{}}
	for _, column := range header {
		for _, name := range append([]string{poolName(column), plainName(column)}, synonyms[column]...) {
			if n.usual[name] == "" {
				n.usual[name] = column
			}
			if len(name) >= minSimilar || name == poolName(column) {
				n.names, n.columns = append(n.names, name), append(n.columns, column)
			}
		}
	}
	return n
}

// find is Nearby.
func (n *nearbyNames) find(name string) (column string, ok bool) {
	plain := plainName(name)
	if plain == "" {
		return "", false
	}
	if column := n.usual[plain]; column != "" {
		return column, true
	}
	near, ok := closest(plain, n.names)
	if !ok {
		return "", false
	}
	return n.columns[slices.Index(n.names, near)], true
}

// minSimilar is the length of the shortest synonym to which another name can be similar. Short names are similar by chance.
const minSimilar = 5

// poolName returns the plain form of the name of a column of the pool, without a prefix.
func poolName(column string) string {
	for _, prefix := range []string{"dev:custom:", "custom:", "cognito:"} {
		column = strings.TrimPrefix(column, prefix)
	}
	return plainName(column)
}

// suggester builds a Suggestion. Each column of the export is used once, and each column of the pool is filled once.
type suggester struct {
	columns []string
	plain   []string // their plain names
	reasons []Reason
	taken   map[string]bool // the columns of the pool that are filled
	mapping Mapping
}

// free returns the first column of the export that is not used and has one of the plain names, in the order of the names, or -1.
func (s *suggester) free(names []string) int {
	for _, name := range names {
		for i, plain := range s.plain {
			if s.reasons[i].To == "" && plain == name {
				return i
			}
		}
	}
	return -1
}

// use makes column i of the export what to says.
func (s *suggester) use(i int, to, why string) format.Path {
	s.reasons[i].To, s.reasons[i].Why = to, why
	return s.reasons[i].From
}

func (s *suggester) column(i int, to, why string, transforms ...transform.Transform) {
	s.taken[to] = true
	s.mapping.Columns = append(s.mapping.Columns, Column{Name: to, From: []format.Path{s.use(i, to, why)}, Transforms: transforms})
}

func (s *suggester) sameNames(header []string) {
	for _, to := range header {
		if to == importjob.ColumnPasswordHash {
			continue
		}
		own, full := poolName(to), plainName(to)
		for _, i := range []int{
			slices.Index(s.columns, to),
			slices.IndexFunc(s.plain, func(plain string) bool { return plain != "" && (plain == own || plain == full) }),
		} {
			if i >= 0 && s.reasons[i].To == "" && !s.taken[to] {
				s.column(i, to, "the same name")
			}
		}
	}
}

func (s *suggester) usualNames(header []string) {
	for _, to := range header {
		if s.taken[to] {
			continue
		}
		if i := s.free(synonyms[to]); i >= 0 {
			s.column(i, to, "a usual name for it")
			continue
		}
		if i := s.free(verifiedWhen[to]); i >= 0 {
			s.column(i, to, "a usual name for the time of verification; it is true if there is one", transform.NonEmpty{})
		}
	}
}

// sides finds the values that are no attributes.
func (s *suggester) sides() {
	if i := s.free(idNames); i >= 0 {
		s.mapping.ID = []format.Path{s.use(i, "id", "a usual name for it")}
	}
	if i := s.free(passwordNames); i >= 0 {
		s.mapping.Password = Password{Kind: PasswordHash, From: []format.Path{s.use(i, "password", "a usual name for it")}}
	}
	if i := s.free(groupNames); i >= 0 {
		s.mapping.Groups = Groups{From: []format.Path{s.use(i, "groups", "a usual name for them")}}
	}
	if i := s.free(disabledNames); i >= 0 {
		s.mapping.Disabled = []Condition{{From: s.use(i, "disabled", "a usual name for it")}}
	} else if i := s.free(enabledNames); i >= 0 {
		s.mapping.Disabled = []Condition{{From: s.use(i, "disabled", "a usual name for the opposite"), When: WhenFalse}}
	}
}

// username makes the id, or else the e-mail address, the username if there is no other.
func (s *suggester) username(header []string) {
	if s.taken[importjob.ColumnUsername] || !slices.Contains(header, importjob.ColumnUsername) {
		return
	}
	from := s.mapping.ID
	if email := s.mapping.column(importjob.AttributeEmail); len(from) == 0 && email != nil {
		from = email.From
	}
	if len(from) > 0 {
		s.mapping.Columns = append(s.mapping.Columns, Column{Name: importjob.ColumnUsername, From: from})
	}
}

// nearby finds similar names for the columns that are left over.
func (s *suggester) nearby(header []string) {
	open := slices.DeleteFunc(slices.Clone(header), func(column string) bool { return s.taken[column] })
	names := newNearbyNames(open)
	for i := range s.reasons {
		if s.reasons[i].To != "" {
			continue
		}
		if near, ok := names.find(s.columns[i]); ok {
			s.reasons[i].Nearby, s.reasons[i].Why = near, "a similar name"
		}
	}
}

// sort brings the columns into the order of the header, with the username first.
func (s *suggester) sort(header []string) {
	place := func(c Column) int {
		if c.Name == importjob.ColumnUsername {
			return -1
		}
		return slices.Index(header, c.Name)
	}
	slices.SortStableFunc(s.mapping.Columns, func(a, b Column) int { return place(a) - place(b) })
}
