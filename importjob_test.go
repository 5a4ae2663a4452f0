package importjob_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/cognito-import/importjob"
	"github.com/cognito-import/importjob/backend"
)

const secret = "X-Amz-Signature=5ec2e7"

func secretJob() importjob.UserImportJob {
	return importjob.UserImportJob{
		JobName: "My job", JobID: "import-1", UserPoolID: "us-west-2_a",
		PreSignedURL: "https://bucket.invalid/?" + secret, Status: importjob.StatusInProgress,
		ImportedUsers: 1, SkippedUsers: 2, FailedUsers: 3,
	}
}

// verbs are all that package fmt knows but for %T, %p and %w, with and without flags.
func verbs() (all []string) {
	for _, flags := range []string{"", "+", "#", "-", " ", "0", "300", ".200", "+#", "-300.200"} {
		for _, verb := range "vsqxXdobcUeEfFgGtOz" {
			all = append(all, "%"+flags+string(verb))
		}
	}
	return all
}

func TestNoVerbShowsTheURL(t *testing.T) {
	job := secretJob()
	values := map[string]any{
		"value": job, "pointer": &job, "slice": []importjob.UserImportJob{job},
		"map":    map[string]importjob.UserImportJob{"": job},
		"struct": struct{ Job importjob.UserImportJob }{job},
		"error":  &importjob.JobError{Job: job},
	}
	hexSecret := fmt.Sprintf("%x", secret)
	for name, value := range values {
		for _, verb := range verbs() {
			printed := fmt.Sprintf(verb, value)
			assert.NotContains(t, printed, secret, "%s of %s", verb[1:], name)
			assert.NotContains(t, strings.ToLower(printed), hexSecret, "%s of %s", verb[1:], name)
		}
		assert.NotContains(t, fmt.Sprint(value)+fmt.Sprintln(value), secret, name)
	}
}

func TestJobForms(t *testing.T) {
	job := secretJob()
	const text = `us-west-2_a/import-1 "My job" InProgress (1 imported, 2 skipped, 3 failed)`
	assert.Equal(t, text, job.String())
	assert.Equal(t, text, fmt.Sprintf("%v", job))
	assert.Equal(t, text, fmt.Sprintf("%+v", job))
	assert.Equal(t, text, fmt.Sprint(&job))
	assert.Equal(t, fmt.Sprintf("%q", text), fmt.Sprintf("%q", job))
	assert.Equal(t, fmt.Sprintf("%90s|%-90s|%.5s", text, text, text), fmt.Sprintf("%90v|%-90s|%.5s", job, job, job))

	assert.Equal(t, job.GoString(), fmt.Sprintf("%#v", job))
	assert.Contains(t, job.GoString(), "importjob.UserImportJob{JobName:My job JobID:import-1")
	assert.Contains(t, job.GoString(), "PreSignedURL:REDACTED")
	assert.Contains(t, importjob.UserImportJob{}.GoString(), "PreSignedURL: ", "nothing to redact")
}

func TestLogShowsFieldsWithoutURL(t *testing.T) {
	job := secretJob()
	job.CompletionMessage = "It ended."
	var text, object bytes.Buffer
	for _, value := range []any{job, &job, importjob.JobError{Job: job}.Job} {
		slog.New(slog.NewTextHandler(&text, nil)).Info("looked", "job", value)
		slog.New(slog.NewJSONHandler(&object, nil)).Info("looked", "job", value)
	}
	assert.NotContains(t, text.String()+object.String(), secret)
	assert.Contains(t, text.String(), `job.pool=us-west-2_a job.id=import-1 job.name="My job" job.status=InProgress`+
		` job.imported=1 job.skipped=2 job.failed=3 job.message="It ended."`)
	assert.Contains(t, object.String(), `"job":{"pool":"us-west-2_a","id":"import-1"`)

	attrs := secretJob().LogValue().Group()
	for _, a := range attrs {
		assert.NotEqual(t, "message", a.Key, "nothing to say before the end")
	}
}

func TestJSONKeepsTheURL(t *testing.T) {
	b, err := json.Marshal(secretJob())
	assert.NoError(t, err)
	assert.Contains(t, string(b), secret)
}

func TestJobsCompare(t *testing.T) {
	local := time.Date(2026, 2, 3, 4, 5, 6, 789_123_456, time.FixedZone("x", 3600))
	job := secretJob()
	job.CreationDate, job.StartDate = backend.Date(local), backend.Date(local.UTC().Add(time.Microsecond))
	same := unmarshal(t, marshal(t, job))
	assert.True(t, job == same)
	assert.True(t, job.CreationDate == job.StartDate, "time zone and microseconds do not count")
	seen := map[importjob.UserImportJob]bool{job: true}
	assert.True(t, seen[same])
	same.FailedUsers++
	assert.False(t, job == same)
}

func TestDate(t *testing.T) {
	assert.True(t, backend.Date(time.Time{}) == time.Time{})
	assert.True(t, backend.Date(time.Time{}.In(time.FixedZone("x", 3600))) == time.Time{})
	now := time.Now() // with a monotonic reading, which would spoil ==
	assert.True(t, backend.Date(now) == backend.Date(now.Round(0)))
	assert.Equal(t, int64(999), backend.Date(time.Unix(0, 999_999_999)).UnixMilli(), "cut, not rounded")
	assert.Equal(t, int64(-1), backend.Date(time.Unix(0, -1)).UnixMilli())
}

func TestRef(t *testing.T) {
	assert.Equal(t, importjob.Ref{UserPoolID: "us-west-2_a", JobID: "import-1"}, secretJob().Ref())
	for ref, want := range map[importjob.Ref]string{
		{}:                             "",
		{UserPoolID: "p_1"}:            "p_1",
		{JobID: "import-1"}:            "import-1",
		{UserPoolID: "p", JobID: "j"}:  "p/j",
		{UserPoolID: "p/", JobID: "j"}: "p//j",
	} {
		assert.Equal(t, want, ref.String())
	}
}
