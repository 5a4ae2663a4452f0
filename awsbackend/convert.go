package awsbackend

import (
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// Why a response is refused. Either error has no Code, as if the service had not answered.
var (
	errNoAnswer    = errors.New("the response of the service is empty: check that the endpoint is Amazon Cognito")
	errOtherAnswer = errors.New("the response of the service is not about what was asked: check that the endpoint is Amazon Cognito")
)

// answered returns the job of a response. The job must be the one of ref; any job of the pool will do if ref
// has no JobID.
func answered(j *types.UserImportJobType, ref importjob.Ref) (importjob.UserImportJob, error) {
	if j == nil || aws.ToString(j.JobId) == "" || j.Status == "" {
		return importjob.UserImportJob{}, errNoAnswer
	}
	got := job(j)
	if got.UserPoolID != ref.UserPoolID || ref.JobID != "" && got.JobID != ref.JobID ||
		got.Ref().Validate() != nil || got.ImportedUsers < 0 || got.SkippedUsers < 0 || got.FailedUsers < 0 {
		return importjob.UserImportJob{}, errOtherAnswer
	}
	return got, nil
}

// job converts a job of the SDK. A test checks that it converts every field.
func job(j *types.UserImportJobType) importjob.UserImportJob {
	return importjob.UserImportJob{
		JobName:                  aws.ToString(j.JobName),
		JobID:                    aws.ToString(j.JobId),
		UserPoolID:               aws.ToString(j.UserPoolId),
		PreSignedURL:             aws.ToString(j.PreSignedUrl),
		CreationDate:             backend.Date(aws.ToTime(j.CreationDate)),
		StartDate:                backend.Date(aws.ToTime(j.StartDate)),
		CompletionDate:           backend.Date(aws.ToTime(j.CompletionDate)),
		Status:                   importjob.Status(j.Status),
		CloudWatchLogsRoleARN:    aws.ToString(j.CloudWatchLogsRoleArn),
		ImportedUsers:            j.ImportedUsers,
		SkippedUsers:             j.SkippedUsers,
		FailedUsers:              j.FailedUsers,
		CompletionMessage:        aws.ToString(j.CompletionMessage),
		PasswordHashingAlgorithm: importjob.PasswordHashingAlgorithm(j.PasswordHashingAlgorithm),
	}
}

// pool converts the settings of a pool that affect an import. header is the CSV header of the pool: a
// pool takes password hashes if the header has a column for them. (A14)
func pool(p *types.UserPoolType, header []string) importjob.Pool {
	return importjob.Pool{
		ID:                     aws.ToString(p.Id),
		Name:                   aws.ToString(p.Name),
		Schema:                 schema(p.SchemaAttributes),
		AutoVerifiedAttributes: names(p.AutoVerifiedAttributes),
		UsernameAttributes:     names(p.UsernameAttributes),
		AliasAttributes:        names(p.AliasAttributes),
		MFA:                    importjob.MFA(p.MfaConfiguration),
		CaseInsensitive:        caseInsensitive(p.UsernameConfiguration),
		PasswordHashes:         slices.Contains(header, importjob.ColumnPasswordHash),
	}
}

// caseInsensitive returns false if the pool does not have the setting. The service's model calls that the
// default. (A34)
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UsernameConfigurationType.html
func caseInsensitive(u *types.UsernameConfigurationType) bool {
	return u != nil && u.CaseSensitive != nil && !*u.CaseSensitive
}

// names returns the values of an enumeration as strings.
func names[T ~string](values []T) []string {
	var all []string
	for _, v := range values {
		all = append(all, string(v))
	}
	return all
}

func schema(attributes []types.SchemaAttributeType) importjob.Schema {
	var s importjob.Schema
	for i := range attributes {
		s = append(s, attribute(&attributes[i]))
	}
	return s
}

func attribute(a *types.SchemaAttributeType) importjob.SchemaAttribute {
	ours := importjob.SchemaAttribute{
		Name:                   aws.ToString(a.Name),
		Type:                   importjob.AttributeType(a.AttributeDataType),
		Required:               aws.ToBool(a.Required),
		Mutable:                aws.ToBool(a.Mutable),
		DeveloperOnlyAttribute: aws.ToBool(a.DeveloperOnlyAttribute),
	}
	if c := a.StringAttributeConstraints; c != nil {
		ours.MinLength, ours.MaxLength = aws.ToString(c.MinLength), aws.ToString(c.MaxLength)
	}
	if c := a.NumberAttributeConstraints; c != nil {
		ours.MinValue, ours.MaxValue = aws.ToString(c.MinValue), aws.ToString(c.MaxValue)
	}
	return ours
}
