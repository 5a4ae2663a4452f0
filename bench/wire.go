package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/metrics"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/cognitotest"
)

// wireTasks returns the lines that compare an import over a loopback socket with a PUT whose body is discarded.
func wireTasks(in input) []task {
	discard := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		must(err)
	}))
	ours := func() { importOverWire(in) }
	return []task{
		{name: "PUT and import over loopback", beside: "a PUT that discards", target: 3, atMost: true, cores: 2, both: true,
			ref: func() { put(discard.URL, in.data) }, ours: ours},
		{name: "PUT and import: peak heap", beside: "the file", target: 1.3, gate: 1.3, atMost: true,
			figure: func() float64 { return peakHeap(ours) / float64(len(in.data)) }},
	}
}

// importOverWire runs a whole job over a socket.
func importOverWire(in input) {
	server := httptest.NewServer(cognitotest.Handler(newCognito(), nil))
	defer server.Close()
	var answer struct{ UserImportJob importjob.UserImportJob }
	call(server.URL, "CreateUserImportJob", map[string]string{"JobName": creation.JobName, "UserPoolId": pool.ID,
		"CloudWatchLogsRoleArn": creation.CloudWatchLogsRoleARN}, &answer)
	put(answer.UserImportJob.PreSignedURL, in.data)
	ref := map[string]string{"UserPoolId": pool.ID, "JobId": answer.UserImportJob.JobID}
	call(server.URL, "StartUserImportJob", ref, &answer)
	call(server.URL, "DescribeUserImportJob", ref, &answer)
	if answer.UserImportJob.ImportedUsers != int64(in.rows) {
		panic(answer.UserImportJob.String())
	}
}

// peakHeap returns the growth of the heap while f runs, in bytes, garbage included: the largest size minus the
// size before. It samples the size every millisecond.
func peakHeap(f func()) float64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	look := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	runtime.GC()
	before := look()
	peak, done, ended := before, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for tick := time.Tick(time.Millisecond); ; {
			select {
			case <-tick:
				peak = max(peak, look())
			case <-done:
				return
			}
		}
	}()
	f()
	close(done)
	<-ended
	return float64(max(peak, look()) - before)
}

func put(url string, data []byte) {
	r, err := http.NewRequest(http.MethodPut, url, bytes.NewReader(data))
	must(err)
	r.Header.Set("X-Amz-Server-Side-Encryption", "aws:kms")
	send(r)
}

// call calls an operation over the wire protocol, with a signature that is only well-formed.
func call(url, op string, in, out any) {
	body, err := json.Marshal(in)
	must(err)
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	must(err)
	now := time.Now().UTC()
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+op)
	r.Header.Set("X-Amz-Date", now.Format("20060102T150405Z"))
	r.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=AKID/%s/us-west-2/cognito-idp/aws4_request, SignedHeaders=host;x-amz-date, Signature=%s",
		now.Format("20060102"), strings.Repeat("0", 64)))
	must(json.Unmarshal(send(r), out))
}

func send(r *http.Request) []byte {
	answer, err := http.DefaultClient.Do(r)
	must(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(err)
	if answer.StatusCode != http.StatusOK {
		panic(answer.Status + ": " + string(body))
	}
	return body
}
