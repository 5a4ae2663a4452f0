package awsbackend

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/internal/paging"
)

// A job writes its log to the log group <groups><pool ID>/<pool name>, in the log stream
// <job ID>/<job name>. Results finds both by the part before the name, because a pool can be renamed.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
const groups = "/aws/cognito/userpools/"

// testLine is the line that Cognito writes to a log to test that it can write.
const testLine = "Cognito User Pools Import - Test Log"

// place is the log of a job and the position in it where a page begins. The token of a page is a place
// as JSON in base64. So Results finds the log only once.
type place struct {
	Group  string
	Stream string
	Token  string // of CloudWatch Logs; "" means the beginning of the log
}

// Results returns no further token when CloudWatch Logs returns the token that it was given. CloudWatch
// Logs does not mark the end of a log in any other way. Each page before has at least one row.
func (c *client) Results(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
	if c.logs == nil {
		return nil, "", &importjob.Error{Code: importjob.ErrInvalidParameter, Err: ErrNoLogs}
	}
	at, err := c.locate(ctx, ref, page.Token)
	if err != nil {
		return nil, "", err
	}
	if at.Stream == "" { // no log: Describe tells whether the job exists
		_, err := c.Describe(ctx, ref)
		return nil, "", err
	}
	rows := []importjob.RowResult{}
	for tokens := (paging.Cycle{}); len(rows) == 0; {
		events, next, err := c.events(ctx, at, page.MaxResults)
		if err != nil {
			return nil, "", err
		}
		rows = appendRows(rows, events)
		if next == at.Token || next == "" {
			return rows, "", nil
		}
		if err := tokens.Next(next); err != nil {
			return nil, "", err
		}
		at.Token = next
	}
	return rows, at.token(), nil
}

// locate returns the place where a page begins. Its Stream is "" if the job has no log.
func (c *client) locate(ctx context.Context, ref importjob.Ref, token string) (place, error) {
	if token != "" {
		return parsePlace(ref, token)
	}
	in := &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String(groups + ref.UserPoolID + "/")}
	for tokens := (paging.Cycle{}); ; {
		out, err := callLogs(ctx, &c.calls, c.logs.DescribeLogGroups, in)
		if err != nil {
			return place{}, err
		}
		for _, group := range out.LogGroups { // more than one if the pool was renamed
			stream, err := c.stream(ctx, group.LogGroupName, ref)
			if stream != "" || err != nil {
				return place{Group: aws.ToString(group.LogGroupName), Stream: stream}, err
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return place{}, nil
		}
		if err := tokens.Next(*out.NextToken); err != nil {
			return place{}, err
		}
		in.NextToken = out.NextToken
	}
}

// stream returns the name of a job's log stream in a group, or "" if there is none.
func (c *client) stream(ctx context.Context, group *string, ref importjob.Ref) (string, error) {
	in := &cloudwatchlogs.DescribeLogStreamsInput{LogGroupName: group, LogStreamNamePrefix: aws.String(ref.JobID + "/")}
	for tokens := (paging.Cycle{}); ; {
		out, err := callLogs(ctx, &c.calls, c.logs.DescribeLogStreams, in)
		switch {
		case errors.Is(err, importjob.ErrResourceNotFound): // the group was deleted after it was listed
			return "", nil
		case err != nil:
			return "", err
		case len(out.LogStreams) > 0:
			return aws.ToString(out.LogStreams[0].LogStreamName), nil
		case aws.ToString(out.NextToken) == "":
			return "", nil
		}
		if err := tokens.Next(*out.NextToken); err != nil {
			return "", err
		}
		in.NextToken = out.NextToken
	}
}

// events returns one page of a log, and the token of the next page.
func (c *client) events(ctx context.Context, at place, limit int) ([]types.OutputLogEvent, string, error) {
	in := &cloudwatchlogs.GetLogEventsInput{
		LogGroupName:  &at.Group,
		LogStreamName: &at.Stream,
		NextToken:     optional(at.Token),
		StartFromHead: aws.Bool(true),
	}
	if limit != 0 {
		in.Limit = aws.Int32(int32(limit))
	}
	out, err := callLogs(ctx, &c.calls, c.logs.GetLogEvents, in)
	if err != nil {
		return nil, "", err
	}
	return out.Events, aws.ToString(out.NextForwardToken), nil
}

// appendRows appends a row for each line of a log, except the test lines. A line that cannot be parsed
// becomes a row whose Err is not nil.
func appendRows(rows []importjob.RowResult, events []types.OutputLogEvent) []importjob.RowResult {
	for _, event := range events {
		line := aws.ToString(event.Message)
		if strings.TrimSpace(line) == testLine {
			continue
		}
		row, _ := backend.ParseRowResult(line)
		rows = append(rows, row)
	}
	return rows
}

// token returns the token of the page that begins at the place.
func (p place) token() string {
	text, _ := json.Marshal(p) // cannot fail: all fields are strings
	return base64.RawURLEncoding.EncodeToString(text)
}

// parsePlace reads a token. It refuses the token of another job.
func parsePlace(ref importjob.Ref, token string) (place, error) {
	var p place
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil || !strings.HasPrefix(p.Group, groups+ref.UserPoolID+"/") || !strings.HasPrefix(p.Stream, ref.JobID+"/") {
		return place{}, &importjob.Error{Code: importjob.ErrInvalidParameter, Message: "The token is not from this job: pass the token that Results returned for it."}
	}
	return p, nil
}
