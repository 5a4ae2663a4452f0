package source

import (
	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source/pwhash"
)

// Report is what [Inspect] found out about an export. It has examples of values, which are personal data. It has no password hashes.
//
// String and WriteTo write it for people, and encoding/json for programs.
type Report struct {
	Files      []string `json:"files"`      // the names, without their directories
	Recognized string   `json:"recognized"` // what was recognized of the files and why
	Format     string   `json:"format"`
	Encoding   string   `json:"encoding"`
	Delimiter  string   `json:"delimiter,omitempty"` // of a table
	Header     bool     `json:"header,omitempty"`    // of a table

	Mapping     string         `json:"mapping"`      // the name of the mapping
	Why         string         `json:"why"`          // why it is used
	MappingFile string         `json:"mapping_file"` // the mapping, as Parse reads it
	Notes       string         `json:"notes,omitempty"`
	Columns     []ReportColumn `json:"columns"`            // of the export
	Made        []string       `json:"made"`               // what each column of the pool is made of, as Explanation.String says it
	Problem     string         `json:"problem,omitempty"`  // why Open would refuse the export, such as columns that are left over
	Rows        int            `json:"rows"`               // the number of records
	Good        int            `json:"good"`               // the number of rows without findings
	First       []ReportRow    `json:"first"`              // the first rows
	Findings    []Group        `json:"findings,omitempty"` // the largest first
	Passwords   Passwords      `json:"passwords"`          // of the good rows
	Joined      *JoinCounts    `json:"joined,omitempty"`   // with Options.Hashes
}

// ReportColumn is a column of an export.
type ReportColumn struct {
	Name     string   `json:"name"`               // its path
	Filled   int      `json:"filled"`             // the number of records in which it is not empty
	Examples []string `json:"examples,omitempty"` // the first different values; none of secrets
	To       []string `json:"to,omitempty"`       // columns of the pool that are made of it, or "id", "password", "groups" or "disabled"
	Why      string   `json:"why,omitempty"`      // why the mapping is suggested
	Near     string   `json:"near,omitempty"`     // if it is left over: a column of the pool with a similar name
}

// ReportRow is a row as it would be imported.
type ReportRow struct {
	Place
	ID        string                             `json:"id,omitempty"`
	Values    []ReportValue                      `json:"values,omitempty"` // those that are not empty, without the password hash
	Algorithm importjob.PasswordHashingAlgorithm `json:"algorithm,omitempty"`
	Lost      string                             `json:"lost,omitempty"` // why the password cannot be kept
	Groups    []string                           `json:"groups,omitempty"`
	Disabled  bool                               `json:"disabled,omitempty"`
	Findings  []Finding                          `json:"findings,omitempty"`
}

// ReportValue is one value of a row.
type ReportValue struct {
	Column string `json:"column"` // of the pool
	Value  string `json:"value"`
}

// Passwords says what becomes of the passwords.
type Passwords struct {
	Summary    string                                     `json:"summary"` // one line, as pwhash.Census has it
	Kept       map[importjob.PasswordHashingAlgorithm]int `json:"kept,omitempty"`
	NoPassword int                                        `json:"no_password,omitempty"`
	Lost       map[string]int                             `json:"lost,omitempty"` // by cause, in words
}

func passwordsOf(c *pwhash.Census) Passwords {
	p := Passwords{Summary: c.String(), Kept: c.Kept, NoPassword: c.NoPassword}
	for cause, n := range c.Lost {
		if p.Lost == nil {
			p.Lost = map[string]int{}
		}
		p.Lost[cause.String()] += n
	}
	return p
}
