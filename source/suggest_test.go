package source_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/source"
)

func pool() importjob.Pool {
	return importjob.Pool{
		PasswordHashes: true,
		Schema:         importjob.ClassicSchema().With(importjob.CustomAttribute("plan", importjob.TypeString), importjob.CustomAttribute("customer_no", importjob.TypeString)),
	}
}

// suggest returns the reasons and the mapping of a suggestion, as lines.
func suggest(t *testing.T, columns ...string) (reasons []string, mapping string) {
	s := source.Suggest(columns, pool().Header())
	require.Len(t, s.Reasons, len(columns))
	for _, r := range s.Reasons {
		reasons = append(reasons, r.String())
	}
	text, err := s.Mapping.Marshal()
	require.NoError(t, err)
	return reasons, string(text)
}

func TestSuggest(t *testing.T) {
	reasons, mapping := suggest(t, "Kunden-Nr", "E-Mail-Adresse", "Vorname", "Nachname", "Geburtsdatum", "Handy", "Plan", "custom_customer_no", "email_confirmed_at", "Passwort", "Rollen", "aktiv", "UUID", "famly_name", "", "note")
	assert.Equal(t, []string{
		"Kunden-Nr: left over",
		"E-Mail-Adresse -> email: a usual name for it",
		"Vorname -> given_name: a usual name for it",
		"Nachname -> family_name: a usual name for it",
		"Geburtsdatum -> birthdate: a usual name for it",
		"Handy -> phone_number: a usual name for it",
		"Plan -> custom:plan: the same name",
		"custom_customer_no -> custom:customer_no: the same name",
		"email_confirmed_at -> email_verified: a usual name for the time of verification; it is true if there is one",
		"Passwort -> password: a usual name for it",
		"Rollen -> groups: a usual name for them",
		"aktiv -> disabled: a usual name for the opposite",
		"UUID -> id: a usual name for it",
		"famly_name: left over",
		"#15: left over",
		"note: left over",
	}, reasons)
	assert.Equal(t, `id: UUID
columns:
  cognito:username: UUID
  given_name: Vorname
  family_name: Nachname
  email: E-Mail-Adresse
  email_verified: {from: email_confirmed_at, transforms: [non-empty]}
  birthdate: Geburtsdatum
  phone_number: Handy
  custom:plan: Plan
  custom:customer_no: custom_customer_no
password: Passwort
groups: Rollen
disabled: {from: aktiv, when: false}
`, mapping)
}

func TestSuggestASimilarName(t *testing.T) {
	reasons, mapping := suggest(t, "emial", "custom:plam", "frist_name", "birthdat")
	assert.Equal(t, []string{
		"emial: left over; did you mean email?",
		"custom:plam: left over; did you mean custom:plan?",
		"frist_name: left over; did you mean given_name?",
		"birthdat: left over; did you mean birthdate?",
	}, reasons)
	assert.Equal(t, "{}\n", mapping, "a similar name is no reason to import a value")
}

func TestSuggestUsesEachColumnOnce(t *testing.T) {
	reasons, mapping := suggest(t, "mail", "email", "e-mail", "email", "phone", "name", "username", "phone_verified", "blocked")
	assert.Equal(t, []string{
		"mail: left over", "#2 -> email: the same name", "e-mail: left over", "#4: left over",
		"phone -> phone_number: a usual name for it",
		"name -> name: the same name",
		"username -> cognito:username: the same name",
		"phone_verified -> phone_number_verified: a usual name for it",
		"blocked -> disabled: a usual name for it",
	}, reasons)
	assert.Contains(t, mapping, "cognito:username: username\n")
}

func TestSuggestATableOfCognito(t *testing.T) {
	header := pool().Header()
	s := source.Suggest(header, header)
	for i, r := range s.Reasons {
		want := header[i]
		if want == "password_hash" {
			want = "password"
		}
		assert.Equal(t, want, r.To)
	}
	require.NoError(t, s.Mapping.Validate())
}

func TestSuggestTheAddressAsUsername(t *testing.T) {
	_, mapping := suggest(t, "mail")
	assert.Equal(t, "columns:\n  cognito:username: mail\n  email: mail\n", mapping)
	s := source.Suggest(nil, nil)
	assert.Empty(t, s.Reasons)
	assert.Equal(t, &source.Mapping{}, s.Mapping)
}

func TestNearby(t *testing.T) {
	header := pool().Header()
	for name, want := range map[string]string{
		"plans": "custom:plan", "e-mail": "email", "E-Mail-Adresse": "email", "first_name": "given_name", "vorname": "given_name", "Prénom": "given_name", "surname": "family_name", "mobile": "phone_number",
		"dob": "birthdate", "customer_nr": "custom:customer_no", "usrename": "cognito:username", "gendre": "gender",
	} {
		got, ok := source.Nearby(name, header)
		assert.True(t, ok, name)
		assert.Equal(t, want, got, name)
	}
	for _, name := range []string{"", "#", "x", "shoe size", strings.Repeat("email", 100)} {
		_, ok := source.Nearby(name, header)
		assert.False(t, ok, name)
	}
}

// Each usual name is in the form in which names are compared, and of one column only.
func TestUsualNamesAreUnambiguous(t *testing.T) {
	header := pool().Header()
	for _, name := range []string{"mail", "telephone", "tel", "geschlecht", "langue", "anschrift", "avatar", "handle", "cn", "login"} {
		s := source.Suggest([]string{name}, header)
		assert.NotEmpty(t, s.Reasons[0].To, name)
	}
}

func FuzzSuggest(f *testing.F) {
	f.Add("id,email,Vorname,#1,\"x\",a.b,,a")
	header := pool().Header()
	f.Fuzz(func(t *testing.T, names string) {
		columns := strings.Split(names, ",")
		if len(columns) > 40 {
			return
		}
		s := source.Suggest(columns, header)
		require.Len(t, s.Reasons, len(columns))
		require.NoError(t, s.Mapping.Validate())
	})
}
