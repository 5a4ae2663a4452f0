package source_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/cognito-import/importjob/source"
)

// A column whose name is nearly "username" is taken for that, though the e-mail address or the id has its place.
func TestNearTheUsername(t *testing.T) {
	for header, want := range map[string]string{
		"usrname,email,email_verified":      "usrname (did you mean cognito:username?)",
		"id,usrname,email,email_verified":   "usrname (did you mean cognito:username?)",
		"login,srname,email,email_verified": "srname (did you mean family_name?)",
	} {
		_, err := source.Open(t.Context(), []string{writeFile(t, "users.csv", header+"\n")}, emailPool(), nil)
		assert.ErrorContains(t, err, want, header)
	}
}
