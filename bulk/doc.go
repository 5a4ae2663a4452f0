// Package bulk imports any number of users into an Amazon Cognito user pool.
//
// One import job takes 500,000 users in 100 MB, one job of an account runs at a time, and the job
// tells failures by line number in a log. This package splits the users over as many jobs as they
// need, and says of each one what became of them.
//
//	summary, err := bulk.Import(ctx, client, importjob.CreateInput{
//		JobName:               "migration",
//		UserPoolID:            "us-west-2_aaaaaaaaa",
//		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
//	}, bulk.CognitoCSV("users.csv"), "migration.d", nil)
//
// It works over any [importjob.Client]. The users come from a file in Cognito's CSV dialect
// ([CognitoCSV]), from an ordinary CSV file ([CSV]), or from the caller's own code ([Records]).
//
// # What happens
//
// [Import] first plans: it checks every row by the rules of the pool. A row that the service would
// refuse goes to rejected.csv with the reason, and into no job, since a job fails as a whole when
// too many of its rows do. So does a row whose username stands on an earlier line of the input.
// The good rows go into parts, the files of the jobs. [Plan] does this much alone: a dry run.
//
// Then it runs a job for each part, one after the other. Last it reports.
//
// # The directory
//
// All that Import knows stands in a directory, on the disk before anything builds on it. Whatever
// ends an import, the machine's power included: Import with Options.Resume goes on with it, imports
// no part twice, and leaves none out. The directory has
//
//	journal.jsonl    what has been done
//	rejected.csv     the rows that went into no job, with the reason (RFC 4180)
//	parts/0001.csv   the file of the first job, in Cognito's dialect; and so on
//	report.csv       what became of each row of the input (RFC 4180)
//	summary.json     the counts, and the jobs
//	report.html      the same for people, in a browser
//
// The columns of report.csv are source_line, part, job_id, line (in the part's file), username,
// outcome and reason, and with Options.Lookup the sub of imported users. An outcome is imported,
// skipped, failed, rejected or unknown. All of it is personal data: nobody but the owner may read
// the directory.
//
// # What it needs
//
// Memory does not depend on the number of users: up to 32 MiB for finding usernames that stand
// twice, for which it sorts them on the disk, four bytes for each row of one part and each different
// reason of its failures once, and buffers.
// On the disk it takes about the size of the input twice while planning, and once afterwards.
//
// # Trying again
//
// [Retry] makes a source of the rows that failed, edited if need be, for an import in a directory
// of its own.
package bulk
