package backend

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cognito-import/importjob"
)

// Logging returns an interceptor that logs one record for each call, after the call has returned. A nil logger means
// [slog.Default] at the time of the call. The message is "cognito import". The attributes are:
//
//   - op and pool: the operation and the ID of the pool
//   - job: the ID of the job, if the call is about a job
//   - status: the status of the job, if the answer is a job
//   - items: the number of items, if the answer is a list
//   - duration: the time that the call took
//   - code: the service's exception, if the error has one
//   - cause: "context canceled", "context deadline exceeded" or the Go type of the innermost error, if the call failed
//     without an exception
//
// The level is Info if the call succeeded, Warn if the error has a code, and Error if it has none.
//
// A record contains no pre-signed URL, no username and no value of an attribute. Logging leaves out the text of errors
// for this reason: the errors of HTTP clients contain the URL.
func Logging(logger *slog.Logger) Interceptor {
	return func(ctx context.Context, call *Call, next func(context.Context) error) error {
		began := time.Now()
		err := next(ctx)
		logger := logger
		if logger == nil {
			logger = slog.Default()
		}
		level, fault := describeError(err)
		attrs := append(call.attrs(), slog.Duration("duration", time.Since(began)))
		logger.LogAttrs(ctx, level, "cognito import", append(attrs, fault...)...)
		return err
	}
}

// attrs returns the attributes about the call and its answer.
func (c *Call) attrs() []slog.Attr {
	attrs := []slog.Attr{slog.String("op", string(c.Op)), slog.String("pool", c.Ref.UserPoolID)}
	if c.Ref.JobID != "" {
		attrs = append(attrs, slog.String("job", c.Ref.JobID))
	}
	switch output := c.output.(type) {
	case importjob.UserImportJob:
		attrs = append(attrs, slog.String("status", string(output.Status)))
	case []string:
		attrs = append(attrs, slog.Int("items", len(output)))
	case interface{ count() int }:
		attrs = append(attrs, slog.Int("items", output.count()))
	}
	return attrs
}

// describeError returns the log level of a call that returned err, and the attribute code or cause.
func describeError(err error) (slog.Level, []slog.Attr) {
	if err == nil {
		return slog.LevelInfo, nil
	}
	var e *importjob.Error
	if errors.As(err, &e) && e.Code != "" {
		return slog.LevelWarn, []slog.Attr{slog.String("code", string(e.Code))}
	}
	return slog.LevelError, []slog.Attr{slog.String("cause", cause(err))}
}

// cause describes an error without its text.
func cause(err error) string {
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, end) {
			return end.Error()
		}
	}
	for {
		inner := errors.Unwrap(err)
		var e *importjob.Error
		if inner == nil && errors.As(err, &e) {
			inner = e.Err
		}
		if inner == nil {
			return fmt.Sprintf("%T", err)
		}
		err = inner
	}
}
