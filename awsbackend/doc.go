// Package awsbackend runs import jobs at AWS: it is an [importjob.Client] over the AWS SDK for Go.
//
//	cfg, err := config.LoadDefaultConfig(ctx) // of aws-sdk-go-v2/config
//	if err != nil { ... }
//	client := awsbackend.New(cognitoidentityprovider.NewFromConfig(cfg), &awsbackend.Options{
//		Logs: cloudwatchlogs.NewFromConfig(cfg),
//	})
//	job, err := importjob.Import(ctx, client, importjob.CreateInput{...}, file, size, nil)
//
// # Permissions
//
// The caller needs these IAM actions, on the user pool where nothing else is said:
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
//     logs:GetLogEvents on the groups /aws/cognito/userpools/*, and
//     cognito-idp:DescribeUserImportJob
//   - Pool: cognito-idp:DescribeUserPool and cognito-idp:GetCSVHeader
//
// # Errors
//
// An exception of the service is an [importjob.Error] with its name as the Code and its words as
// the Message, and wraps the error of the SDK. All of these hold for one and the same error:
//
//	errors.Is(err, importjob.ErrResourceNotFound)
//	errors.As(err, new(smithy.APIError))
//	errors.As(err, new(*types.ResourceNotFoundException))
//
// Trouble on the side of any of the three services involved is an [importjob.ErrInternal], and too
// many requests an [importjob.ErrTooManyRequests], whatever else the error is. An error without
// Code says that the service did not answer.
//
// # Uploads
//
// Upload streams the file to Amazon S3; it never holds it in memory. When S3 has trouble or the
// connection breaks it sends a body that is an io.Seeker again, after a pause; any other body
// fails with a [RewindError]. A file that has arrived whole replaces the former one, so that
// sending it twice does no harm. An expired URL is an [importjob.ErrURLExpired]: only a new job
// has a new URL. The URL is in no error and in no log.
//
// # Results
//
// Results reads the log of the job in Amazon CloudWatch Logs, which needs Options.Logs. Lines
// appear there a while after their rows were imported, and are gone when the log group's
// retention says so. A page of rows costs one request, and the last one another. Its token holds
// for 24 hours.
package awsbackend
