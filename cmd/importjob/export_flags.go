package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
)

// exportFlags say what an export looks like, and what becomes of its values.
type exportFlags struct {
	From           string   `group:"Input:" placeholder:"NAME" help:"What wrote the export: a preset, such as auth0 or keycloak (importjob mappings lists them), or a format: csv, json, ndjson, pgcopy, or dialect, which is the CSV dialect of import jobs (default: recognized)."`
	Mapping        string   `group:"Input:" placeholder:"FILE" help:"Mapping file, which says what becomes of the values. importjob inspect --save writes one."`
	Map            []string `group:"Input:" sep:"none" placeholder:"COLUMN=PATH" help:"Column of the pool, and the column or the path in the export that has its values. password_hash=PATH names the column with password hashes. Repeatable."`
	Set            []string `group:"Input:" sep:"none" placeholder:"COLUMN=VALUE" help:"Column of the pool that has the same value in every row. An empty VALUE leaves the column out. Repeatable."`
	Default        []string `group:"Input:" sep:"none" placeholder:"COLUMN=VALUE" help:"Value for a column of the pool in rows where it is empty. Repeatable."`
	Ignore         []string `group:"Input:" sep:"none" placeholder:"COLUMN" help:"Column of the export that is not imported. Repeatable."`
	IgnoreRest     bool     `group:"Input:" help:"Ignore all columns of the export that nothing uses."`
	NoHeader       bool     `group:"Input:" help:"The first line of a table is a user. The columns are #1, #2 and so on."`
	Delimiter      string   `group:"Input:" placeholder:"CHARACTER" help:"Character between the cells of a table (default: recognized). \\t is a tab."`
	Encoding       string   `group:"Input:" placeholder:"NAME" help:"Encoding of the text, such as windows-1252 (default: recognized if it is UTF-8 or UTF-16)."`
	Table          string   `group:"Input:" placeholder:"NAME" help:"Table of a dump in SQL that has the users, such as users or public.users (default: the only one)."`
	PhoneRegion    string   `group:"Input:" placeholder:"REGION" help:"Region of phone numbers without country code, such as US."`
	Hashes         string   `group:"Input:" placeholder:"FILE" help:"Second file, with the password hashes, such as Auth0's. It is joined by the id of the user."`
	UnusableHash   string   `group:"Input:" enum:",reset,reject" placeholder:"ACTION" default:"" help:"What to do with a user whose password hash no job takes: reset imports the user, who must set a new password, and reject does not (default reset)."`
	NoPasswords    bool     `group:"Input:" help:"Leave out all password hashes. Every user must set a new password."`
	PBKDF2Alphabet string   `group:"Input:" name:"pbkdf2-alphabet" enum:",plus,dot" placeholder:"NAME" default:"" help:"How PBKDF2 hashes write the base64 value 62 for Cognito: plus (+) or dot (.) (default plus)."`
}

// dialectName is the value of --from for a file in the dialect of import jobs.
const dialectName = "dialect"

// formats are the values of --from that are no presets.
var formats = []string{string(format.CSV), string(format.JSON), string(format.NDJSON), string(format.PGCopy), dialectName}

// used returns a flag on the command line that describes an export, or "".
func (f *exportFlags) used() string {
	for _, flag := range []struct {
		name string
		set  bool
	}{
		{"--mapping", f.Mapping != ""}, {"--map", f.Map != nil}, {"--set", f.Set != nil}, {"--default", f.Default != nil}, {"--ignore", f.Ignore != nil},
		{"--ignore-rest", f.IgnoreRest}, {"--no-header", f.NoHeader}, {"--delimiter", f.Delimiter != ""}, {"--encoding", f.Encoding != ""},
		{"--table", f.Table != ""}, {"--phone-region", f.PhoneRegion != ""}, {"--hashes", f.Hashes != ""}, {"--unusable-hash", f.UnusableHash != ""},
		{"--no-passwords", f.NoPasswords}, {"--pbkdf2-alphabet", f.PBKDF2Alphabet != ""},
	} {
		if flag.set {
			return flag.name
		}
	}
	return ""
}

// sourceOptions returns the options of package source.
func (f *exportFlags) sourceOptions() (source.Options, error) {
	o := source.Options{Hashes: f.Hashes, UnusableHash: source.UnusableHash(f.UnusableHash), Format: &format.Options{Encoding: f.Encoding, NoHeader: f.NoHeader}}
	o.Converter.PasslibAlphabet = f.PBKDF2Alphabet == "dot"
	o.Ignore, o.IgnoreRest, o.Table, o.PhoneRegion, o.NoPasswords = f.Ignore, f.IgnoreRest, f.Table, f.PhoneRegion, f.NoPasswords
	switch {
	case slices.Contains(formats, f.From):
		o.Format.Format = format.Format(f.From)
	case f.From != "":
		if _, err := source.Preset(f.From); err != nil {
			return o, fmt.Errorf("--from %s: %w; the formats are %s", f.From, err, strings.Join(formats, ", "))
		}
		if f.Mapping != "" {
			return o, fmt.Errorf("--mapping takes the place of --from %s; give one of them", f.From)
		}
		o.From = f.From
	}
	var err error
	if o.Columns, err = pairs("--map", "PATH", f.Map); err != nil {
		return o, err
	}
	if o.Set, err = pairs("--set", "VALUE", f.Set); err != nil {
		return o, err
	}
	if o.Default, err = pairs("--default", "VALUE", f.Default); err != nil {
		return o, err
	}
	if o.Format.Delimiter, err = f.delimiter(); err != nil {
		return o, err
	}
	o.Mapping, err = f.mapping()
	return o, err
}

// mapping reads the mapping file.
func (f *exportFlags) mapping() (*source.Mapping, error) {
	if f.Mapping == "" {
		return nil, nil
	}
	text, err := os.ReadFile(f.Mapping)
	if err != nil {
		return nil, fmt.Errorf("--mapping: %w", err)
	}
	m, err := source.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("--mapping %s: %w", f.Mapping, err)
	}
	return m, nil
}

// delimiter returns the character between cells, or 0.
func (f *exportFlags) delimiter() (byte, error) {
	d := f.Delimiter
	if d == "" {
		return 0, nil
	}
	if d == `\t` {
		d = "\t"
	}
	if len(d) != 1 || d[0] >= utf8.RuneSelf || strings.ContainsAny(d, "\"\r\n\x00") {
		return 0, fmt.Errorf("--delimiter %s: give one character, such as ;", f.Delimiter)
	}
	return d[0], nil
}

// pairs splits the values of a flag.
func pairs(flag, second string, values []string) (map[string]string, error) {
	if values == nil {
		return nil, nil
	}
	all := map[string]string{}
	for _, v := range values {
		column, value, ok := strings.Cut(v, "=")
		if !ok || column == "" || value == "" && flag != "--set" {
			return nil, fmt.Errorf("%s %s: give COLUMN=%s", flag, v, second)
		}
		if _, twice := all[column]; twice {
			return nil, fmt.Errorf("%s %s: %s is given twice; give it once", flag, v, column)
		}
		all[column] = value
	}
	return all, nil
}
