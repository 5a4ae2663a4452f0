package cognitotest_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend/awstest"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
)

const logGroup = "/aws/cognito/userpools/" + poolID + "/people"

// finished is a job that has imported these users.
func finished(t testing.TB, m *memory.Cognito, name string, usernames ...string) importjob.UserImportJob {
	return finishedFile(t, m, name, testpool.CSV(usernames...))
}

func finishedFile(t testing.TB, m *memory.Cognito, name, file string) importjob.UserImportJob {
	ctx := context.Background()
	job, err := m.Create(ctx, importjob.CreateInput{JobName: name, UserPoolID: poolID, CloudWatchLogsRoleARN: roleARN})
	require.NoError(t, err)
	require.NoError(t, m.Upload(ctx, job, strings.NewReader(file), int64(len(file))))
	_, err = m.Start(ctx, job.Ref())
	require.NoError(t, err)
	job, err = m.Describe(ctx, job.Ref())
	require.NoError(t, err)
	return job
}

// logsOf is an SDK client of the logs that a Cognito writes.
func logsOf(m *memory.Cognito) *logs.Client {
	return logs.NewFromConfig(awstest.New(m, &cognitotest.Options{Directory: m}).Config)
}

func messages(events []logtypes.OutputLogEvent) []string {
	var list []string
	for _, e := range events {
		list = append(list, *e.Message)
	}
	return list
}

func TestLogGroupsAndStreams(t *testing.T) {
	m := testpool.New(t, nil)
	api := logsOf(m)
	ctx := t.Context()
	job := finished(t, m, "First", "ann")
	_, err := m.Create(ctx, importjob.CreateInput{JobName: "Never", UserPoolID: poolID, CloudWatchLogsRoleARN: roleARN})
	require.NoError(t, err)

	for prefix, want := range map[string]int{
		"/aws/cognito/userpools/" + poolID + "/": 1, "/aws/cognito/userpools/us-west-2_a": 1, logGroup: 1, "/aws/": 1,
		"/aws/cognito/userpools/us-west-2_b": 0, "/aws/cognito/userpools/us-west-2_b/": 0, logGroup + "x": 0, "/ecs": 0,
	} {
		got, err := api.DescribeLogGroups(ctx, &logs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String(prefix)})
		require.NoError(t, err)
		require.Len(t, got.LogGroups, want, prefix)
		if want == 1 {
			assert.Equal(t, logGroup, *got.LogGroups[0].LogGroupName)
		}
	}

	got, err := api.DescribeLogStreams(ctx, &logs.DescribeLogStreamsInput{LogGroupName: aws.String(logGroup)})
	require.NoError(t, err)
	require.Len(t, got.LogStreams, 1, "a job that was not started has no stream")
	assert.Equal(t, job.JobID+"/First", *got.LogStreams[0].LogStreamName)

	second := finished(t, m, "Second", "bob")
	names := []string{job.JobID + "/First", second.JobID + "/Second"}
	slices.Sort(names)
	var paged []string
	in := &logs.DescribeLogStreamsInput{LogGroupName: aws.String(logGroup), Limit: aws.Int32(1)}
	for p := logs.NewDescribeLogStreamsPaginator(api, in); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		require.NoError(t, err)
		for _, s := range page.LogStreams {
			paged = append(paged, *s.LogStreamName)
		}
	}
	assert.Equal(t, names, paged)

	_, err = api.DescribeLogStreams(ctx, &logs.DescribeLogStreamsInput{LogGroupName: aws.String(logGroup + "x")})
	var notFound *logtypes.ResourceNotFoundException
	require.ErrorAs(t, err, &notFound)
}

func TestLogStreamsByTime(t *testing.T) {
	at := seedTime()
	m := testpool.New(t, &memory.Options{Now: at.Now})
	api := logsOf(m)
	var names []string
	for _, name := range []string{"A", "B", "C", "D"} {
		names = append(names, finished(t, m, name, "ann"+name).JobID+"/"+name)
		at.Advance(time.Second)
	}
	slices.Reverse(names)
	got, err := api.DescribeLogStreams(t.Context(), &logs.DescribeLogStreamsInput{LogGroupIdentifier: aws.String("arn:aws:logs:us-west-2:111111111111:log-group:" + logGroup),
		OrderBy: logtypes.OrderByLastEventTime, Descending: aws.Bool(true)})
	require.NoError(t, err)
	var listed []string
	for _, s := range got.LogStreams {
		listed = append(listed, *s.LogStreamName)
	}
	assert.Equal(t, names, listed)
	got, err = api.DescribeLogStreams(t.Context(), &logs.DescribeLogStreamsInput{LogGroupName: aws.String(logGroup), LogStreamNamePrefix: aws.String(names[0])})
	require.NoError(t, err)
	assert.Len(t, got.LogStreams, 1)
}

func TestLogErrorsHaveTheirOwnNames(t *testing.T) {
	for code, want := range map[importjob.Code]string{
		importjob.ErrTooManyRequests: "ThrottlingException", importjob.ErrInternal: "ServiceUnavailableException", importjob.ErrAccessDenied: "AccessDeniedException",
	} {
		c := backend.Intercept(testpool.New(t, nil), backend.Faults(backend.FaultOptions{Faults: []backend.Fault{{Err: code}}}))
		w := send(cognitotest.Handler(c, nil), "Logs_20140328.GetLogEvents", `{"logGroupName":"`+logGroup+`","logStreamName":"import-1/J"}`)
		assert.Contains(t, w.Body.String(), `{"__type":"`+want+`"`)
	}
}

func TestLogEventsForwardAndBackward(t *testing.T) {
	m := testpool.New(t, nil)
	var names []string
	for i := range 25 {
		names = append(names, fmt.Sprintf("user%02d", i))
	}
	job := finished(t, m, "J", names...)
	api := logsOf(m)
	all := []string{"Cognito User Pools Import - Test Log", "Cognito User Pools Import - Test Log"}
	for i := range names {
		all = append(all, fmt.Sprintf("[SUCCEEDED] Line Number %d - The import succeeded.", i+2))
	}
	get := func(token *string, fromHead bool, limit int32) *logs.GetLogEventsOutput {
		out, err := api.GetLogEvents(t.Context(), &logs.GetLogEventsInput{LogGroupName: aws.String(logGroup),
			LogStreamName: aws.String(job.JobID + "/J"), StartFromHead: aws.Bool(fromHead), Limit: aws.Int32(limit), NextToken: token})
		require.NoError(t, err)
		return out
	}
	for limit := int32(1); limit < 30; limit++ {
		var forward, backward []string
		out := get(nil, true, limit)
		for range 100 {
			forward = append(forward, messages(out.Events)...)
			again := get(out.NextForwardToken, true, limit)
			if *again.NextForwardToken == *out.NextForwardToken {
				assert.Empty(t, again.Events)
				break
			}
			out = again
		}
		assert.Equal(t, all, forward, "limit %d", limit)

		out = get(nil, false, limit)
		for range 100 {
			backward = append(messages(out.Events), backward...)
			again := get(out.NextBackwardToken, false, limit)
			if *again.NextBackwardToken == *out.NextBackwardToken {
				assert.Empty(t, again.Events)
				break
			}
			out = again
		}
		assert.Equal(t, all, backward, "limit %d", limit)
	}
	there := get(nil, true, 5)
	back := get(get(there.NextForwardToken, true, 5).NextBackwardToken, true, 5)
	assert.Equal(t, messages(there.Events), messages(back.Events))
}

func TestLogEventsRefusals(t *testing.T) {
	m := testpool.New(t, nil)
	job := finished(t, m, "J", "ann")
	api := logsOf(m)
	for name, in := range map[string]logs.GetLogEventsInput{
		"stream":      {LogStreamName: aws.String(job.JobID + "/K")},
		"job":         {LogStreamName: aws.String("import-other/J")},
		"token":       {LogStreamName: aws.String(job.JobID + "/J"), NextToken: aws.String("f/zzzz")},
		"token kind":  {LogStreamName: aws.String(job.JobID + "/J"), NextToken: aws.String("x")},
		"token index": {LogStreamName: aws.String(job.JobID + "/J"), NextToken: aws.String("b/-1")},
		"far token":   {LogStreamName: aws.String(job.JobID + "/J"), NextToken: aws.String("b/99999999")},
		"limit":       {LogStreamName: aws.String(job.JobID + "/J"), Limit: aws.Int32(10001)},
	} {
		in.LogGroupName = aws.String(logGroup)
		_, err := api.GetLogEvents(t.Context(), &in)
		var notFound *logtypes.ResourceNotFoundException
		var invalid *logtypes.InvalidParameterException
		if name == "stream" || name == "job" {
			assert.ErrorAs(t, err, &notFound, name)
		} else {
			assert.ErrorAs(t, err, &invalid, name)
		}
	}
}

func TestLogEventsByTime(t *testing.T) {
	m := testpool.New(t, nil)
	job := finished(t, m, "J", "ann")
	api := logsOf(m)
	at := job.StartDate.UnixMilli()
	for _, c := range []struct {
		start, end int64
		want       int
	}{{at, at + 1, 3}, {at + 1, at + 2, 0}, {0, at, 0}, {0, at + 1, 3}} {
		out, err := api.GetLogEvents(t.Context(), &logs.GetLogEventsInput{LogGroupName: aws.String(logGroup),
			LogStreamName: aws.String(job.JobID + "/J"), StartTime: &c.start, EndTime: &c.end, StartFromHead: aws.Bool(true)})
		require.NoError(t, err)
		assert.Len(t, out.Events, c.want, "%+v", c)
	}
}

func TestFilterLogEvents(t *testing.T) {
	m := testpool.New(t, nil)
	one := finished(t, m, "One", "ann", "bob", "cid")
	two := finished(t, m, "Two", "ann", "dan")
	api := logsOf(m)
	find := func(in logs.FilterLogEventsInput) []string {
		in.LogGroupName = aws.String(logGroup)
		var found []string
		for p := logs.NewFilterLogEventsPaginator(api, &in); p.HasMorePages(); {
			page, err := p.NextPage(t.Context())
			require.NoError(t, err)
			for _, e := range page.Events {
				found = append(found, *e.Message)
			}
		}
		return found
	}
	skipped := []string{"[SKIPPED] Line Number 2 - The user already exists."}
	assert.Equal(t, skipped, find(logs.FilterLogEventsInput{FilterPattern: aws.String("SKIPPED")}))
	assert.Equal(t, skipped, find(logs.FilterLogEventsInput{FilterPattern: aws.String(`"[SKIPPED]" user`), Limit: aws.Int32(1)}))
	assert.Empty(t, find(logs.FilterLogEventsInput{FilterPattern: aws.String("FAILED")}))
	assert.Len(t, find(logs.FilterLogEventsInput{}), 5+4)
	assert.Len(t, find(logs.FilterLogEventsInput{Limit: aws.Int32(2)}), 5+4)
	assert.Len(t, find(logs.FilterLogEventsInput{LogStreamNames: []string{two.JobID + "/Two"}}), 4)
	assert.Len(t, find(logs.FilterLogEventsInput{LogStreamNamePrefix: aws.String(one.JobID + "/")}), 5)

	for _, pattern := range []string{"?ERROR", "-x", "{ $.a = 1 }", `"open`, "[a, b]", "a.b"} {
		_, err := api.FilterLogEvents(t.Context(), &logs.FilterLogEventsInput{
			LogGroupName: aws.String(logGroup), FilterPattern: aws.String(pattern)})
		var invalid *logtypes.InvalidParameterException
		assert.ErrorAs(t, err, &invalid, pattern)
	}
}
