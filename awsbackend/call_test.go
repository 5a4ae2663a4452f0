package awsbackend_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/internal/testkit"
)

// silent accepts a request and never answers.
func silent(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

// A service that accepts and stays silent ends each call after CallTimeout, with an error that may be
// retried, so that the patience of Wait and Import gets its turn.
func TestSilentServiceEndsACall(t *testing.T) {
	calls := map[string]func(context.Context, importjob.Client) error{
		"CSVHeader": func(ctx context.Context, c importjob.Client) error { _, err := c.CSVHeader(ctx, poolID); return err },
		"Create":    func(ctx context.Context, c importjob.Client) error { _, err := c.Create(ctx, input); return err },
		"Start":     func(ctx context.Context, c importjob.Client) error { _, err := c.Start(ctx, ref); return err },
		"Stop":      func(ctx context.Context, c importjob.Client) error { _, err := c.Stop(ctx, ref); return err },
		"Describe":  func(ctx context.Context, c importjob.Client) error { _, err := c.Describe(ctx, ref); return err },
		"List": func(ctx context.Context, c importjob.Client) error {
			_, _, err := c.List(ctx, poolID, importjob.Page{})
			return err
		},
		"Results": func(ctx context.Context, c importjob.Client) error {
			_, _, err := c.Results(ctx, ref, importjob.Page{})
			return err
		},
		"Pool": func(ctx context.Context, c importjob.Client) error { _, err := c.Pool(ctx, poolID); return err },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				err := call(t.Context(), newClient(testkit.RoundTripper(silent)))
				require.ErrorIs(t, err, awsbackend.ErrCallTimeout)
				assert.True(t, importjob.Retryable(err))
				assert.Equal(t, time.Minute, time.Since(began))
			})
		})
	}
}

// A caller's own deadline and cause come first.
func TestCallersDeadlineIsSooner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := newClient(testkit.RoundTripper(silent)).Describe(ctx, ref)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.NotErrorIs(t, err, awsbackend.ErrCallTimeout)
	})
}

// An upload that stands still is sent again, and fails after its attempts. One that is slow but goes on is
// not disturbed.
func TestUploadThatStandsStill(t *testing.T) {
	job := importjob.UserImportJob{UserPoolID: poolID, JobID: jobID, PreSignedURL: "https://s3.invalid/?X-Amz-Signature=s3cr3t"}
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		err := newClient(testkit.RoundTripper(silent)).Upload(t.Context(), job, strings.NewReader("a,b"), 3)
		require.ErrorIs(t, err, awsbackend.ErrCallTimeout)
		assert.True(t, importjob.Retryable(err))
		assert.NotContains(t, err.Error(), "s3cr3t")
		assert.InDelta(t, 4*time.Minute, time.Since(began), float64(time.Second), "four attempts")
	})
	synctest.Test(t, func(t *testing.T) {
		body := &trickle{left: 10}
		require.NoError(t, newClient(answer(200, nil, "")).Upload(t.Context(), job, body, 10), "50 seconds a byte")
	})
}

// trickle gives a byte every fifty seconds.
type trickle struct{ left int }

func (r *trickle) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	time.Sleep(50 * time.Second)
	r.left--
	p[0] = 'x'
	return 1, nil
}

// A response without end is not read to its end.
func TestEndlessResponseIsRefused(t *testing.T) {
	read := int64(0)
	endless := testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
		body := io.MultiReader(strings.NewReader(`{"UserImportJob":{"JobName":"`), repeated("x"))
		return &http.Response{StatusCode: 200, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}},
			Body: io.NopCloser(io.TeeReader(body, counter{&read})), Request: req}, nil
	})
	_, err := newClient(endless, once).Describe(t.Context(), ref)
	require.ErrorIs(t, err, awsbackend.ErrResponseTooLarge)
	assert.Less(t, read, int64(17<<20))
}

// repeated gives a text without end.
type repeated string

func (r repeated) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = r[0]
	}
	return len(p), nil
}

// counter counts what is written to it.
type counter struct{ n *int64 }

func (c counter) Write(p []byte) (int, error) { *c.n += int64(len(p)); return len(p), nil }

// An encrypted endpoint cannot have users sent in clear to another machine.
func TestPlainUploadURLIsRefused(t *testing.T) {
	const toS3, toHere = "http://s3.example/?X-Amz-Signature=s", "http://127.0.0.1:1/?X-Amz-Signature=s"
	for name, c := range map[string]struct {
		endpoint string
		url      string
		refused  bool
	}{
		"https, clear":             {"https://cognito.example", toS3, true},
		"https, this machine":      {"https://cognito.example", toHere, false},
		"http, clear":              {"http://cognito.example", toS3, false},
		"https, encrypted":         {"https://cognito.example", "https://s3.example/?X-Amz-Signature=s", false},
		"no call before, clear":    {"", toS3, true},
		"https, localhost in name": {"https://cognito.example", "http://localhost.example/?X-Amz-Signature=s", true},
	} {
		t.Run(name, func(t *testing.T) {
			sent := 0
			client := newClient(testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
				if req.Method == http.MethodPut {
					sent++
					return answer(200, nil, "")(req)
				}
				return answer(200, http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, fmt.Sprintf(
					`{"UserImportJob":{"UserPoolId":%q,"JobId":%q,"Status":"Created","PreSignedUrl":%q}}`, poolID, jobID, c.url))(req)
			}), func(o *cognito.Options) {
				if c.endpoint != "" {
					o.BaseEndpoint = aws.String(c.endpoint)
				}
			})
			job := importjob.UserImportJob{UserPoolID: poolID, JobID: jobID, PreSignedURL: c.url}
			if c.endpoint != "" {
				var err error
				job, err = client.Create(t.Context(), input)
				require.NoError(t, err)
			}
			err := client.Upload(t.Context(), job, strings.NewReader("ann"), 3)
			if c.refused {
				assert.ErrorIs(t, err, importjob.ErrInvalidParameter)
				assert.ErrorContains(t, err, "not encrypted")
				assert.Zero(t, sent)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, 1, sent)
		})
	}
}

// A response that is about something else than the request is an error, and not somebody else's job.
func TestResponseAboutSomethingElse(t *testing.T) {
	const good = `"UserPoolId":"` + poolID + `","JobId":"` + jobID + `","Status":"Created"`
	for name, body := range map[string]string{
		"an empty object":       `{}`,
		"a job without members": `{"UserImportJob":{}}`,
		"another job":           `{"UserImportJob":{"UserPoolId":"` + poolID + `","JobId":"import-other","Status":"Created"}}`,
		"another pool":          `{"UserImportJob":{"UserPoolId":"us-west-2_other","JobId":"` + jobID + `","Status":"Created"}}`,
		"no status":             `{"UserImportJob":{"UserPoolId":"` + poolID + `","JobId":"` + jobID + `"}}`,
		"negative imported":     `{"UserImportJob":{` + good + `,"ImportedUsers":-1}}`,
		"negative skipped":      `{"UserImportJob":{` + good + `,"SkippedUsers":-1}}`,
		"negative failed":       `{"UserImportJob":{` + good + `,"FailedUsers":-1}}`,
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(answer(200, http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, body), once)
			for _, call := range []func(context.Context, importjob.Ref) (importjob.UserImportJob, error){client.Start, client.Stop, client.Describe} {
				job, err := call(t.Context(), ref)
				assert.Error(t, err)
				assert.Zero(t, job)
			}
			if name != "another job" { // Create gives a new one
				_, err := client.Create(t.Context(), input)
				assert.Error(t, err)
			}
		})
	}
	other := answer(200, http.Header{"Content-Type": {"application/x-amz-json-1.1"}},
		`{"UserPoolId":"us-west-2_other","CSVHeader":["a"],"UserPool":{"Id":"us-west-2_other"},"UserImportJobs":[{"UserPoolId":"us-west-2_other","JobId":"import-1","Status":"Created"}]}`)
	client := newClient(other, once)
	_, err := client.CSVHeader(t.Context(), poolID)
	assert.Error(t, err)
	_, err = client.Pool(t.Context(), poolID)
	assert.Error(t, err)
	_, _, err = client.List(t.Context(), poolID, importjob.Page{})
	assert.Error(t, err)
}

// Log groups, streams and events whose tokens go round end with an error.
func TestLogsThatGoRound(t *testing.T) {
	for op, body := range map[string]string{
		"DescribeLogGroups":  `{"logGroups":[],"nextToken":"%s"}`,
		"DescribeLogStreams": `{"logStreams":[],"nextToken":"%s"}`,
		"GetLogEvents":       `{"events":[],"nextForwardToken":"%s"}`,
	} {
		t.Run(op, func(t *testing.T) {
			calls := 0
			client := newClient(testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
				header := http.Header{"Content-Type": {"application/x-amz-json-1.1"}}
				_, asked, _ := strings.Cut(req.Header.Get("X-Amz-Target"), ".")
				if asked == op {
					calls++
					return answer(200, header, fmt.Sprintf(body, []string{"a", "b"}[calls%2]))(req)
				}
				return answer(200, header, `{"logGroups":[{"logGroupName":"/aws/cognito/userpools/`+poolID+`/p"}],"logStreams":[{"logStreamName":"`+jobID+`/j"}]}`)(req)
			}), once)
			_, _, err := client.Results(t.Context(), ref, importjob.Page{})
			assert.ErrorContains(t, err, "go round in a circle")
			assert.Less(t, calls, 10)
		})
	}
}

// A log ends with the token that was given, and also with none.
func TestLogThatEndsWithoutAToken(t *testing.T) {
	pages := 0
	client := newClient(testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
		header := http.Header{"Content-Type": {"application/x-amz-json-1.1"}}
		if !strings.HasSuffix(req.Header.Get("X-Amz-Target"), ".GetLogEvents") {
			return answer(200, header, `{"logGroups":[{"logGroupName":"/aws/cognito/userpools/`+poolID+`/p"}],"logStreams":[{"logStreamName":"`+jobID+`/j"}]}`)(req)
		}
		next := `,"nextForwardToken":"a"`
		if pages++; pages > 1 {
			next = ""
		}
		return answer(200, header, fmt.Sprintf(`{"events":[{"message":"[SUCCEEDED] Line Number %d - The import succeeded."}]%s}`, pages+1, next))(req)
	}), once)
	var lines []int
	for row, err := range importjob.Results(t.Context(), client, ref) {
		require.NoError(t, err)
		require.Less(t, len(lines), 5, "the log is read once")
		lines = append(lines, row.Line)
	}
	assert.Equal(t, []int{2, 3}, lines)
}
