package cognitotest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/cognito-import/importjob"
)

// urlExpires is the lifetime of a URL in seconds, as the service writes it.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/start-user-import-job.html
const urlExpires = "899"

// The header that an upload must have, since it is signed.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
const (
	sseHeader = "X-Amz-Server-Side-Encryption"
	sseValue  = "aws:kms"
)

// urlSigner makes the pre-signed URLs of one handler.
type urlSigner struct {
	signer      *v4.Signer
	credentials aws.Credentials
	account     string

	mu   sync.RWMutex
	urls map[urlKey]signedJob
}

// urlKey names a URL.
type urlKey struct {
	base string
	ref  importjob.Ref
}

// signedJob is a job as the Client returned it, with the handler's URL for it.
type signedJob struct {
	job importjob.UserImportJob
	url string
}

// maxURLs bounds the URLs that are remembered.
const maxURLs = 4096

func newURLSigner(account string) *urlSigner {
	return &urlSigner{
		signer: v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }), // as for S3
		credentials: aws.Credentials{
			AccessKeyID:     "ASIA" + rand.Text()[:16],
			SecretAccessKey: rand.Text() + rand.Text(),
			SessionToken:    rand.Text() + rand.Text(), // each temporary key has one; nothing reads it
		},
		account: account,
		urls:    map[urlKey]signedJob{},
	}
}

// url returns the handler's URL of a job. It is made once per job and base: signing costs more
// than the rest of an answer.
func (s *urlSigner) url(base string, job importjob.UserImportJob) (string, error) {
	key := urlKey{base: base, ref: job.Ref()}
	known, ok := s.known(key)
	if ok && known.job.CreationDate.Equal(job.CreationDate) && known.job.PreSignedURL == job.PreSignedURL {
		return known.url, nil
	}
	url, err := s.sign(base, job)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.urls) >= maxURLs {
		clear(s.urls)
	}
	s.urls[key] = signedJob{job: job, url: url}
	return url, nil
}

// known returns the job and the URL that are remembered under a key.
func (s *urlSigner) known(key urlKey) (signedJob, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	known, ok := s.urls[key]
	return known, ok
}

func (s *urlSigner) sign(base string, job importjob.UserImportJob) (string, error) {
	path := "/" + s.account + "/" + job.UserPoolID + "/" + job.JobID
	r, err := http.NewRequest(http.MethodPut, base+path+"?X-Amz-Expires="+urlExpires, nil)
	if err != nil {
		return "", fmt.Errorf("cognitotest: the base of pre-signed URLs: %w", err)
	}
	r.Header.Set(sseHeader, sseValue)
	signed, _, err := s.signer.PresignHTTP(context.Background(), s.credentials, r, unsignedPayload, "s3", regionOf(job.UserPoolID), job.CreationDate)
	if err != nil {
		return "", fmt.Errorf("cognitotest: signing a URL: %w", err)
	}
	return serviceOrder(signed), nil
}

// serviceOrder puts the query of a URL in the order in which the service writes it.
func serviceOrder(signed string) string {
	base, query, _ := strings.Cut(signed, "?")
	parameters := map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		parameters[name] = value
	}
	var ordered []string
	for _, name := range []string{
		"X-Amz-Security-Token", "X-Amz-Algorithm", "X-Amz-Date", "X-Amz-SignedHeaders",
		"X-Amz-Expires", "X-Amz-Credential", "X-Amz-Signature",
	} {
		ordered = append(ordered, name+"="+parameters[name])
	}
	return base + "?" + strings.Join(ordered, "&")
}

// baseURL returns the scheme and host of the URLs in the answer to a request.
func (h *handler) baseURL(r *http.Request) string {
	if h.opts.BaseURL != "" {
		return strings.TrimSuffix(h.opts.BaseURL, "/")
	}
	scheme := "http"
	if r.TLS != nil || r.URL.Scheme == "https" { // the latter in process
		scheme = "https"
	}
	host := r.Host
	if name := (&url.URL{Host: host}).Hostname(); isAWS(name) {
		host = name + ".invalid"
	}
	return scheme + "://" + host
}

// isAWS reports whether a host is one of AWS's own.
func isAWS(host string) bool {
	for _, domain := range []string{"amazonaws.com", "amazonaws.com.cn", "api.aws"} {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}
