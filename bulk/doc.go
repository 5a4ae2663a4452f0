// Package bulk imports any number of users into an Amazon Cognito user pool.
//
// One import job takes at most 500,000 users in 100 MB. An account can run one job at a time. A job reports the
// failures of rows by line number in a log. This package splits the users over as many jobs as they need, and
// reports the outcome of each user.
//
//	summary, err := bulk.Import(ctx, client, importjob.CreateInput{
//		JobName:               "migration",
//		UserPoolID:            "us-west-2_aaaaaaaaa",
//		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
//	}, bulk.CognitoCSV("users.csv"), "migration.d", nil)
//
// The package works with any [importjob.Client]. The users come from a file in Cognito's CSV dialect
// ([CognitoCSV]), from an ordinary CSV file ([CSV]), or from the code of the caller ([Records]).
//
// # Phases
//
// [Import] plans first. It checks every row by the rules of the pool. It writes a row that the service would
// refuse to rejected.csv with the reason, and into no job, since a job fails as a whole if too many of its rows
// fail. It also rejects a row whose username is on an earlier line of the input. It writes the other rows to the
// parts, which are the files of the jobs. [Plan] only plans: it is a dry run.
//
// Import then runs a job for each part, one after the other. Then it writes the report.
//
// # The directory
//
// The state of an import is in a directory. Import writes each change to the disk before a step that depends on
// it. After any interruption, such as a power failure, Import with Options.Resume continues the import. It
// imports no part twice and leaves no part out. The directory has
//
//	journal.jsonl    the steps so far, one JSON object a line
//	rejected.csv     the rejected rows, with the reason (RFC 4180)
//	parts/0001.csv   the file of the first job, in Cognito's dialect; and so on
//	report.csv       the outcome of each row of the input (RFC 4180)
//	summary.json     the Summary: the counts, and the jobs
//	report.html      the same for people, in a browser
//
// The columns of report.csv are source_line, part, job_id, line (in the file of the part), username, outcome and
// reason. With Options.Lookup it also has the sub of the imported users. An outcome is imported, skipped, failed,
// rejected or unknown. The files hold personal data, so only the owner can read them.
//
// # Resources
//
// The memory does not depend on the number of users. Finding duplicate usernames takes up to 32 MiB, and sorts
// the rest on the disk. The outcomes of a part take four bytes for each row, and each different reason once. The
// directory takes about twice the size of the input on the disk while planning, and about once the size
// afterwards.
//
// # Retry
//
// [Retry] returns the rows that failed as a source, after changes by the caller if necessary. They are imported
// into a directory of their own.
package bulk
