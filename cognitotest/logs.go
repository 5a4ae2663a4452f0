package cognitotest

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/userpool"
)

// This file serves the operations of Amazon CloudWatch Logs that read the log of a job. Each pool has a
// log group. Each job that was started has a stream in the group of its pool.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html

// logCodes maps an exception of Cognito to the exception of CloudWatch Logs that means the same.
//
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/CommonErrors.html
var logCodes = map[importjob.Code]importjob.Code{
	importjob.ErrTooManyRequests: "ThrottlingException",
	importjob.ErrInternal:        "ServiceUnavailableException",
	importjob.ErrNotAuthorized:   importjob.ErrAccessDenied,
}

// groupPrefix is the first part of the name of each log group. The pool's ID, "/" and the pool's name
// follow.
const groupPrefix = "/aws/cognito/userpools/"

func groupName(pool importjob.Pool) string { return groupPrefix + pool.ID + "/" + pool.Name }

func streamName(job importjob.UserImportJob) string { return job.JobID + "/" + job.JobName }

type wireGroup struct {
	LogGroupName string `json:"logGroupName"`
	ARN          string `json:"arn"`
	StoredBytes  int64  `json:"storedBytes"`
}

func describeLogGroups(c *call) ([]byte, error) {
	prefix, pattern := c.in.filled("logGroupNamePrefix"), c.in.filled("logGroupNamePattern")
	page := importjob.Page{MaxResults: int(c.in.number("limit", 1, 50)), Token: c.in.filled("nextToken")}
	if err := c.in.err(); err != nil {
		return nil, err
	}
	if prefix != "" && pattern != "" { // our words
		return nil, refusef(importjob.ErrInvalidParameter, "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
	}
	page.MaxResults = cmp.Or(page.MaxResults, 50)
	pools, next, err := c.logPools(prefix, page)
	if err != nil {
		return nil, err
	}
	groups := []wireGroup{}
	for _, pool := range pools {
		name := groupName(pool.Pool)
		if strings.HasPrefix(name, prefix) && strings.Contains(name, pattern) {
			groups = append(groups, wireGroup{LogGroupName: name, ARN: c.groupARN(pool.Pool) + ":*"})
		}
	}
	return encode(struct {
		LogGroups []wireGroup `json:"logGroups"`
		NextToken string      `json:"nextToken,omitempty"`
	}{LogGroups: groups, NextToken: next}), nil
}

// logGroupARN is the part of a log group's ARN before the name of the group.
const logGroupARN = ":log-group:"

// groupARN returns the ARN of a pool's log group.
func (c *call) groupARN(pool importjob.Pool) string {
	return "arn:aws:logs:" + regionOf(pool.ID) + ":" + c.opts.AccountID + logGroupARN + groupName(pool)
}

// logPools returns a page of pools. It contains the pools whose log groups begin with prefix, and may contain
// others. If the prefix names one pool, no Directory is needed.
func (c *call) logPools(prefix string, page importjob.Page) ([]userpool.Pool, string, error) {
	rest, _ := strings.CutPrefix(prefix, groupPrefix)
	if id, _, ok := strings.Cut(rest, "/"); ok && backend.ValidateUserPoolID(id) == nil {
		pool, err := c.client.Pool(c.ctx, id)
		if errors.Is(err, importjob.ErrResourceNotFound) {
			return nil, "", nil
		}
		return []userpool.Pool{{Pool: pool}}, "", err
	}
	if c.opts.Directory == nil {
		return nil, "", nil
	}
	return c.opts.Directory.Pools(c.ctx, page)
}

// logPool returns the pool whose log group the request names, by the name of the group or by its ARN.
func (c *call) logPool() (importjob.Pool, error) {
	if c.in.raw("logGroupIdentifier") == nil {
		c.in.require("logGroupName")
	}
	group, arn := c.in.text("logGroupName"), ""
	if identifier := strings.TrimSuffix(c.in.text("logGroupIdentifier"), ":*"); group == "" {
		group = identifier
		if _, name, ok := strings.Cut(identifier, logGroupARN); ok {
			group, arn = name, identifier
		}
	}
	if err := c.in.err(); err != nil {
		return importjob.Pool{}, err
	}
	// Source: https://github.com/epsagon/list-lambdas/issues/5
	none := refusef(importjob.ErrResourceNotFound, "The specified log group does not exist.")
	rest, ok := strings.CutPrefix(group, groupPrefix)
	id, name, _ := strings.Cut(rest, "/")
	if !ok || backend.ValidateUserPoolID(id) != nil {
		return importjob.Pool{}, none
	}
	pool, err := c.client.Pool(c.ctx, id)
	switch {
	case errors.Is(err, importjob.ErrResourceNotFound):
		return importjob.Pool{}, none
	case err != nil:
		return importjob.Pool{}, err
	case pool.Name != name, arn != "" && arn != c.groupARN(pool):
		return importjob.Pool{}, none
	}
	return pool, nil
}

type wireStream struct {
	LogStreamName       string `json:"logStreamName"`
	CreationTime        int64  `json:"creationTime"` // in milliseconds since 1970, like all times of this service
	FirstEventTimestamp int64  `json:"firstEventTimestamp"`
	LastEventTimestamp  int64  `json:"lastEventTimestamp"`
	LastIngestionTime   int64  `json:"lastIngestionTime"`
	ARN                 string `json:"arn"`
	StoredBytes         int64  `json:"storedBytes"`
}

func describeLogStreams(c *call) ([]byte, error) {
	prefix := c.in.filled("logStreamNamePrefix")
	order := c.in.choice("orderBy", "LogStreamName", "LastEventTime")
	descending := c.in.boolean("descending", false)
	limit := cmp.Or(int(c.in.number("limit", 1, 50)), 50)
	token := c.in.filled("nextToken")
	pool, err := c.logPool()
	if err != nil {
		return nil, err
	}
	if prefix != "" && order == "LastEventTime" { // source: https://github.com/turbot/steampipe-plugin-aws/issues/1949
		return nil, refusef(importjob.ErrInvalidParameter, "Cannot order by LastEventTime with a logStreamNamePrefix.")
	}
	from := 0
	if token != "" {
		if from, err = strconv.Atoi(token); err != nil || from < 0 {
			return nil, badToken()
		}
	}
	jobs, err := c.loggedJobs(pool.ID, prefix)
	if err != nil {
		return nil, err
	}
	sortStreams(jobs, order, descending)
	from = min(from, len(jobs))
	to := from + min(limit, len(jobs)-from)
	streams := []wireStream{}
	for _, job := range jobs[from:to] {
		ms := job.StartDate.UnixMilli()
		streams = append(streams, wireStream{
			LogStreamName:       streamName(job),
			CreationTime:        ms,
			FirstEventTimestamp: ms,
			LastEventTimestamp:  ms,
			LastIngestionTime:   ms,
			ARN:                 c.groupARN(pool) + ":log-stream:" + streamName(job),
		})
	}
	next := ""
	if to < len(jobs) {
		next = strconv.Itoa(to)
	}
	return encode(struct {
		LogStreams []wireStream `json:"logStreams"`
		NextToken  string       `json:"nextToken,omitempty"`
	}{LogStreams: streams, NextToken: next}), nil
}

// badToken returns the error of a token that the service did not give.
//
// Source: https://github.com/boto/boto3/issues/1467
func badToken() error {
	return refusef(importjob.ErrInvalidParameter, "The specified nextToken is invalid.")
}

// loggedJobs returns the jobs of a pool that have a log stream whose name begins with prefix.
func (c *call) loggedJobs(userPoolID, prefix string) ([]importjob.UserImportJob, error) {
	logged := []importjob.UserImportJob{}
	add := func(job importjob.UserImportJob) {
		if !job.StartDate.IsZero() && strings.HasPrefix(streamName(job), prefix) {
			logged = append(logged, job)
		}
	}
	if id, _, ok := strings.Cut(prefix, "/"); ok {
		job, err := c.logJob(userPoolID, id)
		if err == nil {
			add(job)
		}
		return logged, err
	}
	for job, err := range importjob.Jobs(c.ctx, c.client, userPoolID) {
		if err != nil {
			return nil, err
		}
		add(job)
	}
	return logged, nil
}

// logJob returns a job, or the zero job if the pool has no job with this ID.
func (c *call) logJob(userPoolID, jobID string) (importjob.UserImportJob, error) {
	ref := importjob.Ref{UserPoolID: userPoolID, JobID: jobID}
	if ref.Validate() != nil {
		return importjob.UserImportJob{}, nil
	}
	job, err := c.client.Describe(c.ctx, ref)
	if errors.Is(err, importjob.ErrResourceNotFound) {
		return importjob.UserImportJob{}, nil
	}
	return job, err
}

func sortStreams(jobs []importjob.UserImportJob, order string, descending bool) {
	slices.SortFunc(jobs, func(a, b importjob.UserImportJob) int {
		n := strings.Compare(streamName(a), streamName(b))
		if order == "LastEventTime" {
			n = cmp.Or(a.StartDate.Compare(b.StartDate), n)
		}
		if descending {
			return -n
		}
		return n
	})
}

// logStream returns the job that a log stream belongs to.
func (c *call) logStream(pool importjob.Pool, name string) (importjob.UserImportJob, error) {
	id, _, _ := strings.Cut(name, "/")
	job, err := c.logJob(pool.ID, id)
	if err == nil && (job.StartDate.IsZero() || streamName(job) != name) { // source: https://github.com/prefect-archive/prefect-aws/issues/177
		err = refusef(importjob.ErrResourceNotFound, "The specified log stream does not exist.")
	}
	return job, err
}

// during returns a function that reports whether a time is from the startTime of the request until before its
// endTime.
func during(in *input) func(time.Time) bool {
	const never = 1<<53 - 1
	start, end := in.number("startTime", 0, never), in.number("endTime", 0, never)
	if in.raw("endTime") == nil {
		end = never
	}
	return func(t time.Time) bool { return start <= t.UnixMilli() && t.UnixMilli() < end }
}
