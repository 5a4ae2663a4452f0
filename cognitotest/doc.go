// Package cognitotest serves an [importjob.Client] by the wire protocol of Amazon Cognito, so that
// code written against an AWS SDK runs against it: in process through [Transport], or on a socket,
// where [Handler] is an http.Handler like any other.
//
//	cognito := memory.New(nil)
//	handler := cognitotest.Handler(cognito, &cognitotest.Options{Directory: cognito})
//	api := cognitoidentityprovider.New(cognitoidentityprovider.Options{
//		Region:      "us-west-2",
//		Credentials: credentials.NewStaticCredentialsProvider("AKID", "SECRET", ""),
//		HTTPClient:  &http.Client{Transport: cognitotest.Transport(handler)},
//	})
//
// In process there is no port and no goroutine, so all of it works in a testing/synctest bubble,
// where a job that takes a day is over at once.
//
// # What is served
//
// The JSON protocol at "/", by the header X-Amz-Target:
//
//   - the six operations of import jobs, and DescribeUserPool, from the Client;
//   - CreateUserPool, UpdateUserPool, AddCustomAttributes, DeleteUserPool, ListUserPools, ListUsers,
//     AdminGetUser and AdminCreateUser (which sends no invitation), from Options.Directory;
//   - of Amazon CloudWatch Logs, what reading the outcome of a job needs: DescribeLogGroups,
//     DescribeLogStreams, GetLogEvents and FilterLogEvents. They ask the Client for the pool and the
//     job as well. Each pool has a log group, each job that was started a stream. All lines of a
//     stream have the time of the job's start. A filter pattern is words only.
//
// Everywhere else is the upload, as Amazon S3 does it. The URL of a job that an answer shows is the
// handler's own, at the host that was asked, really signed, and checked when it is used: method,
// host, path, query and the header "x-amz-server-side-encryption: aws:kms". The body streams into
// the Client's Upload. When the URL expires is for the Client's clock to say.
//
// Members that an operation does not know are ignored, as are settings of a pool that decide
// nothing about an import. An operation that is not served is an UnknownOperationException.
//
// # Signatures
//
// A request without a signature is refused. Without Options.Credentials any well-formed signature
// passes, whoever made it: that is for tests, and for a loopback address. With them it is verified,
// by the machine's clock; a time more than five minutes off is refused.
//
// # Errors
//
// An *[importjob.Error] with a Code is sent as that exception, with its Message. An error without
// one is the service's own trouble: InternalErrorException, whose text says nothing of the cause.
//
// Sources: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/Welcome.html,
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html,
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
package cognitotest
