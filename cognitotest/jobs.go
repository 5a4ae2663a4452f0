package cognitotest

import (
	"context"

	"github.com/cognito-import/importjob"
)

func getCSVHeader(c *call) ([]byte, error) {
	id := c.in.required("UserPoolId")
	if err := c.in.err(); err != nil {
		return nil, err
	}
	header, err := c.client.CSVHeader(c.ctx, id)
	if err != nil {
		return nil, err
	}
	return encode(struct {
		UserPoolID string   `json:"UserPoolId"`
		CSVHeader  []string `json:"CSVHeader"`
	}{UserPoolID: id, CSVHeader: header}), nil
}

func createUserImportJob(c *call) ([]byte, error) {
	in := importjob.CreateInput{
		JobName:               c.in.required("JobName"),
		UserPoolID:            c.in.required("UserPoolId"),
		CloudWatchLogsRoleARN: c.in.required("CloudWatchLogsRoleArn"),
		PasswordHashingAlgorithm: importjob.PasswordHashingAlgorithm(c.in.choice("PasswordHashingAlgorithm",
			string(importjob.HashBCRYPT), string(importjob.HashSCRYPT), string(importjob.HashARGON2ID), string(importjob.HashPBKDF2SHA256))),
	}
	if err := c.in.err(); err != nil {
		return nil, err
	}
	return c.oneJob(c.client.Create(c.ctx, in))
}

func describeUserImportJob(c *call) ([]byte, error) { return c.onJob(c.client.Describe) }

func startUserImportJob(c *call) ([]byte, error) { return c.onJob(c.client.Start) }

func stopUserImportJob(c *call) ([]byte, error) { return c.onJob(c.client.Stop) }

// onJob runs an operation whose input is the Ref of a job and whose output is the job.
func (c *call) onJob(do func(context.Context, importjob.Ref) (importjob.UserImportJob, error)) ([]byte, error) {
	ref := importjob.Ref{UserPoolID: c.in.required("UserPoolId"), JobID: c.in.required("JobId")}
	if err := c.in.err(); err != nil {
		return nil, err
	}
	return c.oneJob(do(c.ctx, ref))
}

func (c *call) oneJob(job importjob.UserImportJob, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	b := append(make([]byte, 0, 1536), `{"UserImportJob":`...)
	if b, err = c.appendJob(b, job); err != nil {
		return nil, err
	}
	return append(b, '}'), nil
}

// appendJob appends the JSON of a job to b. It replaces the Client's URL with the handler's, so that the
// caller uploads to the handler.
func (c *call) appendJob(b []byte, job importjob.UserImportJob) ([]byte, error) {
	url, err := c.urls.url(c.base, job)
	if err != nil {
		return nil, err
	}
	job.PreSignedURL = url
	text, err := job.MarshalJSON()
	return append(b, text...), err
}

func listUserImportJobs(c *call) ([]byte, error) {
	c.in.require("UserPoolId")
	c.in.require("MaxResults")
	id := c.in.text("UserPoolId")
	page := importjob.Page{MaxResults: int(c.in.number("MaxResults", 1, 60)), Token: c.in.filled("PaginationToken")}
	if err := c.in.err(); err != nil {
		return nil, err
	}
	jobs, next, err := c.client.List(c.ctx, id, page)
	if err != nil {
		return nil, err
	}
	b := append(make([]byte, 0, 256+1280*len(jobs)), `{"UserImportJobs":[`...)
	for i, job := range jobs {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = c.appendJob(b, job); err != nil {
			return nil, err
		}
	}
	b = append(b, ']')
	if next != "" {
		b = append(append(b, `,"PaginationToken":`...), encode(next)...)
	}
	return append(b, '}'), nil
}
