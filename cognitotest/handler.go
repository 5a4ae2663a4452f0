package cognitotest

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// Options are the options of [Handler]. nil and the zero value mean the defaults.
type Options struct {
	// Directory holds the pools and users. Without it the operations on pools and users are unknown,
	// except for DescribeUserPool.
	Directory userpool.Directory

	// Credentials are the keys with which requests must be signed. With the zero value any
	// well-formed signature passes, also one that was made with other keys. That is safe in a test, and
	// unsafe on a network.
	Credentials Credentials

	// BaseURL is the scheme and host of pre-signed URLs, such as "http://127.0.0.1:9229". By default
	// a URL has the scheme and host of the request that asks for it. If this is the host of an AWS
	// endpoint, ".invalid" is appended, so that no upload leaves the machine by accident.
	BaseURL string

	// AccountID is the account in URLs and ARNs. Default: 111111111111. Their Region is the one that
	// the ID of the pool begins with, as in "us-west-2_abc".
	AccountID string

	// Logger gets one record for each request, without its query, body or credentials. nil
	// means no log.
	Logger *slog.Logger
}

// Credentials are a pair of long-term AWS keys.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
}

// String returns the access key ID alone.
func (c Credentials) String() string { return c.AccessKeyID }

// Format makes every verb print String.
func (c Credentials) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.AccessKeyID) }

// LogValue is String for log/slog.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.AccessKeyID) }

// Handler serves a Client by the wire protocol of Amazon Cognito: the JSON operations at "/", and uploads
// to pre-signed URLs, as Amazon S3 does it, at every other path. The handler keeps no jobs and no users
// of its own. It signs URLs with a key of its own, so a URL is good only at the handler that gave it
// out. Several goroutines can use a handler at once.
func Handler(client importjob.Client, opts *Options) http.Handler {
	h := &handler{client: client, kmsKey: newUUID()}
	if opts != nil {
		h.opts = *opts
	}
	h.opts.AccountID = cmp.Or(h.opts.AccountID, "111111111111")
	h.urls = newURLSigner(h.opts.AccountID)
	return h
}

type handler struct {
	client importjob.Client
	opts   Options
	urls   *urlSigner
	kmsKey string // of the files that were uploaded
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	var done outcome
	if r.URL.Path == "/" || r.URL.Path == "" {
		done = h.serveAPI(w, r)
	} else {
		done = h.serveObject(w, r)
	}
	if h.opts.Logger != nil {
		attrs := []slog.Attr{slog.String("op", done.op), slog.Int("status", done.status),
			slog.String("request_id", done.requestID), slog.Duration("duration", time.Since(began))}
		if done.code != "" {
			attrs = append(attrs, slog.String("code", string(done.code)))
		}
		h.opts.Logger.LogAttrs(r.Context(), slog.LevelInfo, "request", attrs...)
	}
	if done.status == 0 {
		panic(http.ErrAbortHandler) // net/http and Transport break the connection
	}
}

// outcome is what became of a request, for the log.
type outcome struct {
	op        string
	status    int // 0: the connection is to be broken
	code      importjob.Code
	requestID string
}

// fault returns err as an error of the service. An error without a Code becomes an internal error of the
// service. The caller does not see its text.
func fault(err error) *importjob.Error {
	var e *importjob.Error
	if errors.As(err, &e) && e.Code != "" {
		return e
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return &importjob.Error{Code: importjob.ErrInternal, Message: "The request was not finished in time."}
	}
	return &importjob.Error{Code: importjob.ErrInternal, Message: "The service had trouble of its own."}
}

// refusef makes an error of the service.
func refusef(code importjob.Code, format string, args ...any) error {
	return &importjob.Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// regionOf returns the Region that the ID of a pool begins with. Nothing else in a request says where
// the pool is.
func regionOf(userPoolID string) string {
	return userPoolID[:max(0, strings.LastIndexByte(userPoolID, '_'))]
}

// newUUID returns a random UUID of version 4.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	const digits = "0123456789abcdef"
	text := make([]byte, 0, 36)
	for i, c := range b {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			text = append(text, '-')
		}
		text = append(text, digits[c>>4], digits[c&15])
	}
	return string(text)
}
