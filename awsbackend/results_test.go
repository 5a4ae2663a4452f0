package awsbackend_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend"
	"github.com/cognito-import/importjob/internal/testkit"
)

const group, stream = "/aws/cognito/userpools/" + poolID + "/people", jobID + "/MyImportJob"

// logs is CloudWatch Logs as far as reading goes: lines by group and stream. It answers one group
// and one stream at a time, and events in pages of at most page; 0 means 10,000.
type logs struct {
	lines map[string]map[string][]string
	page  int
	calls int
}

func (l *logs) DescribeLogGroups(_ context.Context, in *cloudwatchlogs.DescribeLogGroupsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogGroupsOutput, error) {
	l.calls++
	name, next := first(maps.Keys(l.lines), in.LogGroupNamePrefix, in.NextToken)
	out := &cloudwatchlogs.DescribeLogGroupsOutput{NextToken: next}
	if name != nil {
		out.LogGroups = []types.LogGroup{{LogGroupName: name}}
	}
	return out, nil
}

func (l *logs) DescribeLogStreams(_ context.Context, in *cloudwatchlogs.DescribeLogStreamsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogStreamsOutput, error) {
	l.calls++
	streams := l.lines[*in.LogGroupName]
	if streams == nil {
		return nil, &types.ResourceNotFoundException{Message: aws.String("The specified log group does not exist.")}
	}
	name, next := first(maps.Keys(streams), in.LogStreamNamePrefix, in.NextToken)
	out := &cloudwatchlogs.DescribeLogStreamsOutput{NextToken: next}
	if name != nil {
		out.LogStreams = []types.LogStream{{LogStreamName: name}}
	}
	return out, nil
}

// first returns the first of the names with a prefix that comes after token, and the next token.
// An answer may be empty and yet not the last.
func first(names func(func(string) bool), prefix, token *string) (name, next *string) {
	for _, n := range slices.Sorted(names) {
		if strings.HasPrefix(n, *prefix) && n > aws.ToString(token) {
			if token == nil {
				return nil, aws.String("!") // before any name
			}
			return &n, &n
		}
	}
	return nil, nil
}

func (l *logs) GetLogEvents(_ context.Context, in *cloudwatchlogs.GetLogEventsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.GetLogEventsOutput, error) {
	l.calls++
	lines, ok := l.lines[*in.LogGroupName][*in.LogStreamName]
	if !ok {
		return nil, &types.ResourceNotFoundException{Message: aws.String("The specified log stream does not exist.")}
	}
	if !aws.ToBool(in.StartFromHead) {
		return nil, &types.InvalidParameterException{Message: aws.String("read from the head")}
	}
	from, _ := strconv.Atoi(strings.TrimPrefix(aws.ToString(in.NextToken), "f/"))
	to := min(len(lines), from+cmp.Or(min(int(aws.ToInt32(in.Limit)), cmp.Or(l.page, 10_000)), l.page, 10_000))
	out := &cloudwatchlogs.GetLogEventsOutput{NextForwardToken: aws.String(fmt.Sprintf("f/%d", to))}
	for _, line := range lines[from:to] {
		out.Events = append(out.Events, types.OutputLogEvent{Message: &line})
	}
	return out, nil
}

// reading is a Client with a log. Cognito answers as in rt.
func reading(l awsbackend.LogsAPI, rt http.RoundTripper) importjob.Client {
	return awsbackend.New(cognito.NewFromConfig(config(rt)), &awsbackend.Options{Logs: l})
}

// noCognito breaks the connection to Cognito: the log says all.
func noCognito(t *testing.T) http.RoundTripper {
	return testkit.RoundTripper(func(req *http.Request) (*http.Response, error) {
		t.Errorf("Cognito was asked: %s", req.Header.Get("X-Amz-Target"))
		return refusal(400, "NotAuthorizedException", "no")(req)
	})
}

const testLine = "Cognito User Pools Import - Test Log"

func TestResultsOfALog(t *testing.T) {
	l := &logs{lines: map[string]map[string][]string{group: {
		stream: {
			testLine, testLine + "\n",
			"[SUCCEEDED] Line Number 2 - The import succeeded.",
			"[SKIPPED] Line Number 3 - The user already exists.\n",
			"[FAILED] Line Number 4 - The User Record - oddly - is bad.",
			"[PAUSED] Line Number 5 - A form nobody has seen.",
			"",
			"[SUCCEEDED] Line Number 6 - The import succeeded.",
		},
		jobID + "-2/MyImportJob":     {"[SUCCEEDED] Line Number 99 - Another job whose ID begins the same."},
		"import-0000000000/Otherjob": {"[SUCCEEDED] Line Number 98 - Another job."},
	}, "/aws/cognito/userpools/" + poolID + "x/people": {stream: {"[SUCCEEDED] Line Number 97 - Another pool."}}}}
	want := []importjob.RowResult{
		{Line: 2, Status: importjob.RowSucceeded, Reason: "The import succeeded."},
		{Line: 3, Status: importjob.RowSkipped, Reason: "The user already exists."},
		{Line: 4, Status: importjob.RowFailed, Reason: "The User Record - oddly - is bad."},
		{Reason: "[PAUSED] Line Number 5 - A form nobody has seen."},
		{Reason: ""},
		{Line: 6, Status: importjob.RowSucceeded, Reason: "The import succeeded."},
	}
	for _, l.page = range []int{1, 2, 3, 7, 8, 0} {
		c, got, strange := reading(l, noCognito(t)), []importjob.RowResult(nil), 0
		for row, err := range importjob.Results(t.Context(), c, ref) {
			if err != nil {
				var line *importjob.LogLineError
				require.ErrorAs(t, err, &line)
				strange++
			}
			got = append(got, row)
		}
		assert.Equal(t, want, got, "pages of %d", l.page)
		assert.Equal(t, 2, strange)
	}
}

func TestResultsPageHasARowOrIsTheLast(t *testing.T) {
	l := &logs{page: 1, lines: map[string]map[string][]string{group: {stream: {
		testLine, testLine, "[SUCCEEDED] Line Number 2 - a", testLine, "[SUCCEEDED] Line Number 3 - b"}}}}
	c, token := reading(l, noCognito(t)), ""
	for line := 2; line <= 3; line++ {
		rows, next, err := c.Results(t.Context(), ref, importjob.Page{Token: token})
		require.NoError(t, err)
		require.Len(t, rows, 1)
		assert.Equal(t, line, rows[0].Line)
		assert.NotEmpty(t, next)
		assert.NotContains(t, next, " ")
		token = next
	}
	rows, next, err := c.Results(t.Context(), ref, importjob.Page{Token: token})
	require.NoError(t, err)
	assert.Empty(t, rows)
	assert.Empty(t, next)

	l.lines[group][stream] = append(l.lines[group][stream], "[SUCCEEDED] Line Number 4 - c")
	rows, _, err = c.Results(t.Context(), ref, importjob.Page{Token: token})
	require.NoError(t, err)
	assert.Len(t, rows, 1, "what is logged later is found where the log ended")
}

func TestResultsOfARenamedPool(t *testing.T) {
	l := &logs{lines: map[string]map[string][]string{
		"/aws/cognito/userpools/" + poolID + "/folks": {"import-0000000000/Other": nil},
		"/aws/cognito/userpools/" + poolID + "/human": {},
		group: {stream: {"[SUCCEEDED] Line Number 2 - a"}},
	}}
	rows, _, err := reading(l, noCognito(t)).Results(t.Context(), ref, importjob.Page{})
	require.NoError(t, err)
	assert.Len(t, rows, 1)
}

// goneLogs has a group that is deleted while it is looked at.
type goneLogs struct{ logs }

func (goneLogs) DescribeLogGroups(context.Context, *cloudwatchlogs.DescribeLogGroupsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogGroupsOutput, error) {
	return &cloudwatchlogs.DescribeLogGroupsOutput{LogGroups: []types.LogGroup{{LogGroupName: aws.String(group)}}}, nil
}

func TestResultsWithoutALog(t *testing.T) {
	exists := answer(200, nil, `{"UserImportJob":{"UserPoolId":"`+poolID+`","JobId":"`+jobID+`","Status":"Created"}}`)
	for name, l := range map[string]awsbackend.LogsAPI{
		"no group":    &logs{},
		"no stream":   &logs{lines: map[string]map[string][]string{group: {}}},
		"group gone":  &goneLogs{},
		"empty":       &logs{lines: map[string]map[string][]string{group: {stream: {}}}},
		"tested only": &logs{lines: map[string]map[string][]string{group: {stream: {testLine}}}},
	} {
		rows, next, err := reading(l, exists).Results(t.Context(), ref, importjob.Page{})
		require.NoError(t, err, name)
		assert.Empty(t, rows, name)
		assert.Empty(t, next, name)
	}
	_, _, err := reading(&logs{}, refusal(400, "ResourceNotFoundException", "none")).Results(t.Context(), ref, importjob.Page{})
	assert.ErrorIs(t, err, importjob.ErrResourceNotFound)
	assert.Equal(t, importjob.OpResults, err.(*importjob.Error).Op)
}

func TestResultsWithoutLogs(t *testing.T) {
	_, _, err := awsbackend.New(cognito.NewFromConfig(config(noCognito(t))), nil).Results(t.Context(), ref, importjob.Page{})
	assert.ErrorIs(t, err, awsbackend.ErrNoLogs)
	assert.IsType(t, &importjob.Error{}, err)
	assert.ErrorContains(t, err, "Options.Logs")
	assert.False(t, importjob.Retryable(err))
}

func TestTokenOfOtherResults(t *testing.T) {
	lines := []string{"[SUCCEEDED] Line Number 2 - a", "[SUCCEEDED] Line Number 3 - b"}
	l := &logs{page: 1, lines: map[string]map[string][]string{group: {stream: lines, "import-0000000000/MyImportJob": lines}}}
	c := reading(l, noCognito(t))
	_, token, err := c.Results(t.Context(), ref, importjob.Page{})
	require.NoError(t, err)
	calls := l.calls
	for _, r := range []importjob.Ref{{UserPoolID: poolID, JobID: "import-0000000000"}, {UserPoolID: "us-west-2_bbbbbbbbb", JobID: jobID}} {
		_, _, err := c.Results(t.Context(), r, importjob.Page{Token: token})
		assert.ErrorIs(t, err, importjob.ErrInvalidParameter)
	}
	for _, token := range []string{"x", "e30", "bnVsbA", token[1:], token + "A", "eyJHcm91cCI6Ii9ldGMifQ"} {
		_, _, err := c.Results(t.Context(), ref, importjob.Page{Token: token})
		assert.ErrorIs(t, err, importjob.ErrInvalidParameter, token)
	}
	assert.Equal(t, calls, l.calls, "the log was read")
}

// Half a million lines cost a request for each ten thousand.
func TestResultsAreLinear(t *testing.T) {
	const rows = 500_000
	lines := make([]string, rows)
	for i := range lines {
		lines[i] = fmt.Sprintf("[SUCCEEDED] Line Number %d - The import succeeded.", i+2)
	}
	l, n := &logs{lines: map[string]map[string][]string{group: {stream: lines}}}, 1
	for row, err := range importjob.Results(t.Context(), reading(l, noCognito(t)), ref) {
		require.NoError(t, err)
		n++
		if row.Line != n {
			require.Equal(t, n, row.Line)
		}
	}
	assert.Equal(t, rows+1, n)
	assert.LessOrEqual(t, l.calls, rows/10_000+6)
}
