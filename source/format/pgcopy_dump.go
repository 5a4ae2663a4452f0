package format

import (
	"bytes"
	"io"
	"regexp"
	"strings"
)

// dump is what a reader knows of a dump in SQL, such as pg_dump writes it. The rows of each table are between a COPY statement and a line \. in
// it, and all else is passed over.
//
// The table is chosen at its COPY statement, before anything behind it was read, so that any stream can be a dump and none is read twice. That
// there is a second table that could be meant is found in the beginning of the file, or else at the end of the first one: by then, its
// rows have been returned. The error is a final one, so that nobody takes them for all.
//
// Source: https://www.postgresql.org/docs/current/app-pgdump.html
type dump struct {
	want   string   // Options.Table
	tables []string // of all COPY statements so far
	chosen []string // those of them that want can mean
}

const sqlName = `(?:"(?:[^"]|"")*"|[^\s"(),.]+)`

var (
	copyStatement = regexp.MustCompile(`(?i)^COPY\s+(` + sqlName + `(?:\.` + sqlName + `)*)\s*\(((?:"(?:[^"]|"")*"|[^")])*)\)\s+FROM\s+stdin.*;\s*$`)
	namePart      = regexp.MustCompile(sqlName)
	insert        = regexp.MustCompile(`(?i)^INSERT\s+INTO\s`)
)

// parseCopy returns the table and the columns of a COPY statement. ok is false for any other line.
func parseCopy(line string) (table string, columns []string, ok bool) {
	if len(line) < len("COPY") || !strings.EqualFold(line[:len("COPY")], "COPY") {
		return "", nil, false // most lines
	}
	match := copyStatement.FindStringSubmatch(line)
	if match == nil {
		return "", nil, false
	}
	return strings.Join(sqlNames(match[1]), "."), sqlNames(match[2]), true
}

// sqlNames returns the names in a list, without quotation marks.
func sqlNames(list string) []string {
	names := namePart.FindAllString(list, -1)
	for i, name := range names {
		if len(name) > 1 && name[0] == '"' {
			names[i] = strings.ReplaceAll(name[1:len(name)-1], `""`, `"`)
		}
	}
	return names
}

// isDump reports whether a text is a dump in SQL that can have COPY statements.
func isDump(text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte{'\n'})
	if _, _, ok := parseCopy(string(line)); ok {
		return true
	}
	return sqlDump.Match(text) && !otherDump.Match(text)
}

// otherDump matches the dumps of systems that have no COPY statement.
var otherDump = regexp.MustCompile(`(?i)\A(?:\s*--[^\n]*\n)*\s*(?:(?:--)?[^\n]*(?:MySQL|MariaDB|phpMyAdmin)|/\*!)`)

// means reports whether the table is the one that want means: it is empty, or the name with or without its schema.
func (d *dump) means(table string) bool {
	return d.want == "" || strings.EqualFold(table, d.want) || strings.HasSuffix(strings.ToLower(table), "."+strings.ToLower(d.want))
}

// findTable goes behind the COPY statement of the table. text is the beginning of the file.
func (p *pgcopy) findTable(text []byte) error {
	look := pgcopy{w: newWindow(bytes.NewReader(text)), dump: &dump{want: p.dump.want}}
	look.skip(func(string, []string) bool { return false }) // the text may end anywhere
	several := len(look.dump.chosen) > 1
	found, err := p.skip(func(_ string, names []string) bool {
		p.names = names
		return !several
	})
	switch {
	case err != nil || found:
		return err
	case len(p.dump.tables) == 0:
		return unsupported("an SQL dump", asTable)
	}
	return p.dump.err()
}

// end returns io.EOF at the end of the rows, or the error if the dump has another table that could be the one.
func (p *pgcopy) end() error {
	if p.dump == nil {
		return io.EOF
	}
	if _, err := p.skip(func(string, []string) bool { return false }); err != nil {
		return err
	}
	if len(p.dump.chosen) > 1 {
		return p.dump.err()
	}
	return io.EOF
}

// err returns the error of a dump that has not exactly one table that could be the one.
func (d *dump) err() error {
	e := &TableError{Table: d.want, Tables: d.tables}
	if len(d.chosen) > 1 {
		e.Tables, e.Several = d.chosen, true
	}
	return e
}

// skip passes over a dump. It stops behind a COPY statement of the table that is wanted if stop says so; found is false if it never does.
func (p *pgcopy) skip(stop func(table string, names []string) bool) (found bool, err error) {
	for rows := false; ; {
		length, whole := p.w.line('\n')
		switch {
		case length < 0:
			if !p.w.skipLine('\n') && p.w.cutOff() != nil {
				return false, p.w.err
			}
			p.line++
			continue
		case length == whole && p.w.cutOff() != nil:
			return false, p.w.err
		case whole == 0 && rows:
			return false, ErrTruncated
		case whole == 0:
			return false, nil
		}
		line := bytes.TrimSuffix(p.w.rest()[:length], []byte{'\r'})
		if rows {
			rows = string(line) != `\.`
		} else if table, names, ok := parseCopy(string(line)); ok {
			rows = true
			p.dump.tables = append(p.dump.tables, table)
			if p.dump.means(table) {
				p.dump.chosen = append(p.dump.chosen, table)
				found = stop(table, names)
			}
		} else if len(p.dump.tables) == 0 && insert.Match(line) {
			return false, unsupported("an SQL dump with INSERT statements", asCopy)
		}
		p.w.pos += whole
		p.line++
		if found {
			return true, nil
		}
	}
}
