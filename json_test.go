package importjob_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

// createdJob is the output of the service's own sample.
//
// Source: https://awscli.amazonaws.com/v2/documentation/api/latest/reference/cognito-idp/create-user-import-job.html
const createdJob = `{
      "JobName": "MyImportJob",
      "JobId": "import-qQ0DCt2fRh",
      "UserPoolId": "us-west-2_aaaaaaaaa",
      "PreSignedUrl": "PRE_SIGNED_URL",
      "CreationDate": 1548271795.471,
      "Status": "Created",
      "CloudWatchLogsRoleArn": "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
      "ImportedUsers": 0,
      "SkippedUsers": 0,
      "FailedUsers": 0
  }`

const endedJob = `{
      "JobName": "MyImportJob",
      "JobId": "import-qQ0DCt2fRh",
      "UserPoolId": "us-west-2_aaaaaaaaa",
      "PreSignedUrl": "https://example.com/f?a=1&b=<2>",
      "CreationDate": 1548271795.471,
      "StartDate": 1548277247.962,
      "CompletionDate": 1548277248.912,
      "Status": "Failed",
      "CloudWatchLogsRoleArn": "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
      "ImportedUsers": 0,
      "SkippedUsers": 9007199254740993,
      "FailedUsers": 1,
      "CompletionMessage": "Too many users have failed or been skipped during the import.",
      "PasswordHashingAlgorithm": "PBKDF2_SHA256"
  }`

func unmarshal(t *testing.T, text string) importjob.UserImportJob {
	t.Helper()
	var job importjob.UserImportJob
	require.NoError(t, json.Unmarshal([]byte(text), &job))
	return job
}

func marshal(t *testing.T, job importjob.UserImportJob) string {
	t.Helper()
	b, err := json.Marshal(job)
	require.NoError(t, err)
	return string(b)
}

// members decodes an object without turning numbers into float64.
func members(t *testing.T, text string) map[string]any {
	t.Helper()
	var m map[string]any
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	require.NoError(t, dec.Decode(&m))
	return m
}

func TestJSONRoundTripKeepsMembersAndValues(t *testing.T) {
	for _, sample := range []string{createdJob, endedJob} {
		assert.Equal(t, members(t, sample), members(t, marshal(t, unmarshal(t, sample))))
	}
}

func TestJSONFields(t *testing.T) {
	assert.Equal(t, importjob.UserImportJob{
		JobName:               "MyImportJob",
		JobID:                 "import-qQ0DCt2fRh",
		UserPoolID:            "us-west-2_aaaaaaaaa",
		PreSignedURL:          "PRE_SIGNED_URL",
		CreationDate:          time.Date(2019, 1, 23, 19, 29, 55, 471e6, time.UTC),
		Status:                importjob.StatusCreated,
		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole",
	}, unmarshal(t, createdJob))
	ended := unmarshal(t, endedJob)
	assert.Equal(t, int64(9007199254740993), ended.SkippedUsers, "a counter is no floating-point number")
	assert.Equal(t, importjob.HashPBKDF2SHA256, ended.PasswordHashingAlgorithm)
	assert.Equal(t, 950*time.Millisecond, ended.CompletionDate.Sub(ended.StartDate))
}

// json.Marshal compacts what MarshalJSON returns. A direct caller gets it as it is.
func TestMarshalJSONEndsWithTheObject(t *testing.T) {
	text, err := importjob.UserImportJob{JobName: "a&b"}.MarshalJSON()
	require.NoError(t, err)
	assert.Equal(t, `{"JobName":"a&b","ImportedUsers":0,"SkippedUsers":0,"FailedUsers":0}`, string(text))
}

func TestJSONOfZeroJobHasTheCountersOnly(t *testing.T) {
	assert.Equal(t, `{"ImportedUsers":0,"SkippedUsers":0,"FailedUsers":0}`, marshal(t, importjob.UserImportJob{}))
}

func TestJSONDates(t *testing.T) {
	for _, tt := range []struct{ in, out string }{
		{`1.667864578676E9`, `1667864578.676`},
		{`1.667864578676e+09`, `1667864578.676`},
		{`16678645786.76E-1`, `1667864578.676`},
		{`1548271795`, `1548271795`},
		{`1548271795.0`, `1548271795`},
		{`1548271795.4`, `1548271795.4`},
		{`1548271795.4719`, `1548271795.472`},
		{`0`, `0`},
		{`-1.5`, `-1.5`},
		{`253402300799`, `253402300799`},
	} {
		t.Run(tt.in, func(t *testing.T) {
			job := unmarshal(t, `{"StartDate":`+tt.in+`}`)
			assert.Equal(t, time.UTC, job.StartDate.Location())
			assert.Equal(t, job.StartDate, backend.Date(job.StartDate), "UTC and whole milliseconds")
			assert.True(t, job.CreationDate.IsZero() && job.CompletionDate.IsZero())
			assert.Equal(t, json.Number(tt.out), members(t, marshal(t, job))["StartDate"])
		})
	}
}

func TestJSONMarshalsAnyInstant(t *testing.T) {
	kiribati := time.FixedZone("", 14*60*60)
	job := importjob.UserImportJob{CreationDate: time.Date(2026, 1, 1, 14, 0, 0, 999_999, kiribati)}
	assert.Equal(t, json.Number("1767225600"), members(t, marshal(t, job))["CreationDate"])
}

func TestJSONUnknownStatusAndMembersSurvive(t *testing.T) {
	job := unmarshal(t, `{"Status":"Paused","Colour":{"deep":[1]},"CompletionMessage":null,"StartDate":null,"FailedUsers":null}`)
	assert.Equal(t, importjob.UserImportJob{Status: "Paused"}, job)
	assert.Equal(t, "Paused", members(t, marshal(t, job))["Status"])
}

func TestJSONNull(t *testing.T) {
	answer := struct{ UserImportJob importjob.UserImportJob }{importjob.UserImportJob{JobID: "import-1"}}
	require.NoError(t, json.Unmarshal([]byte(`{"UserImportJob":null}`), &answer))
	assert.Equal(t, "import-1", answer.UserImportJob.JobID, "null changes nothing")
}

func TestJSONReplacesTheWholeJob(t *testing.T) {
	job := importjob.UserImportJob{JobID: "import-1", CompletionMessage: "old", FailedUsers: 3}
	require.NoError(t, json.Unmarshal([]byte(`{"JobId":"import-2"}`), &job))
	assert.Equal(t, importjob.UserImportJob{JobID: "import-2"}, job)
}

func TestJSONErrors(t *testing.T) {
	for _, text := range []string{
		`[]`, `"x"`, `7`, `{"JobName":1}`, `{"Status":{}}`, `{"ImportedUsers":"1"}`, `{"ImportedUsers":1.5}`,
		`{"FailedUsers":9223372036854775808}`, `{"CreationDate":"1548271795.471"}`, `{"CreationDate":true}`,
		`{"CreationDate":[]}`, `{"CreationDate":"2019-01-23T19:29:55Z"}`,
		`{"CreationDate":1e400}`, `{"CreationDate":1e300}`, `{"CreationDate":253402300800}`, `{"CreationDate":-253402300800}`,
		`{`, ``,
	} {
		t.Run(text, func(t *testing.T) {
			job := importjob.UserImportJob{JobID: "import-1"}
			assert.Error(t, json.Unmarshal([]byte(text), &job))
			assert.Equal(t, importjob.UserImportJob{JobID: "import-1"}, job, "a failure leaves the job alone")
		})
	}
}

func TestJSONErrorHoldsNoURL(t *testing.T) {
	var job importjob.UserImportJob
	err := json.Unmarshal([]byte(`{"PreSignedUrl":"SECRET","JobName":1}`), &job)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "SECRET")
	assert.Contains(t, err.Error(), "UserImportJob")
}

func TestJSONEscapesHTMLOnlyIfTheEncoderDoes(t *testing.T) {
	job := unmarshal(t, endedJob)
	assert.Contains(t, marshal(t, job), `?a=1\u0026b=\u003c2\u003e`)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	require.NoError(t, enc.Encode(job))
	assert.Contains(t, b.String(), `?a=1&b=<2>`)
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{createdJob, endedJob, `{}`, `null`, `{"StartDate":1.667864578676E9}`,
		`{"StartDate":-62135596800}`, `{"Status":"\ud800","JobName":"\u2028"}`, `{"startdate":2,"JOBNAME":"x"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var job, again importjob.UserImportJob
		if json.Unmarshal(data, &job) != nil {
			return
		}
		b, err := json.Marshal(job)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(b, &again))
		require.True(t, job == again, "%s\nbecame %s", data, b)
	})
}

func TestJSONEveryMillisecondSurvives(t *testing.T) {
	for _, from := range []int64{0, 1548271795000, 253402300798000, -62135596799000, math.MinInt32} {
		for ms := from; ms < from+1000; ms++ {
			job := importjob.UserImportJob{StartDate: time.UnixMilli(ms).UTC()}
			require.True(t, job == unmarshal(t, marshal(t, job)), ms)
		}
	}
}
