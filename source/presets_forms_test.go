package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/source"
)

// A realm of a Keycloak before version 8 has no secretData and no credentialData.
func TestAnOldKeycloakIsRecognized(t *testing.T) {
	file := writeFile(t, "realm.json", `{"realm":"shop","users":[{"id":"1","createdTimestamp":1514764800000,"username":"ann","enabled":true,"totp":false,"emailVerified":true,"email":"ann@example.com",
"credentials":[{"type":"password","hashedSaltedValue":"QUJD","salt":"QUJD","hashIterations":1,"algorithm":"pbkdf2"}],"requiredActions":[],"realmRoles":["user"]}]}`)
	s, err := source.Open(t.Context(), []string{file}, emailPool(), nil)
	require.NoError(t, err)
	defer func() { assert.NoError(t, s.Close()) }()
	assert.Equal(t, "keycloak", s.Describe().Mapping)
	row, err := s.Next()
	require.NoError(t, err)
	assert.ErrorContains(t, row.Lost, "PBKDF2-SHA1, which the service cannot check")
}

// A list of Auth0 users is an array where its API returns it, or where a file is for an import into Auth0.
func TestAuth0Array(t *testing.T) {
	lines, err := os.ReadFile(filepath.Join("testdata", "exports", "auth0", "export.json"))
	require.NoError(t, err)
	first, _, _ := strings.Cut(string(lines), "\n")
	file := writeFile(t, "users.json", "[\n"+first+"\n]\n")
	s, err := source.Open(t.Context(), []string{file}, emailPool(), &source.Options{From: "auth0"})
	require.NoError(t, err)
	defer func() { assert.NoError(t, s.Close()) }()
	got := readRows(t, s)
	assert.Contains(t, got, `cognito:username = "ann.lee"`)
	assert.NotContains(t, got, "finding record.json", "each line is not a record")
}

// These columns are in ordinary exports, and no pool has them. Nobody must name them to leave them out.
func TestOrdinaryColumnsAreLeftOut(t *testing.T) {
	for name, header := range map[string]string{
		"auth0-csv": "Id,Given Name,Family Name,Nickname,Name,Email,Email Verified,Picture,Connection,Created At,Updated At",
		"clerk": "id,first_name,last_name,username,primary_email_address,primary_phone_number,verified_email_addresses,unverified_email_addresses," +
			"verified_phone_numbers,unverified_phone_numbers,totp_secret,password_digest,password_hasher,created_at",
		"supertokens": "app_id,user_id,email,password_hash,time_joined",
	} {
		s, err := source.Open(t.Context(), []string{writeFile(t, "export.csv", header+"\n")}, emailPool(), &source.Options{From: name})
		if assert.NoError(t, err, name) {
			require.NoError(t, s.Close())
		}
	}
}
