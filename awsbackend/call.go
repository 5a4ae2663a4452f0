package awsbackend

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// ErrCallTimeout reports a call that got no response within [Options].CallTimeout, or an upload that stood
// still for as long.
var ErrCallTimeout = errors.New("the service did not respond in time")

// ErrResponseTooLarge reports a response that is larger than any response of the service.
var ErrResponseTooLarge = fmt.Errorf("the response is larger than %d MiB", maxResponse>>20)

// maxResponse is more than any response of the service has. A page of GetLogEvents has at most 1 MB.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
const maxResponse = 16 << 20

// calls makes calls of the SDK. It bounds their time and the size of their responses, and notes whether
// their endpoint is encrypted.
type calls struct {
	timeout time.Duration
	plain   atomic.Bool // the last request to Cognito was over http
}

// cognito makes a call to Cognito.
func callCognito[In, Out any](ctx context.Context, c *calls, call func(context.Context, *In, ...func(*cognito.Options)) (*Out, error), in *In) (*Out, error) {
	return bounded(ctx, c.timeout, func(ctx context.Context) (*Out, error) {
		return call(ctx, in, func(o *cognito.Options) { o.APIOptions = append(o.APIOptions, c.watch, limitResponse, onlyJSON) })
	})
}

// callLogs makes a call to CloudWatch Logs.
func callLogs[In, Out any](ctx context.Context, c *calls, call func(context.Context, *In, ...func(*cloudwatchlogs.Options)) (*Out, error), in *In) (*Out, error) {
	return bounded(ctx, c.timeout, func(ctx context.Context) (*Out, error) {
		return call(ctx, in, func(o *cloudwatchlogs.Options) { o.APIOptions = append(o.APIOptions, limitResponse) })
	})
}

// bounded makes a call within a time, and gives its error the form of a Client's.
func bounded[Out any](ctx context.Context, timeout time.Duration, call func(context.Context) (*Out, error)) (*Out, error) {
	inner, cancel := context.WithTimeoutCause(ctx, timeout, ErrCallTimeout)
	defer cancel()
	out, err := call(inner)
	if err != nil {
		return nil, fault(inner, err)
	}
	return out, nil
}

// watch notes the scheme of the endpoint.
func (c *calls) watch(stack *middleware.Stack) error {
	return stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("importjob:Endpoint", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		if req, ok := in.Request.(*smithyhttp.Request); ok {
			c.plain.Store(req.URL.Scheme == "http")
		}
		return next.HandleFinalize(ctx, in)
	}), middleware.After)
}

// limitResponse bounds the body of a response.
func limitResponse(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("importjob:ResponseSize", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		if resp, ok := out.RawResponse.(*smithyhttp.Response); ok && resp.Body != nil {
			resp.Body = &limitedBody{ReadCloser: resp.Body, left: maxResponse}
		}
		return out, metadata, err
	}), middleware.After)
}

// errNotJSON refuses a response of something else than the service, for example a page of a proxy.
var errNotJSON = errors.New("the response is not JSON: check that the endpoint is Amazon Cognito")

// onlyJSON refuses a successful response that is neither empty nor a JSON object. The SDK does not look at the response
// to an operation that returns nothing, and would take any page for a success.
func onlyJSON(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("importjob:OnlyJSON", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		if resp, ok := out.RawResponse.(*smithyhttp.Response); ok && err == nil && resp.Body != nil && resp.StatusCode/100 == 2 {
			body := bufio.NewReaderSize(resp.Body, 16)
			if first, _ := body.Peek(1); len(first) > 0 && !strings.Contains("{ \t\r\n", string(first)) {
				_ = resp.Body.Close()
				return out, metadata, errNotJSON
			}
			resp.Body = struct {
				io.Reader
				io.Closer
			}{Reader: body, Closer: resp.Body}
		}
		return out, metadata, err
	}), middleware.After)
}

// limitedBody fails when more is read from it than is left.
type limitedBody struct {
	io.ReadCloser
	left int64
}

// Read implements io.Reader.
func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, ErrResponseTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
