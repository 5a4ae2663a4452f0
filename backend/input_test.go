package backend

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
)

// message returns the service's words in err, and checks the rest of it.
func message(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *importjob.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, importjob.ErrInvalidParameter, e.Code)
	require.NoError(t, e.Err)
	return e.Message
}

func TestPages(t *testing.T) {
	assert.NoError(t, ValidatePage(importjob.Page{MaxResults: 60, Token: "t"}))
	assert.Contains(t, message(t, ValidatePage(importjob.Page{MaxResults: 61, Token: " "})), "2 validation errors detected: Value '61' at 'maxResults'")
	ref := importjob.Ref{UserPoolID: "a_b", JobID: "import-a"}
	list := func(p importjob.Page) error { return ValidateList("a_b", p) }
	results := func(p importjob.Page) error { return ValidateResults(ref, p) }
	for _, ok := range []importjob.Page{{}, {MaxResults: 1}, {MaxResults: 60}, {Token: "t"}} {
		assert.NoError(t, list(ok))
		assert.NoError(t, results(ok))
	}
	assert.NoError(t, results(importjob.Page{MaxResults: 10000}))
	assert.Equal(t, "1 validation error detected: Value '61' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 60",
		message(t, list(importjob.Page{MaxResults: 61})))
	assert.Equal(t, "1 validation error detected: Value '-1' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
		message(t, list(importjob.Page{MaxResults: -1})))
	assert.Equal(t, "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
		message(t, results(importjob.Page{MaxResults: 10001})))
	assert.Equal(t, `1 validation error detected: Value 'a b' at 'paginationToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [\S]+`,
		message(t, list(importjob.Page{Token: "a b"})))
	long := strings.Repeat("x", 131_072)
	assert.NoError(t, list(importjob.Page{Token: long}))
	assert.Contains(t, message(t, list(importjob.Page{Token: long + "x"})), "length less than or equal to 131072")
	assert.NoError(t, ValidateUserPoolID(long[:53]+"_x"))
	assert.Contains(t, message(t, ValidateUserPoolID(long[:54]+"_x")), "length less than or equal to 55")
	assert.Contains(t, message(t, ValidateList("x", importjob.Page{MaxResults: 99, Token: " "})), "3 validation errors detected")
	assert.Contains(t, message(t, ValidateResults(importjob.Ref{UserPoolID: "x", JobID: "y"}, importjob.Page{MaxResults: -9, Token: " "})), "4 validation errors detected")
}

func TestUploadInput(t *testing.T) {
	job := importjob.UserImportJob{UserPoolID: "a_b", JobID: "import-a", PreSignedURL: "https://x.invalid/?SECRET"}
	assert.NoError(t, ValidateUpload(job, strings.NewReader(""), 0))
	assert.ErrorIs(t, ValidateUpload(job, strings.NewReader(""), -1), importjob.ErrInvalidParameter)
	assert.NotContains(t, ValidateUpload(job, strings.NewReader(""), -1).Error(), "SECRET")
	assert.ErrorContains(t, ValidateUpload(job, strings.NewReader(""), -1), "size -1")
	assert.Contains(t, message(t, ValidateUpload(importjob.UserImportJob{PreSignedURL: "u"}, strings.NewReader(""), 1)), "'jobId'")
	job.PreSignedURL = ""
	assert.ErrorIs(t, ValidateUpload(job, strings.NewReader(""), 1), importjob.ErrInvalidParameter)
	assert.ErrorContains(t, ValidateUpload(job, strings.NewReader(""), 1), "PreSignedURL")
}
