package backend

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cognito-import/importjob"
)

// Logging returns an interceptor that logs each call in one record: "cognito import" with the
// attributes op, pool, job, status, items and duration, those that there are. A call that the
// service refused is logged at level Warn with its code; one that failed otherwise at level Error
// with its cause: the text of a context's end, or the Go type of the innermost error. Any other
// is logged at level Info. nil means [slog.Default].
//
// No record holds a pre-signed URL, a username or a value of an attribute; that is why the text of
// an error is not logged, since the errors of HTTP clients quote the URL.
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

// attrs are the attributes that say what was called and what came of it.
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

// describeError returns the level of a call that ended with err, and the attribute for err.
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

// cause names the reason for an error without quoting it.
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
