package cognitotest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
)

// The handler does not read the body of a request without a signature.
func TestUnsignedBodyIsNotRead(t *testing.T) {
	for name, opts := range map[string]*cognitotest.Options{
		"any keys":   nil,
		"known keys": {Credentials: cognitotest.Credentials{AccessKeyID: "AKIDOTHER", SecretAccessKey: "secret"}},
	} {
		h := cognitotest.Handler(testpool.New(t, nil), opts)
		for _, authorization := range []string{"", "Basic x", wellFormed} {
			if opts == nil && authorization == wellFormed {
				continue
			}
			body := &countingReader{}
			w := send(h, idp+"GetCSVHeader", "", func(r *http.Request) {
				r.Header.Set("Authorization", authorization)
				r.Body, r.ContentLength = io.NopCloser(body), 1<<20
			})
			assert.Equal(t, 400, w.Code, name)
			assert.Zero(t, body.reads, "%s, %q: the body was read", name, authorization)
		}
	}
}

type countingReader struct{ reads int }

func (r *countingReader) Read(p []byte) (int, error) {
	r.reads++
	return len(p), nil
}

// A body takes memory for the bytes that have come, and not for those that were announced.
func TestAnnouncedBodyTakesNoMemory(t *testing.T) {
	h := cognitotest.Handler(testpool.New(t, nil), nil)
	allocated := func() uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 20 {
			send(h, idp+"GetCSVHeader", "", func(r *http.Request) { r.ContentLength, r.Body = 1<<20, io.NopCloser(strings.NewReader("{")) })
		}
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) / 20
	}
	assert.Less(t, allocated(), uint64(200<<10))
}

// Large bodies share a memory; small ones are always read.
func TestBodiesShareAMemory(t *testing.T) {
	h := cognitotest.Handler(testpool.New(t, nil), &cognitotest.Options{MaxBodyMemory: 100 << 10})
	large := `{"UserPoolId":"` + poolID + `","Padding":"` + strings.Repeat("x", 60<<10) + `"}`
	in, out := io.Pipe()
	done := make(chan *httptest.ResponseRecorder)
	go func() {
		done <- send(h, idp+"GetCSVHeader", "", func(r *http.Request) { r.ContentLength, r.Body = int64(len(large)), in })
	}()
	_, err := io.WriteString(out, large[:len(large)-1])
	require.NoError(t, err)
	for target, want := range map[string]string{idp + "GetCSVHeader": "TooManyRequestsException", "Logs_20140328.DescribeLogGroups": "ThrottlingException"} {
		w := send(h, target, large)
		assert.Equal(t, 400, w.Code)
		assert.Contains(t, w.Body.String(), `{"__type":"`+want+`"`)
	}
	assert.Equal(t, 200, send(h, idp+"GetCSVHeader", headerBody).Code)
	_, err = io.WriteString(out, large[len(large)-1:])
	require.NoError(t, err)
	assert.Equal(t, 200, (<-done).Code)
	for range 3 {
		assert.Equal(t, 200, send(h, idp+"GetCSVHeader", large).Code, "the memory is given back")
	}
}
