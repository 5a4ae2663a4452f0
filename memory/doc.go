// Package memory is a fake of Amazon Cognito's user import. It keeps pools, users, jobs and result lines in
// memory, and needs no network and no AWS account.
//
// [New] returns a [Cognito]: one AWS account in one Region. A Cognito is an [importjob.Client], so it runs import
// jobs, and a [userpool.Directory], so a test can create pools and read the imported users. There is nothing to
// close.
//
// # Rows
//
// The fake imports the file for real. Upload reads the CSV file and checks each row by the rules of
// [importjob.Check]. Start finds the rows whose user exists already. The counters, the results and the users of a
// job all follow from these checks, so they agree at any time.
//
// The pool keeps the text of the uploaded file, and reads the attributes of a user from this text each time a caller
// asks for them. An imported user therefore costs no memory beyond its row and an entry in an index. Until a job
// starts, its file counts towards Options.MaxUploadBytes.
//
// # Time
//
// The fake starts no goroutine that runs a job. Start stores the time of the call. Describe, List, Results and the
// methods that read users compute the state of the job from this time, the current time and the Options:
//
//   - A job is Pending for Options.PendingFor after Start.
//   - Then the job is InProgress, and imports Options.RowsPerSecond rows a second in the order of the file.
//   - Then the job is Succeeded or Failed. A job that Stop was called for is Stopped instead.
//   - A job that is not started within Options.ExpireAfter is Expired.
//
// With the default Options a job takes no time: the first Describe after Start returns a job that has ended.
//
// Set PendingFor and RowsPerSecond to test code that waits for a job or shows its progress. Run such a test in a
// bubble of testing/synctest, where sleeping takes no real time; see the example of [Options]. Without a bubble, set
// Options.Now to a clock that the test moves.
//
// # Fidelity
//
// Where Amazon documents what Cognito does, or public material shows it, the fake does the same. Everything else is
// an assumption with a number, such as A12, in the file ASSUMPTIONS.md of this module. The file says what the fake
// does, and which field of [Options] or [importjob.Assumptions] changes it, if one does.
package memory
