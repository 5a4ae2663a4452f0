package format

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

// signature is how a file begins that this package does not read.
type signature struct {
	prefix, what, advice string
}

// ambiguous are the signatures with which a text can begin too.
const ambiguous = "BZh PGDMP PAR1"

const (
	asCSV      = "save it as CSV UTF-8 (File, Save As, CSV UTF-8) and use that file"
	asTable    = `export the table as CSV: \copy users to 'users.csv' csv header in psql, or SELECT with a CSV export in the other system's tool`
	asCopy     = `dump the table with COPY statements: pg_dump --data-only --table users, without --inserts`
	unpackIt   = "unpack it and use the files in it"
	decryptIt  = "decrypt it first: gpg --decrypt FILE > users.json"
	exportText = "export as CSV or JSON instead"
)

var signatures = []signature{
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (XLS)", asCSV},
	{"BZh", "compressed with bzip2", "decompress it first: bunzip2 FILE"},
	{"\xfd7zXZ\x00", "compressed with xz", "decompress it first: unxz FILE"},
	{"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", unpackIt},
	{"Rar!\x1a\x07", "a RAR archive", unpackIt},
	{"%PDF-", "a PDF document", exportText},
	{"SQLite format 3\x00", "an SQLite database", "export the table as CSV: sqlite3 -header -csv FILE 'SELECT * FROM users'"},
	{"PGDMP", "a PostgreSQL dump in the custom format", asTable},
	{"PAR1", "a Parquet file", exportText},
	{"Obj\x01", "an Avro file", exportText},
	{"-----BEGIN PGP", "encrypted or signed with PGP", decryptIt},
}

// unsupported returns the error of a file that is what.
func unsupported(what, advice string) error {
	return &UnsupportedError{What: what, Advice: advice}
}

// refuse returns an error for a file that is no text: head is how it begins, encoding the name that was set or "".
func refuse(head []byte, encoding string) error {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.prefix)) && (isBinary(head) || !strings.Contains(ambiguous, s.prefix)) {
			return unsupported(s.what, s.advice)
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return refuseZIP(head)
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return unsupported("a tar archive", unpackIt)
	case isUTF16(head, encoding), !isBinary(head):
		return nil
	case pgpPacket(head):
		return unsupported("binary data that looks encrypted with PGP", decryptIt)
	default:
		return unsupported("binary data in an unknown format", exportText)
	}
}

func refuseZIP(head []byte) error {
	switch {
	case bytes.Contains(head, []byte("xl/")), bytes.Contains(head, []byte("[Content_Types].xml")):
		return unsupported("an Excel workbook (XLSX)", asCSV)
	case bytes.Contains(head, []byte("application/vnd.oasis.opendocument.spreadsheet")):
		return unsupported("an OpenDocument spreadsheet (ODS)", asCSV)
	default:
		return unsupported("a ZIP archive", unpackIt)
	}
}

// isBinary reports whether more than one byte in fifty is a control character that texts do not have. A few are tolerated, since values
// can have them.
func isBinary(head []byte) bool {
	strange := 0
	for _, c := range head {
		if c < ' ' && (c < '\t' || c > '\r') && c != 0x1b || c == 0x7f {
			strange++
		}
	}
	return strange > len(head)/50 && !(strange < 8 && utf8.Valid(head))
}

// pgpPacket reports whether head can begin with a packet of a session key, as OpenPGP messages do.
//
// Source: https://www.rfc-editor.org/rfc/rfc9580, sections 4.2 and 5
func pgpPacket(head []byte) bool {
	tag := head[0] & 0x3f
	if head[0]&0xc0 == 0x80 { // a legacy header has the tag in four bits
		tag = head[0] >> 2 & 0xf
	}
	return head[0] >= 0x80 && (tag == 1 || tag == 3)
}

var sqlDump = regexp.MustCompile(`(?im)\A(?:\s*--[^\n]*\n)*(?:--\s*)?(?:(?:PostgreSQL|MySQL|MariaDB|phpMyAdmin).*dump|phpMyAdmin SQL|\s*(?:(?:INSERT INTO|CREATE (?:TABLE|SCHEMA|EXTENSION|TYPE)|DROP TABLE|SET NAMES|/\*!\d+|SELECT pg_catalog)\b|SET [a-z_]+ *=|BEGIN;|\\(?:un)?restrict ))`)

var ldif = regexp.MustCompile(`(?i)\A(?:#[^\n]*\n|\s*\n)*(?:version: *1\s*\n(?:#[^\n]*\n|\s*\n)*)?dn::? ?\S`)

// refuseText returns an error for a text that is neither a table nor JSON.
func refuseText(text []byte) error {
	start := bytes.TrimLeft(text, " \t\r\n")
	switch {
	case len(start) == 0:
		return nil
	case bytes.HasPrefix(start, []byte("-----BEGIN PGP")):
		return unsupported("encrypted or signed with PGP", decryptIt)
	case start[0] == '<':
		return unsupported("XML or HTML", exportText)
	case sqlDump.Match(text) && !isDump(text):
		return unsupported("an SQL dump", asTable)
	case ldif.Match(text):
		return unsupported("LDIF, an export of a directory server", exportText)
	default:
		return nil
	}
}
