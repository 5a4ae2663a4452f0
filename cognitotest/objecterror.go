package cognitotest

import (
	"crypto/rand"
	"encoding/xml"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/cognito-import/importjob"
)

// urlLifetime is urlExpires as a Duration.
const urlLifetime = 899 * time.Second

// hostID is the x-amz-id-2 of every response. At S3 it identifies the host that answered.
const hostID = "Y29nbml0b3Rlc3Q="

// objectError is an error of Amazon S3. Its fields are in the order of the elements in the XML of S3. If
// status is 0, the connection must be broken.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
type objectError struct {
	status int

	XMLName               xml.Name       `xml:"Error"`
	Code                  importjob.Code `xml:"Code"`
	Message               string         `xml:"Message"`
	AWSAccessKeyID        string         `xml:"AWSAccessKeyId,omitempty"`
	StringToSign          string         `xml:"StringToSign,omitempty"`
	SignatureProvided     string         `xml:"SignatureProvided,omitempty"`
	StringToSignBytes     string         `xml:"StringToSignBytes,omitempty"`
	CanonicalRequest      string         `xml:"CanonicalRequest,omitempty"`
	CanonicalRequestBytes string         `xml:"CanonicalRequestBytes,omitempty"`
	Header                string         `xml:"Header,omitempty"`
	ProposedSize          string         `xml:"ProposedSize,omitempty"`
	MaxSizeAllowed        string         `xml:"MaxSizeAllowed,omitempty"`
	ContentMD5            string         `xml:"Content-MD5,omitempty"`
	ExpectedDigest        string         `xml:"ExpectedDigest,omitempty"`
	CalculatedDigest      string         `xml:"CalculatedDigest,omitempty"`
	Region                string         `xml:"Region,omitempty"`
	HeadersNotSigned      string         `xml:"HeadersNotSigned,omitempty"`
	AmzExpires            string         `xml:"X-Amz-Expires,omitempty"`
	Expires               string         `xml:"Expires,omitempty"`
	ServerTime            string         `xml:"ServerTime,omitempty"`
	RequestID             string         `xml:"RequestId"`
	HostID                string         `xml:"HostId"`
}

func (e *objectError) write(w http.ResponseWriter) {
	text, err := xml.Marshal(e)
	if err != nil {
		panic(errors.Join(errors.New("cognitotest: cannot encode an error as XML"), err))
	}
	body := append([]byte(xml.Header), text...)
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(e.status)
	_, _ = w.Write(body)
}

func deny(message string) *objectError {
	return &objectError{status: http.StatusForbidden, Code: importjob.ErrS3AccessDenied, Message: message}
}

// accessDenied returns the error for what the caller may not do.
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func accessDenied() *objectError { return deny("Access Denied") }

func badQuery(message string) *objectError {
	return &objectError{status: http.StatusBadRequest, Code: "AuthorizationQueryParametersError", Message: message}
}

// objectRequestID returns a random request ID in the form of S3.
func objectRequestID() string { return rand.Text()[:16] }
