package importjob

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cognito-import/importjob/internal/model"
)

func goodInput() CreateInput {
	return CreateInput{JobName: "MyImportJob", UserPoolID: "us-west-2_aaaaaaaaa",
		CloudWatchLogsRoleARN: "arn:aws:iam::111111111111:role/CognitoCloudWatchLogsRole"}
}

// message returns the service's words in err, and checks the rest of it.
func message(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, ErrInvalidParameter, e.Code)
	require.NoError(t, e.Err)
	return e.Message
}

const (
	nameRule = "Member must satisfy regular expression pattern: [\\w\\s+=,.@-]+"
	idRule   = "Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+"
)

func TestCreateInputWording(t *testing.T) {
	for want, change := range map[string]func(*CreateInput){
		"": func(*CreateInput) {},
		"1 validation error detected: Value 'a:b' at 'jobName' failed to satisfy constraint: " + nameRule: func(in *CreateInput) { in.JobName = "a:b" },
		"2 validation errors detected: Value '' at 'jobName' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
			"Value '' at 'jobName' failed to satisfy constraint: " + nameRule: func(in *CreateInput) { in.JobName = "" },
		"2 validation errors detected: Value 'a:b' at 'jobName' failed to satisfy constraint: " + nameRule + "; " +
			"Value 'us-west-2' at 'userPoolId' failed to satisfy constraint: " + idRule: func(in *CreateInput) { in.JobName, in.UserPoolID = "a:b", "us-west-2" },
		"2 validation errors detected: Value 'role' at 'cloudWatchLogsRoleArn' failed to satisfy constraint: " +
			"Member must have length greater than or equal to 20; Value 'role' at 'cloudWatchLogsRoleArn' failed to satisfy constraint: " +
			`Member must satisfy regular expression pattern: arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?`: func(in *CreateInput) { in.CloudWatchLogsRoleARN = "role" },
		"1 validation error detected: Value 'MD5' at 'passwordHashingAlgorithm' failed to satisfy constraint: " +
			"Member must satisfy enum value set: [BCRYPT, SCRYPT, ARGON2ID, PBKDF2_SHA256]": func(in *CreateInput) { in.PasswordHashingAlgorithm = "MD5" },
	} {
		in := goodInput()
		change(&in)
		assert.Equal(t, want, message(t, in.Validate()))
	}
}

func TestCreateInputTakesEveryAlgorithm(t *testing.T) {
	for _, a := range []PasswordHashingAlgorithm{"", "BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256"} {
		in := goodInput()
		in.PasswordHashingAlgorithm = a
		assert.NoError(t, in.Validate())
	}
	in := goodInput()
	in.PasswordHashingAlgorithm = "bcrypt"
	assert.ErrorIs(t, in.Validate(), ErrInvalidParameter)
}

func TestLengths(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	create := func(change func(*CreateInput, string)) func(string) error {
		return func(s string) error {
			in := goodInput()
			change(&in, s)
			return in.Validate()
		}
	}
	byName := create(func(in *CreateInput, s string) { in.JobName = s })
	byPool := create(func(in *CreateInput, s string) { in.UserPoolID = s })
	byRole := create(func(in *CreateInput, s string) { in.CloudWatchLogsRoleARN = s })
	byJob := func(s string) error { return Ref{UserPoolID: "a_b", JobID: s}.Validate() }
	arn := "arn:a:b::1:" // 11 characters
	for name, tt := range map[string]struct {
		validate func(string) error
		value    string
		tooLong  bool
		tooShort bool
	}{
		"job name 1":           {validate: byName, value: "x"},
		"job name 128":         {validate: byName, value: x(128)},
		"job name 129":         {validate: byName, value: x(129), tooLong: true},
		"pool 55":              {validate: byPool, value: x(53) + "_x"},
		"pool 56":              {validate: byPool, value: x(54) + "_x", tooLong: true},
		"role 19":              {validate: byRole, value: arn + x(8), tooShort: true},
		"role 20":              {validate: byRole, value: arn + x(9)},
		"role 2048":            {validate: byRole, value: arn + x(2037)},
		"role 2049":            {validate: byRole, value: arn + x(2038), tooLong: true},
		"job 55":               {validate: byJob, value: "import-" + x(48)},
		"job 56":               {validate: byJob, value: "import-" + x(49), tooLong: true},
		"pool name of 128":     {validate: func(s string) error { return Pool{ID: "a_b", Name: s}.Validate() }, value: x(128)},
		"pool name of 129":     {validate: func(s string) error { return Pool{ID: "a_b", Name: s}.Validate() }, value: x(129), tooLong: true},
		"pool name of nothing": {validate: func(s string) error { return Pool{ID: "a_b", Name: s}.Validate() }, tooShort: true},
	} {
		got := message(t, tt.validate(tt.value))
		assert.Equal(t, tt.tooLong, strings.Contains(got, "Member must have length less than or equal to"), name)
		assert.Equal(t, tt.tooShort, strings.Contains(got, "Member must have length greater than or equal to"), name)
		assert.Equal(t, tt.tooLong || tt.tooShort, got != "", name)
	}
}

func TestRefFastPathEqualsTheTable(t *testing.T) {
	x := strings.Repeat("x", 60)
	pools := []string{"", "a_b", "a_", "us-west-2_aaaaaaaaa", x[:53] + "_x", x[:54] + "_x", "é_a", x}
	jobs := []string{"", "import-a", "import-", "import-" + x[:48], "import-" + x[:49], "import-é", "job-a"}
	for _, pool := range pools {
		for _, job := range jobs {
			slow := invalid(model.UserPoolID.Check(pool), model.JobID.Check(job))
			assert.Equal(t, message(t, slow), message(t, Ref{pool, job}.Validate()), "%q %q", pool, job)
		}
	}
	ref := Ref{"us-west-2_aaaaaaaaa", "import-qQ0DCt2fRh"}
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = ref.Validate() }))
}
