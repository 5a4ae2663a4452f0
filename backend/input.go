package backend

import (
	"errors"
	"fmt"
	"io"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/internal/model"
)

// This file checks inputs against the service's model. Each function returns nil or an
// [importjob.ErrInvalidParameter], in the service's own wording where the service has one.

// ValidateUserPoolID checks the ID of a pool.
func ValidateUserPoolID(id string) error { return invalid(model.UserPoolID.Check(id)) }

// ValidateList checks the input of a listing by pool: its ID, and a page of at most 60.
func ValidateList(userPoolID string, page importjob.Page) error {
	return invalid(
		model.UserPoolID.Check(userPoolID),
		model.MaxResults.CheckNumber(page.MaxResults),
		model.PaginationToken.Check(page.Token),
	)
}

// ValidatePage checks the input of a listing of pools: a page of at most 60.
func ValidatePage(page importjob.Page) error {
	return invalid(model.MaxResults.CheckNumber(page.MaxResults), model.PaginationToken.Check(page.Token))
}

// ValidateResults checks the input of Results: a job, and a page of at most 10,000 rows.
func ValidateResults(ref importjob.Ref, page importjob.Page) error {
	return invalid(
		model.UserPoolID.Check(ref.UserPoolID),
		model.JobID.Check(ref.JobID),
		model.Limit.CheckNumber(page.MaxResults),
		model.PaginationToken.Check(page.Token),
	)
}

// ValidateUpload checks that job can be uploaded to: it needs the URL that Create returned, and S3 needs
// the size beforehand.
func ValidateUpload(job importjob.UserImportJob, body io.Reader, size int64) error {
	var fault error
	switch {
	case job.Ref().Validate() != nil:
		return job.Ref().Validate()
	case job.PreSignedURL == "":
		fault = errors.New("the job has no PreSignedURL: pass the job that Create returned")
	case body == nil:
		fault = errors.New("there is no body")
	case size < 0:
		fault = fmt.Errorf("size %d is negative: pass the number of bytes of the body", size)
	default:
		return nil
	}
	return &importjob.Error{Code: importjob.ErrInvalidParameter, Err: fault}
}

// invalid makes an error of the sentences about broken constraints, or nil of none.
func invalid(broken ...[]string) error {
	message := model.Message(broken...)
	if message == "" {
		return nil
	}
	return &importjob.Error{Code: importjob.ErrInvalidParameter, Message: message}
}
