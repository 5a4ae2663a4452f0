package cognitotest

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// A URL stays good when the handler has forgotten that it gave it out.
func TestForgottenURLs(t *testing.T) {
	m := memory.New(nil)
	pool, err := m.CreatePool(context.Background(), userpool.Pool{Pool: importjob.Pool{AutoVerifiedAttributes: []string{"email"}}})
	require.NoError(t, err)
	job, err := m.Create(context.Background(), importjob.CreateInput{
		JobName: "J", UserPoolID: pool.ID, CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/Logs"})
	require.NoError(t, err)
	h := Handler(m, nil).(*handler)
	url, err := h.urls.url("http://fake.test", job)
	require.NoError(t, err)
	again, err := h.urls.url("http://fake.test", job)
	require.NoError(t, err)
	assert.Equal(t, url, again)

	for i := range maxURLs {
		_, err := h.urls.url("http://host"+strconv.Itoa(i), job)
		require.NoError(t, err)
		require.LessOrEqual(t, len(h.urls.urls), maxURLs)
	}
	_, known := h.urls.known(urlKey{base: "http://fake.test", ref: job.Ref()})
	assert.False(t, known)
	r, err := http.NewRequest(http.MethodPut, url, strings.NewReader("x"))
	require.NoError(t, err)
	r.Header.Set(sseHeader, sseValue)
	res, err := Transport(h).RoundTrip(r)
	require.NoError(t, err)
	assert.Equal(t, 200, res.StatusCode)

	job.PreSignedURL = "https://other.invalid/"
	_, err = h.urls.url("http://fake.test", job)
	require.NoError(t, err)
	seen, _ := h.urls.known(urlKey{base: "http://fake.test", ref: job.Ref()})
	assert.Equal(t, job.PreSignedURL, seen.job.PreSignedURL, "the Client's URL is the newest")
}
