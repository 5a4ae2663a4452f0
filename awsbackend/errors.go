package awsbackend

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/cognito-import/importjob"
)

// fault converts an error of the SDK into an importjob.Error without Op and Ref. It returns nil for nil.
// errors.As still finds smithy.APIError and the type of the exception.
func fault(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return &importjob.Error{Code: statusCode(statusOf(err)), Err: becauseOf(ctx, err)}
	}
	code := importjob.Code(answer.ErrorCode())
	if meaning := meaningOf(err, code); meaning != "" && meaning != code {
		err = fmt.Errorf("%w: %w", meaning, err)
	}
	return &importjob.Error{Code: code, Message: answer.ErrorMessage(), Err: err}
}

// statusOf returns the HTTP status of the response that caused an error. It is 0 if there was no response.
func statusOf(err error) int {
	var response *smithyhttp.ResponseError
	if !errors.As(err, &response) {
		return 0
	}
	return response.HTTPStatusCode()
}

// statusCode returns a code for a refusal without an exception, for example by a proxy: the text of the
// HTTP status, such as "Forbidden". It returns "" if a retry of the request may succeed.
func statusCode(status int) importjob.Code {
	switch {
	case status < 300 || status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooManyRequests:
		return ""
	}
	return importjob.Code(strings.ReplaceAll(http.StatusText(status), " ", ""))
}

// errThrottling is the exception of CloudWatch Logs for which Cognito has TooManyRequestsException.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/CommonErrors.html
const errThrottling importjob.Code = "ThrottlingException"

// meaningOf returns the exception of Cognito that means the same as an exception of another service, or
// "". So a caller finds throttling and internal errors by one name, whichever service answered.
func meaningOf(err error, code importjob.Code) importjob.Code {
	switch {
	case code == errThrottling:
		return importjob.ErrTooManyRequests
	case statusOf(err) >= http.StatusInternalServerError:
		return importjob.ErrInternal
	}
	return ""
}

// becauseOf adds context.Cause to the error of an aborted call. backend.Checked returns the same cause if
// the context has ended before the call.
func becauseOf(ctx context.Context, err error) error {
	if ctx.Err() == nil || errors.Is(err, context.Cause(ctx)) {
		return err
	}
	return fmt.Errorf("%w: %w", context.Cause(ctx), err)
}
