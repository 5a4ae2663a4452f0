package source_test

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
)

const exampleExport = `customer_no;mail;confirmed;mobile;password
1001;Ann@Example.com;yes;+1 201 555 0123;$2y$10$v0EI7ftrsGtLgtmkjXHhAebRSbeXiUUElFkwK5TaqSvh3tvPoQ3HC
1002;bob@example.com;yes;(201) 555-0124;
`

// Rows of an export, ready for the file of an import job.
func ExampleOpen() {
	m, err := source.Parse([]byte("id: customer_no\ncolumns: {email: mail, email_verified: confirmed, phone_number: mobile}\npassword: password\n"))
	if err != nil {
		panic(err)
	}
	pool := importjob.Pool{AutoVerifiedAttributes: []string{"email"}}
	s, err := source.Open(context.Background(), []string{"-"}, pool, &source.Options{Mapping: m, Format: &format.Options{Stdin: strings.NewReader(exampleExport)}})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	var findings source.Collector
	for {
		row, err := s.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			panic(err)
		}
		findings.Add(row.Findings...)
		if len(row.Findings) == 0 {
			fmt.Printf("%s", row.Text)
		}
	}
	fmt.Print(&findings)
	fmt.Println(s.Census())
	// Output:
	// ,,,,,,,,,ann@example.com,true,,,,,+12015550123,,,,,1001,$2y$10$v0EI7ftrsGtLgtmkjXHhAebRSbeXiUUElFkwK5TaqSvh3tvPoQ3HC
	// 1 row: mobile: phone number without country code; try --phone-region US (line 3)
	// 1 keeps their password
}

func ExampleInspect() {
	pool := importjob.Pool{AutoVerifiedAttributes: []string{"email"}}
	report, err := source.Inspect(context.Background(), []string{"-"}, pool, &source.Options{
		Format: &format.Options{Stdin: strings.NewReader(exampleExport)},
		Edits:  source.Edits{Columns: map[string]string{"email_verified": "confirmed"}, PhoneRegion: "US"},
	})
	if err != nil {
		panic(err)
	}
	fmt.Print(report)
	// Output:
	// standard input: CSV with ';', UTF-8, header of 5 columns
	// mapping: suggested (by the names of the columns)
	//
	// Columns of the export
	//   customer_no  100 %  -> cognito:username, id (a usual name for it)  1001, 1002
	//   mail         100 %  -> email (a usual name for it)  Ann@Example.com, bob@example.com
	//   confirmed    100 %  -> email_verified  yes
	//   mobile       100 %  -> phone_number (a usual name for it)  +1 201 555 0123, (201) 555-0124
	//   password      50 %  -> password (a usual name for it)
	//
	// Columns of the pool
	//   cognito:username: customer_no; null, trim, one-line, nfc (by default for a username)
	//   email: mail; null, trim, lower, nfc (by default for an e-mail address)
	//   phone_number: mobile; null, trim, phone=US (by default for a phone number)
	//   email_verified: confirmed; null, trim, bool (by default for a Boolean)
	//
	// First rows
	//   line 2
	//     cognito:username = 1001
	//     email = ann@example.com
	//     email_verified = true
	//     phone_number = +12015550123
	//     id: 1001
	//     password: kept, BCRYPT
	//   line 3
	//     cognito:username = 1002
	//     email = bob@example.com
	//     email_verified = true
	//     phone_number = +12015550124
	//     id: 1002
	//
	// Result
	//   2 of 2 rows can be imported
	//   1 keeps their password, 1 has none
}

func ExampleMapping_Edit() {
	m, err := source.Preset("django-table")
	if err != nil {
		panic(err)
	}
	m, err = m.Edit(source.Edits{Set: map[string]string{"email_verified": "true"}, Default: map[string]string{"given_name": "unknown"}})
	if err != nil {
		panic(err)
	}
	for _, e := range m.Explain(nil) {
		fmt.Println(e)
	}
	// Output:
	// cognito:username: username; null, trim, one-line, nfc (by default for a username)
	// email: email; null, trim, lower, nfc (by default for an e-mail address)
	// given_name: first_name; null=\N, trim, one-line, nfc (by default for a name); "unknown" if empty
	// family_name: last_name; null=\N, trim, one-line, nfc (by default for a name)
	// email_verified: the constant "true"
}
