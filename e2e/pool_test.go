package e2e

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPool tests the users that an import creates, and the header that a pool requires.
func TestPool(t *testing.T) {
	t.Parallel()
	a := newAWS(t, "--auto-verified=email", "--custom=tier", "--pool-name=people")
	a.describesPool()
	header := a.header()
	assert.Contains(t, header, "custom:tier")
	assert.Equal(t, []string{"cognito:mfa_enabled", "cognito:username"}, header[len(header)-2:])

	job := a.job(create...)
	upload(t, file(t, header), job.text("PreSignedUrl"))
	a.onJob("start-user-import-job", job.text("JobId"))
	done := a.onJob("describe-user-import-job", job.text("JobId"))
	require.Equal(t, "Succeeded", done.text("Status"), "at once, without a pace")
	a.hasUsers()
	a.addsUser()
}

func (a awsCLI) describesPool() {
	a.t.Helper()
	var pool struct {
		UserPool struct {
			ID                     string `json:"Id"`
			Name, Arn              string
			AutoVerifiedAttributes []string
			SchemaAttributes       []struct{ Name, AttributeDataType string }
		}
	}
	a.json(&pool, "cognito-idp", "describe-user-pool", "--user-pool-id", poolID)
	got := pool.UserPool
	assert.Equal(a.t, poolID, got.ID)
	assert.Equal(a.t, "people", got.Name)
	assert.Equal(a.t, "arn:aws:cognito-idp:us-west-2:111111111111:userpool/"+poolID, got.Arn)
	assert.Equal(a.t, []string{"email"}, got.AutoVerifiedAttributes)
	assert.Contains(a.t, got.SchemaAttributes, struct{ Name, AttributeDataType string }{"custom:tier", "String"})
}

// poolUser is a user as the CLI prints it.
type poolUser struct {
	Username, UserStatus string
	Enabled              bool
	UserCreateDate       any
	Attributes           []attribute
	UserAttributes       []attribute // the attributes in the response of admin-get-user
}

type attribute struct{ Name, Value string }

// hasUsers checks the users of the first rows of the file.
func (a awsCLI) hasUsers() {
	a.t.Helper()
	var zoe poolUser
	a.json(&zoe, "cognito-idp", "admin-get-user", "--user-pool-id", poolID, "--username", "zoë")
	assert.Equal(a.t, "RESET_REQUIRED", zoe.UserStatus)
	assert.True(a.t, zoe.Enabled)
	assert.False(a.t, a.date(zoe.UserCreateDate).IsZero())
	for _, want := range []attribute{
		{"email", "zoe@example.com"}, {"email_verified", "true"}, {"name", "Zoë, la 1ère"}, {"address", `1\2 Rue, Paris`},
	} {
		assert.Contains(a.t, zoe.UserAttributes, want)
	}

	var found struct{ Users []poolUser }
	a.json(&found, "cognito-idp", "list-users", "--user-pool-id", poolID, "--filter", `email ^= "li@"`, "--attributes-to-get", "email")
	require.Len(a.t, found.Users, 1)
	assert.Equal(a.t, "李雷", found.Users[0].Username)
	assert.Equal(a.t, []attribute{{"email", "li@example.com"}}, found.Users[0].Attributes)

	names := a.text("cognito-idp", "list-users", "--user-pool-id", poolID, "--filter", `cognito:user_status = "RESET_REQUIRED"`,
		"--query", "Users[].Username", "--output", "json") // the CLI follows the pages by itself
	var all []string
	require.NoError(a.t, json.Unmarshal([]byte(names), &all))
	assert.Len(a.t, all, rowsOfFile-2)
	assert.NotContains(a.t, all, "unverified")
	a.refused("InvalidParameterException", "", "list-users", "--user-pool-id", poolID, "--filter", `address = "1"`)
	a.refused("UserNotFoundException", "", "admin-get-user", "--user-pool-id", poolID, "--username", "unverified")
}

// addsUser creates a user with AdminCreateUser.
func (a awsCLI) addsUser() {
	a.t.Helper()
	var added struct{ User poolUser }
	a.json(&added, "cognito-idp", "admin-create-user", "--user-pool-id", poolID, "--username", "unverified", "--message-action", "SUPPRESS",
		"--user-attributes", "Name=email,Value=hand@example.com", "Name=custom:tier,Value=gold")
	assert.Equal(a.t, "FORCE_CHANGE_PASSWORD", added.User.UserStatus)
	assert.Contains(a.t, added.User.Attributes, attribute{"custom:tier", "gold"})
	a.refused("UsernameExistsException", "", "admin-create-user", "--user-pool-id", poolID, "--username", "zoë")
}
