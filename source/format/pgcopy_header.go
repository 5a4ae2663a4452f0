package format

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

var (
	identifier = regexp.MustCompile(`^[\pL_][\pL\pN_$ ]*$`)
	// ordinaryName matches a name that a table of users usually has.
	ordinaryName = regexp.MustCompile(`(?i)(^|[_ ])(u?id|uuid|guid|e?mail|user|username|name|login)($|[_ ])`)
)

// copyHeader returns the names of the columns if the first row is a header, as COPY TO writes it WITH (HEADER) since PostgreSQL 15, or nil. To
// take the first user for a header loses that user, so a header needs three things: all cells are different names, one of them is
// a name that a table of users usually has, and at least one column has no names below the header but numbers, addresses or times.
//
// Source: https://www.postgresql.org/docs/current/sql-copy.html, HEADER
func copyHeader(first []string, rows []byte, more bool) []string {
	if !areNames(first) {
		return nil
	}
	named, valued := make([]bool, len(first)), make([]bool, len(first))
	for range sampled {
		line, rest, whole := bytes.Cut(rows, []byte{'\n'})
		row := string(bytes.TrimSuffix(line, []byte{'\r'}))
		if !whole && more || row == `\.` {
			break
		}
		cells := strings.Split(row, "\t")
		for i := 0; i < len(cells) && len(cells) == len(first); i++ {
			named[i] = named[i] || identifier.MatchString(cells[i])
			valued[i] = valued[i] || cells[i] != `\N` && cells[i] != ""
		}
		if rows = rest; !whole {
			break
		}
	}
	for i := range first {
		if valued[i] && !named[i] {
			return slices.Clone(first)
		}
	}
	return nil
}

// areNames reports whether all cells are different names, of which one is a name that a table of users usually has.
func areNames(first []string) bool {
	ordinary := false
	for i, name := range first {
		if !identifier.MatchString(name) || slices.Contains(first[:i], name) {
			return false
		}
		ordinary = ordinary || ordinaryName.MatchString(name)
	}
	return ordinary
}
