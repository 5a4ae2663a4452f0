package cognitotest

import (
	"crypto/md5"
	"encoding/base64"
	"errors"
	"hash"
	"io"
	"net/http"
	"strconv"
)

// uploadBody returns the body of an upload. It refuses an upload whose length or Content-MD5 S3 would refuse
// before it reads the body.
//
// Source of the texts: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func (h *handler) uploadBody(r *http.Request) (*uploadBody, *objectError) {
	body := &uploadBody{r: r.Body, left: r.ContentLength}
	switch {
	case len(r.TransferEncoding) > 0: // source of the element Header: https://github.com/aws/aws-sdk-js/issues/1237
		return nil, &objectError{status: http.StatusNotImplemented, Code: "NotImplemented", Header: "Transfer-Encoding",
			Message: "A header you provided implies functionality that is not implemented"}
	case withoutLength(r):
		return nil, &objectError{status: http.StatusLengthRequired, Code: "MissingContentLength",
			Message: "You must provide the Content-Length HTTP header."}
	case r.ContentLength > h.opts.MaxUploadBytes: // source of the sizes: https://github.com/versity/versitygw/issues/2041
		return nil, &objectError{status: http.StatusBadRequest, Code: "EntityTooLarge",
			Message:      "Your proposed upload exceeds the maximum allowed size",
			ProposedSize: strconv.FormatInt(r.ContentLength, 10), MaxSizeAllowed: strconv.FormatInt(h.opts.MaxUploadBytes, 10)}
	}
	if values := r.Header.Values("Content-Md5"); len(values) > 0 {
		body.wanted = values[0]
		if sum, err := base64.StdEncoding.DecodeString(body.wanted); err != nil || len(sum) != md5.Size {
			return nil, &objectError{status: http.StatusBadRequest, Code: "InvalidDigest",
				Message: "The Content-MD5 you specified was invalid", ContentMD5: body.wanted}
		}
		body.sum = md5.New()
		if body.left == 0 && !body.matches() {
			return nil, body.mismatch
		}
	}
	return body, nil
}

// withoutLength reports whether a request has no length. A server of net/http takes a request with neither a
// length nor chunks for an empty one. Such a request has no Content-Length header, in which clients send the
// length of an empty file.
func withoutLength(r *http.Request) bool {
	served := r.Context().Value(http.ServerContextKey) != nil
	return r.ContentLength < 0 || served && r.ContentLength == 0 && r.Header.Get("Content-Length") == ""
}

// uploadBody is the body of an upload. It counts the bytes and computes their MD5.
type uploadBody struct {
	r     io.Reader
	left  int64 // the bytes that are yet to come
	read  int64
	ended bool // whether a Read has returned an error, such as io.EOF

	wanted   string // the Content-MD5, or ""
	sum      hash.Hash
	mismatch *objectError // set when the body does not have the Content-MD5
}

var errDigest = errors.New("cognitotest: the body does not have the Content-MD5")

// Read implements io.Reader. It keeps the last bytes of a body that does not have the Content-MD5, so that
// the Client does not see a whole file.
func (b *uploadBody) Read(p []byte) (int, error) {
	if b.mismatch != nil {
		return 0, errDigest
	}
	n, err := b.r.Read(p)
	b.read += int64(n)
	b.left -= int64(n)
	b.ended = b.ended || err != nil
	if b.sum != nil {
		b.sum.Write(p[:n])
		if b.left == 0 && n > 0 && !b.matches() {
			return 0, errDigest
		}
	}
	return n, err
}

// matches reports whether the bytes that were read have the Content-MD5.
//
// Source of the texts: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func (b *uploadBody) matches() bool {
	got := base64.StdEncoding.EncodeToString(b.sum.Sum(nil))
	if got == b.wanted {
		return true
	}
	b.mismatch = &objectError{status: http.StatusBadRequest, Code: "BadDigest",
		Message:        "The Content-MD5 you specified did not match what we received.",
		ExpectedDigest: b.wanted, CalculatedDigest: got}
	return false
}
