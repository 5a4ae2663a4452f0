// Package backend is for those who build or wrap an [importjob.Client].
//
// # Building one
//
// A Client promises the same of every method: it validates input before any I/O, refuses a
// context that has ended, returns zero values with an error, and makes every error an
// *[importjob.Error]. A new Client need not see to any of this itself: [Checked] does it for the
// Client that it wraps. What the service does beyond that, such as which job may start when, is a
// matter of rules, and package backendtest checks them.
//
// # Wrapping one
//
// Whatever is added to a Client gives a Client again. [Intercept] is the one hook: each call goes
// through a chain of interceptors, which see its operation, the pool and the job, and what came
// back. Two are here:
//
//   - [Logging] writes a record for each call to a log/slog logger, and never the pre-signed URL
//     or anything about a user.
//   - [Faults] makes chosen calls fail, loses answers, adds latency, and limits the request rate
//     as the service does.
//
// An interceptor of one's own is a function. One that counts calls:
//
//	count := func(ctx context.Context, call *backend.Call, next func(context.Context) error) error {
//		calls.Add(string(call.Op), 1) // an expvar.Map
//		return next(ctx)
//	}
//	client = backend.Intercept(client, count)
//
// # Testing with faults
//
// What happens to a program when the answer to Start is lost? The fake of package memory never
// loses one by itself; with Faults it does, at the call that the test names. See the example of
// [Faults].
package backend
