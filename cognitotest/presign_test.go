package cognitotest

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

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

// A handler that remembers a job answers for the one that the Client has now, also if that one was made again.
func TestURLOfAJobMadeAgain(t *testing.T) {
	h := Handler(memory.New(nil), nil).(*handler)
	job := importjob.UserImportJob{JobName: "J", JobID: "import-1", UserPoolID: "us-west-2_a", PreSignedURL: "https://client.invalid/1",
		CreationDate: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	first, err := h.urls.url("http://fake.test", job)
	require.NoError(t, err)
	newer := job
	newer.PreSignedURL = "https://client.invalid/2"
	_, err = h.urls.url("http://fake.test", newer)
	require.NoError(t, err)
	known, _ := h.urls.known(urlKey{base: "http://fake.test", ref: job.Ref()})
	assert.Equal(t, newer, known.job, "the Client gets its newest URL")

	for name, change := range map[string]func(*importjob.UserImportJob){
		"later":             func(j *importjob.UserImportJob) { j.CreationDate = j.CreationDate.Add(time.Second) },
		"with another name": func(j *importjob.UserImportJob) { j.JobID = "import-2" },
		"in another pool":   func(j *importjob.UserImportJob) { j.UserPoolID = "us-west-2_b" },
	} {
		other := newer
		change(&other)
		url, err := h.urls.url("http://fake.test", other)
		require.NoError(t, err)
		assert.NotEqual(t, first, url, name)
		assert.Contains(t, url, "/"+other.UserPoolID+"/"+other.JobID+"?", name)
		assert.Contains(t, url, other.CreationDate.Format("X-Amz-Date=20060102T150405Z"), name)
	}
}
