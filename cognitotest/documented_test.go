package cognitotest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/awsbackend/awstest"
	"github.com/cognito-import/importjob/backend"
	"github.com/cognito-import/importjob/cognitotest"
	"github.com/cognito-import/importjob/internal/testkit/testpool"
	"github.com/cognito-import/importjob/memory"
	"github.com/cognito-import/importjob/userpool"
)

// These tests are for what the service documents and a Client cannot show. Each names the page.

// A pre-signed URL has the path, the parameters and their order of the service's sample.
//
// Source: https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/start-user-import-job.html
func TestDocumentedURL(t *testing.T) {
	at := seedTime()
	m := testpool.New(t, &memory.Options{Now: at.Now, NewJobID: func() string { return "import-mAgUtd8PMm" }})
	u, err := url.Parse(created(t, cognitotest.Handler(m, &cognitotest.Options{AccountID: "123456789012"})))
	require.NoError(t, err)
	assert.Equal(t, "/123456789012/"+poolID+"/import-mAgUtd8PMm", u.Path)

	var names []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		names = append(names, name)
	}
	assert.Equal(t, []string{"X-Amz-Security-Token", "X-Amz-Algorithm", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Expires",
		"X-Amz-Credential", "X-Amz-Signature"}, names)
	assert.Contains(t, u.RawQuery, "&X-Amz-SignedHeaders=host%3Bx-amz-server-side-encryption&")
	q := u.Query()
	assert.NotEmpty(t, q.Get("X-Amz-Security-Token"))
	assert.Equal(t, "AWS4-HMAC-SHA256", q.Get("X-Amz-Algorithm"))
	assert.Equal(t, at.Now().UTC().Format("20060102T150405Z"), q.Get("X-Amz-Date"))
	assert.Equal(t, "host;x-amz-server-side-encryption", q.Get("X-Amz-SignedHeaders"))
	assert.Equal(t, "899", q.Get("X-Amz-Expires"))
	assert.Regexp(t, `^ASIA[A-Z0-9]{16}/20190123/us-west-2/s3/aws4_request$`, q.Get("X-Amz-Credential"))
	assert.Regexp(t, `^[0-9a-f]{64}$`, q.Get("X-Amz-Signature"))
}

// The log of a job is in the group /aws/cognito/userpools/<pool ID>/<pool name> and the stream <job ID>/<job name>.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
func TestDocumentedLogNames(t *testing.T) {
	m := testpool.New(t, nil, func(p *importjob.Pool) { p.Name = "My pool+=,.@-" })
	job := finished(t, m, "My import job+=,.@-", "ann")
	api := logsOf(m)
	groups, err := api.DescribeLogGroups(t.Context(), &logs.DescribeLogGroupsInput{})
	require.NoError(t, err)
	require.Len(t, groups.LogGroups, 1)
	group := groups.LogGroups[0].LogGroupName
	assert.Equal(t, "/aws/cognito/userpools/"+poolID+"/My pool+=,.@-", *group)
	streams, err := api.DescribeLogStreams(t.Context(), &logs.DescribeLogStreamsInput{LogGroupName: group})
	require.NoError(t, err)
	require.Len(t, streams.LogStreams, 1)
	assert.Equal(t, job.JobID+"/My import job+=,.@-", *streams.LogStreams[0].LogStreamName)
}

// Two test lines come before the lines of the rows. No page says so: a README in public code shows such a log.
// The lines of the rows are documented.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html
func TestLogLines(t *testing.T) {
	m := testpool.New(t, nil)
	finished(t, m, "First", "bob")
	job := finishedFile(t, m, "J", testpool.CSV("ann", "bob")+strings.Repeat(",", len(importjob.Pool{}.Header())-1)+"\n")
	got, err := logsOf(m).GetLogEvents(t.Context(), &logs.GetLogEventsInput{LogGroupName: aws.String(logGroup),
		LogStreamName: aws.String(job.JobID + "/J"), StartFromHead: aws.Bool(true)})
	require.NoError(t, err)
	lines := messages(got.Events)
	require.Len(t, lines, 5)
	assert.Equal(t, []string{
		"Cognito User Pools Import - Test Log", "Cognito User Pools Import - Test Log",
		"[SUCCEEDED] Line Number 2 - The import succeeded.", "[SKIPPED] Line Number 3 - The user already exists.",
	}, lines[:4])
	assert.Regexp(t, `^\[FAILED\] Line Number 4 - \S`, lines[4])
}

// A pool cannot change while a job runs in it. No other operation has this exception.
//
// Sources: the Errors sections of
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddCustomAttributes.html,
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html and
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUserPool.html
func TestPoolIsLockedWhileAJobRuns(t *testing.T) {
	at := seedTime()
	m := testpool.New(t, &memory.Options{Now: at.Now, RowsPerSecond: 1})
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m})
	pool := `{"UserPoolId":"` + poolID + `"`
	changes := []struct{ op, body string }{
		{"AddCustomAttributes", pool + `,"CustomAttributes":[{"Name":"a"}]}`},
		{"UpdateUserPool", pool + `,"AutoVerifiedAttributes":["email"]}`},
		{"DeleteUserPool", pool + `}`},
	}
	job := finished(t, m, "J", "ann", "bob")
	require.False(t, job.Status.Done())
	for _, c := range changes {
		w := send(h, idp+c.op, c.body)
		assert.Equal(t, 400, w.Code, c.op)
		assert.Contains(t, w.Body.String(), `{"__type":"UserImportInProgressException","message":"`, c.op)
	}
	for op, body := range map[string]string{"DescribeUserPool": pool + `}`, "GetCSVHeader": pool + `}`, "ListUsers": pool + `}`,
		"AdminCreateUser": pool + `,"Username":"cid"}`} {
		assert.Equal(t, 200, send(h, idp+op, body).Code, op)
	}
	at.Advance(time.Minute)
	for _, c := range changes {
		w := send(h, idp+c.op, c.body)
		assert.Equal(t, 200, w.Code, "%s after the end of the job: %s", c.op, w.Body)
	}
}

// Filters can name ten attributes, and compare for equality or for the beginning. Case matters in usernames and
// in the status.
//
// Sources: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html and
// https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html
func TestDocumentedFilters(t *testing.T) {
	m := testpool.New(t, nil)
	api := awstest.New(m, &cognitotest.Options{Directory: m}).Cognito
	_, err := m.AddUser(t.Context(), poolID, userpool.User{Username: "Ann", Attributes: userpool.NewAttributes(
		userpool.Attribute{Name: "email", Value: "Ann@Example.com"}, userpool.Attribute{Name: "phone_number", Value: "+13125550123"},
		userpool.Attribute{Name: "name", Value: "Ann Reddy"}, userpool.Attribute{Name: "given_name", Value: "Ann"},
		userpool.Attribute{Name: "family_name", Value: `"Reddy"`}, userpool.Attribute{Name: "preferred_username", Value: "annie"},
		userpool.Attribute{Name: "nickname", Value: "A"})})
	require.NoError(t, err)
	ann, err := m.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: "Ann"})
	require.NoError(t, err)
	_, err = m.AddUser(t.Context(), poolID, userpool.User{Username: "bob", Disabled: true})
	require.NoError(t, err)
	list := func(filter string) (string, error) {
		out, err := api.ListUsers(t.Context(), &cognito.ListUsersInput{UserPoolId: aws.String(poolID), Filter: aws.String(filter)})
		if err != nil {
			return "", err
		}
		var names []string
		for _, u := range out.Users {
			names = append(names, *u.Username)
		}
		return strings.Join(names, " "), nil
	}
	for filter, want := range map[string]string{
		"":                                  "Ann bob",
		`username = "Ann"`:                  "Ann",
		`username = "ann"`:                  "",
		`email = "Ann@Example.com"`:         "Ann",
		`email = "ann@EXAMPLE.com"`:         "Ann",
		`email ^= "ANN@"`:                   "Ann",
		`email = "ann@"`:                    "",
		`phone_number ^= "+1312"`:           "Ann",
		`name = "Ann Reddy"`:                "Ann",
		`given_name ^= "An"`:                "Ann",
		`given_name ^= "nn"`:                "",
		`family_name = "\"Reddy\""`:         "Ann",
		`preferred_username = "annie"`:      "Ann",
		`sub = "` + ann.Sub + `"`:           "Ann",
		`sub ^= "` + ann.Sub[:8] + `"`:      "Ann",
		`status = "Enabled"`:                "Ann",
		`status = "Disabled"`:               "bob",
		`status = "enabled"`:                "",
		`cognito:user_status ^= "force"`:    "Ann bob",
		`cognito:user_status = "CONFIRMED"`: "",
	} {
		got, err := list(filter)
		if assert.NoError(t, err, filter) {
			assert.Equal(t, want, got, filter)
		}
	}
	for _, name := range []string{"nickname", "middle_name", "address", "birthdate", "email_verified", "custom:a", "enabled", "Username"} {
		_, err := list(name + ` = "A"`)
		var refused *types.InvalidParameterException
		if assert.ErrorAs(t, err, &refused, name) {
			assert.Equal(t, "Error while parsing filter.", refused.ErrorMessage(), name)
		}
	}
}

// Each operation on a pool has 5 requests a second, and the reads have 20 for all pools.
//
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
func TestDocumentedRates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := testpool.New(t, nil)
		h := cognitotest.Handler(backend.Intercept(m, backend.Faults(backend.FaultOptions{RateLimit: true})), nil)
		burst := func(op, body string) (good int) {
			for range 30 {
				w := send(h, idp+op, body)
				if w.Code == 200 {
					good++
					continue
				}
				assert.Equal(t, 400, w.Code)
				assert.Contains(t, w.Body.String(), `{"__type":"TooManyRequestsException",`)
			}
			return good
		}
		pool := `{"UserPoolId":"` + poolID + `"`
		assert.Equal(t, 5, burst("GetCSVHeader", pool+`}`))
		assert.Equal(t, 5, burst("ListUserImportJobs", pool+`,"MaxResults":1}`))
		assert.Equal(t, 5, burst("CreateUserImportJob", pool+`,"JobName":"J","CloudWatchLogsRoleArn":"`+roleARN+`"}`))
		time.Sleep(time.Second)
		assert.Equal(t, 5, burst("GetCSVHeader", pool+`}`))
	})
}

// The schema of a new pool has at most 50 custom attributes, whose names have at most 20 characters and get a
// prefix. They are not required, and their bounds are whole numbers in order. That no name can come twice is
// documented for AddCustomAttributes only.
//
// Sources: https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html,
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html and
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SchemaAttributeType.html
func TestDocumentedSchema(t *testing.T) {
	customs := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf(`{"Name":"a%d"}`, i)
		}
		return strings.Join(list, ",")
	}
	m := memory.New(nil)
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m})
	for name, c := range map[string]struct {
		schema string
		want   string // in the response
	}{
		"most":              {customs(50), `"Name":"custom:a49"`},
		"too many":          {customs(51), ""},
		"long name":         {`{"Name":"` + strings.Repeat("n", 20) + `"}`, `"Name":"custom:nnnnnnnnnnnnnnnnnnnn"`},
		"too long a name":   {`{"Name":"` + strings.Repeat("n", 21) + `"}`, ""},
		"empty name":        {`{"Name":""}`, ""},
		"required":          {`{"Name":"a","Required":true}`, ""},
		"not required":      {`{"Name":"a","Required":false}`, `{"Name":"custom:a","AttributeDataType":"String","DeveloperOnlyAttribute":false,"Mutable":true,"Required":false,`},
		"developers":        {`{"Name":"a","DeveloperOnlyAttribute":true}`, `{"Name":"dev:custom:a","AttributeDataType":"String","DeveloperOnlyAttribute":true,`},
		"standard":          {`{"Name":"email","Required":true,"Mutable":false}`, `{"Name":"email","AttributeDataType":"String","DeveloperOnlyAttribute":false,"Mutable":false,"Required":true,"StringAttributeConstraints":{"MinLength":"0","MaxLength":"2048"}}`},
		"bounds":            {`{"Name":"a","StringAttributeConstraints":{"MinLength":"2","MaxLength":"2"}}`, `"StringAttributeConstraints":{"MinLength":"2","MaxLength":"2"}}`},
		"bounds of numbers": {`{"Name":"a","AttributeDataType":"Number","NumberAttributeConstraints":{"MinValue":"-5","MaxValue":"0"}}`, `"NumberAttributeConstraints":{"MinValue":"-5","MaxValue":"0"}}`},
		"standard twice":    {`{"Name":"email","Required":true},{"Name":"email","Required":false}`, ""},
		"custom twice":      {`{"Name":"a"},{"Name":"a"}`, ""},
		"turned bounds":     {`{"Name":"a","StringAttributeConstraints":{"MinLength":"3","MaxLength":"2"}}`, ""},
		"turned numbers":    {`{"Name":"a","AttributeDataType":"Number","NumberAttributeConstraints":{"MinValue":"1","MaxValue":"0"}}`, ""},
		"negative length":   {`{"Name":"a","StringAttributeConstraints":{"MinLength":"-1"}}`, ""},
		"no number":         {`{"Name":"a","StringAttributeConstraints":{"MaxLength":"many"}}`, ""},
	} {
		w := send(h, idp+"CreateUserPool", `{"PoolName":"p","Schema":[`+c.schema+`]}`)
		if c.want == "" {
			assert.Equal(t, 400, w.Code, "%s: %s", name, w.Body)
			assert.Contains(t, w.Body.String(), `{"__type":"InvalidParameterException"`, name)
			continue
		}
		assert.Equal(t, 200, w.Code, "%s: %s", name, w.Body)
		assert.Contains(t, w.Body.String(), c.want, name)
		if name == "standard" {
			assert.NotContains(t, w.Body.String(), "custom:", "a standard attribute is changed and not added again")
		}
	}
}

// The attributes of a user come with the sub first, then in the order in which they were given. (A68)
func TestAttributeOrder(t *testing.T) {
	m := testpool.New(t, nil)
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m})
	finished(t, m, "J", "ann") // the column email is before email_verified
	w := send(h, idp+"AdminCreateUser", `{"UserPoolId":"`+poolID+`","Username":"bob","UserAttributes":[{"Name":"zoneinfo","Value":"UTC"},{"Name":"name","Value":"Bob"}]}`)
	require.Equal(t, 200, w.Code, w.Body)
	for user, want := range map[string]string{
		"ann": `[{"Name":"sub","Value":"%s"},{"Name":"email","Value":"ann@example.com"},{"Name":"email_verified","Value":"true"}]`,
		"bob": `[{"Name":"sub","Value":"%s"},{"Name":"zoneinfo","Value":"UTC"},{"Name":"name","Value":"Bob"}]`,
	} {
		u, err := m.User(t.Context(), userpool.Ref{UserPoolID: poolID, Username: user})
		require.NoError(t, err)
		want = fmt.Sprintf(want, u.Sub)
		assert.Contains(t, send(h, idp+"AdminGetUser", `{"UserPoolId":"`+poolID+`","Username":"`+user+`"}`).Body.String(), `"UserAttributes":`+want)
		assert.Contains(t, send(h, idp+"ListUsers", `{"UserPoolId":"`+poolID+`"}`).Body.String(), `"Attributes":`+want)
	}
}

// A pool has the dates of its creation and of its last change. Terraform needs both.
//
// Sources: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html and
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolDescriptionType.html
func TestPoolDates(t *testing.T) {
	at := seedTime()
	m := memory.New(&memory.Options{Now: at.Now})
	h := cognitotest.Handler(m, &cognitotest.Options{Directory: m})
	const first, later = `"CreationDate":1548271795.471,"LastModifiedDate":1548271795.471`, `"CreationDate":1548271795.471,"LastModifiedDate":1548271796.471`
	w := send(h, idp+"CreateUserPool", `{"PoolName":"p"}`)
	assert.Contains(t, w.Body.String(), first)
	_, rest, _ := strings.Cut(w.Body.String(), `"Id":"`)
	id, _, _ := strings.Cut(rest, `"`)
	assert.Contains(t, send(h, idp+"DescribeUserPool", `{"UserPoolId":"`+id+`"}`).Body.String(), first)

	at.Advance(time.Second)
	require.Equal(t, 200, send(h, idp+"UpdateUserPool", `{"UserPoolId":"`+id+`"}`).Code)
	assert.Contains(t, send(h, idp+"DescribeUserPool", `{"UserPoolId":"`+id+`"}`).Body.String(), later)
	assert.Contains(t, send(h, idp+"ListUserPools", `{"MaxResults":60}`).Body.String(), `{"Id":"`+id+`","Name":"p",`+later+`}`)

	at.Advance(time.Second)
	for range 60 { // so that the last pool is on the second page
		w = send(h, idp+"CreateUserPool", `{"PoolName":"p"}`)
	}
	_, rest, _ = strings.Cut(w.Body.String(), `"Id":"`)
	id, _, _ = strings.Cut(rest, `"`)
	w = send(h, idp+"DescribeUserPool", `{"UserPoolId":"`+id+`"}`)
	assert.Contains(t, w.Body.String(), `"CreationDate":1548271797.471,"LastModifiedDate":1548271797.471`)

	w = send(cognitotest.Handler(m, nil), idp+"DescribeUserPool", `{"UserPoolId":"`+id+`"}`)
	assert.Equal(t, 200, w.Code)
	assert.NotContains(t, w.Body.String(), "Date", "a Client alone does not know them")
}
