package importjob

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// documentedAttributes are the attributes of a new pool, in the order of the service's sample.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/create-user-pool.html
var documentedAttributes = Schema{
	{Name: "sub", Type: "String", Required: true, MinLength: "1", MaxLength: "2048"},
	{Name: "name", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "given_name", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "family_name", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "middle_name", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "nickname", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "preferred_username", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "profile", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "picture", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "website", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "email", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "email_verified", Type: "Boolean", Mutable: true},
	{Name: "gender", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "birthdate", Type: "String", Mutable: true, MinLength: "10", MaxLength: "10"},
	{Name: "zoneinfo", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "locale", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "phone_number", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "phone_number_verified", Type: "Boolean", Mutable: true},
	{Name: "address", Type: "String", Mutable: true, MinLength: "0", MaxLength: "2048"},
	{Name: "updated_at", Type: "Number", Mutable: true, MinValue: "0"},
}

func TestSchemasHaveTheDocumentedAttributes(t *testing.T) {
	assert.Equal(t, documentedAttributes, ClassicSchema())
	identities := SchemaAttribute{Name: "identities", Type: "String", Mutable: true}
	assert.ElementsMatch(t, append(documentedAttributes, identities), Schema2025())
}

// Some pools were created with a birthdate of 4 to 10 characters.
//
// Source: https://github.com/hashicorp/terraform-provider-aws/issues/38197
func TestShortBirthdate(t *testing.T) {
	pool := emailPool()
	pool.Schema = ClassicSchema().With(SchemaAttribute{Name: "birthdate", Type: "String", Mutable: true, MinLength: "4", MaxLength: "10"})
	for value, want := range map[string]string{"": "", "02/01/1985": "", "1985": faultBirthdate.text, "1985-02-01": faultBirthdate.text, "02/01/85": faultBirthdate.text} {
		_, got := verdict(t, pool, with(goodUser(), "birthdate", value), nil)
		assert.Equal(t, want, got, value)
	}
}

// A username cannot look like an alias of its pool. Other names can be usernames, as far as they are known.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
func TestUsernamesBesideAliases(t *testing.T) {
	const email, phone, neither = "ann@example.com", "+12345550100", "12345550100"
	for _, tt := range []struct {
		aliases []string
		refused []string
	}{
		{nil, nil},
		{[]string{"email"}, []string{email}},
		{[]string{"phone_number"}, []string{phone}},
		{[]string{"phone_number", "email"}, []string{email, phone}},
		{[]string{"preferred_username"}, nil}, // A18
	} {
		pool := emailPool()
		pool.AliasAttributes = tt.aliases
		var refused []string
		for _, name := range []string{email, phone, neither, "ann"} {
			if _, reason := verdict(t, pool, with(goodUser(), "cognito:username", name), nil); reason != "" {
				assert.Equal(t, faultUsernameAlias.text, reason)
				refused = append(refused, name)
			}
		}
		assert.Equal(t, tt.refused, refused, tt.aliases)
	}
}
