package format

// Reader reads the records of an export, one after the other. Only one goroutine at a time can use it.
type Reader interface {
	// Describe says what was recognized and why.
	Describe() Description
	// Columns returns the names of the columns of a table, "" for a column without a name, and nil for JSON. With several files, the
	// names that only later files have come last.
	Columns() []string
	// Bind chooses the values that Next returns. It can be called once, before Next. A nil *BindOptions is valid. A path to a column
	// or a member that does not exist is not an error: its values are Missing. The error is a *BindError.
	Bind(paths []Path, o *BindOptions) error
	// Next reads the next record. The error is io.EOF after the last one, a *RecordError for a record that cannot be read, which the
	// caller can count and go on, or an *Error, which is final.
	Next() (Record, error)
	// Close closes the files. Call it in any case.
	Close() error
}

// BindOptions are options of [Reader.Bind].
type BindOptions struct {
	// Records is the path to the records of a JSON file, such as users[*], with keys, [n] and [*] only. The zero Path means
	// the one that was recognized. In an NDJSON file, it is a path in each line. It is not for tables.
	Records Path
	// Where keeps only the records that pass all filters.
	Where []Filter
}

// recordReader reads the records of one file. Its errors have no file, which [files] adds.
type recordReader interface {
	columnNames() []string
	bind(paths []Path, o BindOptions) error
	next(rec *Record) error
}
