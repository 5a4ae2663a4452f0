// Package cognitotest serves an [importjob.Client] over the wire protocol of Amazon Cognito. So code that
// calls Cognito through an AWS SDK, in any language, can be tested without AWS and without a change to
// it other than the endpoint.
//
// [Handler] returns an http.Handler. Serve it on a socket:
//
//	cognito := memory.New(nil)
//	handler := cognitotest.Handler(cognito, &cognitotest.Options{Directory: cognito})
//	server := httptest.NewServer(handler) // the SDK's endpoint is server.URL
//
// Or call it in process with [Transport]:
//
//	web := &http.Client{Transport: cognitotest.Transport(handler)}
//
// In process there is no port. So a test can run in a testing/synctest bubble, where time is faked and a
// job that takes a day ends at once. For tests with the AWS SDK for Go, package
// [github.com/cognito-import/importjob/awsbackend/awstest] makes the handler, the transport and the
// clients of the SDK in one call.
//
// # What is served
//
// Requests to the path "/" are operations in JSON, of at most 1 MiB. The header X-Amz-Target names the
// operation. The Client answers these operations of Amazon Cognito:
//
//   - GetCSVHeader, CreateUserImportJob, DescribeUserImportJob, ListUserImportJobs, StartUserImportJob
//     and StopUserImportJob
//   - DescribeUserPool
//
// Options.Directory answers these:
//
//   - CreateUserPool, UpdateUserPool, AddCustomAttributes, DeleteUserPool and ListUserPools
//   - ListUsers, AdminGetUser and AdminCreateUser, which sends no invitation
//
// The handler answers these operations of Amazon CloudWatch Logs from what the Client returns:
//
//   - DescribeLogGroups, DescribeLogStreams, GetLogEvents and FilterLogEvents
//
// Each pool has a log group, and each job that was started has a log stream in it. A stream begins with two
// test lines, as at AWS. All its lines have the job's start date as their time. FilterLogEvents accepts only filter patterns of words.
// DescribeLogGroups asks the Client if its logGroupNamePrefix is "/aws/cognito/userpools/", the ID of a pool
// and "/", with or without more. Otherwise it lists the log groups of the pools of Options.Directory; without
// a Directory it lists none.
//
// Requests to all other paths are uploads: a PUT to the pre-signed URL of a job, as Amazon S3 serves it.
//
// # What is not served
//
// Any other operation, and an operation of the Directory without a Directory, fails with
// UnknownOperationException, whose message names the operation. Amazon S3 is not served beyond uploads to pre-signed URLs. The handler ignores
// members of a request that it does not know, and settings of a pool that do not affect an import.
//
// # Pre-signed URLs
//
// A response with a job has the handler's own URL for the upload, not the URL of the Client. It has the
// scheme and host of the request, or Options.BaseURL. The handler signs it with a key of its own. So a URL
// is valid only at the handler that made it, only for a PUT of this job's file, and only with the header
// "x-amz-server-side-encryption: aws:kms". The handler checks all of this, and refuses other headers that
// begin with x-amz-. A Content-Length of at most Options.MaxUploadBytes is required; chunks are refused, as
// at S3. If there is a Content-MD5, the body must have it. The handler passes the body to the Client's Upload
// while it arrives. A URL can be used any number of times until it expires, 15 minutes after the creation of
// the job. The Client decides this by its own clock. After a restart of the program, call
// DescribeUserImportJob: the new handler returns its own URL for the job.
//
// URLs and ARNs have the Region that the ID of the pool begins with, so one handler serves pools of all
// Regions.
//
// # Signatures
//
// A JSON operation must have a Signature Version 4 in its Authorization header, and an X-Amz-Date header. All
// AWS SDKs send them if they have credentials. If Options.Credentials is not set, the handler checks only
// the form of the signature. Any key passes, so do not serve such a handler on a network; use it in tests
// or on a loopback address.
//
// If Options.Credentials is set, the handler verifies the signature with these keys. The time of the
// signature may differ from time.Now by at most five minutes. Its Region must be the one in the name of the AWS
// endpoint, or otherwise the Region of the pool. The headers Host and X-Amz-Target must be signed. A session token is
// refused, because these are long-term keys.
//
// The handler checks the signature as far as it can before it reads the body. The bodies that it holds at one
// time are limited by Options.MaxBodyMemory.
//
// # Errors
//
// If the Client returns an *[importjob.Error] with a Code, the response is the exception of that name, with
// the Message of the error. An error without a Code becomes InternalErrorException, and its text is not
// sent. CloudWatch Logs and Amazon S3 have their own names for some exceptions: [importjob.ErrTooManyRequests]
// becomes ThrottlingException and SlowDown, and [importjob.ErrInternal] becomes
// ServiceUnavailableException and InternalError. If the error wraps backend.ErrConnectionLost, the
// handler breaks the connection.
//
// Sources: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/Welcome.html,
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html,
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
package cognitotest
