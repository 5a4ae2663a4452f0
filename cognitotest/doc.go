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
//   - GetUserPoolMfaConfig and SetUserPoolMfaConfig
//   - TagResource, UntagResource and ListTagsForResource, for the ARNs of pools
//   - ListUsers, AdminGetUser, and AdminCreateUser, which sends no invitation
//   - AdminUpdateUserAttributes, AdminDeleteUserAttributes, AdminDeleteUser, AdminEnableUser and
//     AdminDisableUser
//   - CreateGroup, UpdateGroup, DeleteGroup, GetGroup and ListGroups
//   - AdminAddUserToGroup, AdminRemoveUserFromGroup, AdminListGroupsForUser and ListUsersInGroup
//
// A pool keeps all settings that these operations can set, and describes them with the service's defaults. Only the
// schema, the attributes for sign-in, the policies and DeletionProtection have an effect. AdminCreateUser sets a
// TemporaryPassword if the Directory implements [userpool.Passwords], and ignores it otherwise.
//
// If it implements userpool.Clients and userpool.Passwords, as package memory does, users can sign in:
//
//   - CreateUserPoolClient, UpdateUserPoolClient, DescribeUserPoolClient, ListUserPoolClients and
//     DeleteUserPoolClient
//   - InitiateAuth, RespondToAuthChallenge, AdminInitiateAuth and AdminRespondToAuthChallenge
//   - AdminSetUserPassword, AdminResetUserPassword, ForgotPassword, ConfirmForgotPassword and ChangePassword
//   - GetUser, GlobalSignOut, AdminUserGlobalSignOut and RevokeToken
//
// Options.Operations adds others. The file docs/serve.md of this module lists all operations of Amazon Cognito.
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
// A GET of /<pool>/.well-known/jwks.json returns the keys of a pool's tokens, and
// /<pool>/.well-known/openid-configuration says where they are.
//
// Requests to all other paths are uploads: a PUT to the pre-signed URL of a job, as Amazon S3 serves it.
//
// # What is not served
//
// Any other operation, and an operation that needs more than the Directory has, fails with
// UnknownOperationException, whose message names the operation. Amazon S3 is not served beyond uploads to pre-signed URLs. The handler ignores
// members of a request that it does not know.
//
// # Sign-in
//
// The flows are USER_PASSWORD_AUTH, ADMIN_USER_PASSWORD_AUTH (also as ADMIN_NO_SRP_AUTH), USER_SRP_AUTH and
// REFRESH_TOKEN_AUTH (also as REFRESH_TOKEN). The challenges are PASSWORD_VERIFIER and NEW_PASSWORD_REQUIRED. In a
// pool with required MFA, the challenge after the password is MFA_SETUP, and no response to it is accepted.
// USER_AUTH and CUSTOM_AUTH are refused. No message with a confirmation code is sent: Options.OnCode gets the code.
//
// Tokens are JWTs with the claims of the service, signed with RS256. Each pool has a key for ID tokens and another
// one for access tokens, which the handler makes when it first needs them. Refresh tokens, and the state between
// two requests of a sign-in, are sealed with a further key of the pool. All of them are valid only at the handler
// that made them. They expire by the clock of the Directory. GlobalSignOut, AdminUserGlobalSignOut and RevokeToken
// take tokens back at this handler, and so does AdminDisableUser. It keeps a number for each user who signed out and each token that was
// revoked. The tokens of a user who is disabled, or was deleted, are refused, too. A program that only verifies
// signatures does not see any of this, as at AWS.
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
// Operations that clients call without keys, such as InitiateAuth and GetUser, take any signature or none. Any other
// JSON operation must have a Signature Version 4 in its Authorization header, and an X-Amz-Date header. All
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
