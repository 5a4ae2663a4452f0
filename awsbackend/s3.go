package awsbackend

import (
	"encoding/xml"
	"io"
	"net/http"
	"strings"

	"github.com/cognito-import/importjob"
)

// maxAnswer bounds how much of an answer of S3 is read.
const maxAnswer = 64 << 10

// s3Answer is the answer of S3 to a PUT. All but Status is from the XML of an error.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
type s3Answer struct {
	Status  int            `xml:"-"`
	Code    importjob.Code `xml:"Code"`
	Message string         `xml:"Message"`
	Expires string         `xml:"Expires"` // when the URL expired, of an answer that says so
}

// The codes of S3 that ask for more than to be passed on.
const (
	errExpiredToken   importjob.Code = "ExpiredToken"   // of the session that signed the URL
	errRequestTimeout importjob.Code = "RequestTimeout" // the connection stood still

)

// readAnswer reads an answer to its end, within bounds, and closes it.
func readAnswer(resp *http.Response) *s3Answer {
	defer resp.Body.Close()
	a := &s3Answer{Status: resp.StatusCode}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer)) // half an answer is better than none
	if a.ok() {
		return a
	}
	_ = xml.Unmarshal(text, a) // what came before a fault of the text counts
	if a.Code == "" {          // it is not from S3 but, say, from a proxy
		a.Code = statusCode(a.Status)
		a.Message = resp.Status
	}
	return a
}

func (a *s3Answer) ok() bool { return a.Status/100 == 2 }

// retryable reports whether the same PUT may do better later: S3 has trouble of its own, or had
// with the connection.
func (a *s3Answer) retryable() bool {
	switch a.Code {
	case errRequestTimeout, importjob.ErrS3IncompleteBody, "":
		return true
	}
	return a.Status >= http.StatusInternalServerError
}

// expired reports whether S3 refuses the URL for its age. It says AccessDenied of other refusals
// too.
func (a *s3Answer) expired() bool {
	return a.Code == errExpiredToken ||
		a.Code == importjob.ErrS3AccessDenied && (a.Expires != "" || a.Message == "Request has expired")
}

// fault is the error for an answer that is no success. It says what to do where that is known.
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
