package backend

import (
	"errors"
	"fmt"
	"io"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/model"
	"github.com/cognito-import/importjob/userpool"
)

// ValidateUserPoolID checks the ID of a pool against the service's model: at most 55 characters, such as
// "us-west-2_aaaaaaaaa". It returns nil or an [importjob.ErrInvalidParameter] in the service's wording.
//
// Source: https://github.com/boto/botocore/blob/develop/botocore/data/cognito-idp/2016-04-18/service-2.json
func ValidateUserPoolID(id string) error { return invalid(model.UserPoolID.Check(id)) }

// ValidateList checks the input of List and Users: the ID of the pool, and the page as [ValidatePage] does. It returns
// nil or an [importjob.ErrInvalidParameter] in the service's wording.
func ValidateList(userPoolID string, page importjob.Page) error {
	return invalid(
		model.UserPoolID.Check(userPoolID),
		model.MaxResults.CheckNumber(page.MaxResults),
		model.PaginationToken.Check(page.Token),
	)
}

// ValidatePage checks the input of Pools: MaxResults is 0 to 60, and Token has no white space. It returns nil or an
// [importjob.ErrInvalidParameter] in the service's wording.
func ValidatePage(page importjob.Page) error {
	return invalid(model.MaxResults.CheckNumber(page.MaxResults), model.PaginationToken.Check(page.Token))
}

// ValidateResults checks the input of Results: the IDs of the pool and the job, a MaxResults of 0 to 10,000, and a Token
// without white space. It returns nil or an [importjob.ErrInvalidParameter] in the service's wording.
func ValidateResults(ref importjob.Ref, page importjob.Page) error {
	return invalid(
		model.UserPoolID.Check(ref.UserPoolID),
		model.JobID.Check(ref.JobID),
		model.Limit.CheckNumber(page.MaxResults),
		model.PaginationToken.Check(page.Token),
	)
}

// ValidateUpload checks the input of Upload: the IDs in job, a PreSignedURL that is not empty, a body that is not nil,
// and a size that is not negative. It returns nil or an [importjob.ErrInvalidParameter] that says what to pass.
func ValidateUpload(job importjob.UserImportJob, body io.Reader, size int64) error {
	var fault error
	switch {
	case job.Ref().Validate() != nil:
		return job.Ref().Validate()
	case job.PreSignedURL == "":
		fault = errors.New("the job has no PreSignedURL: pass the job that Create returned")
	case body == nil:
		fault = errors.New("the body is nil: pass a reader of the CSV file")
	case size < 0:
		fault = fmt.Errorf("size %d is negative: pass the number of bytes of the body", size)
	default:
		return nil
	}
	return &importjob.Error{Code: importjob.ErrInvalidParameter, Err: fault}
}

// ValidateUpdateUser checks the input of UpdateUser: the user, at least one attribute, and for each a name of 1 to 32
// characters and a value of at most 2,048. It returns nil or an [importjob.ErrInvalidParameter] without any value.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AttributeType.html
func ValidateUpdateUser(ref userpool.Ref, attributes []userpool.Attribute) error {
	if err := ref.Validate(); err != nil {
		return err
	}
	if len(attributes) == 0 {
		return &importjob.Error{Code: importjob.ErrInvalidParameter, Err: errors.New("the list of attributes is empty: pass at least one")}
	}
	var broken []string
	for _, a := range attributes {
		broken = append(broken, model.AttributeName.Check(a.Name)...)
		broken = append(broken, model.AttributeValue.Check(a.Value)...)
	}
	return invalid(broken)
}

// ValidateConfirmForgotPassword checks the input of ConfirmForgotPassword: the user, a code without white space, and a
// password of 1 to 256 characters. It returns nil or an [importjob.ErrInvalidParameter] in the service's wording.
//
// Source: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmForgotPassword.html
func ValidateConfirmForgotPassword(ref userpool.Ref, code, password string) error {
	return firstOf(ref.Validate(), invalid(model.ConfirmationCode.Check(code)), userpool.ValidatePassword(password))
}

// invalid returns an error with the sentences about broken constraints, or nil if there are none.
func invalid(broken ...[]string) error {
	message := model.Message(broken...)
	if message == "" {
		return nil
	}
	return &importjob.Error{Code: importjob.ErrInvalidParameter, Message: message}
}
