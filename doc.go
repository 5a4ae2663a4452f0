// Package importjob runs Amazon Cognito user import jobs.
//
// An import job creates users in a user pool from a CSV file. The service has calls to create,
// start, stop, describe and list jobs, and leaves the rest to its user: the upload with its
// particular header, the file format, waiting, reading the log to see who was not imported.
// This package has all of it behind one interface, [Client], with several implementations:
//
//   - package memory is Cognito in memory, for tests and dry runs;
//   - package awsbackend is Cognito at AWS, over the AWS SDK for Go;
//   - package cognitotest speaks Cognito's wire protocol in front of any Client, so that SDKs and
//     command lines in other languages can use it;
//   - package bulk imports more users than one job holds, over any Client;
//   - package backend wraps a Client with logging, faults, or whatever an interceptor does;
//   - package backend/backendtest checks that a Client keeps the contract.
//
// This package itself imports the standard library only.
//
// # Running a job
//
// [Import] does everything in one call: create, upload, start, wait.
//
//	job, err := importjob.Import(ctx, client, importjob.CreateInput{
//		JobName:               "MyImportJob",
//		UserPoolID:            "us-west-2_aaaaaaaaa",
//		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
//	}, file, size, nil)
//
// A job that ended other than Succeeded is a *[JobError]. The single steps are methods of
// [Client]; [Wait], [Jobs] and [Results] are the loops over them.
//
// # The file
//
// The CSV dialect of the service is not RFC 4180: values are never quoted, a comma in a value is
// written "\,", and the header must have every column of the pool. [Writer] writes it and refuses
// what it cannot hold; [Reader] reads it in constant memory. Both have the method shapes of
// encoding/csv, so that struct mappers work on top.
//
// [Check] is a dry run: it judges each row by the rules of the pool and says which would not be
// imported, where, and why. Package memory imports by the same rules.
//
// # Who was not imported
//
// The service says how many rows failed. Which ones stands in CloudWatch Logs, by line number.
// [Results] iterates over it; the line number leads back to the file.
//
// # Errors
//
// Methods of a Client return an *[Error] with the operation, the job, the service's exception
// and its words. [Code] is an error itself:
//
//	if errors.Is(err, importjob.ErrPreconditionNotMet) { ... }
//
// holds for every implementation.
//
// # Secrets
//
// The pre-signed URL of a job lets whoever has it upload the file. It is left out when a job is
// formatted or logged, and stands in no error. Neither does any value of a user.
package importjob
