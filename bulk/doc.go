// Package bulk imports any number of users into an Amazon Cognito user pool.
//
// One import job takes at most 500,000 users in 100 MB. An account can run one job at a time. A job writes a result
// line for each row to CloudWatch Logs, with the line number but not the username. This package splits the users
// into parts, runs one job for each part, and reports the outcome of each user.
//
//	summary, err := bulk.Import(ctx, client, importjob.CreateInput{
//		JobName:               "migration",
//		UserPoolID:            "us-west-2_aaaaaaaaa",
//		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
//	}, bulk.CognitoCSV("users.csv"), "migration.d", nil)
//
// The package works with any [importjob.Client]. The users come from a file in Cognito's CSV dialect
// ([CognitoCSV]), from an ordinary CSV file ([CSV]), from the export of another system ([Export]), from the code of
// the caller ([Records]), or from a reader of another format ([Rows]). [Stream] takes a file that can be read only once, such as
// standard input, and saves it first.
//
// # Phases
//
// [Import] plans first. It checks every row against the rules of the pool. It rejects a row that the service would
// refuse, and a row whose username is on an earlier line of the input. A rejected row goes into no job, since a job
// fails as a whole if too many of its rows fail; rejected.csv has the row and the reason. The other rows go into the
// parts, which are the files of the jobs. [Plan] does only this: it is a dry run.
//
// Import then runs the jobs, one after the other, and writes the report.
//
// # Password hashes
//
// A job takes the password hashes of one algorithm. CreateInput.PasswordHashingAlgorithm is the algorithm of all hashes
// in a source, unless a [RowSource] says the algorithm of each row. Then each algorithm has parts of its own, and the plan
// checks a row by the rules of its algorithm. A row without a hash can go into any part. The plan adds these rows to the
// last part of each algorithm while that has room, so that the import needs as few jobs as possible.
//
// Such parts can overlap: a line of one part can be between two lines of another. The first row with a username is
// imported, whatever its algorithm. report.csv and rejected.csv are in the order of the input.
//
// # The directory
//
// The state of an import is in a directory. Import syncs each change to the disk before a step that depends on
// it. After any interruption, such as a power failure, Import with Options.Resume continues the import. It
// imports no part twice and leaves no part out. The directory has these files, and others that Import needs:
//
//	input            the input, if it was a Stream
//	journal.jsonl    the steps so far, one JSON object a line, each with a checksum
//	rejected.csv     the rejected rows, with the reason (RFC 4180)
//	parts/0001.csv   the file of the first job, in Cognito's dialect; and so on
//	report.csv       the outcome of each row of the input (RFC 4180)
//	summary.json     the Summary: the counts and the jobs
//	report.html      the summary, and up to 10,000 rows that were not imported, for a browser
//
// The columns of report.csv are source_line, part, job_id, line (in the file of the part), username, outcome and
// reason; with Options.Lookup also sub. An outcome is imported, skipped, failed, rejected or unknown ([Outcome]).
// The files hold personal data, so only their owner can read them. Import refuses a directory of an import that other
// users can read or change, and a symbolic link in the place of a file ([ErrDirUnsafe]).
//
// A spreadsheet can run a value as a formula. In report.csv, a value that begins with = + - @, a tab, a carriage return
// or an apostrophe therefore has one more apostrophe before it. So if a value begins with an apostrophe, remove one to
// get the original. rejected.csv and the parts are data, and have all values as they are: import them into a
// spreadsheet as text.
//
// The columns of rejected.csv are source_line, attribute (of the fault), reason, the columns of the rows, and surplus.
// surplus has what the columns cannot hold, as a JSON object, or is empty:
//
//	values                      the values after the last column, an array of strings
//	missing                     the number of columns at the end for which the row has no value
//	unknown                     the values under keys that are not columns, an object of strings
//	record                      the place of a row of an [Export], and its findings: see there
//	password_hashing_algorithm  the algorithm of the password hash, if a [RowSource] or an Export said it
//
// No function reads report.csv or rejected.csv: use package encoding/csv. Retry reads both, and calls RetryOptions.Edit with each row of the
// outcomes that you choose.
//
// # The service
//
// The directory keeps which service its jobs run at, if Options.Target names one, and refuses any other. [Load] returns
// what a program needs to resume the import in a directory. A job that was stopped leaves rows that it did not read.
// They go into one more part, and a resumed import runs a job for it, if the result lines of the job tell which rows
// these are (A62). Otherwise they are unknown.
//
// Import continues a directory of an earlier version as it is: with a journal without checksums, without a Target, and
// without a part for the rows of a stopped job.
//
// # Resources
//
// The memory that an import needs does not grow with the number of users, apart from the entries of the parts in
// the journal and in the Summary. The search for duplicate usernames takes up to 32 MiB, and sorts more usernames on
// the disk. The outcomes of the current part take four bytes for each row,
// and the text of each different reason. The directory takes about twice the size of the input while planning, and
// about the size of the input afterwards, and more by its size for a Stream.
//
// # Retry
//
// [Retry] returns the rows of a finished import that failed or are unknown as a source. RetryOptions.Edit can correct
// them. The import of that source needs a directory of its own.
package bulk
