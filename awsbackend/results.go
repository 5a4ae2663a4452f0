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
)

// Where a job writes its log: the group <groups><pool ID>/<pool name>, the stream
// <job ID>/<job name>. Both are looked for by what comes before the name, since pools can be
// renamed.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
const groups = "/aws/cognito/userpools/"

// testLine is what Cognito writes to a log to see that it can.
const testLine = "Cognito User Pools Import - Test Log"

// place is where in which log a page begins. As JSON in base64 it is the token of a page, so that
// a page is found without looking for the log again.
type place struct {
	Group  string
	Stream string
	Token  string // of CloudWatch Logs; "" is the beginning
}

// Results ends a listing when CloudWatch Logs gives the same token again; there is no other sign
// of the end. A page before that has one row at least.
func (c *client) Results(ctx context.Context, ref importjob.Ref, page importjob.Page) ([]importjob.RowResult, string, error) {
	if c.logs == nil {
		return nil, "", &importjob.Error{Code: importjob.ErrInvalidParameter, Err: ErrNoLogs}
	}
	at, err := c.locate(ctx, ref, page.Token)
	if err != nil {
		return nil, "", err
	}
	if at.Stream == "" { // nothing is logged; Describe knows whether there is such a job
		_, err := c.Describe(ctx, ref)
		return nil, "", err
	}
	rows := []importjob.RowResult{}
	for len(rows) == 0 {
		events, next, err := c.events(ctx, at, page.MaxResults)
		if err != nil {
			return nil, "", err
		}
		rows = appendRows(rows, events)
		if next == at.Token || next == "" {
			return rows, "", nil
		}
		at.Token = next
	}
	return rows, at.token(), nil
}

// locate returns where a page begins. Its Stream is "" when the job has no log yet.
func (c *client) locate(ctx context.Context, ref importjob.Ref, token string) (place, error) {
	if token != "" {
		return parsePlace(ref, token)
	}
	in := &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String(groups + ref.UserPoolID + "/")}
	for {
		out, err := c.logs.DescribeLogGroups(ctx, in)
		if err != nil {
			return place{}, fault(ctx, err)
		}
		for _, group := range out.LogGroups { // more than one when the pool was renamed
			stream, err := c.stream(ctx, group.LogGroupName, ref)
			if stream != "" || err != nil {
				return place{Group: aws.ToString(group.LogGroupName), Stream: stream}, err
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return place{}, nil
		}
		in.NextToken = out.NextToken
	}
}

// stream returns the name of a job's log stream in a group, "" when there is none.
func (c *client) stream(ctx context.Context, group *string, ref importjob.Ref) (string, error) {
	in := &cloudwatchlogs.DescribeLogStreamsInput{LogGroupName: group, LogStreamNamePrefix: aws.String(ref.JobID + "/")}
	for {
		out, err := c.logs.DescribeLogStreams(ctx, in)
		switch failed := fault(ctx, err); {
		case errors.Is(failed, importjob.ErrResourceNotFound): // the group was deleted meanwhile
			return "", nil
		case failed != nil:
			return "", failed
		case len(out.LogStreams) > 0:
			return aws.ToString(out.LogStreams[0].LogStreamName), nil
		case aws.ToString(out.NextToken) == "":
			return "", nil
		}
		in.NextToken = out.NextToken
	}
}

// events reads one page of a log, and the token of the next.
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
	out, err := c.logs.GetLogEvents(ctx, in)
	if err != nil {
		return nil, "", fault(ctx, err)
	}
	return out.Events, aws.ToString(out.NextForwardToken), nil
}

// appendRows appends what the lines of a log say. A line that cannot be understood is a row as
// well: it says so itself.
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

// token is the place as the token of a page.
func (p place) token() string {
	text, _ := json.Marshal(p) // strings make no error
	return base64.RawURLEncoding.EncodeToString(text)
}

// parsePlace reads the token of a page of this job.
func parsePlace(ref importjob.Ref, token string) (place, error) {
	var p place
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil || !strings.HasPrefix(p.Group, groups+ref.UserPoolID+"/") || !strings.HasPrefix(p.Stream, ref.JobID+"/") {
		return place{}, &importjob.Error{Code: importjob.ErrInvalidParameter, Message: "The token is not of these results."}
	}
	return p, nil
}
