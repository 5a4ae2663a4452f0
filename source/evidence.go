package source

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/cognito-import/importjob/source/format"
)

// evidence says what is in an export, so that its system can be recognized.
type evidence struct {
	table   bool
	columns []string                                                 // the names of the columns of a table, or the paths of the members of JSON records
	cells   []int                                                    // by file, the number of columns of a table
	has     func(format.Path) bool                                   // reports whether the export has a path
	values  func(noHeader bool, paths []format.Path) []format.Record // the values of the first records
}

// sampleRecords is the number of records of an export that are read to recognize its system.
const sampleRecords = 100

// tableEvidence looks at the columns of a table. reopen opens the table once more, to read its first records. It is nil if that cannot be
// done.
func tableEvidence(columns []string, d format.Description, reopen func(noHeader bool) (format.Reader, error)) evidence {
	index := indexColumns(columns)
	e := evidence{table: true, columns: columns, cells: []int{d.Columns}, has: func(p format.Path) bool { return index.of(p) >= 0 }}
	for _, more := range d.More {
		e.cells = append(e.cells, more.Columns)
	}
	e.values = func(noHeader bool, paths []format.Path) []format.Record {
		if reopen == nil {
			return nil
		}
		r, err := reopen(noHeader)
		if err != nil {
			return nil
		}
		defer func() { _ = r.Close() }() // it was only read
		return firstRecords(r, paths)
	}
	return e
}

// jsonEvidence reads the first records. Its errors are left to the reading of all records.
func jsonEvidence(r format.Reader) evidence {
	p := plan{}
	p.bindOne(format.Path{})
	for _, name := range Presets() {
		if m, err := Preset(name); err == nil && m.isTable(false) {
			p.bind(slices.Concat(m.slots()...))
			p.bind(m.Recognize.paths())
		}
	}
	members, records := members{}, firstRecords(r, p.paths)
	for _, record := range records {
		members.add(record.Values[0].Text)
	}
	has := func(path format.Path) bool {
		i := slices.IndexFunc(p.paths, path.Equal)
		return i >= 0 && slices.ContainsFunc(records, func(record format.Record) bool {
			return record.Values[i].Kind != format.Missing && record.Values[i].Kind != format.Invalid
		})
	}
	values := func(_ bool, paths []format.Path) (all []format.Record) {
		for _, record := range records {
			var values []format.Value
			for _, path := range paths {
				values = append(values, record.Values[slices.IndexFunc(p.paths, path.Equal)])
			}
			all = append(all, format.Record{Values: values})
		}
		return all
	}
	return evidence{columns: members.paths, has: has, values: values}
}

// firstRecords returns the values of the first records that can be read.
func firstRecords(r format.Reader, paths []format.Path) (records []format.Record) {
	if r.Bind(paths, nil) != nil {
		return nil
	}
	for range sampleRecords {
		record, err := r.Next()
		var rejected *format.RecordError
		switch {
		case errors.As(err, &rejected):
			continue
		case err != nil:
			return records
		}
		record.Values = slices.Clone(record.Values)
		records = append(records, record)
	}
	return records
}

// members are the paths of the members of JSON records, in the order in which they are found.
type members struct {
	paths []string
}

const (
	maxMembers     = 200
	maxMemberDepth = 3
)

// add adds the members of a record.
func (m *members) add(record string) {
	m.object(json.NewDecoder(strings.NewReader(record)), "", 1)
}

// object reads the object or the value that comes next.
func (m *members) object(dec *json.Decoder, prefix string, depth int) {
	token, err := dec.Token()
	if err != nil || token != json.Delim('{') {
		return
	}
	for dec.More() {
		token, err := dec.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return
		}
		path := prefix + memberKey(key)
		var raw json.RawMessage
		if dec.Decode(&raw) != nil {
			return
		}
		if len(raw) > 0 && raw[0] == '{' && depth < maxMemberDepth {
			m.object(json.NewDecoder(strings.NewReader(string(raw))), path+".", depth+1)
			continue
		}
		if len(m.paths) < maxMembers && !slices.Contains(m.paths, path) {
			m.paths = append(m.paths, path)
		}
	}
}

// memberKey returns a key as a path has it.
func memberKey(key string) string { return format.Column(key).String() }
