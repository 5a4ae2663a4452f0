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

// urlExpires is the X-Amz-Expires of each URL: its lifetime in seconds.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/start-user-import-job.html
const urlExpires = "899"

// The header that an upload must have, because it is part of the URL's signature.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
const (
	sseHeader = "X-Amz-Server-Side-Encryption"
	sseValue  = "aws:kms"
)

// urlSigner makes the pre-signed URLs of one handler, and remembers the newest ones.
type urlSigner struct {
	signer      *v4.Signer
	credentials aws.Credentials
	account     string

	mu   sync.RWMutex
	urls map[urlKey]signedJob
}

// urlKey identifies a URL: one job has one URL for each base.
type urlKey struct {
	base string
	ref  importjob.Ref
}

// signedJob is a job as the Client returned it, and the handler's URL for it.
type signedJob struct {
	job importjob.UserImportJob
	url string
}

// maxURLs is the largest number of URLs that are remembered. Then all are forgotten; they stay valid.
const maxURLs = 4096

func newURLSigner(account string) *urlSigner {
	return &urlSigner{
		signer: v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }), // as for S3
		credentials: aws.Credentials{
			AccessKeyID:     "ASIA" + rand.Text()[:16],
			SecretAccessKey: rand.Text() + rand.Text(),
			SessionToken:    rand.Text() + rand.Text(), // as every temporary key has; only the signature depends on it
		},
		account: account,
		urls:    map[urlKey]signedJob{},
	}
}

// url returns the handler's URL of a job. It remembers the URL, because signing takes longer than the rest
// of a response.
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

// known returns the job and the URL that are remembered for key.
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
		return "", fmt.Errorf("cognitotest: pre-signed URL: %w: check Options.BaseURL", err)
	}
	r.Header.Set(sseHeader, sseValue)
	signed, _, err := s.signer.PresignHTTP(context.Background(), s.credentials, r, unsignedPayload, "s3", regionOf(job.UserPoolID), job.CreationDate)
	if err != nil {
		return "", fmt.Errorf("cognitotest: cannot sign a pre-signed URL: %w", err)
	}
	return serviceOrder(signed), nil
}

// serviceOrder sorts the query parameters of a URL in the order of the service's URLs.
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

// baseURL returns the scheme and host of the URLs in the response to a request.
func (h *handler) baseURL(r *http.Request) string {
	if h.opts.BaseURL != "" {
		return strings.TrimSuffix(h.opts.BaseURL, "/")
	}
	scheme := "http"
	if r.TLS != nil || r.URL.Scheme == "https" { // Transport keeps the scheme in r.URL
		scheme = "https"
	}
	host := r.Host
	if name := (&url.URL{Host: host}).Hostname(); isAWS(name) {
		host = name + ".invalid"
	}
	return scheme + "://" + host
}

// isAWS reports whether a host is in a domain of AWS.
func isAWS(host string) bool {
	for _, domain := range []string{"amazonaws.com", "amazonaws.com.cn", "api.aws"} {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}
