// Package importjob runs Amazon Cognito user import jobs.
package importjob
