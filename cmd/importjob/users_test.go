package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

// update makes the tests write the files in testdata anew: go test ./cmd/importjob -update
var update = flag.Bool("update", false, "write the files in testdata")

// testdata returns the path of a file in the folder testdata of the module.
func testdata(name string) string { return filepath.Join("..", "..", "testdata", name) }

// golden compares a file in testdata with what it must hold, or writes it.
func golden(t *testing.T, name string, want []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(testdata(name), want, 0o644))
	}
	got, err := os.ReadFile(testdata(name))
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got), "testdata/%s differs from what its test makes of it: go test ./cmd/importjob -update", name)
}

// defaultPool is the pool that the flags describe by default.
func defaultPool() importjob.Pool {
	return importjob.Pool{ID: "us-west-2_aaaaaaaaa", Name: "MyUserPool", AutoVerifiedAttributes: []string{"email"}, CaseInsensitive: true}
}

const users = 1000

// crowd makes up people, the same ones each time.
type crowd struct {
	dice  *rand.PCG
	names map[string]bool // usernames given so far
}

func newCrowd() *crowd { return &crowd{dice: rand.NewPCG(20181223, 1), names: map[string]bool{}} }

// n returns a number below limit. It does not depend on how math/rand derives one.
func (c *crowd) n(limit int) int { return int(c.dice.Uint64() % uint64(limit)) }

// in says yes percent times out of a hundred.
func (c *crowd) in(percent int) bool { return c.n(100) < percent }

func pick[T any](c *crowd, list []T) T { return list[c.n(len(list))] }

// user makes up a user of the classic schema who can be imported.
func (c *crowd) user() importjob.Record {
	p := pick(c, places)
	given := c.n(len(p.given))
	family := pick(c, p.family)
	ascii := p.given[given][1] + "." + family[1]
	name, native := p.given[given][0]+" "+family[0], p.given[given][0]+"."+family[0]
	if p.familyFirst {
		name, native = family[0]+" "+p.given[given][0], family[0]+p.given[given][0]
	}
	u := importjob.Record{
		importjob.ColumnUsername:         c.username(ascii, native),
		importjob.AttributeEmail:         fmt.Sprintf("%s%d@example.%s", ascii, len(c.names), pick(c, []string{"com", "org", "net"})),
		importjob.AttributeEmailVerified: pick(c, []string{"TRUE", "TRUE", "TRUE", "true"}),
		importjob.ColumnMFAEnabled:       pick(c, []string{"FALSE", "FALSE", "false", ""}),
	}
	if c.in(8) {
		return u // some people tell nothing else
	}
	u["name"], u["given_name"], u["family_name"] = name, p.given[given][0], family[0]
	c.extras(u, p, given, ascii)
	return u
}

// username gives a name that nobody has yet, be it in other letters.
func (c *crowd) username(ascii, native string) string {
	name := ascii
	if c.in(20) {
		name = strings.ReplaceAll(native, " ", "_")
	}
	for n := 2; c.names[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s%d", strings.TrimRight(name, "0123456789"), n)
	}
	c.names[strings.ToLower(name)] = true
	return name
}

// extras fills in the columns that may be empty.
func (c *crowd) extras(u importjob.Record, p place, given int, ascii string) {
	set := func(percent int, column string, value string) {
		if c.in(percent) {
			u[column] = value
		}
	}
	set(10, "middle_name", pick(c, p.given)[0])
	set(15, "nickname", pick(c, nicknames))
	set(20, "preferred_username", fmt.Sprintf("%s_%d", ascii[:strings.IndexByte(ascii, '.')], 1950+c.n(60)))
	set(12, "profile", "https://example.com/people/"+ascii)
	set(12, "picture", fmt.Sprintf("https://example.com/img?u=%s&s=%d", ascii, 64<<c.n(3)))
	set(8, "website", "https://"+strings.ReplaceAll(ascii, ".", "-")+".example.net/")
	set(60, "gender", p.gender[given])
	set(70, "birthdate", fmt.Sprintf("%02d/%02d/%d", 1+c.n(12), 1+c.n(28), 1935+c.n(72)))
	set(2, "birthdate", "02/29/1996")
	set(80, "zoneinfo", p.zone)
	set(80, "locale", p.locale)
	set(75, "address", fmt.Sprintf(pick(c, p.addresses), 1+c.n(199)))
	set(50, "updated_at", fmt.Sprint(1420070400+c.n(300_000_000)))
	if p.phone != "" && c.in(60) {
		u[importjob.AttributePhoneNumber] = fmt.Sprintf(p.phone, c.n(100))
		u[importjob.AttributePhoneNumberVerified] = pick(c, []string{"TRUE", "FALSE", "", "true"})
	} else {
		set(30, importjob.AttributePhoneNumberVerified, "FALSE")
	}
}

func writeUsers(t *testing.T, w io.Writer, n int) {
	t.Helper()
	c, out := newCrowd(), importjob.NewWriter(w)
	require.NoError(t, out.Write(defaultPool().Header()))
	for range n {
		require.NoError(t, out.WriteRecord(c.user()))
	}
	require.NoError(t, out.Flush())
}

func TestUsersFile(t *testing.T) {
	file := bytes.Buffer{}
	writeUsers(t, &file, users)
	golden(t, "users.csv", file.Bytes())

	assert.Equal(t, users+1, bytes.Count(file.Bytes(), []byte("\n")))
	assert.True(t, bytes.HasSuffix(file.Bytes(), []byte("\n")))
	assert.NotContains(t, file.String(), `"`)

	summary := importjob.CheckSummary{}
	for finding, err := range importjob.Check(t.Context(), defaultPool(), &file, &importjob.CheckOptions{Summary: &summary}) {
		require.NoError(t, err)
		assert.Fail(t, "a row that cannot be imported", finding.String())
	}
	assert.EqualValues(t, users, summary.Imported)
}

func TestUsersFileIsRealistic(t *testing.T) {
	file, err := os.Open(testdata("users.csv"))
	require.NoError(t, err)
	defer file.Close()
	r := importjob.NewReader(file)
	header, err := r.Header()
	require.NoError(t, err)

	filled := map[string]int{}
	scripts := map[string]int{}
	commas := 0
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		for i, value := range record {
			if value != "" {
				filled[header[i]]++
			}
			if header[i] == "name" {
				scripts[script(value)]++
			}
			if header[i] == "address" && strings.Contains(value, ",") {
				commas++
			}
			if header[i] == "email" {
				assert.Regexp(t, `@example\.(com|net|org)$`, value)
			}
		}
	}
	for _, name := range header {
		assert.GreaterOrEqual(t, filled[name], 40, name)
	}
	for _, name := range []string{"Latin", "Han", "Hiragana", "Arabic", "Cyrillic", "Greek", "Devanagari", "Hangul", "Thai", "Hebrew"} {
		assert.GreaterOrEqual(t, scripts[name], 10, name)
	}
	assert.Greater(t, commas, 200)
}

// script returns the script that the last letter of s is written in.
func script(s string) string {
	name := ""
	for _, r := range s {
		for candidate, table := range unicode.Scripts {
			if unicode.IsLetter(r) && unicode.Is(table, r) {
				name = candidate
			}
		}
	}
	return name
}
