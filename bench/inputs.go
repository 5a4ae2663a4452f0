package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/cognito-import/importjob"
)

// input is a CSV file in memory.
type input struct {
	name string
	data []byte
	rows int
}

// pool is the user pool that all inputs are for.
var pool = importjob.Pool{
	ID:                     "us-west-2_aaaaaaaaa",
	Name:                   "bench",
	AutoVerifiedAttributes: []string{"email"},
	MFA:                    importjob.MFAOptional,
}

// sparse returns 500,000 rows, 92 to 100 MB. Most columns are empty. Half of the rows have names with non-ASCII
// characters, and three in ten have an escaped comma.
func sparse() input {
	r := rand.New(rand.NewPCG(1, 1))
	return generate("sparse", 500_000, func(i int, row map[string]string) {
		given, family := "Johannes Alexander Paul", "Montgomery-Smith"
		if i%2 == 0 {
			given, family = "Jürgen Łukasz Björn Åke", "Müller-Østergård"
		}
		row["name"] = given + " " + family
		row["given_name"], row["family_name"] = given, family
		row["email"] = fmt.Sprintf("user.%07d.%03d@mail.example.com", i, r.IntN(1000))
		row["email_verified"] = "TRUE"
		if r.IntN(10) < 3 {
			row["address"] = fmt.Sprintf(`%d Main Street\, Springfield`, 1+r.IntN(999))
		}
		row["cognito:username"] = fmt.Sprintf("user-%07d-%08x", i, r.Uint32())
		row["locale"] = "en_US"
		row["zoneinfo"] = "America/Los_Angeles"
	})
}

// dense returns 300,000 rows of about 310 bytes. All columns have values, each row has an escaped comma, and
// half of the rows have non-ASCII characters.
func dense() input {
	r := rand.New(rand.NewPCG(2, 2))
	return generate("dense", 300_000, func(i int, row map[string]string) {
		given, family := "Johannes", "Smith"
		if i%2 == 0 {
			given, family = "Jürgen", "Müller"
		}
		for name, value := range map[string]string{
			"name": given + " " + family, "given_name": given, "family_name": family,
			"middle_name": "Quentin", "nickname": "johnny", "preferred_username": fmt.Sprintf("jo%d", i),
			"profile": "https://example.com/people/profile", "picture": "https://example.com/people/picture", "website": "https://www.example.com/",
			"email": fmt.Sprintf("user%07d@example.com", i), "email_verified": "TRUE", "gender": "none",
			"birthdate": fmt.Sprintf("%02d/%02d/19%02d", 1+r.IntN(12), 1+r.IntN(28), r.IntN(100)),
			"zoneinfo":  "Europe/Berlin", "locale": "de_DE",
			"phone_number": fmt.Sprintf("+1206555%04d", r.IntN(10000)), "phone_number_verified": "FALSE",
			"address":    fmt.Sprintf(`%d Main Street\, Springfield`, 1+r.IntN(999)),
			"updated_at": fmt.Sprint(1471453471 + i), "cognito:mfa_enabled": "FALSE",
			"cognito:username": fmt.Sprintf("user-%07d", i),
		} {
			row[name] = value
		}
	})
}

// hostile returns 30,000 rows, 78 MB. The values are near their length limits. Each row has hundreds to thousands of
// escaped commas and multi-byte characters.
func hostile() input {
	long := func(unit string, bytes int) string { return strings.Repeat(unit, bytes/len(unit)) }
	return generate("hostile", 30_000, func(i int, row map[string]string) {
		switch i % 4 {
		case 0:
			row["address"] = long(`\,`, 2040)
			row["name"] = long("é", 520)
		case 1:
			row["address"] = long(`a\,`, 1800)
			row["profile"] = long("日本", 780)
		case 2:
			row["address"] = long(`é\,`, 1800)
			row["name"] = long(`x\,`, 750)
		case 3:
			row["name"] = long("ü", 1300)
			row["profile"] = long(`\,`, 1200)
		}
		row["email"] = fmt.Sprintf("user%07d@example.com", i)
		row["email_verified"] = "TRUE"
		row["cognito:username"] = fmt.Sprintf("%s%07d", strings.Repeat("u", 50), i)
	})
}

// generate returns a file. fill sets the values of a row, with commas already escaped.
func generate(name string, rows int, fill func(i int, row map[string]string)) input {
	var b bytes.Buffer
	b.Grow(110_000_000)
	header := pool.Header()
	b.WriteString(strings.Join(header, ",") + "\n")
	row := map[string]string{}
	for i := range rows {
		clear(row)
		fill(i, row)
		for c, column := range header {
			if c > 0 {
				b.WriteByte(',')
			}
			b.WriteString(row[column])
		}
		b.WriteByte('\n')
	}
	return input{name, b.Bytes(), rows}
}
