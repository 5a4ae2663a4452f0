// Package memory is Amazon Cognito's user import in memory: pools, jobs, users and result lines.
//
// # Time
//
// What can be seen of a job is a function of time, computed when somebody looks. Start notes an
// instant; Describe derives from it whether the job is Pending, InProgress with rising counters,
// or has ended; expiry is the same rule. There is no goroutine and nothing to close, so a
// testing/synctest bubble shows every state exactly, without a sleep on the real clock.
// Options.Now serves where there is no bubble.
//
// By default a job has ended at the first look after Start. Options.PendingFor and
// Options.RowsPerSecond stretch it.
//
// # Rows
//
// Rows are really read, judged and stored: counters are earned. They are judged while the upload
// arrives, by the rules of [importjob.Check]; which users exist already is settled at Start.
// What can be seen later is a prefix of these outcomes, and Stop cuts the prefix. An imported user
// is a stretch of the uploaded text, read when somebody asks for it.
//
// # Fidelity
//
// Where Cognito's behaviour is documented or was seen in public, this package does the same.
// Where it is neither, an option settles it, and the file ASSUMPTIONS.md says so.
package memory
