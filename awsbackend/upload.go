package awsbackend

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// The header that the pre-signed URL is signed with. No other header that begins with x-amz- may
// be sent.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
const (
	encryptionHeader = "x-amz-server-side-encryption"
	encryptionValue  = "aws:kms"
)

// expectFrom is the size from which a file is sent only after the service has said to go on, so
// that a refusal comes as an answer and not as a broken connection.
const expectFrom = 1 << 20

// maxPause is the longest pause between two attempts.
const maxPause = 20 * time.Second

// RewindError reports an upload that broke and could not be sent again: part of the body had
// been read, and the body is no io.Seeker. Upload again with the body from its beginning.
type RewindError struct {
	Err error // what broke the upload
}

// Error says what to do, and what broke.
func (e *RewindError) Error() string {
	return "the upload broke, and its body cannot be sent again; pass an io.Seeker: " + e.Err.Error()
}

// Unwrap returns what broke the upload.
func (e *RewindError) Unwrap() error { return e.Err }

// errNoURL stands for the error of url.Parse as well, which quotes the URL.
var errNoURL = errors.New("the job's PreSignedURL is no HTTP address: pass the job that Create returned")

// Upload waits for a Read of body that is under way, also when ctx ends.
func (c *client) Upload(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
	target, err := url.Parse(job.PreSignedURL)
	if err != nil || target.Host == "" || target.Scheme != "https" && target.Scheme != "http" {
		return &importjob.Error{Code: importjob.ErrInvalidParameter, Err: errNoURL}
	}
	u := &upload{client: c, target: target, body: body, size: size}
	u.findOrigin()
	pause := c.pause
	for attempt := 1; ; attempt++ {
		again, err := u.put(ctx)
		if !again || u.read && u.seeker == nil || attempt >= c.attempts {
			return u.final(again, err)
		}
		if sleep(ctx, pause) != nil {
			return &importjob.Error{Err: becauseOf(ctx, ctx.Err())}
		}
		pause = min(2*pause, maxPause)
		if err := u.rewind(); err != nil {
			return err
		}
	}
}

// upload is one call of Upload.
type upload struct {
	client *client
	target *url.URL
	body   io.Reader
	size   int64
	seeker io.Seeker // of the body, or nil
	origin int64     // where the body begins
	read   bool      // whether an attempt has read of the body
}

// findOrigin notes where the body begins, if it can be rewound. A pipe is an *os.File that
// cannot.
func (u *upload) findOrigin() {
	seeker, ok := u.body.(io.Seeker)
	if !ok {
		return
	}
	if origin, err := seeker.Seek(0, io.SeekCurrent); err == nil {
		u.seeker, u.origin = seeker, origin
	}
}

func (u *upload) rewind() error {
	if !u.read {
		return nil
	}
	_, err := u.seeker.Seek(u.origin, io.SeekStart)
	return err
}

// final is what Upload returns of its last attempt. broken says that another one might have
// done better.
func (u *upload) final(broken bool, err error) error {
	if !broken || !u.read || u.seeker != nil {
		return err
	}
	failed := *err.(*importjob.Error)
	failed.Err = &RewindError{Err: failed.Err}
	return &failed
}

// put sends the body once. again says that another attempt may do better; the error is then an
// *importjob.Error.
func (u *upload) put(ctx context.Context) (again bool, err error) {
	body := newExactBody(u.body, u.size)
	req, err := u.request(ctx, body)
	if err != nil {
		return false, err
	}
	resp, err := u.client.http.Do(req)
	var answer *s3Answer
	if err == nil {
		answer = readAnswer(resp)
	}
	_ = body.Close() // from here on nobody else reads the body, and its state is final
	u.read = u.read || body.read
	switch {
	case body.fault != nil:
		return false, backend.Wrap(importjob.OpUpload, importjob.Ref{}, body.fault)
	case err != nil:
		return u.broken(ctx, err)
	case answer.ok() && body.left > 0:
		return true, &importjob.Error{Err: fmt.Errorf("the upload was acknowledged %d bytes before its end", body.left)}
	case answer.ok():
		return false, nil
	}
	return answer.retryable(), answer.fault(u)
}

// request makes the request of one attempt.
func (u *upload) request(ctx context.Context, body *exactBody) (*http.Request, error) {
	req := &http.Request{
		Method:        http.MethodPut,
		ProtoMajor:    1,
		ProtoMinor:    1, // without it net/http does not wait for the 100 of Expect
		URL:           u.target,
		Host:          u.target.Host,
		Header:        http.Header{},
		Body:          body,
		ContentLength: u.size,
	}
	if u.size == 0 { // net/http takes a body that is not nil for one of unknown length
		if err := body.checkEmpty(); err != nil {
			return nil, err
		}
		req.Body = http.NoBody
	}
	req.Header.Set(encryptionHeader, encryptionValue)
	if u.size >= expectFrom {
		req.Header.Set("Expect", "100-continue")
	}
	return req.WithContext(ctx), nil
}

// broken is the outcome of an attempt that got no answer.
func (u *upload) broken(ctx context.Context, err error) (again bool, _ error) {
	untrusted := errors.As(err, new(*tls.CertificateVerificationError))
	err = becauseOf(ctx, u.withoutURL(err))
	return ctx.Err() == nil && !untrusted, &importjob.Error{Err: err}
}

// sleep waits for at least half of d and at most d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d - rand.N(d/2+1))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
