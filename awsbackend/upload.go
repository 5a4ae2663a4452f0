package awsbackend

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// The header that is part of the URL's signature. S3 refuses any other header that begins with x-amz-.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
const (
	encryptionHeader = "x-amz-server-side-encryption"
	encryptionValue  = "aws:kms"
)

// expectFrom is the size in bytes from which Upload asks S3 with "Expect: 100-continue" before it sends
// the body. Otherwise S3 may close the connection while a large body is sent, and its refusal is lost.
const expectFrom = 1 << 20

// maxPause is the highest limit of the pause between two attempts.
const maxPause = 20 * time.Second

// RewindError is the error of an upload that failed and cannot be retried, because a part of the body
// was read and the body cannot be rewound: it is not an io.Seeker, or its Seek fails, as with a pipe.
// Call Upload again with a body that begins at the first byte of the file. errors.As finds a
// *RewindError in the error of Upload.
type RewindError struct {
	Err error // the reason why the upload failed
}

// Error says what to do, and returns the text of Err.
func (e *RewindError) Error() string {
	return "the upload failed and its body cannot be rewound: upload again from the first byte, or pass an io.Seeker: " + e.Err.Error()
}

// Unwrap returns Err.
func (e *RewindError) Unwrap() error { return e.Err }

// errNoURL also replaces the error of url.Parse, because that error quotes the URL.
var errNoURL = errors.New("the job's PreSignedURL is not an HTTP URL: pass the job that Create returned")

// errPlainURL refuses to send users over the network in clear because a response says so. An endpoint over
// http has been chosen by the caller.
var errPlainURL = errors.New("the job's PreSignedURL is not encrypted (http), but the endpoint is: the file was not sent")

// isLoopback reports whether a host is this machine.
func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// Upload sends the file, and retries as Options say. When ctx ends during a Read of body, Upload returns
// after that Read.
func (c *client) Upload(ctx context.Context, job importjob.UserImportJob, body io.Reader, size int64) error {
	target, err := url.Parse(job.PreSignedURL)
	if err != nil || target.Host == "" || target.Scheme != "https" && target.Scheme != "http" {
		return &importjob.Error{Code: importjob.ErrInvalidParameter, Err: errNoURL}
	}
	if target.Scheme == "http" && !c.calls.plain.Load() && !isLoopback(target.Hostname()) {
		return &importjob.Error{Code: importjob.ErrInvalidParameter, Err: errPlainURL}
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
	seeker io.Seeker // the body, or nil if it cannot be rewound
	origin int64     // the offset at which the body begins
	read   bool      // whether an attempt has read a part of the body
}

// findOrigin sets seeker and origin if the body can be rewound. Not every io.Seeker can be: a pipe is an
// *os.File, and its Seek fails.
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

// final returns the error of Upload after its last attempt. broken says whether a retry may have
// succeeded.
func (u *upload) final(broken bool, err error) error {
	if !broken || !u.read || u.seeker != nil {
		return err
	}
	failed := *err.(*importjob.Error)
	failed.Err = &RewindError{Err: failed.Err}
	return &failed
}

// put sends the body once. again says whether a retry may succeed. If it is true, err is an
// *importjob.Error.
func (u *upload) put(ctx context.Context) (again bool, err error) {
	body := newExactBody(u.body, u.size)
	sending, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	idle := time.AfterFunc(u.client.calls.timeout, func() { cancel(ErrCallTimeout) })
	defer idle.Stop()
	body.onRead = func() error {
		idle.Reset(u.client.calls.timeout)
		if ctx.Err() != nil { // net/http may send the rest, and report success, although ctx has ended
			return becauseOf(ctx, ctx.Err())
		}
		return nil
	}
	req, err := u.request(sending, body)
	if err != nil {
		return false, err
	}
	resp, err := u.client.http.Do(req)
	var answer *s3Answer
	if err == nil {
		answer = readAnswer(resp)
	}
	_ = body.Close() // after this the HTTP client reads nothing more, and the state of body is final
	u.read = u.read || body.read
	switch {
	case body.fault != nil:
		return false, backend.Wrap(importjob.OpUpload, importjob.Ref{}, body.fault)
	case err != nil && ctx.Err() == nil && context.Cause(sending) == ErrCallTimeout:
		return true, &importjob.Error{Err: ErrCallTimeout} // the error would say that the caller had given up
	case err != nil:
		return u.broken(ctx, err)
	case answer.ok() && body.left > 0:
		return true, &importjob.Error{Err: fmt.Errorf("the server reported success %d bytes before the end of the upload", body.left)}
	case answer.ok():
		return false, nil
	}
	return answer.retryable(), answer.fault(u)
}

// request returns the request of one attempt.
func (u *upload) request(ctx context.Context, body *exactBody) (*http.Request, error) {
	req := &http.Request{
		Method:        http.MethodPut,
		ProtoMajor:    1,
		ProtoMinor:    1, // otherwise net/http does not wait for the response to Expect
		URL:           u.target,
		Host:          u.target.Host,
		Header:        http.Header{},
		Body:          body,
		ContentLength: u.size,
	}
	if u.size == 0 { // with ContentLength 0, net/http takes any other body for one of unknown length
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

// broken returns the outcome of an attempt without a response.
func (u *upload) broken(ctx context.Context, err error) (again bool, _ error) {
	var untrusted *tls.CertificateVerificationError
	final := errors.As(err, &untrusted)
	err = becauseOf(ctx, u.withoutURL(err))
	return ctx.Err() == nil && !final, &importjob.Error{Err: err}
}

// sleep waits for a random time between d/2 and d. It returns early, with an error, if ctx ends.
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
