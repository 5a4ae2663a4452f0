// Package awstest makes clients of the AWS SDK for Go that call a fake Amazon Cognito. Tests of code
// that is written on the SDK use it. One call makes the fake and its clients:
//
//	cognito := memory.New(nil)
//	fake := awstest.New(cognito, &cognitotest.Options{Directory: cognito})
//
// The code under test gets fake.Cognito, a *cognitoidentityprovider.Client. If the code uploads files
// itself, it also gets fake.HTTPClient. The test makes clients of other services from fake.Config:
//
//	logs := cloudwatchlogs.NewFromConfig(fake.Config)
//
// If the code under test uses package awsbackend, the test makes the Client for it:
//
//	client := awsbackend.New(fake.Cognito, &awsbackend.Options{Logs: logs, HTTPClient: fake.HTTPClient})
//
// # In process
//
// A request to the fake is a function call in the goroutine of the caller. There is no port and nothing
// to close. So a fake works in a testing/synctest bubble, where time is faked and a job that takes a day
// ends at once. Make the memory.Cognito and the fake inside the bubble. Several goroutines can use a
// fake at once.
//
// # What is served
//
// All clients of a fake share one handler of package [cognitotest]. The documentation of that package
// lists the operations: import jobs, uploads to pre-signed URLs, DescribeUserPool, and the operations of
// Amazon CloudWatch Logs that read the log of a job. The operations that create, change and list pools
// and users need Options.Directory. Every other operation of AWS fails. No request of the clients
// leaves the process.
//
// A fake serves pools of all Regions to clients of any Region.
//
// # Limits
//
//   - A pre-signed URL is valid only at the fake that returned it. Its host does not exist, unless
//     Options.BaseURL names one. So uploads must use fake.HTTPClient; http.DefaultClient fails.
//   - The fake verifies signatures only if Options.Credentials is set. Then the clients of the fake sign
//     with these keys, and the fake refuses requests that are signed with other keys.
//   - The SDK retries a failed call after a pause, as it does at AWS. Outside a bubble this pause takes
//     real time. To make clients that do not retry, copy Config and set RetryMaxAttempts to 1.
package awstest
