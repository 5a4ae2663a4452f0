// Package awsbackend runs import jobs in Amazon Cognito at AWS, and changes users and groups there. [New] returns
// an [importjob.Client] that calls the AWS SDK for Go:
//
//	cfg, err := config.LoadDefaultConfig(ctx) // of aws-sdk-go-v2/config
//	if err != nil { ... }
//	client := awsbackend.New(cognitoidentityprovider.NewFromConfig(cfg), &awsbackend.Options{
//		Logs: cloudwatchlogs.NewFromConfig(cfg),
//	})
//	job, err := importjob.Import(ctx, client, importjob.CreateInput{...}, file, size, nil)
//
// [NewUsers] returns a [userpool.Users]:
//
//	users := awsbackend.NewUsers(cognitoidentityprovider.NewFromConfig(cfg), nil)
//	user, err := users.User(ctx, userpool.Ref{UserPoolID: "us-west-2_aaaaaaaaa", Username: "ann"})
//
// # Permissions
//
// The caller needs the IAM actions of the methods that it calls. The resource is the user pool,
// unless the list names another one:
//
//   - CSVHeader: cognito-idp:GetCSVHeader
//   - Create: cognito-idp:CreateUserImportJob, and iam:PassRole on the role that Cognito
//     assumes to write the log (the condition iam:PassedToService is cognito-idp.amazonaws.com)
//   - Upload: none; the pre-signed URL is the permission
//   - Start: cognito-idp:StartUserImportJob
//   - Stop: cognito-idp:StopUserImportJob
//   - Describe: cognito-idp:DescribeUserImportJob
//   - List: cognito-idp:ListUserImportJobs
//   - Results: logs:DescribeLogGroups on all log groups, logs:DescribeLogStreams and
//     logs:GetLogEvents on the log groups /aws/cognito/userpools/*, and
//     cognito-idp:DescribeUserImportJob
//   - Pool: cognito-idp:DescribeUserPool and cognito-idp:GetCSVHeader
//
// A method of a Users needs one IAM action on the user pool. Its name is cognito-idp: and the name of the operation that
// the method calls:
//
//   - AddUser: AdminCreateUser
//   - User: AdminGetUser
//   - Users: ListUsers
//   - CountUsers: DescribeUserPool
//   - UpdateUser: AdminUpdateUserAttributes
//   - DeleteUser: AdminDeleteUser
//   - EnableUser: AdminEnableUser
//   - DisableUser: AdminDisableUser
//   - CreateGroup, UpdateGroup and DeleteGroup: the same names
//   - Group: GetGroup
//   - Groups: ListGroups
//   - GroupsOfUser: AdminListGroupsForUser
//   - UsersInGroup: ListUsersInGroup
//   - AddUserToGroup: AdminAddUserToGroup
//   - RemoveUserFromGroup: AdminRemoveUserFromGroup
//
// # Errors
//
// When a service answers with an exception, the method returns an *[importjob.Error]. Its Code is the
// name of the exception, its Message is the message of the exception, and it wraps the error of the
// SDK. So a caller can look for either:
//
//	errors.Is(err, importjob.ErrResourceNotFound)
//
//	var notFound *types.ResourceNotFoundException
//	errors.As(err, &notFound)
//
//	var exception smithy.APIError
//	errors.As(err, &exception)
//
// The exceptions of CloudWatch Logs and the errors of Amazon S3 have other names. An error that means
// the same as one of Cognito's can be found by both names:
//
//   - [importjob.ErrInternal] is also every exception with an HTTP status of 500 or more, and each
//     RequestTimeout and IncompleteBody of S3. Upload retries after all of these.
//   - [importjob.ErrTooManyRequests] is also the ThrottlingException of CloudWatch Logs.
//
// An error without a Code means that there is no usable response: the context ended, the SDK could not
// send the request, the connection broke, the response could not be read, or the body of an upload
// failed. The call may have taken effect.
//
// The SDK repeats a call without a response by itself. After a lost response, Start can therefore fail with
// [importjob.ErrPreconditionNotMet] although it has started the job, and Create can leave a second job behind. Use
// [importjob.Import], or [importjob.EnsureStarted] instead of Start.
//
// # Uploads
//
// Upload streams the file to Amazon S3 and does not hold it in memory. If S3 fails or the connection
// breaks, Upload pauses and sends the file again. To do so it must rewind the body, so pass an
// io.Seeker such as an *os.File. Upload begins at the current offset of the body, and rewinds to this
// offset. Any other body can be sent again only if nothing of it was read. Otherwise Upload fails
// with a [RewindError]. A file can safely arrive twice: the second copy replaces the first. A body that
// does not have exactly size bytes fails with [importjob.ErrS3IncompleteBody] and without a retry.
//
// If the URL has expired, the error is an [importjob.ErrURLExpired]. Create a new job, which has a new
// URL. No error and no log of this package contains the URL.
//
// # Results
//
// Results reads the log of the job in Amazon CloudWatch Logs. This needs Options.Logs. A line can appear in
// the log some time after its row was imported. The retention setting of the log group decides when
// lines are deleted. Results of a job that has no log returns no rows.
//
// The first page takes at least three requests, because Results must find the log group and the log
// stream. Each later page takes one. The last page of a log is empty, because CloudWatch Logs
// shows the end only in the request after the last line. The token of a page is valid for 24 hours.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
//
// # Users and groups
//
// The calls of a Users keep the request rates of the service: a call waits for its turn. [Rates] has the numbers.
//
// In these things a Users at AWS differs from what [userpool.Users] says:
//
//   - Users and groups come in the order of the service. No public page says which one it is, and nothing is sorted
//     here, because a sort would need all pages. A page can have fewer users than asked for, or none, and still a
//     token.
//   - CountUsers returns the estimate that the service keeps. It can lag behind.
//   - AddUser fails with an [errors.ErrUnsupported] if the user is Disabled, or has another Status than
//     [userpool.StatusForceChangePassword]. Call DisableUser after AddUser.
//   - UpdateUser can make the service send a message to the user, if the pool verifies the attribute that changes.
//   - UpdateGroup sends no role and no precedence if the group has none. No public page says whether the service then
//     keeps the old ones; the group that UpdateGroup returns shows it.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html,
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html,
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUpdateUserAttributes.html and
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateGroup.html
package awsbackend
