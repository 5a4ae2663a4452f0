package source

import (
	"slices"
	"strings"

	"github.com/cognito-import/importjob/source/format"
)

// columnUses says what becomes of the columns of an export.
type columnUses struct {
	source  *Source
	table   bool
	index   columnIndex // of a table
	at      []int       // by path of the plan, the column of a table
	reasons map[string]Reason
	near    *nearbyNames
}

func newColumnUses(s *Source) *columnUses {
	u := &columnUses{source: s, reasons: map[string]Reason{}, near: newNearbyNames(s.unmapped())}
	if names := s.columnNames(); names != nil {
		u.table, u.index = true, indexColumns(names)
		for _, p := range s.plan.paths {
			u.at = append(u.at, u.index.of(p))
		}
	}
	if s.suggestion != nil {
		for _, reason := range s.suggestion.Reasons {
			u.reasons[reason.From.String()] = reason
		}
	}
	return u
}

// column says what becomes of a column.
func (u *columnUses) column(p format.Path) ReportColumn {
	plan, c := u.source.plan, ReportColumn{Name: p.String()}
	at := u.index.of(p)
	same := func(path int) bool {
		if u.table {
			return u.at[path] == at
		}
		return isWithin(plan.labels[path], c.Name)
	}
	add := func(to string, paths []int) {
		if slices.ContainsFunc(paths, same) {
			c.To = append(c.To, to)
		}
	}
	for k := range plan.columns {
		column := &plan.columns[k]
		add(column.name, column.from)
	}
	add("id", plan.id)
	add("password", plan.password.from)
	add("groups", plan.groups.from)
	for _, d := range plan.disabled {
		add("disabled", []int{d.from})
	}
	reason, ok := u.reasons[format.Column(c.Name).String()]
	if !ok {
		reason = u.reasons[c.Name]
	}
	if c.Why, c.Near = reason.Why, reason.Nearby; len(c.To) == 0 && c.Near == "" {
		c.Near, _ = u.near.find(c.Name)
	}
	return c
}

// isWithin reports whether a path is that of a member, or goes on in it.
func isWithin(path, member string) bool {
	rest, ok := strings.CutPrefix(path, member)
	return ok && (rest == "" || strings.ContainsAny(rest[:1], ".[|"))
}
