// Package cognitotest serves an [importjob.Client] by the wire protocol of Amazon Cognito.
package cognitotest
