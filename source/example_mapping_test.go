package source_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source"
	"github.com/cognito-import/importjob/source/format"
	"github.com/cognito-import/importjob/source/transform"
)

// This example makes a mapping in Go, without a file, and finds users who have the username of another one. It uses the id of the shop as
// username, since the mapping has no cognito:username.
func ExampleMapping() {
	const export = "id;first;last;mail;phone;bcrypt\n" +
		"1;Ann;Lee;ann@example.com;030 123456;$2y$10$v0EI7ftrsGtLgtmkjXHhAebRSbeXiUUElFkwK5TaqSvh3tvPoQ3HC\n" +
		"2;Bob;;bob@example.com;12;\n" +
		"1;Ann;Lee;ann.lee@example.com;;\n"
	paths := func(text string) []format.Path { return []format.Path{format.MustPath(text)} }
	name, err := transform.ParseTemplate("{first} {last}")
	if err != nil {
		panic(err)
	}
	shop := &source.Mapping{
		ID: paths("id"),
		Columns: []source.Column{
			{Name: "email", From: paths("mail")},
			{Name: "email_verified", Set: "true"},
			{Name: "phone_number", From: paths("phone")},
			{Name: "name", Template: name},
		},
		Password:    source.Password{Kind: source.PasswordHash, From: paths("bcrypt")},
		PhoneRegion: "DE",
	}

	pool := importjob.Pool{AutoVerifiedAttributes: []string{"email"}}
	s, err := source.Open(context.Background(), []string{"-"}, pool, &source.Options{
		Mapping: shop, FindDuplicates: true, Format: &format.Options{Stdin: strings.NewReader(export)}})
	if err != nil {
		panic(err) // a *source.ColumnsError names the columns that do not fit
	}
	defer s.Close()
	nameColumn, phone := slices.Index(s.Columns(), "name"), slices.Index(s.Columns(), "phone_number")
	for {
		row, err := s.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			panic(err)
		}
		for _, f := range row.Findings {
			fmt.Println(f.Code, "|", f)
		}
		if len(row.Findings) == 0 {
			fmt.Println(row.ID, row.Values[nameColumn], row.Values[phone], row.Hash.Algorithm)
		}
	}
	// Output:
	// 1 Ann Lee +4930123456 BCRYPT
	// phone.impossible | line 3: phone: phone number that no country has: too few digits, too many, or an unknown country code
	// duplicate-username | line 4: id: The user already exists; the first is line 2
}
