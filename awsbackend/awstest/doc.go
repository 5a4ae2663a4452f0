// Package awstest makes the clients of the AWS SDK for Go that a test needs to call a fake Amazon
// Cognito, in one call:
//
//	cognito := memory.New(nil)
//	fake := awstest.New(cognito, &cognitotest.Options{Directory: cognito})
//
// The code under test gets fake.Cognito, a *cognitoidentityprovider.Client. If it uploads files
// itself, it gets fake.HTTPClient, too. A test makes the client of another service from fake.Config:
//
//	logs := cloudwatchlogs.NewFromConfig(fake.Config)
//
// A test of code that uses package awsbackend writes:
//
//	client := awsbackend.New(fake.Cognito, &awsbackend.Options{Logs: logs, HTTPClient: fake.HTTPClient})
//
// # In process
//
// A call runs in the goroutine of its caller. There is no port, no other goroutine and nothing to
// close. So a fake works in a testing/synctest bubble, where a job that takes a day is over at once.
// Make the memory.Cognito and the fake inside the bubble. Several goroutines can use a fake at once.
//
// # What is served
//
// All clients of a fake share one handler of package cognitotest, whose documentation lists the
// operations: import jobs, uploads to pre-signed URLs, DescribeUserPool, and the operations of Amazon
// CloudWatch Logs that read the log of a job. The operations that create, change and list pools and
// users need Options.Directory. Every other operation of AWS fails: nothing that a client of a fake
// sends leaves the process.
//
// Pools of all Regions are served, whatever the Region of a client is.
//
// # Limits
//
//   - A pre-signed URL works at the fake that gave it out, and at no other. The host of the URL
//     does not exist, so http.DefaultClient cannot upload to it.
//   - Signatures are not verified unless Options.Credentials is set. Then the clients of the fake
//     sign with these keys, and requests that are signed with others are refused.
//   - The SDK tries a failed call again after a pause, as it does at AWS. Outside a bubble the pauses
//     take their time. A copy of Config with RetryMaxAttempts = 1 makes clients that try once.
package awstest
