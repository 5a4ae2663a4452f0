// Package format reads the users that other systems export. It opens files, recognizes their format and encoding, and returns their
// records one after the other. It knows nothing of Cognito.
//
//	r, err := format.Open([]string{"users.csv.gz"}, nil)
//	...
//	log.Print(r.Describe()) // users.csv.gz: gzip, CSV with ';' (sep= line), UTF-8 with BOM, header of 7 columns
//	err = r.Bind([]format.Path{format.MustPath("email"), format.MustPath("phone")}, nil)
//	for {
//		record, err := r.Next()
//		...
//		email, phone := record.Values[0].Text, record.Values[1].Text
//	}
//
// # Files
//
// [Open] takes the names of files and directories, and "-" for standard input. gzip and zstd, also one in the other, are recognized by their first bytes.
// Everything is a stream: memory depends on the longest record, of at most [MaxRecord] bytes, and not on the size of a file.
// [Options].MaxBytes limits the size after decompression.
//
// # Recognition
//
// The first 64 KiB of a file decide. [Description] says what was recognized and why, and [Options] replace it.
//
//	encoding    a byte order mark, or Options.Encoding, or UTF-8 if it is valid, or UTF-16 if every second byte is 0; otherwise *EncodingError
//	format      JSON if it begins with an object or an array, NDJSON if the first line is a whole object and not the last line,
//	            COPY if it has the end mark, or tabs and \N, or is a dump of PostgreSQL with COPY statements; otherwise CSV
//	delimiter   the line sep=; and otherwise the comma, semicolon, tab or bar that cuts the header and most records into the same number of cells
//	escape      a backslash, if quotation marks are behind some, and fewer records are faulty with it than without
//	table       of a dump in SQL: the only one, or Options.Table; otherwise *TableError
//	header      of a table of COPY: names above numbers, addresses or times
//	records     of a JSON document: those of an array, of the member users, or of the longest array of objects; otherwise the values themselves
//
// Workbooks, archives, encrypted files, dumps in SQL with INSERT statements, LDIF and other data are recognized and refused: *[UnsupportedError] says what to do.
//
// # CSV
//
// RFC 4180, with LF, CRLF or CR at the end of a record, and any of them kept as they are inside of quoted cells. Records whose cells are all
// empty are skipped. White space around the names in the header is removed, that around values is not.
//
// A record with a stray quotation mark, the wrong number of cells, or bytes that are not valid text is rejected with a *[RecordError], and reading
// goes on. In the case of quotation marks, including one that is not closed within [MaxQuoted] bytes, it goes on at the next line.
//
// With [Options].Escape, a character behind it is text, as in the files of MySQL: \" is a quotation mark, and \n a line end.
//
// # COPY
//
// The text format of PostgreSQL's COPY, alone or in a plain dump of pg_dump, of which only the rows of one table are read. A dump whose rows have
// no end mark is cut off: [ErrTruncated].
//
// # JSON
//
// A document, or several one after the other, or NDJSON: one value on each line. A record that is not valid, such as one with two members of
// the same name in one object, is rejected alone. Broken syntax, and a record of more than [MaxRecord]
// bytes, ends a document, but only rejects its line in NDJSON.
//
// # Paths
//
// A path names a value in a record: [ParsePath] has the syntax. It begins at the record, not at the whole file. In the JSON document
//
//	{"count": 2, "users": [{"id": 1, "emails": ["ann@example.com"]}, {"id": 2}]}
//
// the records are the elements of users, and the first address of each is emails[0], not users[*].emails[0]. The path of the records,
// users[*], is recognized; [Description].Records has it, and [BindOptions].Records replaces it. A path that leads nowhere is no error: its
// values are [Missing].
//
// A filter keeps some of the records: [ParseFilter] has the syntax.
package format
