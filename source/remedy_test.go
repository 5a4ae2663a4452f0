package source_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source"
)

// What helps depends on what the row has: nobody's address becomes verified because there is none.
func TestRemedies(t *testing.T) {
	for name, c := range map[string]struct {
		verifies []string
		row      string // id, email, email_verified, phone_number, phone_number_verified
		want     string
	}{
		"an unverified address": {[]string{"email"}, "a,a@example.com,false,,", "--set email_verified=true, "},
		"no address":            {[]string{"email"}, "a,,false,,", "an export with the e-mail address: "},
		"a verified phone in a pool for addresses":    {[]string{"email"}, "a,,,+12065550100,true", "a pool that verifies phone numbers too"},
		"a verified phone beside an address":          {[]string{"email"}, "a,a@example.com,false,+12065550100,true", "a pool that verifies phone numbers too"},
		"an unverified phone in a pool for addresses": {[]string{"email"}, "a,,,+12065550100,false", "an export with the e-mail address: "},
		"an unverified phone":                         {[]string{"email", "phone_number"}, "a,,,+12065550100,false", "--set phone_number_verified=true, "},
		"a verified address in a pool for phones":     {[]string{"phone_number"}, "a,a@example.com,true,,", "a pool that verifies e-mail addresses too"},
		"an address that is called verified":          {[]string{"email"}, "a,,true,,", "an export with the address; "},
		"a phone that is called verified":             {[]string{"email"}, "a,,,,true", "an export with the e-mail address: "},
		"no username":                                 {[]string{"email"}, ",a@example.com,true,,", "--map cognito:username=COLUMN "},
	} {
		t.Run(name, func(t *testing.T) {
			pool := importjob.Pool{AutoVerifiedAttributes: c.verifies}
			s, err := source.Open(t.Context(), []string{writeFile(t, "export.csv", "id,email,email_verified,phone_number,phone_number_verified\n"+c.row+"\n")}, pool, nil)
			require.NoError(t, err)
			defer func() { assert.NoError(t, s.Close()) }()
			row, err := s.Next()
			require.NoError(t, err)
			require.NotEmpty(t, row.Findings)
			var remedies []string
			for _, f := range row.Findings {
				remedies = append(remedies, f.Remedy)
			}
			assert.Contains(t, strings.Join(remedies, "\n"), c.want)
		})
	}
}

// Findings of one cause with different remedies are counted apart, so that each remedy is true of its rows.
func TestRemediesAreCountedApart(t *testing.T) {
	s, err := source.Open(t.Context(), []string{writeFile(t, "export.csv", "id,email,email_verified\na,a@example.com,false\nb,,false\nc,c@example.com,false\n")},
		importjob.Pool{AutoVerifiedAttributes: []string{"email"}}, nil)
	require.NoError(t, err)
	defer func() { assert.NoError(t, s.Close()) }()
	var c source.Collector
	for range 3 {
		row, err := s.Next()
		require.NoError(t, err)
		c.Add(row.Findings...)
	}
	groups := c.Groups()
	require.Len(t, groups, 2)
	assert.Equal(t, []int{2, 1}, []int{groups[0].Count, groups[1].Count})
}

// What helps against a long value does so for a row with nothing else wrong.
func TestRemediesOfLongValues(t *testing.T) {
	open := func(mapping, id, name string) *source.Row {
		s := openText(t, mapping, "export.csv", "id,name,email\n"+id+","+name+",a@example.com\n", source.Options{})
		row, err := s.Next()
		require.NoError(t, err)
		return row
	}
	const mapping = "columns: {cognito:username: id, email: email, email_verified: {set: true}, name: {from: name, transforms: [%s]}}\n"
	for character, cut := range map[string]string{"x": "cut=2048", "ü": "cut=512", "😀": "cut=512"} {
		name := strings.Repeat(character, 2049)
		row := open(strings.ReplaceAll(mapping, "%s", ""), "ann", name)
		require.Len(t, row.Findings, 1, character)
		require.Contains(t, row.Findings[0].Remedy, cut, character)
		require.Empty(t, open(strings.ReplaceAll(mapping, "%s", cut), "ann", name).Findings, character)
	}
	row := open(strings.ReplaceAll(mapping, "%s", ""), strings.Repeat("x", 3000), "Ann")
	require.Contains(t, row.Findings[0].Remedy, "uuid5", "a username of 2048 characters is too long as well")
}
