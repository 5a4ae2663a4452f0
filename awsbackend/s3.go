package awsbackend

import (
	"encoding/xml"
	"io"
	"net/http"
	"strings"

	"github.com/cognito-import/importjob"
)

// maxAnswer is the number of bytes that are read of a response of S3.
const maxAnswer = 64 << 10

// s3Answer is the response of S3 to a PUT. All fields except Status come from the XML of an error.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
type s3Answer struct {
	Status  int            `xml:"-"`
	Code    importjob.Code `xml:"Code"`
	Message string         `xml:"Message"`
	Expires string         `xml:"Expires"` // the time when the URL expired, if it has
}

// The codes of S3 that this package handles.
const (
	errExpiredToken   importjob.Code = "ExpiredToken"   // the session that signed the URL has expired
	errRequestTimeout importjob.Code = "RequestTimeout" // S3 received nothing for too long
)

// readAnswer reads up to maxAnswer bytes of a response and closes it.
func readAnswer(resp *http.Response) *s3Answer {
	defer resp.Body.Close()
	a := &s3Answer{Status: resp.StatusCode}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer)) // a part of a response can have the code, too
	if a.ok() {
		return a
	}
	_ = xml.Unmarshal(text, a) // keep the elements before a syntax error
	if !isCode(a.Code) {       // the response is not from S3 but, for example, from a proxy
		a.Code = statusCode(a.Status)
		a.Message = resp.Status
	}
	return a
}

// isCode reports whether a code has the form of S3's. Any other text could quote the request.
func isCode(code importjob.Code) bool {
	for _, c := range code {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9') {
			return false
		}
	}
	return code != "" && len(code) <= 64
}

func (a *s3Answer) ok() bool { return a.Status/100 == 2 }

// retryable reports whether a retry of the PUT may succeed: S3 failed, or it did not receive the whole
// body.
func (a *s3Answer) retryable() bool {
	switch a.Code {
	case errRequestTimeout, importjob.ErrS3IncompleteBody, "":
		return true
	}
	return a.Status >= http.StatusInternalServerError
}

// expired reports whether S3 refuses the URL because it has expired. The code alone does not show it: S3
// uses AccessDenied for other refusals, too.
func (a *s3Answer) expired() bool {
	return a.Code == errExpiredToken ||
		a.Code == importjob.ErrS3AccessDenied && (a.Expires != "" || a.Message == "Request has expired")
}

// fault returns the error for a response that is not a success. The message says what to do if that is
// known.
func (a *s3Answer) fault(u *upload) error {
	e := &importjob.Error{Code: a.Code, Message: a.Message}
	if u.quotedIn(a.Message) {
		e.Message = ""
	}
	advice := ""
	switch {
	case a.expired():
		advice, e.Err = "create a new job and upload within 15 minutes", importjob.ErrURLExpired
	case a.Code == importjob.ErrS3SignatureDoesNotMatch:
		advice = "the URL is signed for PUT with the header " + encryptionHeader + ": " + encryptionValue + " and no other x-amz- header"
	case a.retryable():
		e.Err = importjob.ErrInternal
	case a.Status/100 == 3:
		advice = "redirects are not followed"
	}
	if advice != "" {
		e.Message = strings.TrimSpace(e.Message + " (" + advice + ")")
	}
	return e
}
