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

// fault gives an error of the SDK the form of a Client's, but for Op and Ref; nil stays nil. The
// SDK's own error stays reachable: errors.As finds smithy.APIError and the exception's own type.
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

// statusOf is the HTTP status of the answer behind an error, 0 when there was none.
func statusOf(err error) int {
	var response *smithyhttp.ResponseError
	if !errors.As(err, &response) {
		return 0
	}
	return response.HTTPStatusCode()
}

// statusCode is the code of a refusal that names no exception, such as a proxy's: the text of its
// HTTP status, as in "Forbidden". It is "" where the same request may do better later.
func statusCode(status int) importjob.Code {
	switch {
	case status < 300 || status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooManyRequests:
		return ""
	}
	return importjob.Code(strings.ReplaceAll(http.StatusText(status), " ", ""))
}

// errThrottling is what CloudWatch Logs says where Cognito says TooManyRequestsException.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/CommonErrors.html
const errThrottling importjob.Code = "ThrottlingException"

// meaningOf is the code of Cognito's that says the same as another service's, or "": a caller
// need not know whose answer it is to see that it is over the request rate, or that the trouble
// is on the service's side.
func meaningOf(err error, code importjob.Code) importjob.Code {
	switch {
	case code == errThrottling:
		return importjob.ErrTooManyRequests
	case statusOf(err) >= http.StatusInternalServerError:
		return importjob.ErrInternal
	}
	return ""
}

// becauseOf adds the cause of a context's end to an error that the end brought about, so that a
// call that is cut short has the same cause as one that is refused.
func becauseOf(ctx context.Context, err error) error {
	if ctx.Err() == nil || errors.Is(err, context.Cause(ctx)) {
		return err
	}
	return fmt.Errorf("%w: %w", context.Cause(ctx), err)
}
