package cognitotest_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
)

// constant is the floor of a handler: it reads the request and writes the same answer each time.
func constant(answer string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.Header().Set("X-Amzn-Requestid", "b8ae9ae5-4e9a-4ebd-a5c4-79b6d0f1ab8d")
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		_, _ = io.WriteString(w, answer)
	})
}

// inProcess is an SDK client of a handler.
func inProcess(h http.Handler) *cognito.Client {
	return cognito.New(cognito.Options{
		Region:      "us-west-2",
		Credentials: keys("secret"),
		HTTPClient:  &http.Client{Transport: cognitotest.Transport(h)},
	})
}

// BenchmarkDescribe compares DescribeUserImportJob with the floor, called through the SDK. The
// target is 1.15 times the floor.
func BenchmarkDescribe(b *testing.B) {
	m := testpool.New(b, nil)
	job := finished(b, m, "MyImportJob", "ann")
	h := cognitotest.Handler(m, nil)
	answer := send(h, idp+"DescribeUserImportJob", `{"UserPoolId":"`+poolID+`","JobId":"`+job.JobID+`"}`).Body.String()
	in := &cognito.DescribeUserImportJobInput{UserPoolId: aws.String(poolID), JobId: aws.String(job.JobID)}
	describe := func(b *testing.B, api *cognito.Client) {
		b.ReportAllocs()
		for b.Loop() {
			out, err := api.DescribeUserImportJob(b.Context(), in)
			if err != nil || out.UserImportJob.ImportedUsers != 1 {
				b.Fatal(out, err)
			}
		}
	}
	b.Run("memory", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := m.Describe(b.Context(), job.Ref()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("transport/floor", func(b *testing.B) { describe(b, inProcess(constant(answer))) })
	b.Run("transport/handler", func(b *testing.B) { describe(b, inProcess(h)) })
	b.Run("socket/floor", func(b *testing.B) {
		api, _ := onSocket(b, constant(answer))
		describe(b, api)
	})
	b.Run("socket/handler", func(b *testing.B) {
		api, _ := onSocket(b, h)
		describe(b, api)
	})
	signed := cognitotest.Handler(m, &cognitotest.Options{Credentials: cognitotest.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}})
	b.Run("transport/verified", func(b *testing.B) { describe(b, inProcess(signed)) })
}

// BenchmarkResults reads the log of a job through the wire, in pages.
func BenchmarkResults(b *testing.B) {
	var names []string
	for i := range 100_000 {
		names = append(names, "user"+strconv.Itoa(i))
	}
	m := testpool.New(b, nil)
	job := finished(b, m, "J", names...)
	h := cognitotest.Handler(m, nil)
	b.SetBytes(int64(len(names)))
	for b.Loop() {
		lines, token := 0, ""
		for {
			body := `{"logGroupName":"` + logGroup + `","logStreamName":"` + job.JobID + `/J","startFromHead":true` + token + `}`
			answer := send(h, "Logs_20140328.GetLogEvents", body).Body.String()
			read := strings.Count(answer, `"timestamp"`)
			if read == 0 {
				break
			}
			lines += read
			_, rest, _ := strings.Cut(answer, `"nextForwardToken":"`)
			next, _, _ := strings.Cut(rest, `"`)
			token = `,"nextToken":"` + next + `"`
		}
		require.Equal(b, len(names)+2, lines)
	}
}

// BenchmarkUpload sends a file to a handler on a socket, beside one that discards it.
func BenchmarkUpload(b *testing.B) {
	var names []string
	for i := range 100_000 {
		names = append(names, "user"+strconv.Itoa(i))
	}
	file := testpool.CSV(names...)
	m := testpool.New(b, nil)
	h := cognitotest.Handler(m, nil)
	for _, c := range []struct {
		name string
		h    http.Handler
	}{{"floor", constant("")}, {"handler", h}} {
		b.Run(c.name, func(b *testing.B) {
			_, server := onSocket(b, c.h)
			job, err := m.Create(b.Context(), importjob.CreateInput{JobName: "J", UserPoolID: poolID, CloudWatchLogsRoleARN: roleARN})
			require.NoError(b, err)
			w := send(h, idp+"DescribeUserImportJob", `{"UserPoolId":"`+poolID+`","JobId":"`+job.JobID+`"}`,
				func(r *http.Request) { r.Host = server.Listener.Addr().String() })
			url := jobURL(b, w.Body.String())
			b.SetBytes(int64(len(file)))
			for b.Loop() {
				require.Equal(b, 200, put(b, http.DefaultTransport, url, file).StatusCode)
			}
		})
	}
}
