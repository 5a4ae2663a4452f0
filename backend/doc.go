// Package backend helps to build an [importjob.Client], and to add behavior to one.
//
// # Adding behavior
//
// [Intercept] takes a Client and one or more interceptors, and returns a Client. An [Interceptor] is a function. It
// sees each call before the Client does, and the answer after it: the operation, the input, the output and the error.
// It can log, count, retry, delay, refuse or answer the call. This one counts calls:
//
//	count := func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
//		calls.Add(string(call.Op), 1) // an expvar.Map
//		return next(ctx)
//	}
//	client = backend.Intercept(client, count)
//
// The package has two interceptors:
//
//   - [Logging] writes one log/slog record for each call. It never logs a pre-signed URL or the data of a user.
//   - [Faults] makes chosen calls fail, loses answers, delays calls, and limits the request rate as the service does.
//
// [InterceptUsers] and [InterceptPools] do the same for the interfaces of package userpool.
//
// # Testing with faults
//
// The fake of package memory never loses an answer. To test what a program does when, for example, the answer to
// Start is lost, wrap the fake in Faults. See the examples of [Faults].
//
// # Building a Client
//
// Every method of a Client must validate its input before any I/O, refuse a context that has ended, return zero
// values with an error, and return every error as an *[importjob.Error]. [Checked] wraps a Client and does all four,
// so a new implementation need not. The functions that begin with Validate, and [Wrap], are the parts of Checked.
//
// An error without an [importjob.Code] means that the service did not answer, so callers retry it. Give an error that
// is final a Code, such as importjob.ErrInvalidParameter; a method that is not supported returns
// [errors.ErrUnsupported].
//
// A Client must also do what the service does: for example, refuse to start a second job. Package backendtest
// checks that with more than 200 rules.
package backend
