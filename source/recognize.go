package source

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/cognito-import/importjob/source/format"
)

// slots returns the values that the mapping reads or ignores, each with the paths of which one is enough.
func (m *Mapping) slots() (slots [][]format.Path) {
	add := func(paths []format.Path) {
		if len(paths) > 0 {
			slots = append(slots, paths)
		}
	}
	add(m.ID)
	for _, c := range m.Columns {
		add(c.From)
	}
	if m.Password.Kind == PasswordHash {
		add(m.Password.From)
	} else {
		for _, p := range m.Password.From {
			add([]format.Path{p})
		}
	}
	add(m.Groups.From)
	for _, c := range m.Disabled {
		add([]format.Path{c.From})
	}
	for _, p := range m.Ignore {
		add([]format.Path{p})
	}
	return slots
}

// choose sets the mapping: the preset that the export looks like, or a suggestion.
func (s *Source) choose(e evidence) {
	if m := recognize(e); m != nil {
		s.mapping, s.why = m, "the export looks like it"
		return
	}
	pool := s.pool.Clone()
	pool.PasswordHashes = true
	suggestion := Suggest(e.columns, pool.Header())
	if !e.table {
		suggestion.Mapping.parsePaths()
	}
	s.suggestion, s.mapping, s.why = &suggestion, suggestion.Mapping, "by the names of the columns"
	s.mapping.Name = "suggested"
}

// recognize returns the preset that an export looks like, or nil. A wrong preset is worse than none, so the export needs either what the
// preset says in Mapping.Recognize, or the values of the preset, and names that no other system has.
func recognize(e evidence) (best *Mapping) {
	var candidates []*Mapping
	for _, name := range Presets() {
		if m, err := Preset(name); err == nil && m.isTable(e.table) {
			candidates = append(candidates, m)
		}
	}
	top := 0.0
	for _, m := range candidates {
		if share := m.share(e); share > top && m.fits(e, share, candidates) {
			top, best = share, m
		}
	}
	return best
}

// fits reports whether an export that has this share of the preset's values is one of the preset.
func (m *Mapping) fits(e evidence, share float64, candidates []*Mapping) bool {
	if m.Recognize != nil {
		return m.Recognize.fits(e, m.Input.NoHeader)
	}
	return isEvident(share, m.ownPaths(e, candidates), e.table)
}

// isEvident reports whether an export is one of a preset: by the share of the preset's values that it has, and by the number of names that
// no other preset has.
func isEvident(share float64, own int, table bool) bool {
	return share >= 0.4 && own >= 2 || share >= 0.9 && (own >= 1 || !table)
}

// isTable reports whether a preset can be for a table, or for JSON.
func (m *Mapping) isTable(table bool) bool {
	switch m.Input.Format {
	case format.CSV, format.PGCopy:
		return table
	case format.JSON, format.NDJSON:
		return !table
	}
	for _, slot := range m.slots() {
		for _, p := range slot {
			if strings.ContainsAny(p.String(), ".[") && !strings.Contains(p.String(), "|json") {
				return !table
			}
		}
	}
	return table
}

// share returns which part of the values of the preset the export has.
func (m *Mapping) share(e evidence) float64 {
	n, slots := 0, m.slots()
	for _, slot := range slots {
		if slices.ContainsFunc(slot, e.has) {
			n++
		}
	}
	return float64(n) / float64(max(1, len(slots)))
}

// ownPaths returns how many paths the export has that are in no other preset, and are no usual names of columns.
func (m *Mapping) ownPaths(e evidence, all []*Mapping) (n int) {
	for i, p := range slices.Concat(m.slots()...) {
		own := e.has(p) && !isUsualName(p.String()) && !slices.ContainsFunc(slices.Concat(m.slots()...)[:i], p.Equal)
		for _, other := range all {
			own = own && (other.Name == m.Name || !slices.ContainsFunc(slices.Concat(other.slots()...), p.Equal))
		}
		if own {
			n++
		}
	}
	return n
}

// isUsualName reports whether any system can have a column of that name.
func isUsualName(name string) bool {
	plain := plainName(name)
	lists := [][]string{idNames, passwordNames, groupNames, disabledNames, enabledNames}
	for _, list := range synonyms {
		lists = append(lists, list)
	}
	for _, list := range verifiedWhen {
		lists = append(lists, list)
	}
	return !strings.Contains(name, ":") && slices.ContainsFunc(lists, func(list []string) bool { return slices.Contains(list, plain) })
}

// parsePaths makes paths of names with dots in them, in a mapping that Suggest made of the paths of members.
func (m *Mapping) parsePaths() {
	parse := func(paths []format.Path) {
		for i, p := range paths {
			var name string
			if json.Unmarshal([]byte(p.String()), &name) == nil {
				if parsed, err := format.ParsePath(name); err == nil {
					paths[i] = parsed
				}
			}
		}
	}
	parse(m.ID)
	for i := range m.Columns {
		parse(m.Columns[i].From)
	}
	parse(m.Password.From)
	parse(m.Groups.From)
	for i := range m.Disabled {
		from := []format.Path{m.Disabled[i].From}
		parse(from)
		m.Disabled[i].From = from[0]
	}
}
