package format

// Reader reads the records of an export, one after the other. Only one goroutine at a time can use it.
type Reader interface {
	// Describe says what was recognized and why.
	Describe() Description
	// Columns returns the names of the columns of a table, "" for a column without a name, and nil for JSON. With several files, the
	// names that only later files have come last.
	Columns() []string
	// Bind chooses the values that Next returns: Record.Values has one value for each path, in the same order. Paths begin at the record.
	// Bind can be called once, before Next. A nil *BindOptions is valid. A path to a column or a member that does not exist is not an
	// error: its values are Missing. The error is a *BindError, such as for emails[0] in a table, whose cells have no elements.
	Bind(paths []Path, o *BindOptions) error
	// Next reads the next record. The error is a *RecordError for a record that cannot be read: count it, and call Next again for the
	// record after it. io.EOF after the last record, and an *Error, are final.
	Next() (Record, error)
	// Close closes the files. Call it in any case.
	Close() error
}

// BindOptions are options of [Reader.Bind].
type BindOptions struct {
	// Records is the path of the records in a JSON file, such as users[*], with keys, [n] and [*] only. The paths of Bind and Where begin
	// at what it finds. The zero Path means the one that was recognized, Description.Records. In an NDJSON file, it is a path in each line.
	// For a table, it is a *BindError.
	Records Path
	// Where has filters. Next skips the records that do not pass all of them, and does not report them.
	Where []Filter
}

// recordReader reads the records of one file. Its errors have no file, which [files] adds.
type recordReader interface {
	columnNames() []string
	bind(paths []Path, o BindOptions) error
	next(rec *Record) error
}
