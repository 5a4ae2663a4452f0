package cognitotest

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// filtered is the user that filters are tried on.
var filtered = userpool.User{
	Username: `J"o\hn`, Sub: "1234-abcd", Status: userpool.StatusResetRequired, Disabled: true,
	Attributes: userpool.NewAttributes(
		userpool.Attribute{Name: "email", Value: "john@example.com"},
		userpool.Attribute{Name: "family_name", Value: "Ünal = 1"}),
}

func TestFilterMatches(t *testing.T) {
	for filter, want := range map[string]bool{
		``:                                       true,
		`   `:                                    true,
		`email = "john@example.com"`:             true,
		`email="john@example.com"`:               true,
		"\temail\n=\r\"john@example.com\" ":      true,
		`email = "John@Example.com"`:             true,
		`email ^= "JOHN@"`:                       true,
		`"email" = "john@example.com"`:           true,
		`"email"^="john"`:                        true,
		`family_name = "ünal = 1"`:               true,
		`sub = "1234-ABCD"`:                      true,
		`email ^= "john"`:                        true,
		`email^="john"`:                          true,
		`email ^= ""`:                            true,
		`email = ""`:                             false,
		`phone_number = ""`:                      false,
		`phone_number ^= ""`:                     false,
		`family_name = "Ünal = 1"`:               true,
		`family_name ^= "Ün"`:                    true,
		`username = "J\"o\\hn"`:                  true,
		`username = "j\"o\\hn"`:                  false,
		`sub ^= "1234"`:                          true,
		`status = "Disabled"`:                    true,
		`status = "disabled"`:                    false,
		`status = "Enabled"`:                     false,
		`cognito:user_status = "RESET_REQUIRED"`: true,
		`cognito:user_status = "reset_required"`: true,
		`cognito:user_status ^= "reset"`:         true,
		`cognito:user_status = "CONFIRMED"`:      false,
	} {
		matches, err := parseFilter(filter)
		if assert.NoError(t, err, filter) {
			assert.Equal(t, want, matches(filtered), filter)
		}
	}
}

// refusedFilters are not of the grammar.
var refusedFilters = []string{
	`email`, `email =`, `email = john`, `email = "john`, `email = john"`, `email = 'john'`, `= "x"`, `"x"`, `email "x"`,
	`email == "x"`, `email != "x"`, `email ^ = "x"`, `email =^ "x"`, `email $= "x"`, `email = "a" "b"`, `email = "a"b"`,
	`email = "x" and name = "y"`, `email = "a\b"`, `email = "a\"`, `"email = "x"`, `email" = "x"`, `""email"" = "x"`, `"" = "x"`, `"custom:a" = "x"`, `Email = "x"`, `custom:a = "x"`,
	`address = "x"`, `birthdate = "x"`, `email_verified = "true"`, `email = "x";`, `email = "` + strings.Repeat("x", 256) + `"`,
}

func TestFilterRefusals(t *testing.T) {
	for _, filter := range refusedFilters {
		_, err := parseFilter(filter)
		assert.ErrorIs(t, err, importjob.ErrInvalidParameter, filter)
	}
}

// A filter has at most 256 characters, which may have several bytes each.
func TestLongestFilter(t *testing.T) {
	filter := `email = "` + strings.Repeat("é", 256-len(`email = ""`)) + `"`
	_, err := parseFilter(filter)
	require.NoError(t, err)
	_, err = parseFilter(filter + " ")
	assert.ErrorIs(t, err, importjob.ErrInvalidParameter)
}

func FuzzFilter(f *testing.F) {
	for _, s := range append(refusedFilters, `email ^= "a\"b"`, ``, `sub = "1"`) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		matches, err := parseFilter(s)
		if err != nil {
			require.True(t, errors.Is(err, importjob.ErrInvalidParameter) && matches == nil)
			return
		}
		got := matches(filtered)
		if !strings.Contains(s, `"`) {
			require.Empty(t, strings.TrimSpace(s), "a filter that is not empty compares with a value")
			require.True(t, got)
		}
	})
}

// FuzzFilterValue checks that every value can be asked for, in any case, and is all that is found.
func FuzzFilterValue(f *testing.F) {
	f.Add("john", "johnny")
	f.Add(`a"\b`, `a"`)
	f.Fuzz(func(t *testing.T, value, other string) {
		if len(value) > 100 {
			return
		}
		escaped := strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(value)
		equal, err := parseFilter(`name = "` + escaped + `"`)
		require.NoError(t, err)
		begins, err := parseFilter(`name ^= "` + escaped + `"`)
		require.NoError(t, err)
		for _, s := range []string{value, other, value + other} {
			u := userpool.User{Attributes: userpool.NewAttributes(userpool.Attribute{Name: "name", Value: s})}
			got, want := strings.ToLower(s), strings.ToLower(value) // as the filter does, which is not what EqualFold does
			require.Equal(t, got == want, equal(u))
			require.Equal(t, strings.HasPrefix(got, want), begins(u))
		}
	})
}
