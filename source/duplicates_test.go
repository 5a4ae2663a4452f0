package source_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source"
)

func TestFindDuplicates(t *testing.T) {
	const export = "username,email,email_verified\nann,ann@example.com,true\nbob,none,true\nANN,x@example.com,true\nBob,bob@example.com,true\n"
	pool := emailPool()
	pool.CaseInsensitive = true
	for _, find := range []bool{false, true} {
		s, err := source.Open(t.Context(), []string{writeFile(t, "users.csv", export)}, pool, &source.Options{FindDuplicates: find})
		require.NoError(t, err)
		defer s.Close()
		var findings []source.Finding
		for range 4 {
			row, err := s.Next()
			require.NoError(t, err)
			findings = append(findings, row.Findings...)
			require.Equal(t, len(row.Findings) > 0, row.Text == nil)
		}
		if !find {
			require.Len(t, findings, 1, "the address")
			continue
		}
		require.Len(t, findings, 2)
		assert.Equal(t, source.Finding{Code: "duplicate-username", Place: source.Place{Line: 4}, Column: "username", Attribute: "cognito:username",
			Text: "The user already exists", First: source.Place{Line: 2}}, findings[1])
		assert.Equal(t, "line 4: username: The user already exists; the first is line 2", findings[1].String())
	}
	report, err := source.Inspect(t.Context(), []string{writeFile(t, "users.csv", export)}, pool, nil)
	require.NoError(t, err)
	assert.Equal(t, 2, report.Good, "ann and Bob: the row of bob goes into no job")
}

// A list or an object is not the text of a standard attribute. A custom attribute can hold it.
func TestJSONIsNotAText(t *testing.T) {
	const export = `[{"id":"a","name":{"given":"Ann"},"plan":["x","y"],"where":{"locality":"Oslo"},"mail":"a@example.com"},` +
		`{"id":["b"],"name":"Bob","plan":"z","where":"Oslo","mail":["b@example.com","c@example.com"]}]`
	pool := emailPool()
	pool.Schema = importjob.ClassicSchema().With(importjob.CustomAttribute("plan", importjob.TypeString))
	m := mustParse(t, "columns:\n  cognito:username: id\n  name: name\n  custom:plan: plan\n  address: where\n  email: [post, mail]\n  nickname: {template: '{name}!'}\n  email_verified: {set: true}\n")
	s, err := source.Open(t.Context(), []string{writeFile(t, "users.json", export)}, pool, &source.Options{Mapping: m})
	require.NoError(t, err)
	defer s.Close()
	var codes [][2]string
	for range 2 {
		row, err := s.Next()
		require.NoError(t, err)
		for _, f := range row.Findings {
			codes = append(codes, [2]string{f.Code, f.Attribute})
		}
		if row.Record == 1 {
			assert.Contains(t, row.Values, `["x","y"]`)
			assert.Contains(t, row.Values, `{"locality":"Oslo"}`)
		}
	}
	assert.ElementsMatch(t, [][2]string{{"json.not-text", "name"}, {"json.not-text", "nickname"}, {"json.not-text", "cognito:username"}, {"json.not-text", "email"}}, codes)
}
