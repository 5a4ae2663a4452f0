package cognitotest

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/userpool"
)

// Options are the options of [Handler]. nil and the zero value mean the defaults.
type Options struct {
	// Directory holds the pools and users of the Client that is served; often both are one
	// memory.Cognito. If it implements userpool.Clients and userpool.Passwords, users can sign in. If it has a
	// method Now() time.Time, that is the clock of tokens and sessions; otherwise it is time.Now. Without it the operations on pools and users fail with
	// UnknownOperationException, except for DescribeUserPool, which then counts 0 users.
	Directory userpool.Directory

	// Credentials are the keys with which JSON requests must be signed. With the zero value any
	// well-formed signature passes, whatever its key. That is safe in a test and unsafe on a network.
	// Pre-signed URLs are always verified, with the handler's own key.
	Credentials Credentials

	// BaseURL is the scheme and host of pre-signed URLs, such as "http://127.0.0.1:9229". By default
	// a URL has the scheme and host of the request that asks for it. If that host is an AWS
	// endpoint, ".invalid" is appended, so that no upload is sent to AWS by accident. The host is
	// signed: an upload must arrive with it in its Host header.
	BaseURL string

	// AccountID is the AWS account in URLs and ARNs. "" means 111111111111. The Region in URLs and ARNs
	// comes from the ID of the pool: it is the part before the last "_".
	AccountID string

	// NewPoolID, if not nil, makes the ID of a pool that CreateUserPool creates, such as
	// "eu-west-1_aaaaaaaaa". region is the Region in the credential scope of the request's signature. By
	// default the Directory makes the ID.
	NewPoolID func(region string) string

	// MaxUploadBytes is the largest size of an upload. The default is 5 GiB, as at Amazon S3. The Client
	// may have a smaller limit of its own, which shows when the job runs.
	MaxUploadBytes int64

	// MaxBodyMemory limits the memory in bytes of the bodies of JSON requests that are being read and
	// answered at one time. The first 4 KiB of each body do not count. A request that needs more than is left fails
	// with TooManyRequestsException, or ThrottlingException of CloudWatch Logs. The default is 64 MiB. (A50)
	MaxBodyMemory int64

	// Issuer, if not "", is what the iss claim of tokens begins with, such as "http://127.0.0.1:9229": the claim is
	// Issuer, "/" and the ID of the pool. By default it begins with the service's own
	// "https://cognito-idp.us-west-2.amazonaws.com", with the Region of the pool.
	Issuer string

	// OnCode, if not nil, gets each confirmation code that the service would send, with the username of the user. The
	// handler calls it before it responds, possibly from several goroutines at once, and sends no message itself.
	OnCode func(ref userpool.Ref, code userpool.Code)

	// Operations adds operations of Amazon Cognito by their names, such as "SignUp", or replaces them. A function gets the
	// body of the request, a JSON object, and returns a value to encode as JSON; nil means an empty object. If it
	// returns an *importjob.Error with a Code, the response is that exception. It must not keep input.
	Operations map[string]func(ctx context.Context, input json.RawMessage) (any, error)

	// Logger gets one record for each request: operation, status, request ID, duration and, if it
	// failed, the name of the exception. The query, the body and the credentials are not logged.
	// nil means no log.
	Logger *slog.Logger
}

// Credentials are a pair of long-term AWS keys. Formatting and logging them shows only the AccessKeyID.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
}

// String returns the access key ID, without the secret.
func (c Credentials) String() string { return c.AccessKeyID }

// Format makes every verb of package fmt print String.
func (c Credentials) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.AccessKeyID) }

// MarshalText makes JSON and other encodings contain only String.
func (c Credentials) MarshalText() ([]byte, error) { return []byte(c.AccessKeyID), nil }

// LogValue makes log/slog log String.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.AccessKeyID) }

// Handler returns a handler that serves client over the wire protocol of Amazon Cognito: JSON operations at
// the path "/", and uploads to pre-signed URLs at every other path. The package documentation lists what it
// serves. opts is copied; nil means the defaults.
//
// The handler stores no pools, jobs or users: client and opts.Directory do. Each handler signs pre-signed
// URLs with its own random key, so a URL is valid only at the handler that made it. Several
// goroutines can use a handler at once if they can use client and opts.Directory at once. A handler
// starts no goroutine and need not be closed.
func Handler(client importjob.Client, opts *Options) http.Handler {
	h := &handler{client: client, kmsKey: newUUID()}
	if opts != nil {
		h.opts = *opts
	}
	h.opts.AccountID = cmp.Or(h.opts.AccountID, "111111111111")
	h.opts.MaxUploadBytes = cmp.Or(h.opts.MaxUploadBytes, 5<<30)
	h.bodies = newBodyMemory(cmp.Or(h.opts.MaxBodyMemory, 64<<20))
	h.urls = newURLSigner(h.opts.AccountID)
	h.opts.Operations = maps.Clone(h.opts.Operations)
	h.opts.Issuer = strings.TrimSuffix(h.opts.Issuer, "/")
	h.clients, _ = h.opts.Directory.(userpool.Clients)
	h.passwords, _ = h.opts.Directory.(userpool.Passwords)
	h.now = time.Now
	if clock, ok := h.opts.Directory.(interface{ Now() time.Time }); ok {
		h.now = clock.Now
	}
	return h
}

type handler struct {
	client importjob.Client
	opts   Options
	urls   *urlSigner
	bodies *bodyMemory
	kmsKey string // ID of the KMS key in the responses to uploads

	changes sync.Mutex // held from reading something of the Directory until the change of it has been written back

	clients   userpool.Clients   // nil if the Directory has none
	passwords userpool.Passwords // nil if the Directory has none
	now       func() time.Time   // the clock of the Directory, for tokens and sessions
	secrets   secrets
}

// Format makes every verb of package fmt print a name, because the fields have secrets.
func (h *handler) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "cognitotest.Handler") }

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	var done outcome
	switch {
	case r.URL.Path == "/" || r.URL.Path == "":
		done = h.serveAPI(w, r)
	case isWellKnown(r):
		done = h.serveWellKnown(w, r)
	default:
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

// outcome is the outcome of a request, for the log.
type outcome struct {
	op        string
	status    int // 0 means that the connection must be broken
	code      importjob.Code
	requestID string
}

// fault returns err as an exception. An error without a Code becomes an InternalErrorException in our words,
// without the text of err, which may be confidential.
func fault(err error) *importjob.Error {
	var e *importjob.Error
	if errors.As(err, &e) && e.Code != "" {
		return e
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) { // our words
		return &importjob.Error{Code: importjob.ErrInternal, Message: "The request was canceled or took too long: try again."}
	}
	// Our words.
	return &importjob.Error{Code: importjob.ErrInternal, Message: "The service failed with an internal error: try again."}
}

// refusef returns an exception.
func refusef(code importjob.Code, format string, args ...any) error {
	return &importjob.Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// regionOf returns the Region that the ID of a pool begins with. No other member of a request has the
// Region.
func regionOf(userPoolID string) string {
	return userPoolID[:max(0, strings.LastIndexByte(userPoolID, '_'))]
}

// newUUID returns a random UUID of version 4.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return formatUUID(b)
}

// formatUUID returns the text of a UUID.
func formatUUID(b [16]byte) string {
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
