// Package cognitotest serves an [importjob.Client] by the wire protocol of Amazon Cognito. Code that is
// written on an AWS SDK runs against it unchanged.
//
// [Handler] is an http.Handler, for a socket:
//
//	cognito := memory.New(nil)
//	handler := cognitotest.Handler(cognito, &cognitotest.Options{Directory: cognito})
//	server := httptest.NewServer(handler)
//
// [Transport] calls a handler in process:
//
//	web := &http.Client{Transport: cognitotest.Transport(handler)}
//
// In process there is no port and no goroutine. So a test can run in a testing/synctest bubble, where a
// job that takes a day is over at once. Package [github.com/cognito-import/importjob/awsbackend/awstest]
// does all of this for code on the AWS SDK for Go, in one call.
//
// # What is served
//
// The JSON protocol is served at "/". The header X-Amz-Target names the operation:
//
//   - The Client serves the six operations of import jobs, and DescribeUserPool.
//   - Options.Directory serves CreateUserPool, UpdateUserPool, AddCustomAttributes, DeleteUserPool,
//     ListUserPools, ListUsers, AdminGetUser and AdminCreateUser, which sends no invitation.
//   - Amazon CloudWatch Logs has DescribeLogGroups, DescribeLogStreams, GetLogEvents and
//     FilterLogEvents. They read the log of a job, and ask the Client for the pool and the job. Each
//     pool has a log group, and each job that was started has a stream. All lines of a stream have the
//     time of the job's start. A filter pattern is words only.
//
// Uploads are served at every other path, as Amazon S3 does it. An answer shows the handler's own URL of
// a job. The URL has the host of the request, is really signed, and is checked when it is used: method,
// host, path, query and the header "x-amz-server-side-encryption: aws:kms". The body streams into the
// Client's Upload. The Client decides by its clock whether the URL has expired.
//
// URLs and ARNs have the Region that the ID of the pool begins with, so one handler serves pools of all Regions.
//
// Members that an operation does not know are ignored, and so are settings of a pool that do not affect
// an import. An operation that is not served is an UnknownOperationException.
//
// # Signatures
//
// A request without a signature is refused. Without Options.Credentials any well-formed signature
// passes: use that in tests and on a loopback address only. With Options.Credentials the handler
// verifies each signature by the machine's clock. It refuses a time that is more than five minutes off.
//
// # Errors
//
// An *[importjob.Error] with a Code is sent as that exception, with its Message. An error without a Code
// is sent as InternalErrorException, and the caller does not see its text.
//
// Sources: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/Welcome.html,
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html,
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
package cognitotest
