package awsbackend_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/internal/testkit"
)

// query is what makes a pre-signed URL a credential.
const query = "X-Amz-Security-Token=FwoGZXIvYXdzTOKEN%2B%2F%3D&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20241226T193341Z" +
	"&X-Amz-SignedHeaders=host%3Bx-amz-server-side-encryption&X-Amz-Expires=899" +
	"&X-Amz-Credential=ASIAEXAMPLEKEY%2F20241226%2Fus-west-2%2Fs3%2Faws4_request&X-Amz-Signature=d34db33fd34db33f"

// jobAt is a job whose URL leads to a server.
func jobAt(base string) importjob.UserImportJob {
	return importjob.UserImportJob{UserPoolID: poolID, JobID: jobID, PreSignedURL: base + "/111111111111/" + poolID + "/" + jobID + "?" + query}
}

// uploader is a Client that can only upload, and pauses next to nothing.
func uploader(rt http.RoundTripper) importjob.Client {
	return awsbackend.New((*cognito.Client)(nil), &awsbackend.Options{
		HTTPClient: &http.Client{Transport: rt}, UploadPause: time.Millisecond,
	})
}

// serve is a server on loopback that ends with the test.
func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// text is a body that cannot be rewound.
func text(s string) io.Reader { return io.MultiReader(strings.NewReader(s)) }

func TestUploadIsThePUTThatTheURLIsSignedFor(t *testing.T) {
	for _, size := range []int{0, 1, 1000, 3 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			file := strings.Repeat("é,", size)[:size]
			var got *http.Request
			var body []byte
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				got = r
				body, _ = io.ReadAll(r.Body)
			})
			require.NoError(t, uploader(nil).Upload(t.Context(), jobAt(s.URL), text(file), int64(size)))
			assert.Equal(t, http.MethodPut, got.Method)
			assert.Equal(t, query, got.URL.RawQuery)
			assert.Equal(t, "/111111111111/"+poolID+"/"+jobID, got.URL.Path)
			assert.Equal(t, int64(size), got.ContentLength)
			assert.Empty(t, got.TransferEncoding)
			assert.Equal(t, file, string(body))
			for name, values := range got.Header {
				if strings.HasPrefix(strings.ToLower(name), "x-amz-") {
					assert.Equal(t, "X-Amz-Server-Side-Encryption", name)
					assert.Equal(t, []string{"aws:kms"}, values)
				}
			}
			assert.Contains(t, got.Header, "X-Amz-Server-Side-Encryption")
			assert.NotContains(t, got.Header, "Authorization")
		})
	}
}

func TestUploadStreams(t *testing.T) {
	const size = 200 << 20
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	require.NoError(t, uploader(nil).Upload(t.Context(), jobAt(s.URL), io.LimitReader(zeros{}, size), size))
	runtime.ReadMemStats(&after)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20), "bytes allocated for a file of %d", size)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestUploadIsSentAgainFromWhereItBegan(t *testing.T) {
	for name, trouble := range map[string]http.HandlerFunc{
		"500": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) },
		"503 after the body": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(503)
			fmt.Fprint(w, `<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>`)
		},
		"lost on its way": s3Error(400, "IncompleteBody", "You did not provide the number of bytes specified."),
		"stood still":     s3Error(400, "RequestTimeout", "Your socket connection to the server was not read from."),
		"cut off at once": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"cut off midway": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = r.Body.Read(make([]byte, 3))
			panic(http.ErrAbortHandler)
		},
		"the answer is lost": func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body); panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			var puts atomic.Int32
			var body []byte
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if puts.Add(1) < 4 {
					trouble(w, r)
					return
				}
				body, _ = io.ReadAll(r.Body)
			})
			file := strings.NewReader("skipped" + strings.Repeat("x", 100_000) + "y")
			_, err := file.Seek(7, io.SeekStart)
			require.NoError(t, err)
			require.NoError(t, uploader(nil).Upload(t.Context(), jobAt(s.URL), file, 100_001))
			assert.Equal(t, int32(4), puts.Load())
			assert.Equal(t, strings.Repeat("x", 100_000)+"y", string(body))
		})
	}
}

// s3Error is a handler that answers in the form of S3.
func s3Error(status int, code, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>%s</Code><Message>%s</Message>"+
			"<RequestId>4442587FB7D0A2F9</RequestId><HostId>x</HostId></Error>", code, message)
	}
}

func TestUploadThatCannotBeSentAgain(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"cut off": func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body); panic(http.ErrAbortHandler) },
		"trouble": s3Error(500, "InternalError", "We encountered an internal error. Please try again."),
	} {
		t.Run(name, func(t *testing.T) {
			var puts atomic.Int32
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				puts.Add(1)
				h(w, r)
			})
			err := uploader(nil).Upload(t.Context(), jobAt(s.URL), text("a file"), 6)
			require.IsType(t, &importjob.Error{}, err)
			var rewind *awsbackend.RewindError
			require.ErrorAs(t, err, &rewind)
			assert.NotNil(t, rewind.Err)
			assert.True(t, importjob.Retryable(err), "who has the file can upload again")
			assert.Equal(t, int32(1), puts.Load())
		})
	}
}

func TestBodyThatNobodyReadCanBeSent(t *testing.T) {
	attempts := 0
	rt := testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
		if attempts++; attempts < 3 {
			_ = req.Body.Close()
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
		}
		return answer(200, nil, "")(req)
	})
	assert.NoError(t, uploader(rt).Upload(t.Context(), jobAt("https://s3.invalid"), text("a file"), 6))
}

// A large file is announced first, so that a refusal costs nothing and comes as an answer.
func TestRefusedLargeFileIsNotSent(t *testing.T) {
	var sent atomic.Int64
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { // does not ask for the body
		w.WriteHeader(403)
		fmt.Fprint(w, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
	})
	body := io.TeeReader(io.LimitReader(zeros{}, 64<<20), writerFunc(func(p []byte) (int, error) {
		sent.Add(int64(len(p)))
		return len(p), nil
	}))
	err := uploader(nil).Upload(t.Context(), jobAt(s.URL), body, 64<<20)
	assert.ErrorIs(t, err, importjob.ErrURLExpired)
	assert.Zero(t, sent.Load())
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestUploadPausesLongerEachTimeAndGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time
		rt := testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
			at = append(at, time.Now())
			return answer(503, nil, "<Error><Code>ServiceUnavailable</Code><Message>Reduce your request rate.</Message></Error>")(req)
		})
		c := awsbackend.New((*cognito.Client)(nil), &awsbackend.Options{HTTPClient: &http.Client{Transport: rt}, UploadAttempts: 9})
		err := c.Upload(t.Context(), jobAt("https://s3.invalid"), strings.NewReader("x"), 1)
		assert.ErrorIs(t, err, importjob.Code("ServiceUnavailable"))
		assert.ErrorIs(t, err, importjob.ErrInternal)
		var rewind *awsbackend.RewindError
		assert.NotErrorAs(t, err, &rewind)
		require.Len(t, at, 9)
		most := 500 * time.Millisecond
		for i := range 8 {
			pause := at[i+1].Sub(at[i])
			assert.GreaterOrEqual(t, pause, most/2)
			assert.LessOrEqual(t, pause, most)
			most = min(2*most, 20*time.Second)
		}
	})
}

func TestUploadEndsWithItsContext(t *testing.T) {
	cause := errors.New("shift is over")
	put := func(t *testing.T, rt http.RoundTripper, body io.Reader) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(100*time.Millisecond, func() { cancel(cause) })
			began := time.Now()
			c := awsbackend.New((*cognito.Client)(nil), &awsbackend.Options{HTTPClient: &http.Client{Transport: rt}})
			err := c.Upload(ctx, jobAt("https://s3.invalid"), body, 2)
			require.IsType(t, &importjob.Error{}, err)
			assert.ErrorIs(t, err, cause)
			assert.ErrorIs(t, err, context.Canceled)
			var rewind *awsbackend.RewindError
			assert.NotErrorAs(t, err, &rewind, "to rewind does not help")
			wrappedOnce(t, err)
			assert.Equal(t, 100*time.Millisecond, time.Since(began))
		})
	}
	hangs := testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
		_, _ = req.Body.Read(make([]byte, 1))
		<-req.Context().Done()
		return nil, req.Context().Err()
	})
	t.Run("in a pause", func(t *testing.T) { put(t, answer(503, nil, ""), strings.NewReader("ab")) })
	t.Run("in a PUT", func(t *testing.T) { put(t, hangs, strings.NewReader("ab")) })
	t.Run("in a PUT of a stream", func(t *testing.T) { put(t, hangs, text("ab")) })
}
