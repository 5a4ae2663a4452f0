// Package importjob imports users into an Amazon Cognito user pool from a CSV file. It checks the
// file, runs the import job, and reports which rows were not imported.
//
// # What an import job does
//
// An import job creates users in one user pool from one CSV file of at most 500,000 users:
//
//  1. Create makes the job and returns a pre-signed URL.
//  2. Upload sends the CSV file to that URL, at most 15 minutes after Create.
//  3. Start starts the job. An account can have one active job at a time.
//  4. The service reads the file row by row. It imports the row's user, skips a user that exists
//     already, or fails the row because a value breaks a rule of the pool.
//  5. The job ends Succeeded, or Failed if an error occurred or too few rows were imported: by
//     default, fewer than were skipped and failed together (A1). The users that were imported remain in the
//     pool. [Status] lists all statuses of a job.
//
// The job counts how many rows were imported, skipped and failed. Its log in Amazon CloudWatch
// Logs has the outcome of each row and the reason.
//
// # Choosing a Client
//
// [Client] is the interface to the service. Each of its methods is one request, such as Create
// or Start. Functions such as [Import] take a Client. Two packages implement it:
//
//   - Package memory is a fake Cognito in memory, for tests and dry runs. It needs no network.
//   - Package awsbackend calls Cognito at AWS, over the AWS SDK for Go.
//
// These packages build on a Client:
//
//   - Package bulk imports more users than one file can hold. It runs one job after the other.
//   - Package backend adds logging, injected faults or your own interceptor to a Client.
//   - Package backend/backendtest tests whether a Client behaves like Cognito.
//   - Package cognitotest serves a Client over Cognito's wire protocol, for AWS SDKs and command
//     lines in other languages.
//
// For a test, create a Client with package memory. Then create a user pool in it:
//
//	client := memory.New(nil)
//	pool, err := client.CreatePool(ctx, userpool.Pool{Pool: importjob.Pool{
//		AutoVerifiedAttributes: []string{"email"},
//	}})
//
// For AWS, create a Client with package awsbackend. The user pool exists already:
//
//	client := awsbackend.New(cognitoidentityprovider.NewFromConfig(cfg), &awsbackend.Options{
//		Logs: cloudwatchlogs.NewFromConfig(cfg),
//	})
//	pool, err := client.Pool(ctx, "us-west-2_aaaaaaaaa")
//
// Package userpool declares the interfaces to pools and users that package memory implements.
// Package importjob itself imports only the standard library.
//
// # Running a job
//
// [Import] creates a job, uploads the file, starts the job and waits until it ends:
//
//	job, err := importjob.Import(ctx, client, importjob.CreateInput{
//		JobName:               "MyImportJob",
//		UserPoolID:            "us-west-2_aaaaaaaaa",
//		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
//	}, file, size, nil)
//
// Here file is an [io.Reader] of the CSV file and size is its length in bytes. If the job ends
// with a status other than Succeeded, the error is a *[JobError]. A Succeeded job can have failed
// rows too, so look at its counters.
//
// To run the steps yourself, call the methods of the Client, [EnsureStarted] and [Wait].
//
// # Writing and reading the file
//
// Cognito does not read ordinary CSV (RFC 4180). It has no quotes: a comma in a value is written
// "\,". The header must name every column of the pool; [Pool.Header] returns these names.
//
// [Writer] writes such a file. It refuses a value that the file cannot represent, such as one with
// a line break. [Reader] reads such a file row by row, in constant memory. Their Read and Write
// methods have the same signatures as in encoding/csv.
//
// # Checking the file
//
// [Check] is a dry run. It reads a file and yields a [Finding] for each row that the pool would
// not import: the line, the column and the reason.
//
//	for finding, err := range importjob.Check(ctx, pool, file, nil) {
//		if err != nil { ... } // the file could not be read
//		fmt.Println(finding)
//	}
//
// Here pool is a [Pool], such as [Client].Pool returns. Package memory imports by the same rules.
// [RowChecker] checks single rows that do not come from a file.
//
// Some rules of the service are not documented. The file ASSUMPTIONS.md of this module lists what it
// assumes instead; references such as (A1) are rows of its table. [Assumptions] changes those
// that concern the file.
//
// # Finding the rows that were not imported
//
// [Results] iterates over the outcomes in the job's log: the line number in the file, the
// [RowStatus] and the reason. The log contains no usernames, so look up the line in your file.
//
// # Handling errors
//
// A method of a Client that fails returns an *[Error]. It holds the operation, the pool and the
// job, the name of the service's exception, and the service's message. The exception's name is a
// [Code], and a Code is itself an error that errors.Is finds, with every Client:
//
//	if errors.Is(err, importjob.ErrPreconditionNotMet) { ... }
//
// [Retryable] tells whether the same call can succeed later.
//
// # Keeping secrets out of logs
//
// Anyone who has a job's pre-signed URL can upload the file. A [UserImportJob] that is formatted
// or logged omits the URL; its JSON contains it. The error messages of this package contain
// neither the URL nor a value of a user.
package importjob
